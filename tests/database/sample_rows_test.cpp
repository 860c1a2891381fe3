// Rows that are made up for tables on a scratch database, taken by a real server: types, foreign
// keys and their circles, partitions, CHECKs.
#include "engine/pg/sample_rows.h"

#include <gtest/gtest.h>

#include "engine/pg/script.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

class SampleRowsTest : public testing::Test {
 protected:
  void make(std::string_view sql) {
    run_command(connection_, sql);
    rows_.fill(connection_);
  }

  void expect_none_empty() {
    for (const EmptyTable& table : rows_.empty(connection_))
      ADD_FAILURE() << table.table << ": " << table.why;
  }

  const TestDatabase database_;
  Connection connection_ = database_.connect();
  SampleRows rows_{{"public", "schema_migrations"}};
};

TEST_F(SampleRowsTest, MakesUpRowsThatTheServerTakes) {
  make(R"(
create type mood as enum ('good', 'bad');
create domain percent as integer check (value between 0 and 100);
create table a (id bigserial primary key, mood mood not null, share percent not null,
  code char(2) not null unique, email text not null check (email like '%@%'),
  low int not null, high int not null, check (low < high and high > 500),
  kind text not null check (kind in ('x', 'y')), data jsonb not null, tags text[] not null,
  twice int generated always as (low * 2) stored, at timestamptz not null default now());
create table b (a_id bigint not null references a, nr smallint not null, parent bigint not null
  references a, primary key (a_id, nr));
create table tree (id uuid primary key, parent uuid references tree, up uuid not null references tree);
create table parts (at date not null, x int) partition by range (at);
create table parts_2024 partition of parts for values from ('2024-01-01') to ('2025-01-01');
create table lists (k text not null) partition by list (k);
create table lists_one partition of lists for values in ('one', 'uno');
create table never (id int check (false));
create table after_never (id int primary key);
)");
  EXPECT_EQ(rows_.filled(), 6U);
  ASSERT_EQ(rows_.empty(connection_).size(), 1U);
  EXPECT_EQ(rows_.empty(connection_)[0].table, "public.never");
}

TEST_F(SampleRowsTest, MakesUpRowsInCirclesAndPartitions) {
  make(R"(
create table a (id bigint generated always as identity primary key, b_id bigint not null);
create table b (id uuid primary key default gen_random_uuid(), c_id int not null, a_id bigint);
create table c (id serial primary key, a_id bigint not null references a, b_id uuid not null
  references b, n int not null check (n between 5 and 7));
alter table b add foreign key (c_id) references c, add foreign key (a_id) references a;
alter table a add b uuid not null references b;
create table self (id uuid primary key default gen_random_uuid(), up uuid not null references self);
create table hashed (id bigint primary key, t text) partition by hash (id);
create table hashed_0 partition of hashed for values with (modulus 3, remainder 0);
create table hashed_1 partition of hashed for values with (modulus 3, remainder 1);
create table hashed_2 partition of hashed for values with (modulus 3, remainder 2);
create table of_hashed (id int, hashed_id bigint not null references hashed);
create table levels (region text, at date, id int) partition by list (region);
create table levels_eu partition of levels for values in ('eu', 'uk') partition by range (at);
create table levels_eu_old partition of levels_eu for values from (minvalue) to ('2020-01-01');
create table levels_eu_new partition of levels_eu for values from ('2020-01-01') to (maxvalue);
create table levels_other partition of levels default;
create table days (at timestamptz not null) partition by range (date_trunc('day', at at time zone 'utc'));
create table days_1 partition of days for values from ('2024-01-01') to ('2025-01-01');
)");
  expect_none_empty();
  EXPECT_EQ(rows_.filled(), 12U);
}

TEST_F(SampleRowsTest, MakesUpRowsInCirclesThroughPartitions) {
  make(R"(
create table accounts (id bigint generated always as identity primary key,
  last_order bigint not null, last_at date not null);
create table orders (id bigint not null, at date not null, account_id bigint not null
  references accounts, primary key (id, at)) partition by range (at);
create table orders_old partition of orders for values from ('2020-01-01') to ('2021-01-01');
create table orders_new partition of orders for values from ('2021-01-01') to ('2022-01-01');
create table orders_rest partition of orders default;
alter table accounts add foreign key (last_order, last_at) references orders;

create table teams (id uuid primary key, lead_id uuid not null);
create table people (id uuid primary key, team_id uuid not null references teams)
  partition by hash (id);
create table people_0 partition of people for values with (modulus 2, remainder 0);
create table people_1 partition of people for values with (modulus 2, remainder 1);
alter table teams add foreign key (lead_id) references people;

create table regions (code text primary key, first_shop int not null);
create table shops (region text not null references regions, id int not null,
  primary key (region, id)) partition by list (region);
create table shops_eu partition of shops for values in ('eu', 'uk');
alter table regions add foreign key (code, first_shop) references shops;

create table never (id int primary key, up int not null check (false)) partition by range (id);
create table never_1 partition of never for values from (0) to (10);
create table never_2 partition of never for values from (10) to (20);
create table of_never (id int primary key, never_id int not null references never);
alter table never add foreign key (up) references of_never;

create table tree (id int primary key, up int not null references tree) partition by range (id);
create table tree_all partition of tree default;
)");
  ASSERT_EQ(rows_.empty(connection_).size(), 2U);
  EXPECT_EQ(rows_.empty(connection_)[0].table, "public.never");
  EXPECT_EQ(rows_.empty(connection_)[1].table, "public.of_never");
  EXPECT_EQ(rows_.filled(), 10U);
}

TEST_F(SampleRowsTest, MakesUpRowsForChecks) {
  make(R"(
create table spans (starts date not null, ends date not null, check (starts < ends));
create table future (at timestamptz not null check (at > now()));
create table rates (rate numeric(4,3) not null check (rate > 0.1 and rate < 0.2));
create table codes (code text not null unique check (code ~ '^[A-Z]{2}-\d{4}$'));
create table slugs (slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'));
create table docs (doc jsonb not null check (doc ? 'name' and doc ? 'kind'));
create table tags (tags text[] not null check (cardinality(tags) > 0));
create table ids (id uuid not null check (substr(id::text, 15, 1) = '7'), ids uuid[] not null
  check (cardinality(ids) > 0));
create table hosts (ip inet not null check (family(ip) = 6), net inet not null
  check (net << inet '10.1.0.0/16'));
create type pair as (a int, b text);
create table pairs (p pair not null, r int4multirange not null);
create table owners (id int primary key);
create table owned (kind text not null, owner_id int references owners,
  check ((kind = 'owned') = (owner_id is not null)));
)");
  expect_none_empty();
  EXPECT_EQ(rows_.filled(), 12U);
}

TEST_F(SampleRowsTest, CountsAPartitionedTableAsOneWithRows) {
  make(R"(
create table one_key (k int not null check (k = 5)) partition by range (k);
create table one_key_low partition of one_key for values from (0) to (10);
create table one_key_high partition of one_key for values from (10) to (20);
)");
  expect_none_empty();
  EXPECT_EQ(rows_.filled(), 1U);
}

}  // namespace
}  // namespace migrator

// What a catalog holds of a database, that it is the same however it is read, and how two differ.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/pg/catalog_reading.h"
#include "engine/pg/script.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

constexpr std::string_view kEverything = R"(
create extension pg_trgm;
create schema app;
create type app.mood as enum ('sad', 'ok');
create domain app.email as text not null check (value like '%@%');
create type app.pair as (a int, b text collate "C");
create type app.span as range (subtype = float8);
create sequence app.counter increment 5 cycle maxvalue 100;
create table app.users (
  id bigint generated always as identity primary key,
  old_id serial,
  email app.email default 'a@b' unique,
  mood app.mood default 'ok',
  name varchar(20) collate "C" not null,
  upper_name text generated always as (upper(name)) stored
) with (fillfactor = 70);
alter table app.users add constraint named check (length(name) > 1) not valid;
create table app.posts (id int, "user" bigint references app.users on delete cascade, at timestamptz
  default '2020-01-01 00:00+00') partition by range (id);
create table app.posts_1 partition of app.posts for values from (1) to (10);
create index posts_user on app.posts ("user") where id > 3;
create index on app.users using gin (name gin_trgm_ops);
create statistics app.st on id, old_id from app.users;
create view app.names as select name from app.users;
create materialized view app.counts as select count(*) from app.users;
create function app.f(i int) returns int language sql begin atomic select i + 1; end;
create procedure app.p() language plpgsql as $$ begin null; end $$;
create aggregate app.total(int) (sfunc = int4pl, stype = int);
create function app.tr() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger tr before insert on app.users for each row execute function app.tr();
alter table app.users disable trigger tr;
create rule r as on delete to app.users do instead nothing;
alter table app.users enable row level security;
create policy mine on app.users for select to public using (id = 1);
grant select (name) on app.users to pg_monitor;
grant insert, select on app.posts to pg_monitor with grant option;
revoke execute on function app.f(int) from public;
comment on column app.users.name is 'as people know them';
comment on constraint named on app.users is 'not one letter';
create operator app.=== (leftarg = int, rightarg = int, function = int4eq);
)";

class Catalogs : public RunFixture {
 protected:
  Catalog read() { return read_catalog(connection(), table()); }

  std::string definition(const Catalog& catalog, std::string_view name) {
    const auto found = std::ranges::find(catalog.objects, name, &CatalogObject::name);
    return found == catalog.objects.end() ? "(missing)" : found->definition;
  }

  std::vector<std::string> differences(const Catalog& before, const Catalog& after) {
    std::vector<std::string> lines;
    for (const CatalogDifference& difference : compare_catalogs(before, after))
      lines.push_back((difference.kind == DifferenceKind::missing ? "-"
                       : difference.kind == DifferenceKind::extra ? "+"
                                                                  : "~") +
                      difference.object);
    return lines;
  }
};

TEST_F(Catalogs, HoldWhatUsersMadeAndNothingElse) {
  write("1_a.sql", "select 1;");
  expect_done(up(), {"1 applied"});
  sql("comment on table schema_migrations is 'ours'");
  const Catalog empty = read();
  std::vector<std::string> names;
  for (const CatalogObject& object : empty.objects) names.push_back(object.name);
  EXPECT_EQ(names, (std::vector<std::string>{"comment on schema public",
                                             "grant on schema public to public", "schema public"}));

  sql(kEverything);
  const Catalog catalog = read();
  for (const CatalogObject& object : catalog.objects) {
    EXPECT_EQ(object.name.find("schema_migrations"), std::string::npos) << object.name;
    EXPECT_EQ(object.name.find("similarity"), std::string::npos) << object.name;
    const bool orphan = !object.parent.empty() && definition(catalog, object.parent) == "(missing)";
    EXPECT_FALSE(orphan) << object.name << " of " << object.parent;
  }
  EXPECT_EQ(std::ranges::adjacent_find(catalog.objects, {}, &CatalogObject::name),
            catalog.objects.end());
}

TEST_F(Catalogs, TellDefinitionsInFull) {
  sql(kEverything);
  const Catalog catalog = read();
  const std::vector<std::pair<std::string_view, std::string_view>> expected = {
      {"column app.users.id", "bigint not null generated always as identity"},
      {"column app.users.name", "character varying(20) collate pg_catalog.\"C\" not null"},
      {"column app.users.upper_name", "text generated always as upper((name)::text) stored"},
      {"column app.users.old_id",
       "integer not null default nextval('app.users_old_id_seq'::regclass)"},
      {"constraint named on app.users", "CHECK ((length((name)::text) > 1)) NOT VALID"},
      {"table app.users", "row level security\nwith (fillfactor=70)"},
      {"table app.posts_1", "partition of app.posts FOR VALUES FROM (1) TO (10)"},
      {"trigger tr on app.users",
       "CREATE TRIGGER tr BEFORE INSERT ON app.users FOR EACH ROW EXECUTE FUNCTION "
       "app.tr()\ndisabled"},
      {"policy mine on app.users", "permissive for select to public using (id = 1)"},
      {"grant on column app.users.name to pg_monitor", "select"},
      {"grant on table app.posts to pg_monitor",
       "insert with grant option, select with grant option"},
      {"grant on function app.f(integer) to public", "(missing)"},
      {"grant on function app.tr() to public", "execute"},
      {"type app.mood", "enum ('sad', 'ok')"},
      {"type app.pair", "(a integer, b text collate pg_catalog.\"C\")"},
      {"domain app.email", "text not null"},
      {"sequence app.counter", "bigint start 1 increment 5 minimum 1 maximum 100 cache 1 cycle"},
      {"comment on column app.users.name", "as people know them"},
      {"extension pg_trgm", "schema public"},
      {"operator app.===(integer,integer)", ""},
  };
  for (const auto& [name, text] : expected) EXPECT_EQ(definition(catalog, name), text) << name;
}

TEST_F(Catalogs, AreTheSameWhateverTheSessionHasSet) {
  sql(kEverything);
  const Catalog catalog = read();
  run_command(connection(), "set search_path = app, public");
  run_command(connection(), "set timezone = 'Asia/Tokyo'");
  run_command(connection(), "set quote_all_identifiers = on");
  EXPECT_EQ(read(), catalog);
  EXPECT_EQ(connection().query("show search_path")[0][0], "app, public");
  EXPECT_FALSE(connection().in_transaction());
}

TEST_F(Catalogs, DifferByWhatWasDone) {
  sql(kEverything);
  const Catalog before = read();
  sql("drop table app.posts; create table app.likes (id int primary key);"
      "alter table app.users alter column old_id drop default, add column extra int;"
      "alter table app.users validate constraint named;"
      "alter type app.mood add value 'happy'; drop index app.users_name_idx;"
      "create or replace function app.tr() returns trigger language plpgsql as "
      "$$ begin return old; end $$;"
      "alter sequence app.counter increment 7; alter table app.users disable row level security;"
      "grant select on app.names to pg_monitor; comment on column app.users.name is null");
  EXPECT_EQ(differences(before, read()),
            (std::vector<std::string>{
                "+column app.users.extra", "~column app.users.old_id",
                "-comment on column app.users.name", "~constraint named on app.users",
                "~function app.tr()", "+grant on view app.names to pg_monitor",
                "-index app.users_name_idx", "~sequence app.counter", "+table app.likes",
                "-table app.posts", "~table app.users", "~type app.mood"}));
}

}  // namespace
}  // namespace migrator

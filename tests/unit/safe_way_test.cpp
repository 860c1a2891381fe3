// The safe way is shown with the statement's own names, and none of the rules finds in it what it
// is there to avoid.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/lint/linter.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

/// Behind the example schema; "-- next file" parts the text, as in the ways.
Project project_of(std::string_view text) {
  Project project;
  project.migrations.push_back(migration_of(1, "schema", std::string(example_schema())));
  for (std::uint64_t version = 2;; ++version) {
    const std::size_t next = text.find("-- next file");
    const std::string part(text.substr(0, next));
    if (part.find(';') != part.npos)
      project.migrations.push_back(migration_of(version, "change", part));
    if (next == text.npos) return project;
    text.remove_prefix(text.find('\n', next) + 1);
  }
}

std::vector<Finding> found_in(std::string_view sql) {
  const LintOptions options{.reported = {"2", "3", "4", "5", "6"}};
  return lint(project_of(sql), options).findings;
}

/// The SQL behind the first line of the hint.
std::string way_out(std::string_view sql, std::string_view rule) {
  for (const Finding& finding : found_in(sql))
    if (finding.id == rule) {
      const std::size_t line = finding.hint.find('\n');
      return line == std::string::npos ? "" : finding.hint.substr(line + 1);
    }
  return "not found";
}

struct Way {
  const char* rule;
  const char* sql;
  const char* safe;
};

class SafeWay : public testing::TestWithParam<Way> {};

TEST_P(SafeWay, IsWrittenWithItsNames) {
  EXPECT_EQ(way_out(GetParam().sql, GetParam().rule), GetParam().safe);
}

TEST_P(SafeWay, IsSafe) {
  for (const Finding& finding : found_in(GetParam().safe))
    EXPECT_NE(finding.id, GetParam().rule) << finding.message << "\n" << GetParam().safe;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, SafeWay,
    testing::Values(
        Way{"create-index-not-concurrent",
            "create unique index \"By Age\" on users (lower(email)) where age > 3;",
            "create unique index concurrently \"By Age\" on users (lower(email)) where age > 3;"},
        Way{"create-index-not-concurrent", "create index on users (age);",
            "create index concurrently on users (age);"},
        Way{"drop-index-not-concurrent", "drop index if exists users_org;",
            "drop index concurrently if exists users_org;"},
        Way{"reindex-not-concurrent", "reindex (verbose) table users;",
            "reindex (verbose) table concurrently users;"},
        Way{"refresh-not-concurrent", "refresh materialized view totals;",
            "refresh materialized view concurrently totals;"},
        Way{"set-not-null", "alter table users alter age set not null;",
            "alter table users add constraint users_age_not_null check (age is not null) not "
            "valid;\n"
            "-- next file\nalter table users validate constraint users_age_not_null;\n"
            "-- next file\nalter table users alter column age set not null;\n"
            "alter table users drop constraint users_age_not_null;"},
        Way{"add-check-constraint",
            "alter table users add constraint adult check (age > (17)), add x int;",
            "alter table users add constraint adult check (age > (17)) not valid;\n"
            "-- next file\nalter table users validate constraint adult;"},
        Way{"add-check-constraint", "alter table users add size int default 3 check (size < 9);",
            "alter table users add column size integer default 3;\n"
            "alter table users add constraint users_size_check check (size < 9) not valid;\n"
            "-- next file\nalter table users validate constraint users_size_check;"},
        Way{"add-foreign-key",
            "alter table logs add \"order\" bigint not null default 1 references orgs on delete "
            "set default;",
            "alter table logs add column \"order\" bigint not null default 1;\n"
            "alter table logs add constraint logs_order_fkey foreign key (\"order\") references "
            "orgs on delete set default not valid;\n"
            "-- next file\nalter table logs validate constraint logs_order_fkey;"},
        Way{"add-foreign-key",
            "alter table logs add foreign key (id) references users (id) on delete set null;",
            "alter table logs add constraint logs_id_fkey foreign key (id) references users (id) "
            "on "
            "delete set null not valid;\n"
            "-- next file\nalter table logs validate constraint logs_id_fkey;"},
        Way{"add-unique-constraint", "alter table users add constraint one unique (age, email);",
            "create unique index concurrently one on users (age, email);\n"
            "-- next file\nalter table users add constraint one unique using index one;"},
        Way{"add-primary-key", "alter table logs add primary key (id);",
            "create unique index concurrently logs_pkey on logs (id);\n"
            "-- next file\n"
            "alter table logs add constraint logs_id_not_null check (id is not null) not valid;\n"
            "-- next file\nalter table logs validate constraint logs_id_not_null;\n"
            "-- next file\nalter table logs alter column id set not null;\n"
            "alter table logs drop constraint logs_id_not_null;\n"
            "-- next file\nalter table logs add constraint logs_pkey primary key using index "
            "logs_pkey;"},
        Way{"validate-in-same-transaction",
            "alter table users add constraint c check (age > 0) not valid;\n"
            "alter table users validate constraint c;",
            "-- next file\nalter table users validate constraint c;"},
        Way{"detach-partition-not-concurrent", "alter table events detach partition events_old;",
            "alter table events detach partition events_old concurrently;"},
        Way{"add-column-volatile-default",
            "alter table users add token uuid default gen_random_uuid();",
            "alter table users add column token uuid;\n"
            "alter table users alter column token set default gen_random_uuid();\n"
            "-- next file, batch by batch\n"
            "update users set token = default where token is null and id between 1 and 1000;"},
        Way{"add-column-auto-increment", "alter table logs add number bigserial;",
            "create sequence logs_number_seq;\nalter table logs add column number bigint;\n"
            "alter table logs alter column number set default nextval('logs_number_seq');\n"
            "alter sequence logs_number_seq owned by logs.number;\n"
            "-- next file, batch by batch\n"
            "update logs set number = default where number is null and id between 1 and 1000;"},
        Way{"add-column-not-null-no-default", "alter table users add country text not null;",
            "alter table users add column country text;\n"
            "-- then programs that write country, and batches for the rows that are there\n"
            "-- next file\n"
            "alter table users add constraint users_country_not_null check (country is not null) "
            "not valid;\n"
            "-- next file\nalter table users validate constraint users_country_not_null;\n"
            "-- next file\nalter table users alter column country set not null;\n"
            "alter table users drop constraint users_country_not_null;"},
        Way{"change-column-type", "alter table users alter age type bigint;",
            "alter table users add column age_new bigint;\n"
            "create function users_age_new() returns trigger language plpgsql\n"
            "  as $$ begin new.age_new := new.age::bigint; return new; end $$;\n"
            "create trigger users_age_new before insert or update on users\n"
            "  for each row execute function users_age_new();\n"
            "-- next file, batch by batch\n"
            "update users set age_new = age::bigint where age_new is distinct from age::bigint and "
            "id between 1 and 1000;\n"
            "-- next file\ndrop trigger users_age_new on users;\ndrop function users_age_new();\n"
            "alter table users rename column age to age_old;\n"
            "alter table users rename column age_new to age;"},
        Way{"concurrent-if-not-exists", "create index concurrently if not exists a on users (age);",
            "create index concurrently a on users (age);"},
        Way{"drop-index-concurrently-invalid", "drop index concurrently users_org, users_email;",
            "drop index concurrently users_org;"},
        Way{"unbounded-update", "update users set age = 0;",
            "-- batch by batch, each by itself\n"
            "update users set age = 0 where id between 1 and 1000;"},
        Way{"rename-table", "alter table logs rename to journal;",
            "alter table logs rename to journal;\ncreate view logs as select * from journal;"}));

TEST(SafeWay, IsLeftOutWhereTheTextDoesNotTell) {
  EXPECT_EQ(way_out("alter table users add check (age > 0), add check (age < 9);",
                    "add-check-constraint"),
            "");
  EXPECT_EQ(way_out("create index events_kind on events (kind);", "create-index-not-concurrent"),
            "");
}

}  // namespace
}  // namespace migrator

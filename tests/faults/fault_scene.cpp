#include "tests/faults/fault_scene.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <utility>

#include "engine/pg/script.h"
#include "tests/support/fingerprint.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

struct File {
  std::string_view name;
  std::string_view text;
};

// `ledger` has no key: what runs twice is in it twice.
constexpr File kFiles[] = {
    {"migrations/1_tables.sql", R"(-- migrate:up
create table ledger (what text not null);
create table users (id int primary key, name text not null, mail text);
comment on table users is 'who comes here';
insert into ledger values ('1: tables');
-- migrate:down
drop table users, ledger;
)"},
    {"migrations/2_copy.sql", R"(
copy users (id, name) from stdin;
1	Ada
2	Bob
3	Cy
\.
create function names() returns bigint language sql stable as 'select count(*) from users';
insert into ledger values ('2: copy');
)"},
    {"migrations/3_segments.sql", R"(
insert into ledger values ('3: first segment');
create index concurrently users_name on users (name);
create type mood as enum ('ok');
alter type mood add value 'sad';
insert into ledger select '3: ' || 'sad'::mood;
vacuum users;
create table moods (n int primary key, mood mood not null);
insert into moods values (1, 'ok'), (2, 'sad');
insert into ledger values ('3: last segment');
)"},
    {"migrations/4_concurrently.sql", R"(
create unique index concurrently users_mail on users (mail);
)"},
    {"migrations/5_alter.sql", R"(
alter table users add constraint named check (name <> '') not valid;
alter table users validate constraint named;
insert into ledger values ('5: alter');
)"},
    {"migrations/R__view.sql", R"(
create or replace view people as select id, name from users;
insert into ledger values ('R: view');
)"},
    {"seeds/10_users.sql", R"(
insert into users values (10, 'Seed', 'seed@example.org');
insert into ledger values ('seed 10');
)"},
    {"seeds/20_moods.sql", R"(
insert into moods values (10, 'sad');
insert into ledger values ('seed 20');
)"},
};

Connection maintenance() {
  return Connection::open(test_server().url(), {.application_name = "test"});
}

}  // namespace

FaultScene::FaultScene(Files files) {
  if (files == Files::none) return;
  for (const File& file : kFiles) folder_.write(file.name, file.text);
}

void FaultScene::drop_database() const {
  maintenance().query(fmt::format("drop database if exists {} with (force)", database()));
}

void FaultScene::make_empty_database() const {
  drop_database();
  maintenance().query(fmt::format("create database {}", database()));
}

MigratorProcess FaultScene::start(std::vector<std::string> arguments,
                                  const DatabaseUrl& url) const {
  return {std::move(arguments), folder_.path(), url};
}

ShellResult FaultScene::run(std::vector<std::string> arguments) const {
  return start(std::move(arguments), url()).wait(kRunLimit);
}

std::string FaultScene::undisturbed(const DatabaseUrl& url) const {
  make_empty_database();
  const ShellResult result = start({"setup"}, url).wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 0) << result.output;
  return fingerprint();
}

std::string FaultScene::fingerprint() const {
  Connection eye = connect();
  return fingerprint_of(eye);
}

void FaultScene::expect_end(const DatabaseUrl& url, const std::string& expected) const {
  const ShellResult result = start({"setup"}, url).wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 0) << result.output;
  if (result.exit_code != 0) return;
  EXPECT_EQ(fingerprint(), expected) << result.output;
  expect_no_lock();
}

void FaultScene::expect_no_lock() const {
  SCOPED_TRACE("no session may keep an advisory lock");
  Connection eye = connect();
  wait_until([&] {
    return eye
        .query(
            "select from pg_locks where locktype = 'advisory' and database = "
            "(select oid from pg_database where datname = current_database())")
        .empty();
  });
}

std::filesystem::path test_server_socket() {
  return test_server().socket_directory() / ".s.PGSQL.5432";
}

std::size_t terminate_migrators(const std::string& database) {
  const std::vector<Field> name = {database};
  return maintenance()
      .query(
          "select pg_terminate_backend(pid) from pg_stat_activity "
          "where application_name like 'migrator %' and pid <> pg_backend_pid() and "
          "(datname = $1 or query like 'create database%' || $1 || '%')",
          name)
      .size();
}

}  // namespace migrator

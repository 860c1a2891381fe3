// The history table: made once, described, found again under any name, and never mistaken for the
// table of somebody else.
#include "engine/pg/history_table.h"

#include <fmt/format.h>

#include <barrier>
#include <thread>

#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class TheHistory : public RunFixture {
 protected:
  explicit TheHistory(std::string schema = "public", std::string name = "schema_migrations")
      : RunFixture(std::move(schema), std::move(name)) {}

  Finding read_error(ErrorKind kind = ErrorKind::configuration) {
    return expect_error(kind, [&] { table().read(connection()); });
  }
};

class AnOddHistory : public TheHistory {
 protected:
  AnOddHistory() : TheHistory("My \"odd\" Schema.x", "The 'Table'; {}$1") {}
};

/// A role that may log in, gone with the object.
class Clerk {
 public:
  explicit Clerk(const TestDatabase& database)
      : name_("clerk_" + database.name()), admin_(database.connect()) {
    run_command(admin_, "create role " + name_ + " login");
    url_ = DatabaseUrl::parse(database.url().reveal() + "&user=" + name_);
  }
  ~Clerk() { run_command(admin_, fmt::format("drop owned by {0}; drop role {0}", name_)); }
  Clerk(const Clerk&) = delete;
  Clerk& operator=(const Clerk&) = delete;

  const std::string& name() const { return name_; }
  Connection connect() const { return Connection::open(*url_, {}); }

 private:
  std::string name_;
  Connection admin_;
  std::optional<DatabaseUrl> url_;
};

TEST_F(TheHistory, DescribesItself) {
  table().ensure(connection());
  EXPECT_EQ(
      value("select count(*) from pg_attribute where attrelid = 'schema_migrations'::regclass "
            "and attnum > 0 and col_description(attrelid, attnum) is null"),
      "0");
  EXPECT_PRED2(contains, value("select obj_description('schema_migrations'::regclass)"),
               "migrator history, format 1");
  table().ensure(connection());
  EXPECT_TRUE(table().read(connection()).history.exists);
}

TEST_F(TheHistory, OfANewerFormatIsNotWrittenTo) {
  table().ensure(connection());
  sql("comment on table schema_migrations is 'migrator history, format 99: of tomorrow'");
  write("1_a.sql", "create table a();");
  const Finding error = expect_error(ErrorKind::configuration, [&] { up(); });
  EXPECT_EQ(error.id, "newer-history");
  EXPECT_PRED2(contains, error.message, "format 99");
  EXPECT_FALSE(exists("a"));
}

// A dump without comments was taken for a table of another format.
TEST_F(TheHistory, WithoutItsCommentIsStillOurs) {
  table().ensure(connection());
  sql("comment on table schema_migrations is null");
  write("1_a.sql", "create table a();");
  expect_done(up(), {"1 applied"});
}

TEST_F(TheHistory, IsMadeOnceByManyAtTheSameTime) {
  const HistoryTable elsewhere("not there yet", "history");
  constexpr int many = 6;
  std::vector<Connection> connections;
  for (int i = 0; i < many; ++i) connections.push_back(connect());
  for (const HistoryTable* made : {&table(), &elsewhere}) {
    std::barrier start(many);
    std::vector<std::jthread> makers;
    for (Connection& mine : connections)
      makers.emplace_back([&] {
        start.arrive_and_wait();
        EXPECT_NO_THROW(made->ensure(mine));
        EXPECT_TRUE(made->read(mine).history.exists);
      });
  }
  EXPECT_EQ(
      value("select count(*) from pg_class where relname in ('history', 'schema_migrations')"),
      "2");
}

TEST_F(AnOddHistory, LivesUnderAnyName) {
  write("1_a.sql",
        "-- migrate:up\ncreate table a(n int);\nvacuum a;\nselect wrong;\n"
        "-- migrate:down\ndrop table a;\n");
  error_of(up());
  EXPECT_EQ(history(), (Steps{"1 failed 2/3"}));
  repair({.target = "1", .repair = Repair::mark_applied, .statement = 0, .reason = "it's \\ {0}"});
  EXPECT_TRUE(up().findings.empty());
  EXPECT_PRED2(contains, table().read(eye()).history.rows.at(0).note, "it's \\ {0}");
  expect_done(down(), {"1 undone"});
  EXPECT_EQ(value("select count(*) from pg_namespace where nspname = 'My \"odd\" Schema.x'"), "1");
}

struct Foreign {
  std::string columns;
  std::string tool;
};

TEST_F(TheHistory, TablesOfOthersAreNamedAndLeftAlone) {
  const std::vector<Foreign> foreign{
      {"version bigint primary key, dirty boolean not null", "golang-migrate"},
      {"version varchar primary key", "dbmate or Rails"},
      {"version bigint primary key, inserted_at timestamp(0)", "Ecto"},
      {"filename text primary key", "Sequel"},
      {"id text, whatever int", ""}};
  write("1_a.sql", "create table a(n int);");
  for (const Foreign& other : foreign) {
    sql("create table schema_migrations (" + other.columns + ")");
    Finding error = read_error();
    EXPECT_EQ(error.id, "foreign-history-table");
    EXPECT_PRED2(contains, error.message, other.tool);
    EXPECT_EQ(error.kept, "nothing was touched");
    for (const auto& command : std::vector<std::function<void()>>{
             [&] { up(); }, [&] { down(); }, [&] { redo(); }, [&] { baseline(1); }}) {
      error = expect_error(ErrorKind::configuration, command);
      EXPECT_EQ(error.id, "foreign-history-table");
    }
    EXPECT_EQ(value("select obj_description('schema_migrations'::regclass)"), "NULL");
    EXPECT_EQ(value("select count(*) from schema_migrations"), "0");
    EXPECT_FALSE(exists("a"));
    sql("drop table schema_migrations");
  }
}

TEST_F(TheHistory, ThingsThatAreNoTablesAreRefused) {
  for (const auto& [make, drop] : std::vector<std::pair<std::string, std::string>>{
           {"create view schema_migrations as select 1 as version", "drop view schema_migrations"},
           {"create table x(n int); create index schema_migrations on x(n)", "drop table x"},
           {"create type schema_migrations as (version int)", "drop type schema_migrations"}}) {
    sql(make);
    EXPECT_EQ(read_error().id, "foreign-history-table") << make;
    sql(drop);
  }
  // A type of that name stands in the way of a table, and of no reading.
  sql("create domain schema_migrations as int");
  write("1_a.sql", "create table a(n int);");
  const Finding error = expect_error(ErrorKind::migration, [&] { up(); });
  EXPECT_PRED2(contains, error.message, "cannot create the history table public.schema_migrations");
}

TEST_F(TheHistory, ADamagedTableIsCalledSo) {
  table().ensure(connection());
  sql("alter table schema_migrations drop column journal");
  EXPECT_EQ(read_error().id, "history-damaged");
}

TEST_F(TheHistory, ARowOfANewerMigratorIsReadOrRefusedButNotGuessedAt) {
  write("1_a.sql", "create table a(n int);");
  up();
  sql("update schema_migrations set migrator_version = '99.0', run_id = null, duration = null, "
      "finished_at = null, applied_sql = null; alter table schema_migrations add more text; "
      "comment on table schema_migrations is 'migrator history, format 2: more'");
  expect_done(up(), {});
  write("1_a.sql", "create table a(n bigint);");
  EXPECT_PRED2(contains, find_finding(up().findings, "changed").detail, "too long to keep");

  sql("alter table schema_migrations drop constraint schema_migrations_state_check; "
      "update schema_migrations set state = 'paused'");
  Finding error = read_error();
  EXPECT_EQ(error.id, "newer-history");
  EXPECT_PRED2(contains, error.message, "paused");
  EXPECT_PRED2(contains, error.message, "99.0");
  sql("alter table schema_migrations drop constraint schema_migrations_kind_check; "
      "update schema_migrations set state = 'applied', kind = 'patch'");
  EXPECT_EQ(read_error().id, "newer-history");
}

TEST_F(TheHistory, ARowWithoutARunCanBeTakenOver) {
  write("1_a.sql", "create table a(n int);\nvacuum a;\nselect wrong;\n");
  error_of(up());
  sql("update schema_migrations set run_id = null");
  write("1_a.sql", "create table a(n int);\nvacuum a;\nselect 1;\n");
  expect_done(up(), {"1 applied"});
}

TEST_F(TheHistory, LongTextsAreNotKept) {
  write("1_a.sql", "create table a(n int); -- " + std::string(1024 * 1024, 'x'));
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select applied_sql from schema_migrations"), "NULL");
}

TEST_F(TheHistory, ARoleThatMayNotCreateIsToldWhatToGrant) {
  const Clerk clerk(database());
  sql("revoke create on schema public from public");
  connection() = clerk.connect();
  write("1_a.sql", "select 1;");
  Finding error = expect_error(ErrorKind::migration, [&] { up(); });
  EXPECT_EQ(error.sqlstate, "42501");
  EXPECT_PRED2(contains, error.next,
               "GRANT USAGE, CREATE ON SCHEMA \"public\" TO \"" + clerk.name() + "\"");
  EXPECT_FALSE(connection().in_transaction());

  const HistoryTable elsewhere("elsewhere", "history");
  error = expect_error(ErrorKind::migration, [&] { elsewhere.ensure(connection()); });
  EXPECT_PRED2(contains, error.next, "GRANT CREATE ON DATABASE \"" + database().name() + "\"");
}

TEST_F(TheHistory, ARoleThatMayNotReadIsToldWhatToGrant) {
  const Clerk clerk(database());
  table().ensure(eye());
  connection() = clerk.connect();
  const Finding error = read_error(ErrorKind::migration);
  EXPECT_EQ(error.sqlstate, "42501");
  EXPECT_PRED2(contains, error.next, "ON \"public\".\"schema_migrations\" TO \"" + clerk.name());
  sql("grant select, insert, update, delete on schema_migrations to " + clerk.name());
  write("1_a.sql", "select 1;");
  expect_done(up(), {"1 applied"});
}

}  // namespace
}  // namespace migrator

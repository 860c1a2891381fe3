// The model of `check` from a database's catalog, the sizes that `stats export` reads, and the safe
// ways that findings show, as a server takes them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lint/linter.h"
#include "engine/pg/schema_statements.h"
#include "engine/pg/table_sizes.h"
#include "engine/run/look.h"
#include "engine/sql/statement_facts.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

class CheckModel : public RunFixture {
 protected:
  std::vector<std::string> ids() {
    const CheckReport report =
        check(connection(), table(), project(), OrderPolicy::strict, CheckOptions{});
    return ids_of(report.findings);
  }
  bool finds(std::string_view id) {
    const auto all = ids();
    return std::ranges::find(all, id) != all.end();
  }
};

constexpr std::string_view kOld = R"(
create schema app;
create domain app.percent as int check (value between 0 and 100);
create type app.mood as enum ('good');
create table app.users (id bigint generated always as identity primary key, email varchar(100),
  age int, "Odd ""name" text, share app.percent, constraint age_there check (age is not null));
create table notes (id bigint primary key, user_id bigint references app.users (id), body text,
  at timestamptz not null);
alter table notes add constraint body_there check (body is not null) not valid;
create unique index notes_at on notes (at) where body is not null;
create view bodies as select n.body, u.email from notes n join app.users u on u.id = n.user_id;
create table events (at timestamptz not null, kind text) partition by range (at);
create table events_old partition of events for values from ('2020-01-01') to ('2025-01-01');
create table events_rest partition of events default;
create function app.fixed() returns uuid language sql immutable as
  $$ select '00000000-0000-4000-8000-000000000000'::uuid $$;
create function app.loose() returns uuid language sql as $$ select gen_random_uuid() $$;
)";

TEST_F(CheckModel, EveryStatementIsUnderstood) {
  sql(kOld);
  const auto statements = schema_statements(connection());
  EXPECT_FALSE(connection().in_transaction());
  EXPECT_GT(statements.size(), 15U);
  for (const std::string& statement : statements)
    EXPECT_FALSE(read_statement(statement).refused) << statement;
}

TEST_F(CheckModel, KnowsWhatNoFileTells) {
  sql(kOld);
  write("1_old.sql", "select 'all of it was made by another tool';");
  baseline(1);
  const auto judges = [&](const std::string& change, std::string_view rule) {
    write("2_change.sql", change);
    return finds(rule);
  };
  EXPECT_FALSE(judges("alter table app.users alter age set not null;", "set-not-null"));
  EXPECT_TRUE(judges("alter table notes alter body set not null;", "set-not-null"))
      << "the CHECK is not valid";
  EXPECT_FALSE(judges("alter table notes alter at set not null;", "set-not-null"));
  EXPECT_TRUE(judges("alter table app.users alter age type bigint;", "change-column-type"));
  EXPECT_TRUE(judges("alter table app.users alter email type text;", "blocked-by-dependent"));
  EXPECT_FALSE(judges("drop view bodies;\nalter table app.users alter email type varchar(200);",
                      "change-column-type"));
  EXPECT_FALSE(
      judges("alter table notes add a uuid default app.fixed();", "add-column-volatile-default"));
  EXPECT_TRUE(
      judges("alter table notes add a uuid default app.loose();", "add-column-volatile-default"));
  EXPECT_TRUE(judges("alter table notes add a app.percent;", "add-column-constrained-domain"));
  EXPECT_TRUE(
      judges("create index concurrently on events (kind);", "concurrent-index-on-partitioned"));
  EXPECT_TRUE(judges("alter table events detach partition events_old concurrently;",
                     "concurrent-detach-with-default"));
  EXPECT_TRUE(judges("alter table notes drop constraint notes_pkey;", "drop-primary-key"));
  EXPECT_FALSE(judges("create table t (id bigint primary key);\ncreate index on t (id);",
                      "create-index-not-concurrent"));
}

TEST_F(CheckModel, ReadsSizesAndNoRows) {
  sql("create table big as select g as id, repeat('secret', 20) as body from generate_series(1, "
      "5000) g; create index on big (id); create table none (a int); analyze big;"
      "create table parts (a int) partition by range (a);"
      "create table part1 partition of parts for values from (0) to (9999);"
      "insert into parts select generate_series(1, 1000); analyze parts; analyze part1;"
      "create temporary table mine (a int);");
  const DatabaseStats stats = read_stats(connection());
  const TableSize& big = stats.tables.at({"public", "big"});
  EXPECT_EQ(big.rows, 5000);
  EXPECT_GT(big.heap, 500'000);
  EXPECT_GT(big.indexes, 50'000);
  EXPECT_GE(big.bytes, big.heap + big.indexes);
  EXPECT_EQ(stats.tables.at({"public", "none"}).rows, 0);
  EXPECT_EQ(stats.tables.at({"public", "parts"}).rows, 1000);
  EXPECT_EQ(stats.tables.at({"public", "parts"}).kind, "partitioned table");
  EXPECT_EQ(stats.tables.at({"public", "parts"}).heap, stats.tables.at({"public", "part1"}).heap);
  for (const auto& [name, size] : stats.tables) EXPECT_NE(name.name, "mine");
  EXPECT_EQ(stats.settings.front().first, "TimeZone");
  EXPECT_EQ(stats.server_version, connection().server_version());
}

/// The SQL behind the first line of the first hint for the rule.
std::string way_out(const std::vector<Finding>& findings, std::string_view rule) {
  for (const Finding& finding : findings)
    if (finding.id == rule) {
      const std::size_t line = finding.hint.find('\n');
      return line == std::string::npos ? "" : finding.hint.substr(line + 1);
    }
  return "";
}

class Examples : public CheckModel {
 protected:
  /// The example schema in a database without anything, and the files behind it: "-- next file"
  /// parts the text.
  void begin(std::string_view text) {
    sql("drop schema public cascade; create schema public; drop schema if exists app, other "
        "cascade");
    write("1_schema.sql", example_schema());
    for (std::size_t version = 2; version < 10; ++version) remove(file(version));
    add(text, 2);
  }

  void add(std::string_view text, std::size_t version) {
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t next = rest.find("-- next file");
      const std::string part(rest.substr(0, next));
      if (part.find(';') != part.npos) write(file(version++), part);
      rest = next == rest.npos ? "" : rest.substr(rest.find('\n', next) + 1);
    }
  }

  static std::string file(std::size_t version) { return fmt::format("{}_change.sql", version); }

  /// In a session that knows nothing of the schema before.
  std::optional<Finding> error_of_run() {
    reconnect();
    return up().error;
  }

  std::vector<Finding> found() { return lint(project(), LintOptions{.reported = {"2"}}).findings; }
};

TEST_F(Examples, TheServerTakesTheGoodOnes) {
  for (const Rule& rule : rules()) {
    if (rule.good.empty()) continue;
    begin(rule.good);
    const auto error = error_of_run();
    EXPECT_FALSE(error) << rule.id << "\n" << rule.good << "\n" << (error ? error->message : "");
  }
}

TEST_F(Examples, TheServerRefusesWhatIsSaidToBeRefused) {
  std::size_t refused = 0;
  for (const Rule& rule : rules()) {
    if (rule.bad.empty()) continue;
    begin(rule.bad);
    const auto findings = found();
    const auto finding = std::ranges::find(findings, rule.id, &Finding::id);
    if (finding == findings.end() || finding->message.find("refuses") == std::string::npos)
      continue;
    ++refused;
    const auto error = error_of_run();
    ASSERT_TRUE(error) << rule.id << "\n" << rule.bad;
    EXPECT_NE((finding->message + std::string(rule.why)).find(error->sqlstate), std::string::npos)
        << rule.id << ": " << error->sqlstate << " " << error->message;
  }
  EXPECT_GE(refused, 4U);
}

TEST_F(Examples, TheServerTakesTheSafeWays) {
  std::size_t taken = 0;
  for (const Rule& rule : rules()) {
    if (rule.bad.empty()) continue;
    begin(rule.bad);
    const std::string way = way_out(found(), rule.id);
    if (way.empty()) continue;
    ++taken;
    begin("");
    // What of the bad example comes before the statement itself stays as it is.
    const bool is_added = rule.id == "validate-in-same-transaction";
    if (is_added)
      write(file(2), "alter table users add constraint age_positive check (age > 0) not valid;");
    add(way, is_added ? 3 : 2);
    const auto error = error_of_run();
    EXPECT_FALSE(error) << rule.id << "\n" << way << "\n" << (error ? error->message : "");
  }
  EXPECT_GT(taken, 14U);
}

}  // namespace
}  // namespace migrator

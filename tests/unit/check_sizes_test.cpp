// What is known of the size of tables: its file, the estimate for a statement, and what that does
// to the level of a rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/lint/estimate.h"
#include "engine/lint/linter.h"
#include "engine/report/stats_json.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

TableSize of_bytes(std::int64_t heap, std::int64_t indexes = 0) {
  return {.rows = heap / 100, .bytes = heap + indexes, .heap = heap, .indexes = indexes};
}

DatabaseStats sample() {
  DatabaseStats stats{.server_version = 150018,
                      .settings = {{"TimeZone", "UTC"}, {"wal_level", "logical"}},
                      .since = "reset",
                      .seconds = 86400};
  stats.tables[{"public", "users"}] = of_bytes(12'000'000'000, 3'000'000'000);
  stats.tables[{"public", "users"}].rows = 41'000'000;
  stats.tables[{"public", "users"}].writes_per_second = 350.2;
  stats.tables[{"public", "logs"}] = of_bytes(8192);
  stats.tables[{"public", "events_new"}] = {.rows = 0};
  stats.tables[{"app", "A \"b\""}] = {.kind = "partitioned table"};
  return stats;
}

std::vector<Finding> found_in(const std::string& sql, double speed = 100) {
  Project project;
  project.migrations.push_back(migration_of(1, "schema", std::string(example_schema())));
  project.migrations.push_back(migration_of(2, "change", sql));
  LintOptions options{.reported = {"2"}, .stats = sample(), .speed = speed};
  return lint(project, options).findings;
}

Finding find(const std::vector<Finding>& findings, std::string_view id) {
  const auto found = std::ranges::find(findings, id, &Finding::id);
  return found == findings.end() ? Finding{} : *found;
}

TEST(Stats, AreReadAsTheyWereWritten) {
  EXPECT_EQ(parse_stats(to_json(sample()), "s.json"), sample());
  EXPECT_EQ(parse_stats(to_json(DatabaseStats{}), "s.json"), DatabaseStats{});
  EXPECT_EQ(to_json(sample()), to_json(parse_stats(to_json(sample()), "s.json")));
}

TEST(Stats, SayWhatIsWrongWithThem) {
  for (const char* wrong :
       {"", "[]", "{}", R"({"format": 2})", R"({"format": 1, "server_version": "15"})",
        R"({"format": 1, "server_version": 15, "counted_since": "", "counted_seconds": 0,
            "settings": {}, "tables": [{"schema": "a", "name": "b", "kind": "table"}]})",
        R"({"format": 1, "server_version": 15, "counted_since": "", "counted_seconds": -1,
            "settings": {}, "tables": []})"}) {
    try {
      parse_stats(wrong, "s.json");
      ADD_FAILURE() << wrong;
    } catch (const Error& error) {
      EXPECT_EQ(error.finding().id, "stats-invalid");
      EXPECT_EQ(error.kind(), ErrorKind::configuration);
    }
  }
}

TEST(Sizes, TellHowLongWhoWaits) {
  const Finding rewrite =
      find(found_in("alter table users alter age type bigint;"), "change-column-type");
  EXPECT_EQ(rewrite.detail,
            "ACCESS EXCLUSIVE on users (41 M rows, 15 GB) for about 10 min: reads and writes wait, "
            "350 rows written in a second");
  EXPECT_EQ(rewrite.severity, Severity::error);
  const Finding twice_as_fast =
      find(found_in("alter table users alter age type bigint;", 200), "change-column-type");
  EXPECT_NE(twice_as_fast.detail.find("for about 5 min"), std::string::npos);
  const Finding index =
      find(found_in("create index on users (age);"), "create-index-not-concurrent");
  EXPECT_EQ(index.detail,
            "SHARE on users (41 M rows, 15 GB) for about 4 min: writes wait, 350 rows written in a "
            "second");
}

TEST(Sizes, MakeASmallTablesFindingANoteAndAHugeOnesAnError) {
  const Finding small = find(found_in("create index on logs (id);"), "create-index-not-concurrent");
  EXPECT_EQ(small.severity, Severity::note);
  EXPECT_EQ(small.detail,
            "SHARE on logs (81 rows, 8.2 kB) for less than a second: writes wait; note "
            "instead of error (size-brief)");
  const Finding huge = find(found_in("update users set age = 0;"), "unbounded-update");
  EXPECT_EQ(huge.severity, Severity::error);
  EXPECT_NE(huge.detail.find("error instead of warning (size-long)"), std::string::npos);
  const Finding unknown =
      find(found_in("create index on orgs (name);"), "create-index-not-concurrent");
  EXPECT_EQ(unknown.severity, Severity::error);
  EXPECT_EQ(unknown.detail, "");
  const Finding empty =
      find(found_in("create index on events_new (kind);"), "create-index-not-concurrent");
  EXPECT_EQ(empty.severity, Severity::note);
  EXPECT_EQ(
      empty.detail,
      "SHARE on events_new (0 rows, 0 B) for less than a second: writes wait; note instead of "
      "error (size-brief)");
}

TEST(Sizes, AreToldWhereNoRuleMinds) {
  const Finding note = find(found_in("create index concurrently on users (age);"), "estimate");
  EXPECT_EQ(note.severity, Severity::note);
  EXPECT_EQ(note.message,
            "SHARE UPDATE EXCLUSIVE on users (41 M rows, 15 GB) for about 4 min: reads and writes "
            "go on");
  EXPECT_EQ(find(found_in("alter table users add a1 text;"), "estimate").id, "");
  EXPECT_EQ(find(found_in("create index concurrently on logs (id);"), "estimate").id, "");
}

TEST(Sizes, GoBySecondsUnderTheLock) {
  const auto of = [](double seconds) { return Estimate{.table = {}, .seconds = seconds}; };
  EXPECT_EQ(sized(Level::error, of(0.1)).level, Level::note);
  EXPECT_EQ(sized(Level::error, of(1)).level, Level::error);
  EXPECT_EQ(sized(Level::warning, of(29)).level, Level::warning);
  EXPECT_EQ(sized(Level::warning, of(31)).level, Level::error);
  EXPECT_EQ(sized(Level::note, of(31)).level, Level::warning);
  EXPECT_EQ(sized(Level::note, of(0.1)).level, Level::note);
}

}  // namespace
}  // namespace migrator

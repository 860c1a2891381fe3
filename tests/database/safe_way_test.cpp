// The safe ways that `check` shows are SQL that runs: each on a real server, as the files that they
// say; and those that go by batches come to the end, with each row done once.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>

#include "engine/base/quote.h"
#include "engine/lint/linter.h"
#include "tests/support/run_fixture.h"
#include "tests/support/safe_ways.h"

namespace migrator {
namespace {

class SafeWayRuns : public RunFixture {
 protected:
  SafeWayRuns() {
    write("1_schema.sql", std::string(example_schema()) + std::string(tables_with_other_keys()));
  }

  /// The SQL behind the first line of the hint.
  std::string way_out(std::string_view statement, std::string_view rule) {
    write("2_change.sql", statement);
    for (const Finding& finding : lint(project(), {.reported = {"2"}}).findings)
      if (finding.id == rule) return finding.hint.substr(finding.hint.find('\n') + 1);
    return "not found";
  }

  /// Runs an UPDATE or DELETE until it has nothing more to do. How often it had.
  std::size_t run_batches(const std::string& statement) {
    const std::string counted = "with done as (" + statement.substr(0, statement.rfind(';')) +
                                " returning 1) select count(*) from done";
    std::size_t times = 0;
    for (; times < 10 && value(counted) != "0"; ++times) {
    }
    return times;
  }

  /// The part of the way behind that mark, up to the next one.
  static std::string behind(const std::string& way, const std::string& mark) {
    const std::size_t begin = way.find(mark) + mark.size();
    return way.substr(begin, way.find("-- next", begin) - begin);
  }
};

class SafeWayRunsEach : public SafeWayRuns, public ::testing::WithParamInterface<Way> {};

TEST_P(SafeWayRunsEach, AsFiles) {
  const Way& way = GetParam();
  std::string_view text = way.safe;
  // It goes on behind a statement that is no part of it.
  if (text.starts_with("-- next file"))
    write("2_before.sql", std::string_view(way.sql).substr(0, std::string_view(way.sql).find(';')));
  for (int version = 3; !text.empty(); ++version) {
    const std::size_t next = text.find("-- next file", 1);
    write(std::to_string(version) + "_way.sql", text.substr(0, next));
    text = next == text.npos ? "" : text.substr(next);
  }
  const RunReport report = up();
  EXPECT_FALSE(report.error) << report.error->message << "\n" << way.safe;
  EXPECT_EQ(report.head.exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Rules, SafeWayRunsEach, testing::ValuesIn(safe_ways()),
                         [](const auto& tested) {
                           std::string name = tested.param.rule;
                           std::ranges::replace(name, '-', '_');
                           return name + "_" + std::to_string(tested.index);
                         });

TEST_F(SafeWayRuns, BatchesComeToTheEnd) {
  ASSERT_EQ(up().head.exit_code, 0);
  sql("insert into docs select gen_random_uuid(), n from generate_series(1, 2500) n");
  sql("insert into parts select n % 3, 'p' || n, n from generate_series(1, 2500) n");
  sql("insert into logs select n, 'X' from generate_series(1, 2500) n");
  sql("insert into events select timestamptz '2024-01-01' + n * interval '1 minute', 'x' "
      "from generate_series(1, 2500) n");

  const std::string token = way_out("alter table parts add token uuid default gen_random_uuid();",
                                    "add-column-volatile-default");
  sql("alter table parts add token uuid; alter table parts alter token set default "
      "gen_random_uuid()");
  EXPECT_EQ(run_batches(behind(token, "batch by batch\n")), 3U) << token;
  EXPECT_EQ(value("select count(distinct token) from parts"), "2500");

  const std::string marks =
      way_out("update logs set message = message || '!';", "unbounded-update");
  sql("alter table logs add batched boolean");
  EXPECT_EQ(run_batches(behind(marks, "batch by batch\n")), 3U) << marks;
  EXPECT_EQ(value("select count(*) from logs where message = 'X!'"), "2500");

  for (const std::string table : {"docs", "parts", "logs", "events"}) {
    const std::string way = way_out("delete from " + table + ";", "unbounded-update");
    EXPECT_EQ(run_batches(way.substr(way.find('\n') + 1)), 3U) << way;
    EXPECT_EQ(value("select count(*) from " + table), "0");
  }
}

/// The batches in the order of a key: each goes on behind the row that the one before returned.
TEST_F(SafeWayRuns, BatchesInOrderTakeEachRowOnce) {
  ASSERT_EQ(up().head.exit_code, 0);
  sql("insert into docs select gen_random_uuid(), 0 from generate_series(1, 2500) n");
  sql("insert into parts select n % 3, 'p' || n, 0 from generate_series(1, 2500) n");
  for (const std::string table : {"docs", "parts"}) {
    std::string batch = way_out("update " + table + " set size = size + 1;", "unbounded-update");
    const std::string way = batch;
    std::size_t batches = 0;
    for (; batches < 10; ++batches) {
      const auto rows = connection().query(batch);
      if (rows.empty()) break;
      ASSERT_EQ(rows.size(), 1U) << batch;
      std::string behind;
      for (const Field& value : rows[0])
        behind += (behind.empty() ? "" : ", ") + quote_literal(value.value_or(""));
      batch = std::regex_replace(way, std::regex(R"(> ('[^']*'|\([^)]*\)))"), "> (" + behind + ")");
    }
    EXPECT_EQ(batches, 3U) << way;
    EXPECT_EQ(value("select count(*) from " + table + " where size = 1"), "2500") << way;
  }
}

}  // namespace
}  // namespace migrator

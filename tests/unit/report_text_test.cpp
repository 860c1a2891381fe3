#include <gtest/gtest.h>

#include <set>

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/report/to_text.h"
#include "engine/report/wrap.h"
#include "tests/support/expect_error.h"
#include "tests/support/golden.h"
#include "tests/support/sample_reports.h"

namespace migrator {
namespace {

std::string text_of(const RunReport& report, Style style) {
  std::string text;
  for (const StepResult& result : report.results) text += to_text(result, style);
  return text + to_text(report, style);
}

std::string text_of(const PlanReport& report, Style style) {
  return to_text(report, PlanDetail::outline, style);
}

std::string text_of(const ErrorReport& report, Style style) {
  return to_text(report.error, style);
}

std::string text_of(const auto& report, Style style) {
  return to_text(report, style);
}

std::string text_of(const SampleReport& sample, Style style = {}) {
  return std::visit([&](const auto& report) { return text_of(report, style); }, sample.report);
}

class ReportText : public ::testing::TestWithParam<std::string> {};

TEST_P(ReportText, IsAsExpected) {
  testing::expect_golden(testing::golden_folder("report") / (GetParam() + ".txt"),
                         text_of(sample(GetParam())));
}

/// Lines that cannot be shorter: what the server, a file or a message says on one line, and a word
/// wider than its line.
bool may_be_wide(std::string_view line) {
  return line.find("error: ") != line.npos || line.find("note: ") != line.npos ||
         line.find("warning: ") != line.npos || line.starts_with("    ");
}

TEST_P(ReportText, FitsEightyColumns) {
  const std::string text = text_of(sample(GetParam()));
  for (const std::string_view line : split_lines(text))
    EXPECT_TRUE(count_characters(line) <= kColumns || may_be_wide(line)) << line;
}

TEST_P(ReportText, EndsInALineEndAndLeavesNoBlanksBehind) {
  const std::string text = text_of(sample(GetParam()));
  EXPECT_TRUE(text.ends_with('\n'));
  for (const std::string_view line : split_lines(text)) EXPECT_FALSE(line.ends_with(' ')) << line;
}

TEST_P(ReportText, SaysTheSameInColour) {
  std::string text = text_of(sample(GetParam()), {.color = true});
  for (std::size_t at; (at = text.find("\033[")) != std::string::npos;)
    text.erase(at, text.find('m', at) - at + 1);
  EXPECT_EQ(text, text_of(sample(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Samples, ReportText, ::testing::ValuesIn(sample_names()),
                         [](const auto& test) { return test.param; });

TEST(SampleReports, AllHaveATest) {
  std::set<std::string> made;
  for (const SampleReport& report : sample_reports()) made.insert(report.name);
  const std::vector<std::string> names = sample_names();
  EXPECT_EQ(std::set(names.begin(), names.end()), made);
}

TEST(PlanText, AsSqlIsWhatPsqlReads) {
  const auto plan = std::get<PlanReport>(sample("plan").report);
  testing::expect_golden(testing::golden_folder("report") / "plan_sql.txt",
                         to_text(plan, PlanDetail::sql, {}));
}

TEST(PlanText, ARefusedPlanHasNoSql) {
  const auto plan = std::get<PlanReport>(sample("plan_refused").report);
  const std::string text = to_text(plan, PlanDetail::sql, {});
  for (const std::string_view line : split_lines(text)) EXPECT_TRUE(line.starts_with("--")) << line;
}

TEST(FindingText, SaysItOnOneLineAndTheRestBelow) {
  const Finding bare{.id = "x", .message = "this went wrong"};
  EXPECT_EQ(to_text(bare, {}), "error: this went wrong\n");
  const Finding file{.severity = Severity::warning,
                     .id = "x",
                     .message = "odd",
                     .place = Place{.file = "a.sql"},
                     .next = "do this"};
  EXPECT_EQ(to_text(file, {}), "a.sql: warning: odd\n  next:    do this\n");
}

TEST(FindingText, PutsTheCaretUnderTheColumnAlsoAtTheEndOfALine) {
  const auto caret_text = [](std::string line, std::size_t column) {
    const Place place{.file = "a", .line = 12, .column = column, .source_line = std::move(line)};
    return to_text({.id = "x", .message = "m", .place = place}, {});
  };
  EXPECT_EQ(caret_text("\tab", 2), "a:12:2: error: m\n   12 |  ab\n      |  ^\n");
  EXPECT_EQ(caret_text("äb", 2), "a:12:2: error: m\n   12 | äb\n      |  ^\n");
  EXPECT_EQ(caret_text("ab", 3), "a:12:3: error: m\n   12 | ab\n      |   ^\n");
}

TEST(FindingText, ShowsOfALongLineWhatStandsAroundTheCaret) {
  const std::string line(300, 'x');
  for (const std::size_t column : {1U, 36U, 37U, 150U, 264U, 265U, 300U, 301U}) {
    SCOPED_TRACE(column);
    std::string marked = line;
    if (column <= 300) marked[column - 1] = '!';
    const Place place = place_of({"a.sql", marked}, column - 1);
    const std::string text = to_text({.id = "x", .message = "m", .place = place}, {});
    const auto lines = split_lines(text);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_LE(lines[1].size(), 80U);
    const std::size_t caret = lines[2].find('^');
    EXPECT_EQ(column <= 300 ? lines[1].find('!') : lines[1].size(), caret);
  }
}

TEST(DurationText, ForPeople) {
  using std::chrono::microseconds;
  const std::vector<std::pair<std::int64_t, std::string>> cases{{0, "0 us"},
                                                                {850, "850 us"},
                                                                {999, "999 us"},
                                                                {1000, "1 ms"},
                                                                {12'345, "12 ms"},
                                                                {999'999, "999 ms"},
                                                                {1'000'000, "1.0 s"},
                                                                {3'440'000, "3.4 s"},
                                                                {59'949'999, "59.9 s"},
                                                                {59'960'000, "1 min 00 s"},
                                                                {60'000'000, "1 min 00 s"},
                                                                {125'900'000, "2 min 05 s"},
                                                                {3'600'000'000, "60 min 00 s"}};
  for (const auto& [us, text] : cases) EXPECT_EQ(duration_text(microseconds(us)), text);
}

TEST(Words, TitlesAndVersions) {
  EXPECT_EQ(title_of(StepKind::versioned, "1", "users"), "1_users");
  EXPECT_EQ(title_of(StepKind::versioned, "1", ""), "1");
  EXPECT_EQ(title_of(StepKind::repeatable, "R__v", "v"), "R__v");
  EXPECT_EQ(title_of(StepKind::seed, "seed/dev/1.sql", "dev/1.sql"), "dev/1.sql");
  EXPECT_EQ(version_text(150018), "15.18");
  EXPECT_EQ(version_text(180000), "18.0");
}

TEST(Words, WhereNamesTheServer) {
  EXPECT_EQ(where({.command = "up", .environment = "dev"}), "dev");
  Head head{.command = "up", .environment = "dev", .database = DatabaseFacts{}};
  head.database->name = "app";
  head.database->server_version = 150018;
  head.database->server = kEmbedded;
  EXPECT_EQ(where(head), "dev: app, embedded PostgreSQL 15.18");
  head.database->server = "localhost:5432";
  EXPECT_EQ(where(head), "dev: app on localhost:5432, PostgreSQL 15.18");
}

TEST(Wrap, BreaksAtBlanksAndNeverInsideAWord) {
  const std::string word(30, 'w');
  EXPECT_EQ(wrap("short", 10), "short\n");
  EXPECT_EQ(wrap("", 10), "");
  EXPECT_EQ(wrap(word + " " + word + " " + word, 10),
            word + " " + word + "\n" + std::string(10, ' ') + word + "\n");
  const std::string wide(90, 'w');
  EXPECT_EQ(wrap("a " + wide + " b", 2), "a\n  " + wide + "\n  b\n");
  EXPECT_EQ(wrap("one\n  two", 4), "one\n      two\n");
}

}  // namespace
}  // namespace migrator

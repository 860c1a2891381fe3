// The baseline: what it holds, what it passes over, and what is told of lines that nothing needs.
#include "engine/lint/baseline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/lint/linter.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

const std::string kFile = migration_of(1, "a", "select 1;").up.file;

LintReport judged(const std::string& sql) {
  Project project;
  project.migrations.push_back(migration_of(1, "a", sql));
  return lint(project, {});
}

/// Ids of what is left.
std::vector<std::string> left(LintReport report, const std::string& baseline,
                              const std::set<std::string>& known = {kFile}) {
  Baseline(baseline, "base.txt").apply(report.findings, report.judged, known);
  std::vector<std::string> ids;
  for (const Finding& finding : report.findings) ids.push_back(finding.id);
  return ids;
}

using Ids = std::vector<std::string>;

TEST(Baseline, PassesOverWhatItHoldsWhereverItStands) {
  const std::string baseline = write_baseline(judged("drop table t;\nselect 1;").findings);
  EXPECT_EQ(left(judged("drop table t;\nselect 1;"), baseline), Ids{});
  EXPECT_EQ(left(judged("select 1;\n\n-- a comment\ndrop /* x */  table t;"), baseline), Ids{});
  EXPECT_EQ(left(judged("truncate u;\n-- next\ndrop table t;"), baseline),
            (Ids{"truncate-table", "locks-many-tables"}));
  EXPECT_EQ(left(judged("drop table v;"), baseline), (Ids{"drop-table", "unused-baseline"}));
}

TEST(Baseline, CountsWhatIsThereTwice) {
  const std::string once = write_baseline(judged("drop table t;").findings);
  EXPECT_EQ(left(judged("drop table t;\ndrop table t;"), once), Ids{"drop-table"});
  const std::string twice = write_baseline(judged("drop table t;\ndrop table t;").findings);
  EXPECT_EQ(left(judged("drop table t;"), twice), Ids{"unused-baseline"});
}

TEST(Baseline, IsTheSameWhateverTheOrder) {
  auto findings = judged("drop table t;\ntruncate u;\nselect 1;\ndrop table a cascade;").findings;
  const std::string one = write_baseline(findings);
  std::ranges::reverse(findings);
  EXPECT_EQ(write_baseline(findings), one);
  EXPECT_EQ(one.substr(0, 2), "# ");
}

TEST(Baseline, MindsLinesOfFilesThatWereJudgedOrAreGone) {
  const std::string line = "drop-table 0123456789abcdef " + kFile + "\n";
  EXPECT_EQ(left(judged("select 1;"), line), Ids{"unused-baseline"});
  LintReport not_judged = judged("select 1;");
  not_judged.judged.clear();
  EXPECT_EQ(left(not_judged, line), Ids{});
  EXPECT_EQ(left(not_judged, line, {}), Ids{"unused-baseline"});
  EXPECT_EQ(Baseline(line, "b").lines_of_others({}, {kFile}),
            std::vector<std::string>{"drop-table 0123456789abcdef " + kFile});
}

TEST(Baseline, RefusesWhatIsNone) {
  for (const char* wrong :
       {"drop-table", "drop-table 0123 1_a.sql", "drop-table 0123456789abcdef "})
    EXPECT_THROW(Baseline(wrong, "b"), Error) << wrong;
}

}  // namespace
}  // namespace migrator

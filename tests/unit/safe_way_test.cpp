// The safe way is shown with the statement's own names, and none of the rules finds in it what it
// is there to avoid.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/lint/linter.h"
#include "tests/support/projects.h"
#include "tests/support/safe_ways.h"

namespace migrator {
namespace {

/// Behind the example schema; "-- next file" parts the text, as in the ways.
Project project_of(std::string_view text) {
  Project project;
  project.migrations.push_back(migration_of(
      1, "schema", std::string(example_schema()) + std::string(tables_with_other_keys())));
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

class SafeWay : public testing::TestWithParam<Way> {};

TEST_P(SafeWay, IsWrittenWithItsNames) {
  EXPECT_EQ(way_out(GetParam().sql, GetParam().rule), GetParam().safe);
}

TEST_P(SafeWay, IsSafe) {
  for (const Finding& finding : found_in(GetParam().safe))
    EXPECT_NE(finding.id, GetParam().rule) << finding.message << "\n" << GetParam().safe;
}

INSTANTIATE_TEST_SUITE_P(Rules, SafeWay, testing::ValuesIn(safe_ways()));

TEST(SafeWay, IsLeftOutWhereTheTextDoesNotTell) {
  EXPECT_EQ(way_out("alter table users add check (age > 0), add check (age < 9);",
                    "add-check-constraint"),
            "");
  EXPECT_EQ(way_out("update users set age = 1 from orgs;", "unbounded-update"), "");
  EXPECT_EQ(way_out("delete from users using orgs;", "unbounded-update"), "");
  EXPECT_EQ(way_out("delete from only users;", "unbounded-update"), "");
  EXPECT_EQ(way_out("update docs set id = gen_random_uuid();", "unbounded-update"), "");
  EXPECT_EQ(way_out("create index events_kind on events (kind);", "create-index-not-concurrent"),
            "");
}

}  // namespace
}  // namespace migrator

#include "engine/report/exit_code.h"

#include <gtest/gtest.h>

#include <vector>

namespace migrator {
namespace {

static_assert(exit_code_of(ErrorKind::usage) == 2);
static_assert(exit_code_of(ErrorKind::configuration) == 2);
static_assert(exit_code_of(ErrorKind::connection) == 3);
static_assert(exit_code_of(ErrorKind::lock) == 3);
static_assert(exit_code_of(ErrorKind::migration) == 4);

Finding finding(Severity severity, std::string id = "x") {
  return {.severity = severity, .id = std::move(id), .message = "m"};
}

TEST(ExitCode, OfALookIsOneForWarningsAndErrors) {
  EXPECT_EQ(exit_code_of(std::vector<Finding>{}), 0);
  EXPECT_EQ(exit_code_of(std::vector{finding(Severity::note)}), 0);
  EXPECT_EQ(exit_code_of(std::vector{finding(Severity::note), finding(Severity::warning)}), 1);
  EXPECT_EQ(exit_code_of(std::vector{finding(Severity::error)}), 1);
}

struct Case {
  std::vector<std::string> errors;
  int code;
};

TEST(ExitCode, OfARefusal) {
  const std::vector<Case> cases{{{"changed"}, 1},
                                {{"late"}, 1},
                                {{"no-down"}, 1},
                                {{"baseline-reached"}, 1},
                                {{"late", "changed"}, 1},
                                {{"duplicate-version"}, 2},
                                {{"unknown-version"}, 2},
                                {{"transaction-control"}, 2},
                                {{"late", "unterminated-quote"}, 2},
                                {{"half-done"}, 4},
                                {{"in-doubt"}, 4},
                                {{"done-statement-changed"}, 4},
                                {{"late", "duplicate-version", "in-doubt"}, 4}};
  for (const Case& c : cases) {
    std::vector<Finding> findings{finding(Severity::note, "own-transaction"),
                                  finding(Severity::warning, "missing")};
    for (const std::string& id : c.errors) findings.push_back(finding(Severity::error, id));
    EXPECT_EQ(exit_code_of_refusal(findings), c.code) << c.errors.front();
  }
}

TEST(ExitCode, NotesOfWhatWouldNeedADecisionDecideNothing) {
  EXPECT_EQ(exit_code_of_refusal(std::vector{finding(Severity::note, "half-done"),
                                             finding(Severity::error, "late")}),
            1);
}

}  // namespace
}  // namespace migrator

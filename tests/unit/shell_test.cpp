#include "tests/support/shell.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

std::vector<std::optional<ShellResult>> run(const std::vector<std::string>& commands) {
  const ScenarioFolder folder;
  return run_in_shell(commands, folder.path(), {"PATH=/usr/bin:/bin", "WORD=hello"});
}

TEST(Shell, TellsOutputAndExitCodeOfEachCommand) {
  const auto results = run({"echo $WORD; echo more >&2", "(exit 3)", "printf 'no newline'",
                            "cat <<'END'\n$WORD\nEND", "wc -c"});
  ASSERT_EQ(results.size(), 5u);
  for (const auto& result : results) ASSERT_TRUE(result);
  EXPECT_EQ(results[0]->output, "hello\nmore\n");
  EXPECT_EQ(results[0]->exit_code, 0);
  EXPECT_EQ(results[1]->output, "");
  EXPECT_EQ(results[1]->exit_code, 3);
  EXPECT_EQ(results[2]->output, "no newline");
  EXPECT_EQ(results[3]->output, "$WORD\n");
  EXPECT_EQ(results[4]->output, "0\n");
}

TEST(Shell, CommandsShareAFolderAndVariables) {
  const auto results = run({"mkdir a && cd a && X=1", "touch file", "ls; echo $X", "ls .."});
  EXPECT_EQ(results[2]->output, "file\n1\n");
  EXPECT_EQ(results[3]->output, "a\n");
}

TEST(Shell, HasNoResultsAfterItsEnd) {
  const auto results = run({"echo a", "exit 2", "echo b"});
  EXPECT_EQ(results[0]->output, "a\n");
  EXPECT_FALSE(results[1]);
  EXPECT_FALSE(results[2]);
}

}  // namespace
}  // namespace migrator

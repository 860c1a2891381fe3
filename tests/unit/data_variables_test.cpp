#include "engine/project/data_variables.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

std::string replaced(DataFormat format, std::string text) {
  const ScriptVariables variables{{"A", "x"}, {"B", "1,\"2\""}, {"E", ""}, {"N", "\\\n\t"}};
  std::vector<Finding> findings;
  const ReplacedText result =
      with_variables(std::move(text), format, variables, "seeds/t", findings);
  if (findings.empty()) return std::string(result.text.view());
  return std::to_string(findings[0].place->line) + ": " + findings[0].message;
}

TEST(DataVariables, AreQuotedAsCsvWantsIt) {
  EXPECT_EQ(replaced(DataFormat::csv, "a,b\n${A},y${A}z\n"), "a,b\nx,yxz\n");
  EXPECT_EQ(replaced(DataFormat::csv, "${B},\"${B}\",<${B}>"),
            "\"1,\"\"2\"\"\",\"1,\"\"2\"\"\",\"<1,\"\"2\"\">\"");
  EXPECT_EQ(replaced(DataFormat::csv, ",${E},x${E}\r\n"), ",\"\",x\r\n");
  EXPECT_EQ(replaced(DataFormat::tsv, "${A}\t${B}"), "x\t\"1,\"\"2\"\"\"");
  EXPECT_EQ(replaced(DataFormat::csv, "$${A},$A,${},${1},${A"), "${A},$A,${},${1},${A");
}

TEST(DataVariables, AreEscapedInStrings) {
  EXPECT_EQ(replaced(DataFormat::json, "[{\"a\": \"\\\"${B}${N}\", \"n\": ${A}}]"),
            "[{\"a\": \"\\\"1,\\\"2\\\"\\\\\\u000a\\u0009\", \"n\": x}]");
  EXPECT_EQ(replaced(DataFormat::toml, "# don\"t\na = '\"'\nb = \"${B}\"\n"),
            "# don\"t\na = '\"'\nb = \"1,\\\"2\\\"\"\n");
}

TEST(DataVariables, HaveToBeSet) {
  EXPECT_EQ(replaced(DataFormat::csv, "a\n1\n${NO}\n"), "3: the variable NO is not set");
  EXPECT_EQ(replaced(DataFormat::csv, "${N}"), "1: the value of N goes over several lines");
  EXPECT_EQ(replaced(DataFormat::json, "[\n{\"a\": ${N}}]"),
            "2: the value of N goes over several lines");
}

// It ended the string, and what was behind it was TOML.
TEST(DataVariables, DoNotEndAStringThatHasNoEscapes) {
  std::vector<Finding> findings;
  const ScriptVariables variables{{"Q", "it's"}};
  with_variables("[[t]]\na = '${Q}'\n", DataFormat::toml, variables, "seeds/t", findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].message, "the value of Q holds the quote that ends this string");
  EXPECT_EQ(findings[0].place->line, 2U);
}

TEST(DataVariables, AreKnownWhereTheyAreUsed) {
  std::vector<Finding> findings;
  const ScriptVariables variables{{"A", "x"}, {"B", "y"}};
  EXPECT_EQ(with_variables("${B},$${A}", DataFormat::csv, variables, "seeds/t", findings).used,
            (ScriptVariables{{"B", "y"}}));
}

}  // namespace
}  // namespace migrator

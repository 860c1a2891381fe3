#include "engine/project/dotenv.h"

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/project/interpolation.h"

namespace migrator {
namespace {

TEST(Dotenv, ReadsEachForm) {
  struct Case {
    std::string_view text;
    std::vector<DotenvEntry> entries;
  };
  const Case cases[] = {
      {"", {}},
      {"\n# comment\n  # another\n", {}},
      {"A=1", {{"A", "1", 1}}},
      {"A=1\r\nB=2\r\n", {{"A", "1", 1}, {"B", "2", 2}}},
      {"\xEF\xBB\xBF"
       "A=1",
       {{"A", "1", 1}}},
      {"export A=1\n  export\tB = 2  \n", {{"A", "1", 1}, {"B", "2", 2}}},
      {"A=\nB=''\n", {{"A", "", 1}, {"B", "", 2, true}}},
      {"A=x # comment\nB=x#y\nC=#z", {{"A", "x", 1}, {"B", "x#y", 2}, {"C", "", 3}}},
      {"A='x # y' # comment", {{"A", "x # y", 1, true}}},
      {"A='${B}\\n'", {{"A", "${B}\\n", 1, true}}},
      {"A=\"x\\n\\\"y\\\" \\$ \\z\"", {{"A", "x\n\"y\" $ \\z", 1}}},
      {"A=\"one\r\ntwo\"\nB=3", {{"A", "one\ntwo", 1}, {"B", "3", 3}}},
      {"A=a=b", {{"A", "a=b", 1}}},
      {"A=it's", {{"A", "it's", 1}}},
      {"a.b-c=1", {{"a.b-c", "1", 1}}},
  };
  for (const Case& c : cases) EXPECT_EQ(parse_dotenv(c.text, ".env"), c.entries) << c.text;
}

TEST(Dotenv, ReportsAllBadLinesAndNoValue) {
  try {
    parse_dotenv("A=1\nsecret1\n1B=secret2\nC='secret3' secret4\nD=\"secret5\nE=2\nsecret6",
                 "x/.env");
    FAIL() << "was accepted";
  } catch (const Error& error) {
    const Finding& finding = error.finding();
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    EXPECT_EQ(finding.id, "dotenv-invalid");
    ASSERT_TRUE(finding.place);
    EXPECT_EQ(finding.place->file, "x/.env");
    EXPECT_EQ(finding.place->line, 2U);
    EXPECT_EQ(finding.place->source_line, "");
    EXPECT_EQ((finding.message + finding.detail).find("secret"), std::string::npos);
    EXPECT_EQ(finding.detail,
              "x/.env:3: what stands before \"=\" is no name of a variable\n"
              "x/.env:4: something stands after the closing quote\n"
              "x/.env:5: a quote is not closed\n"
              "x/.env:7: a line is neither KEY=VALUE nor a comment");
  }
}

TEST(Interpolation, ReplacesVariables) {
  const auto lookup = [](const std::string& name) -> std::optional<std::string> {
    if (name == "A") return "1";
    if (name == "EMPTY") return "";
    return std::nullopt;
  };
  struct Case {
    std::string_view text;
    std::string_view expected;
    std::string_view problem;
  };
  const Case cases[] = {
      {"", "", ""},
      {"plain $A $ } {", "plain $A $ } {", ""},
      {"<${A}${A}>", "<11>", ""},
      {"${B:-two}", "two", ""},
      {"${A:-two}", "1", ""},
      {"${EMPTY}", "", ""},
      {"${EMPTY:-two}", "two", ""},
      {"${B:-}", "", ""},
      {"${B:-a:-b}", "a:-b", ""},
      {"$${A}", "${A}", ""},
      {"${B}", "", "the variable B is not set"},
      {"${A", "", "not closed"},
      {"${}", "", "neither"},
      {"${1A}", "", "neither"},
      {"${A:?no}", "", "neither"},
      {"${A-no}", "", "neither"},
  };
  for (const Case& c : cases) {
    const Interpolated result = interpolate(c.text, lookup);
    EXPECT_EQ(result.text, c.expected) << c.text;
    EXPECT_EQ(result.problem.empty(), c.problem.empty()) << result.problem;
    EXPECT_NE(result.problem.find(c.problem), std::string::npos) << result.problem;
  }
}

}  // namespace
}  // namespace migrator

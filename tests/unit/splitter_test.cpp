#include "engine/sql/splitter.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/base/file.h"
#include "tests/support/golden.h"

namespace migrator {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      case '\0':
        result += "\\0";
        break;
      case '\\':
        result += "\\\\";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// One line for each piece, in order: "gap", "sql", "copy", "data", "meta", "finding".
std::string dump(const Source& source) {
  const SplitResult result = split(source);
  std::string output;
  std::size_t at = 0;
  const auto gap_to = [&](std::size_t end) {
    if (end > at) output += "gap |" + escaped(source.text.substr(at, end - at)) + "|\n";
  };
  for (const Statement& s : result.statements) {
    gap_to(s.offset);
    const char* form = s.form == StatementForm::sql         ? "sql "
                       : s.form == StatementForm::copy_data ? "copy "
                                                            : "meta ";
    output += form + std::to_string(s.line) + ":" + std::to_string(s.column) +
              (s.strings == StringStyle::backslash_escapes ? " escapes" : "") + " |" +
              escaped(text_of(source, s)) + "|\n";
    at = s.offset + s.length;
    if (s.form != StatementForm::copy_data) continue;
    gap_to(s.data_offset);
    output += "data |" + escaped(source.text.substr(s.data_offset, s.data_length)) + "|\n";
    at = s.data_offset + s.data_length;
  }
  gap_to(source.text.size());
  for (const Finding& f : result.findings) {
    output += "finding " + std::to_string(f.place->line) + ":" + std::to_string(f.place->column) +
              " " + f.id + ": " + f.message + "; " + f.next + "\n";
  }
  return output;
}

class SplitGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(SplitGolden, IsAsExpected) {
  const auto folder = testing::golden_folder("split");
  const std::string text = read_file(folder / (GetParam() + ".sql"));
  testing::expect_golden(folder / (GetParam() + ".expected"),
                         dump(Source{.file = GetParam(), .text = text}));
}

INSTANTIATE_TEST_SUITE_P(Cases, SplitGolden, ::testing::ValuesIn(testing::golden_cases("split")),
                         [](const auto& test) { return test.param; });

TEST(Splitter, CountsLinesFromTheSourcesFirst) {
  const Source source{.file = "f.sql", .text = "\nselect 1; select (;\n", .first_line = 10};
  const SplitResult result = split(source);
  ASSERT_EQ(result.statements.size(), 2U);
  EXPECT_EQ(result.statements[1].line, 11U);
  EXPECT_EQ(result.statements[1].column, 11U);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(*result.findings[0].place, (Place{"f.sql", 11, 18, "select 1; select (;", 18}));
}

TEST(Splitter, BoundsItsFindings) {
  const std::string text(100'000, ')');
  EXPECT_EQ(split(Source{.file = {}, .text = text}).findings.size(), 50U);
}

}  // namespace
}  // namespace migrator

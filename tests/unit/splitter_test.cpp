#include "engine/sql/splitter.h"

#include <gtest/gtest.h>
#include <pg_query.h>

#include <array>
#include <random>
#include <string>

#include "engine/base/file.h"
#include "engine/sql/words.h"
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

/// Statements in order, none overlapping, each with significant bytes at both ends; nothing but
/// blanks, comments and semicolons between them.
void expect_whole(const Source& source, const SplitResult& result) {
  std::size_t at = 0;
  const auto expect_gap = [&](std::size_t end, StringStyle style) {
    ASSERT_LE(at, end) << source.text;
    for (Scanner scanner(source.text.substr(at, end - at), style); !scanner.at_end();) {
      const Token token = scanner.next();
      ASSERT_TRUE(is_blank_or_comment(token.kind) || token.kind == TokenKind::semicolon)
          << source.text;
    }
  };
  for (const Statement& s : result.statements) {
    ASSERT_GT(s.length, 0U) << source.text;
    expect_gap(s.offset, s.strings);
    at = s.offset + s.length;
    const Place place = place_of(source, s.offset);
    ASSERT_EQ(place.line, s.line) << source.text;
    ASSERT_EQ(place.column, s.column) << source.text;
    if (s.form != StatementForm::copy_data) continue;
    ASSERT_GE(s.data_offset, at) << source.text;
    at = s.data_offset + s.data_length;
    if (source.text.substr(at).starts_with("\\.")) at += 2;
  }
  expect_gap(source.text.size(), StringStyle::standard_conforming);
}

TEST(Splitter, LosesNothingOfAnyText) {
  constexpr auto pieces = std::to_array<std::string_view>({"create",
                                                           " function ",
                                                           "or replace",
                                                           "begin atomic",
                                                           "begin",
                                                           "end",
                                                           "case",
                                                           "(",
                                                           ")",
                                                           ";",
                                                           ";\n",
                                                           "\n",
                                                           " ",
                                                           "select 1",
                                                           "copy t from stdin",
                                                           "\\.\n",
                                                           "\n\\.\n",
                                                           "\\echo x\n",
                                                           "'",
                                                           "E'",
                                                           "\\'",
                                                           "$$",
                                                           "$a$",
                                                           "--",
                                                           "/*",
                                                           "*/",
                                                           "\"",
                                                           "a.",
                                                           "set standard_conforming_strings = off;",
                                                           "\xC3\xA9",
                                                           "x"});
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto n = random() % 16; n > 0; --n) text += pieces[random() % pieces.size()];
    const Source source{.file = "f", .text = text};
    const SplitResult result = split(source);
    if (result.findings.empty()) expect_whole(source, result);
    if (HasFatalFailure()) return;
  }
}

// --- The server's own parser says the same ------------------------------------------------------

struct Bounds {
  std::size_t offset;
  std::size_t length;

  bool operator==(const Bounds&) const = default;
};

void PrintTo(const Bounds& b, std::ostream* out) {
  *out << b.offset << "+" << b.length;
}

/// From the first significant token of a stretch to its last.
Bounds significant(std::string_view text, std::size_t from, std::size_t to) {
  Bounds bounds{from, 0};
  Scanner scanner(text.substr(0, to));
  for (scanner.jump_to(from); !scanner.at_end();) {
    const Token token = scanner.next();
    if (is_blank_or_comment(token.kind)) continue;
    if (bounds.length == 0) bounds.offset = token.offset;
    bounds.length = token.offset + token.length - bounds.offset;
  }
  return bounds;
}

/// Where libpg_query's parser cuts the text; nothing when it refuses it.
std::optional<std::vector<Bounds>> parsers_bounds(const std::string& text) {
  PgQuerySplitResult result = pg_query_split_with_parser(text.c_str());
  std::optional<std::vector<Bounds>> bounds;
  if (result.error == nullptr) {
    bounds.emplace();
    for (int i = 0; i < result.n_stmts; ++i) {
      const auto from = static_cast<std::size_t>(result.stmts[i]->stmt_location);
      const auto length = static_cast<std::size_t>(result.stmts[i]->stmt_len);
      bounds->push_back(significant(text, from, length == 0 ? text.size() : from + length));
    }
  }
  pg_query_free_split_result(result);
  return bounds;
}

std::vector<Bounds> our_bounds(const std::string& text) {
  std::vector<Bounds> bounds;
  for (const Statement& s : split(Source{.file = "f", .text = text}).statements) {
    bounds.push_back({s.offset, s.length});
  }
  return bounds;
}

constexpr auto kStatements = std::to_array<std::string_view>({
    "select 1",
    "select 'a;b', E'it\\'s;', $$;$$, $x$ $$;$$ $x$, U&'\\0061;'",
    "select 'one'\n'two;'",
    "select a.end, a.case, a.begin from a",
    "select 1 end",
    "select case when true then 1 else case 2 when 3 then 4 end end as end",
    "begin",
    "commit",
    "end",
    "create table t (a int, b text default ';')",
    "create rule r as on insert to t do also (select 1; select (2); delete from t)",
    "create function f() returns int begin atomic select 1; select case 1 when 1 then 2 end; end",
    "create or replace function s.f(a int) returns int language sql begin atomic\n"
    " select a.end end from a; insert into t values (1); end",
    "create procedure p() begin atomic end",
    "create procedure p() begin atomic; ; select 1; end",
    "create function f() returns int return case when true then 1 end",
    "create function begin() returns int language sql as 'select 1; select 2'",
    "create function f() returns begin as 'x;' language sql",
    "create function f(begin int, atomic int) returns int as $$ begin; end; $$ language plpgsql",
    "create function o() returns int begin atomic create function i() returns int begin atomic "
    "select 1; end; select 2; end",
    "create procedure p() begin atomic return 1; end",
    "do $$ begin perform 1; end $$",
    "insert into t values (1, 'x'), (2, '\xC3\xA9;')",
    "select a -- ;\n + b /* ; /* ; */ ; */ from t",
    "select 1 @- 2, 3 *-4, 5 <=-6",
    "select (array[1,2])[1:2], (a).b, x::int from \"t;\"",
});

TEST(Splitter, AgreesWithTheServersParser) {
  constexpr auto blanks = std::to_array<std::string_view>(
      {"", " ", "\n", "\r\n", " -- x;\n", " /* ; */ ", "/* /* ' */ ; */", "\t"});
  std::mt19937 random(5);
  const auto blank = [&] { return blanks[random() % blanks.size()]; };
  int compared = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string text(blank());
    for (auto n = 1 + random() % 5; n > 0; --n) {
      text += kStatements[random() % kStatements.size()];
      text += blank();
      if (n > 1 || random() % 2 == 0) text += random() % 8 == 0 ? ";;" : ";";
      text += blank();
    }
    const auto expected = parsers_bounds(text);
    ASSERT_TRUE(expected) << "a statement of the table does not parse in: " << text;
    ASSERT_EQ(our_bounds(text), *expected) << text;
    ++compared;
  }
  EXPECT_EQ(compared, 1500);
}

TEST(Splitter, AgreesWithTheServersParserOnTokenSoup) {
  constexpr auto pieces = std::to_array<std::string_view>({"select",
                                                           "1",
                                                           "a",
                                                           ",",
                                                           "(",
                                                           ")",
                                                           ";",
                                                           "case",
                                                           "when a then",
                                                           "end",
                                                           "as",
                                                           ".",
                                                           "from t",
                                                           "create function f() returns int",
                                                           "create procedure p()",
                                                           "begin atomic",
                                                           "begin",
                                                           "atomic",
                                                           "return 1",
                                                           "'x;'",
                                                           "$$;$$",
                                                           "-- ;\n",
                                                           "/* ; */",
                                                           "union",
                                                           "\"e\"",
                                                           "E'\\''",
                                                           "or replace"});
  std::mt19937 random(9);
  int compared = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text;
    for (auto n = 1 + random() % 12; n > 0; --n) {
      text += pieces[random() % pieces.size()];
      text += ' ';
    }
    const auto expected = parsers_bounds(text);
    if (!expected) continue;
    ASSERT_EQ(our_bounds(text), *expected) << text;
    ++compared;
  }
  EXPECT_GT(compared, 300);
}

}  // namespace
}  // namespace migrator

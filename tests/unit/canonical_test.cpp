#include "engine/sql/canonical.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "engine/sql/words.h"

namespace migrator {
namespace {

/// With "|" in place of each NUL.
std::string shown(std::string canonical) {
  for (char& c : canonical) {
    if (c == '\0') c = '|';
  }
  return canonical;
}

TEST(Canonical, IsPinnedForAStatement) {
  struct Case {
    std::string_view statement;
    std::string_view canonical;
  };
  const auto cases = std::to_array<Case>({
      {"", ""},
      {"-- nothing", ""},
      {"SELECT 1", "SELECT|1|"},
      {"select  a.b -- note\r\n , /* x */ 'it''s -- it'", "select|a|.|b|,|'it''s -- it'|"},
      {"\tinsert into \"T a\" values($1,-1.5e3)", "insert|into|\"T a\"|values|(|$1|,|-|1.5e3|)|"},
      {"select x::int, a->>'b' @- 1", "select|x|::|int|,|a|->>|'b'|@-|1|"},
      {"do $a$ x -- y\n $a$", "do|$a$ x -- y\n $a$|"},
      {"select E'\\'' , U&\"x\"", "select|E'\\''|,|U&\"x\"|"},
      {"select 'a'\n'b'", "select|'a'\n'b'|"},
      {"\\restrict a b", "\\restrict a b|"},
  });
  for (const Case& c : cases) {
    EXPECT_EQ(shown(canonical_statement(c.statement)), c.canonical) << c.statement;
  }
  EXPECT_EQ(shown(canonical_statement("'a\\' b'  c", StringStyle::backslash_escapes)),
            "'a\\' b'|c|");
}

TEST(Canonical, IsPinnedForAScript) {
  struct Case {
    std::string_view script;
    std::string_view canonical;
  };
  const auto cases = std::to_array<Case>({
      {"", ""},
      {"-- nothing\n;;\n", ""},
      {"\xEF\xBB\xBFselect 1", "select|1|;|"},
      {"select 1;\r\n\r\nselect 2;\r\n", "select|1|;|select|2|;|"},
      {"select 1;;-- x\n;select 2", "select|1|;|select|2|;|"},
      {"create function f() returns int begin atomic select 1; end;",
       "create|function|f|(|)|returns|int|begin|atomic|select|1|;|end|;|"},
      {"copy t from stdin;\n1\t -- a\n\n\\.\n select 1;",
       "copy|t|from|stdin|;|1\t -- a\n\n|select|1|;|"},
      {"copy t from stdin; -- x\n\\.\n", "copy|t|from|stdin|;||"},
      {"\\echo  a \nselect 1", "\\echo  a|;|select|1|;|"},
      {"set standard_conforming_strings=off; select 'a\\'  --  b', c",
       "set|standard_conforming_strings|=|off|;|select|'a\\'  --  b'|,|c|;|"},
      // What cannot be split is one statement.
      {"select (1; select 2", "select|(|1|;|select|2|;|"},
      {"select 'open;  ", "select|'open;  |;|"},
  });
  for (const Case& c : cases) {
    EXPECT_EQ(shown(canonical_script(c.script)), c.canonical) << c.script;
  }
}

TEST(Canonical, TellsDifferentTextsApart) {
  const auto pairs = std::to_array<std::array<std::string_view, 2>>({
      {"select 1", "SELECT 1"},
      {"select a b", "select ab"},
      {"select 1 2", "select 12"},
      {"select 'a'", "select 'a '"},
      {"select 'a\r\n'", "select 'a\n'"},
      {"select - -1", "select --1"},
      {"do $$a$$", "do $b$a$b$"},
      {"select 1; 2", "select 1 2"},
      {"copy t from stdin;\n1\n\\.\n", "copy t from stdin;\n2\n\\.\n"},
      {"copy t from stdin;\n1\n\\.\n", "copy t from stdin;\n1\r\n\\.\n"},
      {"select \"a\"", "select a"},
  });
  for (const auto& [one, other] : pairs) {
    EXPECT_NE(canonical_script(one), canonical_script(other)) << one << " / " << other;
  }
}

TEST(Canonical, DoesNotSeeBlanksAndComments) {
  constexpr auto statements = std::to_array<std::string_view>({
      "select a.b, 'it''s', E'\\'', 1.5e3, $1, x::int from \"t\" where a @- 1 <> -b",
      "insert into t (a, b) values ('x', U&'\\0061'), (null, b'01')",
      "create function f() returns int begin atomic select case when true then 1 end; end",
      "do $x$ begin -- keep\n perform 1; end $x$",
      "create table t (a int[], b numeric(10,2) default 1*-2, check (a[1:2] = '{1,2}'))",
      "set standard_conforming_strings = off",
      "select 'a\\' b', n'\\''",
      "set standard_conforming_strings = on",
  });
  constexpr auto blanks = std::to_array<std::string_view>(
      {" ", "  ", "\n", "\r\n", "\t", " -- it's;\n", " /* \" ; */ ", " /* /* $$ */ */ ", "\f"});
  std::mt19937 random(17);
  for (int round = 0; round < 2000; ++round) {
    std::string spread;
    std::string plain;
    const auto blank = [&] { return blanks[random() % blanks.size()]; };
    for (std::size_t i = 0; i < statements.size(); ++i) {
      // In order: the sixth and the eighth change how the seventh reads.
      const StringStyle style =
          i == 6 || i == 7 ? StringStyle::backslash_escapes : StringStyle::standard_conforming;
      for (Scanner scanner(statements[i], style); !scanner.at_end();) {
        const Token token = scanner.next();
        spread += text_of(statements[i], token);
        while (random() % 3 == 0) spread += blank();
      }
      spread += random() % 4 == 0 ? ";;" : ";";
      while (random() % 3 == 0) spread += blank();
      plain.append(statements[i]).append(";");
    }
    if (random() % 2 == 0) plain.pop_back();
    ASSERT_EQ(shown(canonical_script(spread)), shown(canonical_script(plain))) << spread;
  }
}

}  // namespace
}  // namespace migrator

#include "engine/sql/scanner.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace migrator {
namespace {

using namespace std::string_view_literals;

char letter(TokenKind kind) {
  switch (kind) {
    case TokenKind::white_space:
      return ' ';
    case TokenKind::line_comment:
      return '-';
    case TokenKind::block_comment:
      return '*';
    case TokenKind::word:
      return 'w';
    case TokenKind::number:
      return 'n';
    case TokenKind::parameter:
      return '$';
    case TokenKind::literal:
      return 'l';
    case TokenKind::quoted_name:
      return 'q';
    case TokenKind::dollar_body:
      return 'd';
    case TokenKind::operator_sign:
      return 'o';
    case TokenKind::punctuation:
      return 'p';
    case TokenKind::semicolon:
      return ';';
    case TokenKind::backslash:
      return '\\';
  }
  return '?';
}

/// Tokens without white space: "w:select n:1"; "!" stands before one that is not terminated.
std::string dump(std::string_view text, StringStyle style = StringStyle::standard_conforming) {
  std::string result;
  for (Scanner scanner(text, style); !scanner.at_end();) {
    const Token token = scanner.next();
    if (token.kind == TokenKind::white_space) continue;
    if (!result.empty()) result += ' ';
    if (!token.terminated) result += '!';
    result += letter(token.kind);
    result += ':';
    result += text.substr(token.offset, token.length);
  }
  return result;
}

struct Case {
  std::string_view text;
  std::string_view tokens;
};

template <std::size_t N>
void expect_all(const std::array<Case, N>& cases,
                StringStyle style = StringStyle::standard_conforming) {
  for (const Case& c : cases) EXPECT_EQ(dump(c.text, style), c.tokens) << c.text;
}

TEST(Scanner, CutsWordsAndPunctuation) {
  expect_all(std::to_array<Case>({
      {"select a.b[1]", "w:select w:a p:. w:b p:[ n:1 p:]"},
      {"_x$1 caf\xC3\xA9 \xE2\x82\xAC", "w:_x$1 w:caf\xC3\xA9 w:\xE2\x82\xAC"},
      {"a$b$c$b$", "w:a$b$c$b$"},
      {"x::int y:=1 p=>2 a[1:2]",
       "w:x p::: w:int w:y p::= n:1 w:p o:=> n:2 w:a p:[ n:1 p:: n:2 p:]"},
      {"{a}", "p:{ w:a p:}"},
      {"a;b", "w:a ;:; w:b"},
  }));
}

TEST(Scanner, CutsNumbersAndParameters) {
  expect_all(std::to_array<Case>({
      {"1 1.5 .5 5. 1e9 1.5e-10 1.e5 1E+2", "n:1 n:1.5 n:.5 n:5. n:1e9 n:1.5e-10 n:1.e5 n:1E+2"},
      {"1..10", "n:1 p:.. n:10"},
      {"1_000 0x1F 0b1_0 0O17 0x_a 1_000.000_1",
       "n:1_000 n:0x1F n:0b1_0 n:0O17 n:0x_a n:1_000.000_1"},
      {"0xg 0b2 1_ 1__0 1e 1ex", "n:0 w:xg n:0 w:b2 n:1 w:_ n:1 w:__0 n:1 w:e n:1 w:ex"},
      {"$1 $12a $1$$x$$", "$:$1 $:$12 w:a $:$1 d:$$x$$"},
      {"0", "n:0"},
  }));
}

TEST(Scanner, CutsLiterals) {
  expect_all(std::to_array<Case>({
      {"'a' 'it''s' '' ''''", "l:'a' l:'it''s' l:'' l:''''"},
      {"'a\\' b", "l:'a\\' w:b"},
      {"E'a\\'b' e'\\\\' E'it''s'", "l:E'a\\'b' l:e'\\\\' l:E'it''s'"},
      {"b'01' X'1F' n'x' N'a\\'", "l:b'01' l:X'1F' l:n'x' l:N'a\\'"},
      {"U&'d\\0061' u&\"d!0061\" uescape '!'", "l:U&'d\\0061' q:u&\"d!0061\" w:uescape l:'!'"},
      {"u & 'a' U&b u&", "w:u o:& l:'a' w:U o:& w:b w:u o:&"},
      {"date'2026-01-01' ae'b'", "w:date l:'2026-01-01' w:ae l:'b'"},
      {"'line\nline'", "l:'line\nline'"},
      {"'open", "!l:'open"},
      {"'open''", "!l:'open''"},
      {"E'open\\'", "!l:E'open\\'"},
      {"E'\\", "!l:E'\\"},
      {"'", "!l:'"},
  }));
}

TEST(Scanner, ContinuesALiteralOnAFurtherLine) {
  expect_all(std::to_array<Case>({
      {"'a'\n 'b'", "l:'a'\n 'b'"},
      {"E'a' \n 'b\\'c' x", "l:E'a' \n 'b\\'c' w:x"},
      {"'a' -- note\n  -- more\n 'b'", "l:'a' -- note\n  -- more\n 'b'"},
      {"'a' 'b'", "l:'a' l:'b'"},
      {"'a' /* x */\n 'b'", "l:'a' *:/* x */ l:'b'"},
      {"'a'\n\"b\"", "l:'a' q:\"b\""},
      {"'a'\n'b", "!l:'a'\n'b"},
      {"x'1'\r\n'2'", "l:x'1'\r\n'2'"},
      {"'a'\nE'b'", "l:'a' l:E'b'"},
  }));
}

TEST(Scanner, ReadsBackslashesAsEscapesWhenToldSo) {
  expect_all(std::to_array<Case>({
                 {"'a\\' b' c", "l:'a\\' b' w:c"},
                 {"N'a\\'b' c", "l:N'a\\'b' w:c"},
                 {"B'1' X'\\' U&'\\'", "l:B'1' l:X'\\' l:U&'\\'"},
                 {"\"a\\\" $$\\$$", "q:\"a\\\" d:$$\\$$"},
             }),
             StringStyle::backslash_escapes);
}

TEST(Scanner, CutsQuotedNames) {
  expect_all(std::to_array<Case>({
      {"\"a b\" \"say \"\"hi\"\"\" \"it's; --\"", "q:\"a b\" q:\"say \"\"hi\"\"\" q:\"it's; --\""},
      {"\"\"", "q:\"\""},
      {"\"open", "!q:\"open"},
      {"U&\"open", "!q:U&\"open"},
  }));
}

TEST(Scanner, CutsDollarBodies) {
  expect_all(std::to_array<Case>({
      {"$$a;b$$ c", "d:$$a;b$$ w:c"},
      {"$f$ $g$ 'x $g$ $$ $f$ x", "d:$f$ $g$ 'x $g$ $$ $f$ w:x"},
      {"$\xC3\xA9$x$\xC3\xA9$", "d:$\xC3\xA9$x$\xC3\xA9$"},
      {"$a$ $A$ $a$", "d:$a$ $A$ $a$"},
      {"$a$x$$a$", "d:$a$x$$a$"},
      {"$a$$a$", "d:$a$$a$"},
      {"$a1$x$a1$", "d:$a1$x$a1$"},
      {"$1a$", "$:$1 w:a$"},
      {"$a b$", "p:$ w:a w:b$"},
      {"$a", "p:$ w:a"},
      {"$", "p:$"},
      {"$-$", "p:$ o:- p:$"},
      {"$$open", "!d:$$open"},
      {"$a$open$$", "!d:$a$open$$"},
      {"$$", "!d:$$"},
  }));
}

TEST(Scanner, CutsComments) {
  expect_all(std::to_array<Case>({
      {"a -- b;\nc", "w:a -:-- b; w:c"},
      {"-- b\r\nc", "-:-- b w:c"},
      {"-- b\rc", "-:-- b w:c"},
      {"--", "-:--"},
      {"a--b", "w:a -:--b"},
      {"a /* b /* c */ ' d */ e", "w:a *:/* b /* c */ ' d */ w:e"},
      {"/**/ /***/ /*/ */ /*/*/**/*/*/", "*:/**/ *:/***/ *:/*/ */ *:/*/*/**/*/*/"},
      {"/* open", "!*:/* open"},
      {"/* a /* b */", "!*:/* a /* b */"},
      {"/*/", "!*:/*/"},
      {"/*", "!*:/*"},
  }));
}

TEST(Scanner, CutsOperatorsAsTheServerDoes) {
  expect_all(std::to_array<Case>({
      {"a<=b<>c!=d", "w:a o:<= w:b o:<> w:c o:!= w:d"},
      {"1*-2", "n:1 o:* o:- n:2"},
      {"a=-1", "w:a o:= o:- n:1"},
      {"a<-+-1", "w:a o:< o:- o:+ o:- n:1"},
      {"a@-b", "w:a o:@- w:b"},
      {"a-@-b", "w:a o:-@- w:b"},
      {"a?|b #>> c ->> d @> e ~* f || g",
       "w:a o:?| w:b o:#>> w:c o:->> w:d o:@> w:e o:~* w:f o:|| w:g"},
      {"a+--b", "w:a o:+ -:--b"},
      {"a@--b", "w:a o:@ -:--b"},
      {"a*/*b*/c", "w:a o:* *:/*b*/ w:c"},
      {"a//*b*/c", "w:a o:/ *:/*b*/ w:c"},
      {"---1", "-:---1"},
      {"+-+", "o:+ o:- o:+"},
      {"*/", "o:*/"},
      {"`", "o:`"},
  }));
}

TEST(Scanner, TakesABackslashToTheEndOfItsLine) {
  expect_all(std::to_array<Case>({
      {"\\echo it's; 'x\nselect", "\\:\\echo it's; 'x w:select"},
      {"\\.\r\nx", "\\:\\. w:x"},
      {"\\echo a\rselect 1;\nx", "\\:\\echo a\rselect 1; w:x"},
      {"\\", "\\:\\"},
  }));
}

TEST(Scanner, IsTotal) {
  EXPECT_EQ(dump("\0\x01"sv), "p:\0 p:\x01"sv);
  EXPECT_EQ(dump(""), "");
}

TEST(Scanner, GoesOnElsewhere) {
  Scanner scanner("a 'b\\' c'");
  scanner.next();
  scanner.jump_to(2);
  scanner.use(StringStyle::backslash_escapes);
  const Token token = scanner.next();
  EXPECT_EQ(token.offset, 2U);
  EXPECT_TRUE(scanner.at_end());
}

TEST(Scanner, CoversEveryByteOfAnyText) {
  constexpr std::string_view alphabet = "aeUxnB&'\"$$\\\\;()-/*+@.:01_\n\r \xC3\xA9\0"sv;
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto length = random() % 24; length > 0; --length) {
      text += alphabet[random() % alphabet.size()];
    }
    for (const StringStyle style :
         {StringStyle::standard_conforming, StringStyle::backslash_escapes}) {
      std::size_t end = 0;
      for (Scanner scanner(text, style); !scanner.at_end();) {
        const Token token = scanner.next();
        ASSERT_EQ(token.offset, end) << text;
        ASSERT_GT(token.length, 0U) << text;
        end += token.length;
        ASSERT_EQ(scanner.position(), end) << text;
        ASSERT_TRUE(token.terminated || end == text.size()) << text;
      }
      ASSERT_EQ(end, text.size());
    }
  }
}

}  // namespace
}  // namespace migrator

#include "engine/sql/copy_data.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "engine/sql/splitter.h"

namespace migrator {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;

EndOfData find(std::string_view text) {
  const Source source{.file = {}, .text = text};
  Trail trail(source);
  return find_end_of_data(source, 0, trail);
}

TEST(CopyData, EndsBeforeALineOfABackslashAndADot) {
  EXPECT_EQ(find("1\n\\.\n2").data, 2U);
  EXPECT_EQ(find("1\n\\.\n2").next, 5U);
  EXPECT_EQ(find("\\.").next, 2U);
  EXPECT_EQ(find("a\r\n\\.\r\nb").next, 7U);
  EXPECT_EQ(find("\\.\r").next, 3U);
  for (const char* no_end : {"a\\.\n", "\\.x\n", "\\.\rx\n", " \\.\n", "\\\n.\n", ""})
    EXPECT_FALSE(find(no_end).marked) << no_end;
}

TEST(CopyData, EndsWhereverTheEndLies) {
  for (std::size_t before = kPiece - 5; before < kPiece + 5; ++before) {
    std::string text(before, 'x');
    text[10] = text[before - 1] = '\n';
    text += "\\.\nselect 1;\n";
    const EndOfData end = find(text);
    EXPECT_TRUE(end.marked);
    EXPECT_EQ(end.data, before);
    EXPECT_EQ(end.next, before + 3);
    EXPECT_EQ(end.lines, 3U);
  }
}

std::string script_with_long_data() {
  std::string rows;
  for (int i = 0; i < 20'000; ++i) rows += "a row -- of data\n";
  return "select 1;\ncopy t from stdin; -- \xC3\xA9\n" + rows +
         "\\.\n  select 2;\ncopy t from stdin;\n" + rows + "\\.\n\nselect 3;\n";
}

TEST(CopyData, WhatIsKnownOfItChangesNothing) {
  const std::string text = script_with_long_data();
  Source source{.file = {}, .text = text};
  StatementReader first(source);
  std::vector<Statement> statements;
  while (const auto statement = first.next()) statements.push_back(*statement);
  ASSERT_EQ(statements.size(), 5U);
  for (const Statement& statement : statements) {
    const Place place = place_of(source, statement.offset);
    EXPECT_EQ(statement.line, place.line);
    EXPECT_EQ(statement.column, place.column);
  }
  const LongData known = first.new_long_data();
  EXPECT_EQ(known.size(), 2U);
  source.long_data = &known;
  EXPECT_EQ(split(source).statements, statements);
}

TEST(CopyData, WhatIsKnownIsNotLookedForAgain) {
  std::string text = script_with_long_data();
  StatementReader first({.file = {}, .text = text});
  while (first.next()) continue;
  const LongData known = first.new_long_data();
  const std::string whole = text;
  // A reader that looked would see the data end here.
  text.replace(known.begin()->first + 17, 4, "\\.\nx");
  EXPECT_EQ(split({.file = {}, .text = text, .long_data = &known}).statements,
            split({.file = {}, .text = whole}).statements);
}

}  // namespace
}  // namespace migrator

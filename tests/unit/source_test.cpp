#include "engine/sql/source.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

TEST(Source, FindsLinesAndColumnsInCharacters) {
  const Source source{.file = "f.sql", .text = "a\xC3\xA9 b\r\nsecond\n", .first_line = 5};
  EXPECT_EQ(place_of(source, 0), (Place{"f.sql", 5, 1, "a\xC3\xA9 b", 1}));
  EXPECT_EQ(place_of(source, 4), (Place{"f.sql", 5, 4, "a\xC3\xA9 b", 4}));
  EXPECT_EQ(place_of(source, 9), (Place{"f.sql", 6, 3, "second", 3}));
  EXPECT_EQ(place_of(source, 99), (Place{"f.sql", 7, 1, "", 1}));
}

TEST(Source, ShowsAWindowOfALongLine) {
  std::string line;
  for (int i = 0; i < 1000; ++i) line += i == 500 ? "!" : "\xE2\x82\xAC";
  const Source source{.file = "f.sql", .text = line};
  const Place middle = place_of(source, 1500);
  EXPECT_EQ(middle.column, 501U);
  EXPECT_EQ(middle.caret, 80U);
  EXPECT_EQ(middle.source_line.size(), 159U * 3 + 1);
  EXPECT_EQ(middle.source_line[(middle.caret - 1) * 3], '!');
  EXPECT_EQ(place_of(source, 0).caret, 1U);
  const Place last = place_of(source, line.size());
  EXPECT_EQ(last.column, 1001U);
  EXPECT_EQ(last.caret, 161U);
}

}  // namespace
}  // namespace migrator

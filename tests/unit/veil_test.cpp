#include "engine/base/veil.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

TEST(Veil, HidesAValueInEachSpelling) {
  Veil veil;
  veil.hide("PW", "p'w\"d\\9");
  const std::vector<std::string> spelled = {"p'w\"d\\9", "p''w\"d\\9", "p''w\"d\\\\9",
                                            "p'w\"\"d\\9", "p'w\\\"d\\\\9"};
  for (const std::string& one : spelled)
    EXPECT_EQ(veil.over("invalid: \"" + one + "\" there").find('w'), std::string::npos) << one;
  EXPECT_EQ(veil.over("a p'w\"d\\9, P'W\"D\\9 b"), "a ${PW}, ${PW} b");
  EXPECT_EQ(veil.over("Failing row contains (\\x70277722645c39)."),
            "Failing row contains (\\x${PW}).");
}

TEST(Veil, HidesWhatAServerCutsShort) {
  Veil veil;
  veil.hide("KEY", "0123456789abcdefghij");
  veil.hide("PIN", "hunter2");
  EXPECT_EQ(veil.over("line 2, column v: \"x0123456789abc...\""),
            "line 2, column v: \"x${KEY}...\"");
  EXPECT_EQ(veil.over("JSON data, line 1: ...9abcdefghij\"}"), "JSON data, line 1: ...${KEY}\"}");
  EXPECT_EQ(veil.over("(xx0123..., xxhunt..., ...ter2)"), "(xx${KEY}..., xx${PIN}..., ...${PIN})");
  EXPECT_EQ(veil.over("456789a"), "456789a");  // less than is told by itself
}

TEST(Veil, HidesTheWordThatAServerStumbledOver) {
  Veil veil;
  veil.hide("PW", "Sup3r cat Pass");
  EXPECT_EQ(veil.over("Token \"Sup3r\" is invalid."), "Token \"${PW}\" is invalid.");
  EXPECT_EQ(veil.over("invalid value \"Sup3\" for \"YYYY\""),
            "invalid value \"${PW}\" for \"YYYY\"");
  EXPECT_EQ(veil.over("syntax error at or near \"cat\""), "syntax error at or near \"${PW}\"");
  EXPECT_EQ(veil.over("relation \"cat\" is not there"), "relation \"cat\" is not there");
}

TEST(Veil, TellsWhoseValueItIs) {
  Veil veil;
  veil.hide("ONE", "secret-of-one");
  veil.hide("TWO", "secret-of-two");
  veil.hide("BOTH", "secret-of-one and two");
  EXPECT_EQ(veil.over("secret-of-two, secret-of-onesecret-of-two; secret-of-one and two"),
            "${TWO}, ${ONE}${TWO}; ${BOTH}");
}

TEST(Veil, LeavesWordsAndWholeCharacters) {
  Veil veil;
  veil.hide("N", "5");
  veil.hide("E", "");
  EXPECT_TRUE(veil.is_empty());
  EXPECT_EQ(veil.over("line 5"), "line 5");
  veil.hide("U", "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F\xC3\xA4");
  EXPECT_EQ(veil.over("x\xC4\xA4\xC3\xB6\xC3\xBC\xC3\x9F\xC3\xA9y"), "x${U}y");
}

Finding about(const std::string& value) {
  return {.id = "statement-failed",
          .message = "a " + value,
          .place = Place{.file = "hunter2.csv"},
          .detail = "b " + value,
          .hint = "c " + value,
          .context = "d " + value,
          .next = "migrator seed hunter2"};
}

TEST(Veil, CoversWhatIsSaidAndNotWhere) {
  Veil veil;
  veil.hide("PW", "hunter2");
  EXPECT_EQ(veil.over(about("hunter2")), about("${PW}"));
}

}  // namespace
}  // namespace migrator

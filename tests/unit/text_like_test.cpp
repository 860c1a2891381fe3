#include "engine/pg/text_like.h"

#include <gtest/gtest.h>

#include <regex>

namespace migrator {
namespace {

TEST(TextLike, IsTakenByThePattern) {
  for (const char* pattern :
       {"^[A-Z]{2}-[0-9]{4}$", "^[a-z0-9]+(-[a-z0-9]+)*$", "^[^@]+@[^@]+\\.[a-z]{2,}$",
        "^(GET|POST)$", "^\\d{3}-\\d{4}$", "^\\+[1-9]\\d{6,14}$", "^https?://[^ ]+$",
        "^[[:alpha:]_][[:alnum:]_]*$", "^a?b{0,3}c$", "^#(?:[0-9a-f]{3}){1,2}$"}) {
    SCOPED_TRACE(pattern);
    for (const std::size_t n : {1U, 2U, 3U}) {
      const auto text = text_like(pattern, n);
      ASSERT_TRUE(text);
      EXPECT_TRUE(std::regex_match(*text, std::regex(pattern))) << *text;
    }
    EXPECT_EQ(text_like(pattern, 1), text_like(pattern, 1));
  }
  EXPECT_EQ(text_like("^[]x]$", 1), "]");
  EXPECT_EQ(text_like("^${99999999999}x", 1), "x");  // what is nothing is not written that often
  EXPECT_NE(text_like("^[A-Z]{3}$", 1), text_like("^[A-Z]{3}$", 2));
}

TEST(TextLike, GivesUpWhereItDoesNotKnow) {
  for (const char* pattern :
       {"plain", "^(?=.*\\d).*$", "^(a)\\1$", "^[a", "^(a", "^a)", "^a{x}$", "^$"})
    EXPECT_FALSE(text_like(pattern, 1)) << pattern;
}

}  // namespace
}  // namespace migrator

#include "engine/project/version.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

TEST(Version, ReadsDigitsOnly) {
  struct Case {
    std::string_view text;
    std::optional<std::uint64_t> number;
  };
  const Case cases[] = {
      {"1", 1},
      {"0007", 7},
      {"0", 0},
      {"20261122103000", 20261122103000},
      {"9223372036854775807", 9223372036854775807U},
      {"0000000000000000000009223372036854775807", 9223372036854775807U},
      {"9223372036854775808", std::nullopt},
      {"18446744073709551616", std::nullopt},
      {"99999999999999999999999999", std::nullopt},
      {"", std::nullopt},
      {"-1", std::nullopt},
      {"+1", std::nullopt},
      {" 1", std::nullopt},
      {"1a", std::nullopt},
      {"1.5", std::nullopt},
      {"\xD9\xA1", std::nullopt},  // ARABIC-INDIC DIGIT ONE
  };
  for (const Case& c : cases) {
    const auto version = parse_version(c.text);
    ASSERT_EQ(version.has_value(), c.number.has_value()) << c.text;
    if (version) {
      EXPECT_EQ(version->number, *c.number) << c.text;
    }
  }
}

TEST(Version, OrdersByNumber) {
  EXPECT_LT(*parse_version("0007"), *parse_version("10"));
  EXPECT_LT(*parse_version("10"), *parse_version("20261122103000"));
  EXPECT_EQ(*parse_version("0007"), *parse_version("7"));
  EXPECT_EQ(to_string(*parse_version("0007")), "7");
}

}  // namespace
}  // namespace migrator

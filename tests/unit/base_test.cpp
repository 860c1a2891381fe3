#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <random>

#include "engine/base/diff.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace migrator {
namespace {

using namespace std::string_view_literals;

TEST(Text, FindsTheFirstByteThatIsNoUtf8) {
  struct Case {
    std::string_view text;
    std::optional<std::size_t> invalid;
  };
  const auto cases = std::to_array<Case>({
      {"", std::nullopt},
      {"plain ascii, longer than eight bytes", std::nullopt},
      {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", std::nullopt},
      {"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF",
       std::nullopt},            // around the surrogates; the last
      {"12345678\xE9t\xE9", 8},  // LATIN1
      {"\x80", 0},
      {"a\xC0\xAF", 1},          // overlong
      {"\xE0\x80\xAF", 0},       // overlong
      {"\xF0\x80\x80\xAF", 0},   // overlong
      {"\xED\xA0\x80", 0},       // surrogate
      {"\xF4\x90\x80\x80", 0},   // beyond U+10FFFF
      {"ab\xE2\x82", 2},         // cut short
      {"ab\xF0\x9F\x98x", 2},    // broken off
      {"a\0b"sv, std::nullopt},  // NUL is a character
  });
  for (const Case& c : cases) EXPECT_EQ(find_invalid_utf8(c.text), c.invalid) << c.text;
}

TEST(Text, CountsCharacters) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("twelve bytes"), 12U);
  EXPECT_EQ(count_characters("na\xC3\xAFve \xF0\x9F\x98\x80!"), 8U);
  EXPECT_EQ(count_characters("a\x80\x80z"), 4U);
}

TEST(Text, FindsTheByteOfACharacter) {
  const std::string_view text = "a\xC3\xA9\xE2\x82\xACz";
  EXPECT_EQ(byte_of_character(text, 0), 0U);
  EXPECT_EQ(byte_of_character(text, 1), 1U);
  EXPECT_EQ(byte_of_character(text, 2), 3U);
  EXPECT_EQ(byte_of_character(text, 3), 6U);
  EXPECT_EQ(byte_of_character(text, 99), text.size());
}

TEST(Text, TrimsAndLowers) {
  EXPECT_EQ(trim(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(to_lower_ascii("Lock-TIMEOUT \xC3\x84"), "lock-timeout \xC3\x84");
  EXPECT_TRUE(starts_with_ignoring_case("Migrator: x", "migrator"));
  EXPECT_FALSE(starts_with_ignoring_case("migr", "migrator"));
}

TEST(Text, SplitsLines) {
  using Lines = std::vector<std::string_view>;
  EXPECT_EQ(split_lines(""), Lines{});
  EXPECT_EQ(split_lines("a"), Lines{"a"});
  EXPECT_EQ(split_lines("a\r\n\nb\n"), (Lines{"a", "", "b"}));
  EXPECT_EQ(split_lines("\n"), Lines{""});
  EXPECT_EQ(split_lines("a\rb\r"), Lines{"a\rb\r"});
}

TEST(Text, GuessesWhatWasMeant) {
  constexpr auto keys = std::to_array<std::string_view>({"transaction", "lock-timeout", "run"});
  EXPECT_EQ(nearest("transacton", keys), "transaction");
  EXPECT_EQ(nearest("TRANSACTION", keys), "transaction");
  EXPECT_EQ(nearest("lock_timeout", keys), "lock-timeout");
  EXPECT_EQ(nearest("rnu", keys), "run");
  EXPECT_EQ(nearest("rx", keys), std::nullopt);
  EXPECT_EQ(nearest("after", keys), std::nullopt);
  EXPECT_EQ(nearest("", keys), std::nullopt);
}

TEST(Text, CountsForPeople) {
  EXPECT_EQ(counted(0, "migration"), "0 migrations");
  EXPECT_EQ(counted(1, "migration"), "1 migration");
  EXPECT_EQ(counted(2, "entry", "entries"), "2 entries");
}

TEST(Diff, IsEmptyForTheSameLines) {
  EXPECT_EQ(unified_diff("", "a", "", "b"), "");
  EXPECT_EQ(unified_diff("x\ny\n", "a", "x\ny", "b"), "");
}

TEST(Diff, ShowsChangesWithContext) {
  const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
  const std::string after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n";
  EXPECT_EQ(unified_diff(before, "applied", after, "on disk", 2),
            "--- applied\n"
            "+++ on disk\n"
            "@@ -3,5 +3,5 @@\n"
            " 3\n"
            " 4\n"
            "-5\n"
            "+five\n"
            " 6\n"
            " 7\n"
            "@@ -11,2 +11,3 @@\n"
            " 11\n"
            " 12\n"
            "+13\n");
}

TEST(Diff, JoinsHunksThatTouch) {
  const std::string diff = unified_diff("a\n1\n2\nb\n", "x", "A\n1\n2\nB\n", "y", 1);
  EXPECT_EQ(diff, "--- x\n+++ y\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n-b\n+B\n");
}

TEST(Diff, ShowsLineEndsWhereTheyAreTheDifference) {
  EXPECT_EQ(unified_diff("a\r\nb\r\n", "x", "a\nb\r\n", "y"),
            "--- x\n+++ y\n@@ -1,2 +1,2 @@\n-a\\r\n+a\n b\n");
  EXPECT_EQ(unified_diff("a\r\n", "x", "b\r\n", "y"), "--- x\n+++ y\n@@ -1,1 +1,1 @@\n-a\n+b\n");
}

TEST(Diff, StartsFromNothing) {
  EXPECT_EQ(unified_diff("", "x", "a\n", "y"), "--- x\n+++ y\n@@ -0,0 +1,1 @@\n+a\n");
}

TEST(Diff, SaysHowMuchItLeftOut) {
  EXPECT_EQ(unified_diff("", "x", "a\nb\nc\n", "y", 3, 4),
            "--- x\n+++ y\n@@ -0,0 +1,3 @@\n+a\n... 2 more lines\n");
}

TEST(Diff, EndsSoonWhenNothingIsAlike) {
  std::string before;
  std::string after;
  for (int i = 0; i < 50'000; ++i) {
    before += std::to_string(i) + "\n";
    after += std::to_string(i) + "x\n";
  }
  EXPECT_TRUE(unified_diff(before, "x", after, "y").ends_with("more lines\n"));
}

/// Applies a diff with all lines as context: what is there before, and what after.
std::pair<std::string, std::string> sides(std::string_view diff) {
  std::pair<std::string, std::string> result;
  const auto lines = split_lines(diff);
  for (std::size_t i = 3; i < lines.size(); ++i) {
    const std::string line = std::string(lines[i].substr(1)) + "\n";
    if (lines[i].front() != '+') result.first += line;
    if (lines[i].front() != '-') result.second += line;
  }
  return result;
}

TEST(Diff, HoldsBothTexts) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const auto make = [&] {
      std::string text;
      for (auto lines = random() % 12; lines > 0; --lines) {
        text += static_cast<char>('a' + random() % 4);
        text += '\n';
      }
      return text;
    };
    const std::string before = make();
    const std::string after = make();
    if (before == after) continue;
    const auto [first, second] = sides(unified_diff(before, "x", after, "y", 100, 100));
    ASSERT_EQ(first, before) << "to " << after;
    ASSERT_EQ(second, after) << "from " << before;
  }
}

class FileTest : public ::testing::Test {
 protected:
  FileTest() { std::filesystem::create_directories(folder_); }
  ~FileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  ("migrator-" + std::to_string(std::random_device()()));
};

/// The finding of the Error that `action` throws.
template <typename Action>
Finding thrown(Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    return error.finding();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

TEST_F(FileTest, KeepsEveryByte) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 31);
  write_new_file(folder_ / "f", bytes);
  EXPECT_EQ(read_file(folder_ / "f"), bytes);
  write_new_file(folder_ / "empty", "");
  EXPECT_EQ(read_file(folder_ / "empty"), "");
}

TEST_F(FileTest, ReadsFilesWhoseSizeIsNotKnownBefore) {
  EXPECT_FALSE(read_file("/proc/self/status").empty());
}

TEST_F(FileTest, NamesTheFileThatItCannotRead) {
  const Finding missing = thrown([&] { read_file(folder_ / "no\xC3\xAB"); });
  EXPECT_EQ(missing.id, "file-unreadable");
  EXPECT_NE(missing.message.find("no\xC3\xAB: No such file"), std::string::npos) << missing.message;
  EXPECT_EQ(thrown([&] { read_file(folder_); }).id, "file-unreadable");
}

TEST_F(FileTest, NeverOverwrites) {
  write_new_file(folder_ / "f", "first");
  EXPECT_EQ(thrown([&] { write_new_file(folder_ / "f", "second"); }).id, "file-exists");
  EXPECT_EQ(read_file(folder_ / "f"), "first");
  EXPECT_EQ(thrown([&] { write_new_file(folder_ / "a" / "b", ""); }).id, "file-unwritable");
}

}  // namespace
}  // namespace migrator

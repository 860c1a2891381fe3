// What must hold for any text that the readers of this folder are given: random strings of the
// pieces that matter to each. The seed is fixed; a failure prints the text.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>

#include "engine/base/error.h"
#include "engine/project/connection_text.h"
#include "engine/project/database_url.h"
#include "engine/project/dotenv.h"
#include "engine/project/file_name.h"
#include "engine/project/interpolation.h"
#include "engine/project/marks.h"

namespace migrator {
namespace {

class RandomText {
 public:
  std::string operator()(std::span<const std::string_view> pieces, std::size_t most) {
    std::string text;
    for (std::size_t n = random_() % (most + 1); n > 0; --n)
      text += pieces[random_() % pieces.size()];
    return text;
  }

 private:
  std::mt19937 random_{20261122};
};

TEST(ProjectProperty, AnAcceptedUrlIsRedactedAndCanBeChanged) {
  constexpr std::string_view pieces[] = {
      "postgres://", "u", "zq1",   ":",     "@",        "/",     "?",     "&", "=",
      "%40",         "%", "[",     "]",     "5432",     ",",     "db",    " ", "'",
      "\\",          "#", "host=", "user=", "password", "port=", "zq2zq", "\n"};
  RandomText random;
  std::size_t accepted = 0;
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = (i % 2 == 0 ? "postgres://u:zq1" : "") + random(pieces, 8);
    try {
      const DatabaseUrl url = DatabaseUrl::parse(text);
      ++accepted;
      const std::string redacted = url.redacted();
      if (text.starts_with("postgres://u:zq1@")) {
        EXPECT_EQ(url.scrub(text).find(":zq1@"), std::string::npos) << text;
      }
      for (const ConnectionPiece& piece : read_connection_text(redacted).pieces)
        if (piece.is_secret() && !piece.value.empty()) {
          EXPECT_EQ(piece.value, "***") << text;
        }
      const DatabaseUrl other = url.with_database("o't/h er");
      EXPECT_EQ(DatabaseUrl::parse(other.reveal()).database(), "o't/h er") << text;
      EXPECT_EQ(DatabaseUrl::parse(other.reveal()).redacted(), other.redacted());
    } catch (const Error& error) {
      EXPECT_EQ(error.finding().id, "url-invalid");
      const std::string said = error.finding().message + error.finding().hint;
      // The name of a query parameter is quoted where it cannot be a piece of a password.
      if (said.find("no query parameter") == std::string::npos) {
        EXPECT_EQ(said.find("zq"), std::string::npos) << text << "\n" << said;
      }
    }
  }
  EXPECT_GT(accepted, 100U);
}

TEST(ProjectProperty, PercentEncodingComesBack) {
  RandomText random;
  constexpr std::string_view pieces[] = {"a", "%", "@", "/", " ", "\xC3\xA4", "'", "\\", "?", "+"};
  for (int i = 0; i < 2'000; ++i) {
    const std::string password = random(pieces, 6);
    const auto read = [&](const std::string& text) {
      for (const ConnectionPiece& piece : read_connection_text(text).pieces)
        if (piece.key == "password") return piece.value;
      return std::string("no password");
    };
    EXPECT_EQ(read(fmt::format("postgres://u:{}@h", percent_encode(password))), password);
    EXPECT_EQ(read(fmt::format("password={} host=h", quote_connection_value(password))), password);
  }
}

TEST(ProjectProperty, MarkedPartsAreStretchesOfTheText) {
  constexpr std::string_view pieces[] = {"-- migrate:up",
                                         "-- migrate:down",
                                         "\n",
                                         "\r\n",
                                         "select 1;",
                                         "-- x",
                                         "'",
                                         " ",
                                         "transaction:false",
                                         "--",
                                         "$$"};
  RandomText random;
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = random(pieces, 14);
    const MarkedFile file = split_at_marks({"f.sql", text, 1});
    EXPECT_TRUE(file.up || file.down) << text;
    for (const auto& part : {file.up, file.down}) {
      if (!part) continue;
      const std::size_t offset = part->offset;
      ASSERT_LE(offset + part->length, text.size());
      const auto lines = std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n');
      const bool ends_at_mark = offset == text.size() && !text.ends_with('\n');
      EXPECT_EQ(part->first_line,
                static_cast<std::size_t>(lines) + (ends_at_mark && part->mark_line ? 2 : 1))
          << text;
    }
  }
}

TEST(ProjectProperty, EverySuggestedFileNameIsValid) {
  constexpr std::string_view pieces[] = {"1",  "007",  "_",    "__",   "-",       ".",
                                         "up", "down", "R",    ".sql", "a",       "V",
                                         "U",  " ",    ".SQL", "~",    "\xC3\xA4"};
  RandomText random;
  for (int i = 0; i < 5'000; ++i) {
    const std::string name = random(pieces, 7);
    if (name.empty()) continue;
    const FileName read = read_file_name(name);
    if (read.role != FileRole::unknown) continue;
    const FileRole suggested = read_file_name(read.suggestion).role;
    EXPECT_TRUE(suggested == FileRole::whole || suggested == FileRole::up ||
                suggested == FileRole::down || suggested == FileRole::repeatable)
        << name << " -> " << read.suggestion;
  }
}

TEST(ProjectProperty, DotenvAndInterpolationTakeAnything) {
  constexpr std::string_view pieces[] = {
      "A", "=",  "'", "\"", "\n",  "\r",      "\\",   "#",
      " ", "${", "}", ":-", "$${", "export ", "\xFF", std::string_view("\0", 1)};
  RandomText random;
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = random(pieces, 12);
    try {
      for (const DotenvEntry& entry : parse_dotenv(text, ".env")) EXPECT_FALSE(entry.key.empty());
    } catch (const Error& error) {
      EXPECT_EQ(error.finding().id, "dotenv-invalid");
    }
    const auto nothing = [](const std::string&) { return std::optional<std::string>("v"); };
    const Interpolated result = interpolate(text, nothing);
    EXPECT_TRUE(result.problem.empty() || result.text.empty());
  }
}

}  // namespace
}  // namespace migrator

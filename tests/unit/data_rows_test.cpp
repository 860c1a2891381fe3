#include "engine/project/data_rows.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/gunzip.h"
#include "engine/base/scratch.h"

namespace migrator {
namespace {

using Lines = std::vector<std::size_t>;

DataRows rows(DataFormat format, std::string text) {
  std::vector<Finding> findings;
  auto rows = rows_of(format, std::move(text), "seeds/t.json", findings);
  EXPECT_TRUE(findings.empty()) << findings[0].message;
  return rows ? std::move(*rows) : DataRows{};
}

/// "" or "LINE: MESSAGE".
std::string wrong_with(DataFormat format, std::string text) {
  std::vector<Finding> findings;
  const auto rows = rows_of(format, std::move(text), "seeds/t.json", findings);
  EXPECT_EQ(rows.has_value(), findings.empty());
  if (findings.empty()) return "";
  return std::to_string(findings[0].place->line) + ": " + findings[0].message;
}

TEST(DataRows, CutAnArrayWithoutTouchingItsElements) {
  const DataRows two = rows(DataFormat::json, "\n[ {\"a\": 1.50,\n \"b\": \"],}\\\"\"} ,\n{}\n]\n");
  EXPECT_EQ(two.text.view(), "{\"a\": 1.50,  \"b\": \"],}\\\"\"}\n{}\n");
  EXPECT_EQ(two.lines, (Lines{2, 4}));
  EXPECT_EQ(two.format, DataFormat::json_lines);
  EXPECT_EQ(rows(DataFormat::json, "[]").text.size(), 0U);
}

TEST(DataRows, RefuseWhatIsNoArray) {
  for (const char* text :
       {"", "{}", "[", "[{}", "[{},", "[{},]", "[,{}]", "[{}] x", "[{}}", "[\"]"})
    EXPECT_TRUE(wrong_with(DataFormat::json, text).ends_with("this is no JSON array of objects"))
        << text;
  EXPECT_EQ(wrong_with(DataFormat::json, "[{},\n{}\n"), "3: this is no JSON array of objects");
}

TEST(DataRows, TakeAnArrayOfTables) {
  const DataRows two =
      rows(DataFormat::toml, "[[t]]\nname = \"a\\nb\"\n[[t]]\nday = 2026-11-26\nlist = [1, 2]\n");
  EXPECT_EQ(two.lines, (Lines{1, 3}));
  EXPECT_NE(two.text.view().find("\"a\\nb\""), std::string_view::npos);
  EXPECT_NE(two.text.view().find("\"2026-11-26\""), std::string_view::npos);
  EXPECT_EQ(std::ranges::count(two.text.view(), '\n'), 2);
  EXPECT_EQ(wrong_with(DataFormat::toml, "a = 1\n"), "0: this is no single array of tables");
  EXPECT_EQ(wrong_with(DataFormat::toml, ""), "0: this is no single array of tables");
  EXPECT_TRUE(wrong_with(DataFormat::toml, "[[t]]\na = \n").starts_with("2: "));
}

std::string gzipped(const std::string& text) {
  z_stream stream = {};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string in = text, out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Gunzip, UnpacksAllMembersOfAFileOfAnySize) {
  EXPECT_EQ(gunzip(gzipped("a,b\n")).bytes.view(), "a,b\n");
  EXPECT_EQ(gunzip(gzipped("a,b\n") + gzipped("1,2\n")).bytes.view(), "a,b\n1,2\n");
  EXPECT_EQ(gunzip(gzipped("")).bytes.size(), 0U);
  std::string large;
  for (int i = 0; i < 2'000'000; ++i) large += std::to_string(i) + "\n";
  EXPECT_TRUE(gunzip(gzipped(large)).bytes.view() == large);
}

TEST(Gunzip, SaysWhatItCannotRead) {
  const std::string packed = gzipped("something to pack, something to pack");
  EXPECT_EQ(gunzip(Content("a,b\n")).problem, "it is no gzip file, or damaged");
  EXPECT_EQ(gunzip(Content("")).problem, "it is no gzip file, or damaged");
  EXPECT_EQ(gunzip(packed.substr(0, packed.size() - 9)).problem, "it is cut short");
  std::string damaged = packed;
  damaged[damaged.size() - 6] ^= 1;
  EXPECT_EQ(gunzip(damaged).problem, "it is no gzip file, or damaged");
}

TEST(Scratch, KeepsWhatItTook) {
  std::string all;
  Scratch scratch;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece(10'000, static_cast<char>('a' + i % 26));
    scratch.add(piece);
    all += piece;
  }
  EXPECT_TRUE(std::move(scratch).content().view() == all);
}

}  // namespace
}  // namespace migrator

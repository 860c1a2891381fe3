#include "engine/project/file_memory.h"

#include <gtest/gtest.h>

#include "engine/base/file.h"
#include "engine/project/checksum.h"
#include "engine/project/glance.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

class FileMemoryTest : public ::testing::Test {
 protected:
  FileMemoryTest() { folder_.write("migrations/1_a.sql", "select 1;"); }

  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  FileMemory memory() const { return {path("memory"), path("migrations")}; }
  FileStamp stamp() const { return stamp_of(path("migrations/1_a.sql")).value(); }
  static auto later() { return std::chrono::system_clock::now() + std::chrono::seconds(10); }

  void remember(const std::string& checksum) {
    memory().keep({{"1_a.sql", stamp(), checksum}}, later());
  }

  std::optional<Glance> look() const {
    return glance_at({.migrations = path("migrations"),
                      .seeds = path("seeds"),
                      .seed_sets = {},
                      .working_folder = folder_.path(),
                      .root = folder_.path(),
                      .variables = {},
                      .allow_deletes = false,
                      .file_memory = path("memory"),
                      .asked_at = std::chrono::system_clock::now()},
                     /*with_seeds=*/false);
  }

  TempFolder folder_;
};

TEST_F(FileMemoryTest, KnowsAFileAsItWasAndNoOther) {
  remember("c0ffee");
  EXPECT_EQ(memory().checksum_of("1_a.sql", stamp()), "c0ffee");
  EXPECT_FALSE(memory().checksum_of("2_a.sql", stamp()));
  for (auto change : {+[](FileStamp& s) { ++s.size; }, +[](FileStamp& s) { ++s.inode; },
                      +[](FileStamp& s) { ++s.written; }, +[](FileStamp& s) { ++s.changed; }}) {
    FileStamp other = stamp();
    change(other);
    EXPECT_FALSE(memory().checksum_of("1_a.sql", other));
  }
}

TEST_F(FileMemoryTest, IsOfOneFolder) {
  remember("c0ffee");
  EXPECT_FALSE(FileMemory(path("memory"), path("others")).checksum_of("1_a.sql", stamp()));
}

// A second write within the same tick of the clock would show the same times.
TEST_F(FileMemoryTest, LeavesOutWhatWasJustWritten) {
  memory().keep({{"1_a.sql", stamp(), "c0ffee"}}, std::chrono::system_clock::now());
  EXPECT_FALSE(memory().checksum_of("1_a.sql", stamp()));
  EXPECT_FALSE(std::filesystem::exists(path("memory")));
}

TEST_F(FileMemoryTest, TakesANameWithBlanks) {
  memory().keep({{"1_a b.sql", stamp(), "c0ffee"}}, later());
  EXPECT_EQ(memory().checksum_of("1_a b.sql", stamp()), "c0ffee");
}

TEST_F(FileMemoryTest, IsEmptyWhenItIsBroken) {
  for (const std::string text : {"", "migrator file memory 1\n", "migrator file memory 2\nx\n"}) {
    folder_.write("memory", text);
    EXPECT_FALSE(memory().checksum_of("1_a.sql", stamp()));
    remember("c0ffee");
    EXPECT_EQ(memory().checksum_of("1_a.sql", stamp()), "c0ffee");
  }
  const std::string whole = read_file(path("memory"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    folder_.write("memory", whole.substr(0, length));
    EXPECT_FALSE(memory().checksum_of("1_a.sql", stamp()));
  }
}

TEST_F(FileMemoryTest, ReplacesNoFileOfAnotherKind) {
  folder_.write("memory", "select 1;");
  EXPECT_EQ(expect_error(ErrorKind::configuration, [&] { remember("c0ffee"); }).id, "file-exists");
  EXPECT_EQ(read_file(path("memory")), "select 1;");
}

TEST_F(FileMemoryTest, IsTakenAtItsWordByAGlance) {
  EXPECT_EQ(look().value().versioned.at(0).checksum, sha256("select 1;"));
  remember("c0ffee");
  EXPECT_EQ(look().value().versioned.at(0).checksum, "c0ffee");
  folder_.write("migrations/1_a.sql", "select 2;");
  EXPECT_EQ(look().value().versioned.at(0).checksum, sha256("select 2;"));
}

TEST_F(FileMemoryTest, AGlanceGoesOnWithoutOne) {
  folder_.write("memory", "select 1;");
  const auto glance = look();
  ASSERT_TRUE(glance && glance->finding);
  EXPECT_EQ(glance->finding->severity, Severity::warning);
  EXPECT_EQ(glance->versioned.at(0).checksum, sha256("select 1;"));
}

}  // namespace
}  // namespace migrator

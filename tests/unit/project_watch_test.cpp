#include "engine/project/project_watch.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

class ProjectWatchTest : public ::testing::Test {
 protected:
  std::string bytes_of_first() { return watch_.project().migrations.at(0).checksums.bytes; }

  TempFolder folder_;
  ProjectWatch watch_{{.migrations = folder_.path() / "migrations",
                       .seeds = folder_.path() / "seeds",
                       .seed_sets = {},
                       .working_folder = folder_.path(),
                       .root = folder_.path()}};
};

TEST_F(ProjectWatchTest, SeesFilesThatComeChangeAndGo) {
  folder_.write("migrations/1_a.sql", "select 1;");
  EXPECT_EQ(watch_.project().migrations.size(), 1U);
  folder_.write("migrations/2_b.sql", "select 2;");
  EXPECT_EQ(watch_.project().migrations.size(), 2U);
  const std::string before = bytes_of_first();
  folder_.write("migrations/1_a.sql", "select 10;");
  EXPECT_NE(bytes_of_first(), before);
  std::filesystem::remove(folder_.path() / "migrations/2_b.sql");
  EXPECT_EQ(watch_.project().migrations.size(), 1U);
}

TEST_F(ProjectWatchTest, SeesAFileElsewhereThatAMigrationIncludes) {
  folder_.write("migrations/1_a.sql", "\\ir ../functions/f.sql\n");
  folder_.write("functions/f.sql", "select 1;");
  const std::string before = bytes_of_first();
  EXPECT_EQ(bytes_of_first(), before);
  folder_.write("functions/f.sql", "select 10;");
  EXPECT_NE(bytes_of_first(), before);
}

TEST_F(ProjectWatchTest, KeepsWhatDidNotChange) {
  folder_.write("migrations/1_a.sql", "\\ir ../functions/f.sql\n");
  folder_.write("functions/f.sql", "select 1;");
  watch_.project();
  const Project* const settled = &watch_.project();
  const Migration* const first = settled->migrations.data();
  EXPECT_EQ(watch_.project().migrations.data(), first);
}

}  // namespace
}  // namespace migrator

// What a glance is sure of. That it agrees with what runs write is in
// tests/database/glance_test.cpp.
#include "engine/project/glance.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/project/checksum.h"
#include "engine/project/project_files.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

class GlanceTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { folder_.write(name, text); }

  std::optional<Glance> look() {
    return glance_at({.migrations = folder_.path() / "migrations",
                      .seeds = folder_.path() / "seeds",
                      .seed_sets = {"common"},
                      .working_folder = folder_.path(),
                      .root = folder_.path()},
                     /*with_seeds=*/true);
  }

  TempFolder folder_;
};

TEST_F(GlanceTest, KnowsThePartThatIsApplied) {
  write("migrations/1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;\n");
  write("migrations/2_b.up.sql", "\xEF\xBB\xBFselect 3;\n");
  write("migrations/2_b.down.sql", "select 4;\n");
  write("migrations/R__v.sql", "select '\\';\n");
  write("seeds/1_s.sql", "select 5;\n");
  const auto glance = look();
  ASSERT_TRUE(glance);
  ASSERT_EQ(glance->versioned.size(), 2U);
  const bool first = glance->versioned[0].id == "1";
  EXPECT_EQ(glance->versioned[first ? 0 : 1].checksum, sha256("select 1;\n"));
  EXPECT_EQ(glance->versioned[first ? 1 : 0].checksum, sha256("select 3;\n"));
  ASSERT_EQ(glance->repeatable.size(), 1U);
  EXPECT_EQ(glance->repeatable[0].id, "R__v");
  EXPECT_EQ(glance->repeatable[0].checksum, sha256("select '\\';\n"));
  ASSERT_EQ(glance->seeds.value().size(), 1U);
  EXPECT_EQ(glance->seeds->at(0).id, "seed/1_s.sql");
}

TEST_F(GlanceTest, LeavesWhatItReadToWhoLoadsTheProject) {
  write("migrations/1_a.sql", "\xEF\xBB\xBFselect 1;\n");
  write("migrations/R__v.sql", "select 2;\n");
  write("migrations/2_large.sql", "select 3; --" + std::string(Content::kMappedFrom, 'x') + "\n");
  ProjectFiles files({.migrations = folder_.path() / "migrations", .seeds = {}, .seed_sets = {}},
                     ProjectFiles::Look::glance);
  ASSERT_TRUE(files.glance());
  EXPECT_EQ(files.glance()->read.size(), 2U);  // a large one is not held in memory
  write("migrations/1_a.sql", "select 4;\n");
  write("migrations/R__v.sql", "select 5;\n");
  const Project& project = files.project();
  EXPECT_TRUE(project.findings.empty());
  ASSERT_EQ(project.migrations.size(), 3U);
  EXPECT_EQ(project.migrations[0].up.text, "select 1;\n");
  EXPECT_EQ(project.migrations[0].checksums.bytes, sha256("select 1;\n"));
  EXPECT_EQ(project.migrations[2].up.text, "select 2;\n");
}

TEST_F(GlanceTest, LooksAgainAtWhatHasChanged) {
  write("migrations/1_a.sql", "select 1;\n");
  ProjectFiles files({.migrations = folder_.path() / "migrations", .seeds = {}, .seed_sets = {}},
                     ProjectFiles::Look::glance);
  EXPECT_EQ(files.project().migrations.size(), 1U);
  write("migrations/1_a.sql", "select 2;\n");
  write("migrations/2_b.sql", "select 3;\n");
  files.look_again();
  ASSERT_TRUE(files.glance());
  EXPECT_EQ(files.glance()->versioned.size(), 2U);
  ASSERT_EQ(files.project().migrations.size(), 2U);
  EXPECT_EQ(files.project().migrations[0].up.text, "select 2;\n");
}

TEST_F(GlanceTest, DoesNotDependOnTheOrderOfTheFolder) {
  Glance one{.versioned = {{"1", "a"}, {"10", "b"}, {"2", "c"}}, .repeatable = {}, .seeds = {}};
  Glance other{.versioned = {{"10", "b"}, {"2", "c"}, {"1", "a"}}, .repeatable = {}, .seeds = {}};
  EXPECT_EQ(one.digest(), other.digest());
  EXPECT_EQ(one.digest(),
            sha256("1|versioned|applied|a\n10|versioned|applied|b\n2|versioned|applied|c\n"));
}

TEST_F(GlanceTest, IsNotSureOfWhatIsToBeComplainedOf) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"migrations/x_y.SQL", "select 1;"},
      {"migrations/1_b.sql", "select 1;"},
      {"migrations/notes.txt", "select 1;"},
      {"migrations/3_c.down.sql", "select 1;"},
      {"migrations/3_c.sql", "-- migrate:up\n-- migrate:up\nselect 1;"},
      {"migrations/3_c.sql", "\\ir missing.sql\n"},
      {"migrations/3_c.sql/x", ""},
      {"seeds/1_s.sql", "-- migrator: run always\nselect 1;"},
      {"seeds/1_s.yaml", "[]"}};
  for (const auto& [name, text] : files) {
    const TempFolder folder;
    folder.write("migrations/1_a.sql", "select 1;");
    folder.write(name, text);
    EXPECT_FALSE(glance_at({.migrations = folder.path() / "migrations",
                            .seeds = folder.path() / "seeds",
                            .seed_sets = {"common"},
                            .root = folder.path()},
                           /*with_seeds=*/true))
        << name;
  }
}

TEST_F(GlanceTest, LeavesSeedsAloneThatNobodyWants) {
  write("migrations/1_a.sql", "select 1;");
  write("seeds/1_s.sql", "-- migrator: run always\nselect 1;");
  const auto glance = glance_at({.migrations = folder_.path() / "migrations",
                                 .seeds = folder_.path() / "seeds",
                                 .seed_sets = {"common"}},
                                /*with_seeds=*/false);
  ASSERT_TRUE(glance);
  EXPECT_FALSE(glance->seeds);
}

TEST_F(GlanceTest, DoesNotWaitForAPipe) {
  write("migrations/1_a.sql", "select 1;");
  ASSERT_EQ(mkfifo((folder_.path() / "migrations/2_b.sql").c_str(), 0600), 0);
  EXPECT_FALSE(look());
}

TEST_F(GlanceTest, IsNotSureOfFoldersThatAreNotThereOrEmpty) {
  EXPECT_FALSE(look());
  std::filesystem::create_directory(folder_.path() / "migrations");
  EXPECT_FALSE(look());
}

}  // namespace
}  // namespace migrator

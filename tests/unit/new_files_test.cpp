#include "cmd/new_files.h"

#include <gtest/gtest.h>

#include "engine/base/file.h"
#include "engine/project/project.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

using Names = std::vector<std::string>;

// 2026-11-22 10:30:00 UTC
const auto now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(10) +
                 std::chrono::minutes(30);

class NewFiles : public ::testing::Test {
 protected:
  Names make(std::string_view name, NewFileForm form = NewFileForm::single) const {
    Config config;
    config.working_folder = folder_.path();
    config.migrations.value = folder_.path() / "migrations";
    return make_migration_files(config, name, form, now);
  }

  std::string text(const std::string& shown) const { return read_file(folder_.path() / shown); }

  const TempFolder folder_;
};

TEST_F(NewFiles, MakesTheFolderAndAFileWithBothMarks) {
  const Names made = make("add likes");
  EXPECT_EQ(made, Names{"migrations/20261122103000_add_likes.sql"});
  EXPECT_PRED2(contains, text(made[0]), "-- migrate:up\n");
  EXPECT_PRED2(contains, text(made[0]), "-- migrate:down\n");
}

TEST_F(NewFiles, MakesAPair) {
  EXPECT_EQ(make("x", NewFileForm::pair),
            (Names{"migrations/20261122103000_x.up.sql", "migrations/20261122103000_x.down.sql"}));
}

TEST_F(NewFiles, MakesARepeatableOneAndNeverASecond) {
  EXPECT_EQ(make("x", NewFileForm::repeatable), Names{"migrations/R__x.sql"});
  const Finding finding =
      expect_error(ErrorKind::configuration, [&] { make("x", NewFileForm::repeatable); });
  EXPECT_PRED2(contains, finding.message, "R__x.sql");
}

TEST_F(NewFiles, ComesAfterTheNewestAlsoWhenTheClockIsBehind) {
  folder_.write("migrations/20270101000000_later.sql", "select 1;");
  EXPECT_EQ(make("x"), Names{"migrations/20270101000001_x.sql"});
  EXPECT_EQ(make("y"), Names{"migrations/20270101000002_y.sql"});
}

TEST_F(NewFiles, AreNamedAfterLettersAndDigits) {
  EXPECT_EQ(file_name_of("Add likes-count!"), "add_likes_count");
  EXPECT_EQ(file_name_of("  a  b "), "a_b");
  EXPECT_EQ(file_name_of("users_2"), "users_2");
  EXPECT_EQ(file_name_of("größe ändern"), "größe_ändern");
  EXPECT_EQ(file_name_of("../../etc/passwd"), "etc_passwd");
  EXPECT_EQ(file_name_of("!?"), "");
}

TEST_F(NewFiles, RefusesANameWithoutLetters) {
  EXPECT_PRED2(contains, expect_error(ErrorKind::usage, [&] { make("--"); }).message, "letters");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "migrations"));
}

TEST_F(NewFiles, AreValidOnceTheyAreFilled) {
  const Names made = make("x");
  folder_.write(made[0], "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;\n");
  Project project;
  load_migrations({.migrations = folder_.path() / "migrations", .seeds = {}, .seed_sets = {}},
                  project);
  EXPECT_TRUE(project.findings.empty());
  ASSERT_EQ(project.migrations.size(), 1U);
  EXPECT_TRUE(project.migrations[0].down.has_value());
}

}  // namespace
}  // namespace migrator

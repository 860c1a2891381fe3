#include "engine/project/file_name.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

TEST(FileName, KnowsEachLayout) {
  struct Case {
    std::string_view file;
    FileRole role;
    std::uint64_t version;
    std::string_view name;
  };
  const Case cases[] = {
      {"1_users.sql", FileRole::whole, 1, "users"},
      {"0007_add-email.sql", FileRole::whole, 7, "add-email"},
      {"20261122103000_users.up.sql", FileRole::up, 20261122103000, "users"},
      {"20261122103000_users.down.sql", FileRole::down, 20261122103000, "users"},
      {"1_a.b.sql", FileRole::whole, 1, "a.b"},
      {"0_zero.sql", FileRole::whole, 0, "zero"},
      {"1_up.sql", FileRole::whole, 1, "up"},
      {"9223372036854775807_x.sql", FileRole::whole, 9223372036854775807U, "x"},
      {"R__home_timeline.sql", FileRole::repeatable, 0, "home_timeline"},
      {"1_\xC3\xBC.sql", FileRole::whole, 1, "\xC3\xBC"},
      {"9223372036854775808_x.sql", FileRole::too_large, 0, ""},
      {".hidden.sql", FileRole::ignored, 0, ""},
      {".gitkeep", FileRole::ignored, 0, ""},
      {"README", FileRole::ignored, 0, ""},
      {"Readme.txt", FileRole::ignored, 0, ""},
      {"notes.MD", FileRole::ignored, 0, ""},
      {"atlas.sum", FileRole::stray, 0, ""},
      {"1_users.sql~", FileRole::stray, 0, ""},
      {"1_users.sql.orig", FileRole::stray, 0, ""},
      {"schema.rb", FileRole::stray, 0, ""},
  };
  for (const Case& c : cases) {
    const FileName name = read_file_name(c.file);
    EXPECT_EQ(name.role, c.role) << c.file;
    EXPECT_EQ(name.version.number, c.version) << c.file;
    EXPECT_EQ(name.name, c.name) << c.file;
  }
}

TEST(FileName, SuggestsTheNearestValidForm) {
  struct Case {
    std::string_view file;
    std::string_view suggestion;
  };
  const Case cases[] = {
      {"users.sql", "20261122103000_users.sql"},
      {"1.sql", "1_name.sql"},
      {"1_.sql", "1_name.sql"},
      {"1-users.sql", "1_users.sql"},
      {"1 add users.sql", "1_add_users.sql"},
      {"1users.up.sql", "1_users.up.sql"},
      {"1_users.SQL", "1_users.sql"},
      {"1_users.Up.sql", "1_users.Up.sql"},
      {"V1__users.sql", "1_users.sql"},
      {"U1__users.sql", "1_users.down.sql"},
      {"R_view.sql", "R__view.sql"},
      {"R__.sql", "R__name.sql"},
      {"R__view.up.sql", "R__view.sql"},
      {"R__view.txt", "R__view.sql"},
      {"1_users.py", "1_users.sql"},
      {"1_users", "1_users.sql"},
      {"1_users-down.SQL", "1_users.down.sql"},
      {".sql", ""},
      {"_.sql", "20261122103000_name.sql"},
      {"up.sql", "20261122103000_up.sql"},
  };
  for (const Case& c : cases) {
    const FileName name = read_file_name(c.file);
    if (name.role != FileRole::unknown) continue;
    EXPECT_EQ(name.suggestion, c.suggestion) << c.file;
    EXPECT_NE(read_file_name(name.suggestion).role, FileRole::unknown) << name.suggestion;
  }
}

}  // namespace
}  // namespace migrator

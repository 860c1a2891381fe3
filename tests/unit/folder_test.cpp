#include "engine/base/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <system_error>

#include "engine/base/error.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

TEST(FolderTest, TellsWhereLinksLead) {
  TempFolder temp;
  temp.write("in/a.sql", "one");
  temp.write("in/sub/b.sql", "two");
  const auto in = temp.path() / "in";
  std::filesystem::create_symlink("a.sql", in / "to_file");
  std::filesystem::create_symlink("sub", in / "to_folder");
  std::filesystem::create_symlink("nothing", in / "to_nothing");
  ASSERT_EQ(::mkfifo((in / "pipe").c_str(), 0600), 0);
  std::map<std::string, Folder::Kind> kinds;
  for (const Folder::Entry& entry : Folder(in).entries()) kinds[entry.name] = entry.kind;
  using enum Folder::Kind;
  EXPECT_EQ(kinds, (std::map<std::string, Folder::Kind>{{"a.sql", file},
                                                        {"sub", folder},
                                                        {"to_file", file},
                                                        {"to_folder", folder},
                                                        {"to_nothing", other},
                                                        {"pipe", other}}));
}

TEST(FolderTest, ReadsSmallFilesAndMapsLargeOnes) {
  TempFolder temp;
  temp.write("small", "text");
  temp.write("large", std::string(Content::kMappedFrom, 'x'));
  temp.write("empty", "");
  const Folder folder(temp.path());
  EXPECT_EQ(folder.read("small"), "text");
  EXPECT_EQ(folder.read("empty"), "");
  EXPECT_FALSE(folder.read("small").is_mapped());
  EXPECT_TRUE(folder.read("large").is_mapped());
  EXPECT_EQ(folder.read("large").size(), Content::kMappedFrom);
}

TEST(FolderTest, WhatIsNotThereIsAnError) {
  TempFolder temp;
  EXPECT_THROW(Folder(temp.path() / "nowhere"), std::system_error);
  EXPECT_THROW(Folder(temp.path()).read("nothing"), Error);
}

}  // namespace
}  // namespace migrator

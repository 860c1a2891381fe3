// How two catalogs are compared, and what patterns leave out of them.
#include "engine/plan/catalog.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

Catalog users() {
  return {.server_version = 150000,
          .objects = {{"column users.id", "table users", "integer"},
                      {"comment on column users.id", "column users.id", "its number"},
                      {"function f()", "", "begin\n  return 1;\nend"},
                      {"table users", "", ""}}};
}

void erase(Catalog& catalog, std::string_view name) {
  std::erase_if(catalog.objects, [&](const CatalogObject& object) { return object.name == name; });
}

TEST(Catalogs, ThatAreEqualDoNotDiffer) {
  EXPECT_TRUE(compare_catalogs(users(), users()).empty());
  EXPECT_TRUE(compare_catalogs({}, {}).empty());
}

TEST(Catalogs, DifferByTheTopmostObjectThatOnlyOneHas) {
  using Differences = std::vector<CatalogDifference>;
  Catalog fewer = users();
  fewer.objects.pop_back();
  erase(fewer, "column users.id");
  erase(fewer, "comment on column users.id");
  EXPECT_EQ(compare_catalogs(users(), fewer),
            (Differences{{DifferenceKind::missing, "table users", "", {}}}));
  EXPECT_EQ(compare_catalogs(fewer, users()),
            (Differences{{DifferenceKind::extra, "table users", {}, ""}}));
  Catalog changed = users();
  changed.objects[0].definition = "bigint";
  erase(changed, "comment on column users.id");
  EXPECT_EQ(
      compare_catalogs(users(), changed),
      (Differences{{DifferenceKind::different, "column users.id", "integer", "bigint"},
                   {DifferenceKind::missing, "comment on column users.id", "its number", {}}}));
}

TEST(Catalogs, AreIgnoredWithAllThatBelongsToThem) {
  const auto left = [](std::vector<std::string> patterns) {
    std::string names;
    for (const CatalogObject& object : without_ignored(users(), patterns).objects)
      names += object.name + ";";
    return names;
  };
  EXPECT_EQ(left({"table users"}), "function f();");
  EXPECT_EQ(left({"table *", "function ?()"}), "");
  EXPECT_EQ(left({"column users.*"}), "function f();table users;");
  EXPECT_EQ(left({"comment *"}), "column users.id;function f();table users;");
  EXPECT_EQ(left({"*users"}), "function f();");
  EXPECT_EQ(left({"users", "table user", "", "table users?", "table  users"}),
            "column users.id;comment on column users.id;function f();table users;");
}

TEST(Catalogs, ShowLongDefinitionsLineByLine) {
  const CatalogSides sides{"the migrations", "the database"};
  EXPECT_EQ(definitions_of({DifferenceKind::different, "column c", "integer", ""}, sides),
            "the migrations: integer\nthe database: (nothing)");
  EXPECT_EQ(definitions_of({DifferenceKind::extra, "column c", {}, "integer"}, sides), "integer");
  EXPECT_EQ(
      definitions_of(
          {DifferenceKind::different, "function f()", "begin\n 1;\nend", "begin\n 2;\nend"}, sides),
      "--- the migrations\n+++ the database\n@@ -1,3 +1,3 @@\n begin\n- 1;\n+ 2;\n end\n");
}

}  // namespace
}  // namespace migrator

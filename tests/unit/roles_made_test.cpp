#include "engine/project/roles_made.h"

#include <gtest/gtest.h>

#include "tests/support/projects.h"

namespace migrator {
namespace {

TEST(RolesMade, AreThoseThatStatementsAndCodeName) {
  std::set<std::string> names;
  add_roles_made_in(
      "CREATE ROLE Reader;\ncreate\n  user \"App \"\"1\"\"\" login;\n"
      "do $$ begin create group crew; execute 'create role inner'; end $$;\n"
      "create user mapping for x server y; create table role (i int); recreate role no;\n"
      "alter role other; -- create role told;\n/* create role told */ create role",
      names);
  EXPECT_EQ(names, (std::set<std::string>{"reader", "App \"1\"", "crew", "inner"}));
}

TEST(RolesMade, GoingUpAreThoseOfNoDownPart) {
  const Project project{
      .migrations = {migration_of(1, "a", "create role made;"),
                     migration_of(2, "b", "drop role gone;", "create role gone;")},
      .seeds = {seed_of("c.sql", "create role seeded;")},
      .findings = {}};
  EXPECT_EQ(roles_made_going_up(project), (std::set<std::string>{"made", "seeded"}));
  EXPECT_EQ(roles_made_by(project), (std::set<std::string>{"gone", "made", "seeded"}));
}

}  // namespace
}  // namespace migrator

#include "engine/project/roles_made.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace migrator

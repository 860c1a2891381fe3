#include "engine/sql/table_name.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

TEST(TableName, IsWhatTheServerCanRead) {
  for (const char* name : {"users", "Users", "auth.users", "a$1", "_x", "\"My Users\"",
                           "auth.\"My.Users\"", "\"a\"\"b\"", "\xC3\xBCsers"})
    EXPECT_TRUE(is_table_name(name)) << name;
  for (const char* name : {"", "My Users", "10-users", "a.", ".a", "a..b", "a.b.c.d", "a-b", "\"a",
                           "\"a\"b\"", "\"\"", "a\"b"})
    EXPECT_FALSE(is_table_name(name)) << name;
}

TEST(TableName, IsWrittenInQuotesWhereItNeedsThem) {
  EXPECT_EQ(table_name_in_quotes("users"), "users");
  EXPECT_EQ(table_name_in_quotes("auth.users"), "auth.users");
  EXPECT_EQ(table_name_in_quotes("My Users"), "\"My Users\"");
  EXPECT_EQ(table_name_in_quotes("auth.Users"), "auth.\"Users\"");
  EXPECT_EQ(table_name_in_quotes("\"Auth\".my-users"), "\"Auth\".\"my-users\"");
}

}  // namespace
}  // namespace migrator

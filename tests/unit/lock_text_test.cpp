#include "engine/report/lock_text.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

StatementForecast forecast_of(const std::vector<std::string>& statements) {
  LockForecast locks;
  locks.begin_file();
  locks.begin_segment(true);
  StatementForecast forecast;
  for (std::size_t i = 0; i < statements.size(); ++i)
    forecast = locks.next(statements[i], {.file = "1.sql", .line = i + 1});
  return forecast;
}

std::string text_of(const std::vector<std::string>& statements, std::size_t indent = 0) {
  return lock_text(forecast_of(statements), "1.sql", indent, {});
}

TEST(LockText, TellsTheModeAndWhatFollows) {
  EXPECT_EQ(text_of({"alter table users add a serial"}),
            "ACCESS EXCLUSIVE on users: blocks reads and writes; rewrites it: each row gets a\n"
            "number\n");
  EXPECT_EQ(text_of({"create index on s.t (a)"}), "SHARE on s.t: blocks writes; scans it\n");
  EXPECT_EQ(text_of({"analyze t"}), "SHARE UPDATE EXCLUSIVE on t: reads and writes go on\n");
  EXPECT_EQ(text_of({"alter table t add a int default f()"}),
            "ACCESS EXCLUSIVE on t: blocks reads and writes; rewrites it if the default is\n"
            "volatile\n");
  EXPECT_EQ(text_of({"truncate a, \"B\""}),
            "ACCESS EXCLUSIVE on a, \"B\": blocks reads and writes\n");
  EXPECT_EQ(text_of({"drop table a"}),
            "ACCESS EXCLUSIVE on a, perhaps tables it refers to: blocks reads and writes\n");
}

TEST(LockText, SaysNothingOfWhatNobodyNotices) {
  EXPECT_EQ(text_of({"insert into t values (1)"}), "");
  EXPECT_EQ(text_of({"select * from t for update"}), "");
  EXPECT_EQ(text_of({"create table t (a int)"}), "");
  EXPECT_EQ(text_of({"lock table t in row exclusive mode"}), "");
}

TEST(LockText, SaysOnceWhatATransactionHolds) {
  EXPECT_EQ(text_of({"alter table t add a int", "alter table t add b int"}), "");
  EXPECT_EQ(text_of({"alter table t add a int", "create index on t (a)"}),
            "ACCESS EXCLUSIVE on t, held since line 1: blocks reads and writes; scans it\n");
  EXPECT_EQ(text_of({"create index on t (a)", "alter table t add a int"}),
            "ACCESS EXCLUSIVE on t: blocks reads and writes\n");
}

TEST(LockText, IsRedOnlyWhereReadsAreBlocked) {
  const auto painted = [](const std::string& sql) {
    return lock_text(forecast_of({sql}), "1.sql", 0, {.color = true});
  };
  EXPECT_EQ(painted("truncate t"),
            "\033[1;31mACCESS EXCLUSIVE\033[0m on t: blocks reads and writes\n");
  EXPECT_EQ(painted("create index on t (a)"),
            "\033[35mSHARE\033[0m on t: blocks writes; scans it\n");
  EXPECT_EQ(painted("analyze t"),
            "\033[2mSHARE UPDATE EXCLUSIVE\033[0m on t: reads and writes go on\n");
}

TEST(LockText, BreaksLongLists) {
  std::string sql = "truncate t0";
  for (int i = 1; i < 30; ++i) sql += ", table_" + std::to_string(i);
  const std::string text = text_of({sql}, 10);
  EXPECT_TRUE(text.starts_with("          ACCESS EXCLUSIVE on t0, table_1,"));
  EXPECT_NE(text.find("\n          table_"), std::string::npos);
}

}  // namespace
}  // namespace migrator

// Rows of a data file that their table does not take: all of them are named by their lines, and
// nothing of the file is kept.
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

class DataSeedRowsTest : public RunFixture {
 protected:
  DataSeedRowsTest() {
    sql("create table team (id int primary key, name varchar(5) unique not null, "
        "size smallint check (size > 0), boss int references team)");
    sql("create table member (id int primary key, team_id int not null references team, note "
        "json)");
    write("1_x.sql", "select 1;\n");
    up();
  }

  Finding error_of_load(std::string_view file, std::string_view text) {
    write_seed(file, text);
    const Finding error = error_of(seed());
    EXPECT_EQ(value("select count(*) from member"), "0");
    EXPECT_PRED2(contains, error.kept, "nothing of");
    return error;
  }

  static std::size_t line_of(const Finding& finding) {
    return finding.place.value_or(Place{}).line;
  }
};

TEST_F(DataSeedRowsTest, CollectsBadRowsOnRequest) {
  options().keep_going = true;
  const Finding error = error_of_load("team.csv",
                                      "id,name,size\n1,red,1\nx,blue,2\n3,\"two\nlines\",70000\n"
                                      "4,green,0\n5,,1\n6,a,1,1\n7,b\n8,toolong,1\n9,ok,9\n");
  EXPECT_EQ(error.id, "seed-rows");
  EXPECT_EQ(error.message, "7 rows that the table does not take");
  EXPECT_EQ(line_of(error), 3U);
  EXPECT_EQ(error.detail,
            "line 3, column id: invalid input syntax for type integer: \"x\"\n"
            "line 4, column name: value too long for type character varying(5): \"two\n"
            "line 6: new row for relation \"team\" violates check constraint \"team_size_check\": "
            "\"4,green,0\"\n"
            "line 7: null value in column \"name\" of relation \"team\" violates not-null "
            "constraint: \"5,,1\"\n"
            "line 8: extra data after last expected column: \"6,a,1,1\"\n"
            "line 9: missing data for column \"size\": \"7,b\"\n"
            "line 10, column name: value too long for type character varying(5): \"toolong\"");
  EXPECT_EQ(value("select count(*) from team"), "0");
}

TEST_F(DataSeedRowsTest, TakesFilesOfOtherSystems) {
  write_seed("team.csv", "\xEF\xBB\xBFid,name\r\n1,a\r\n2,b");
  EXPECT_EQ(seed().results.at(0).rows, (RowChanges{.created = 2}));
  EXPECT_EQ(value("select string_agg(name, ' ' order by id) from team"), "a b");
  write_seed("team.csv", "id,name\n1,\xFF\n");
  const RunReport report = seed();
  EXPECT_EQ(ids_of(report.findings), (std::vector<std::string>{"invalid-utf8"}));
  EXPECT_PRED2(contains, report.findings.at(0).message, "byte 0xFF at byte offset 10");
}

TEST_F(DataSeedRowsTest, NamesTheRowWhoseQuoteIsNeverClosed) {
  const Finding error = error_of_load("team.csv", "id,name\n1,\"a\nb\"\n2,\"c\n3,d\n4,e\n");
  EXPECT_EQ(error.message, "unterminated CSV quoted field");
  EXPECT_EQ(line_of(error), 4U);
  EXPECT_EQ(error.context, "");
}

TEST_F(DataSeedRowsTest, CollectsAHundred) {
  options().keep_going = true;
  std::string text = "id,name\n";
  for (int i = 0; i < 150; ++i) text += "x,a\n";
  sql("insert into team values (1, 'a')");
  const Finding error = error_of_load("team.csv", text);
  EXPECT_EQ(error.message, "100 rows that the table does not take");
  EXPECT_PRED2(contains, error.detail, "line 101, column id");
  EXPECT_PRED2(contains, error.detail, "stopped looking");
  EXPECT_EQ(value("select count(*) from team"), "1");
}

TEST_F(DataSeedRowsTest, CollectsBadObjects) {
  options().keep_going = true;
  const Finding error = error_of_load("member.json",
                                      "[{\"id\": 1, \"team_id\": \"x\"},\n{\"id\": 2},\n"
                                      "{\"id\": 3000000000}]");
  EXPECT_EQ(error.detail,
            "line 1, column team_id: invalid input syntax for type integer: \"x\"\n"
            "line 3, column id: value \"3000000000\" is out of range for type integer");
  options().keep_going = false;
  const Finding one = error_of(seed());
  EXPECT_EQ(one.message, "invalid input syntax for type integer: \"x\"");
  EXPECT_EQ(one.detail, "line 1, column team_id: \"x\"");
}

TEST_F(DataSeedRowsTest, NamesRowsThatReferToNothing) {
  sql("insert into team (id, name) values (1, 'a')");
  for (const std::string_view before : {"", "insert into member values (9, 1)"}) {
    SCOPED_TRACE(before);
    write_seed("member.csv", "id,team_id\n1,1\n2,7\n3,\"1\"\n4,8\n");
    if (!before.empty()) sql(before);
    const Finding error = error_of(seed());
    EXPECT_EQ(error.id, "seed-rows");
    EXPECT_EQ(error.message,
              "insert or update on table \"member\" violates foreign key constraint "
              "\"member_team_id_fkey\"");
    EXPECT_EQ(error.detail,
              "line 3: (team_id)=(7) is not in team\n"
              "line 5: (team_id)=(8) is not in team");
    EXPECT_EQ(line_of(error), 3U);
  }
}

TEST_F(DataSeedRowsTest, KnowsRowsThatReferToEachOther) {
  const Finding error = error_of_load("team.csv", "id,name,boss\n1,a,2\n2,b,1\n3,c,4\n");
  EXPECT_EQ(error.detail, "line 4: (boss)=(4) is not in team");
}

TEST_F(DataSeedRowsTest, NamesRowsThatBreakWhatTheTableAsks) {
  sql("insert into team (id, name) values (1, 'a')");
  EXPECT_EQ(error_of_load("team.csv", "id,name\n2,\n3,\n").detail,
            "line 2: name is null\nline 3: name is null");
  EXPECT_EQ(error_of_load("team.csv", "id,name,size\n2,b,1\n3,c,0\n").detail,
            "line 3: breaks team_size_check");
  EXPECT_EQ(error_of_load("team.csv", "id,name\n2,b\n3,c\n4,b\n").detail,
            "lines 2, 4: (name)=(b) is there several times");
  EXPECT_EQ(error_of_load("team.csv", "id,name\n2,b\n3,a\n").detail,
            "line 3: (name)=(a) is that of another row of team");
}

TEST_F(DataSeedRowsTest, NamesRowsThatBreakWhatIsDeferred) {
  sql("create table late (id int primary key, team_id int references team deferrable initially "
      "deferred, place int unique deferrable initially deferred);"
      "insert into team (id, name) values (1, 'a')");
  Finding error = error_of_load("late.csv", "id,team_id\n1,1\n2,7\n");
  EXPECT_EQ(error.id, "seed-rows");
  EXPECT_PRED2(contains, error.message, "violates foreign key constraint \"late_team_id_fkey\"");
  EXPECT_EQ(error.detail, "line 3: (team_id)=(7) is not in team");
  EXPECT_EQ(line_of(error), 3U);
  error = error_of_load("late.csv", "id,place\n1,1\n2,2\n3,1\n");
  EXPECT_PRED2(contains, error.message, "unique constraint \"late_place_key\"");
  EXPECT_EQ(error.detail, "lines 2, 4: (place)=(1) is there several times");
  EXPECT_EQ(value("select count(*) from late"), "0");
}

TEST_F(DataSeedRowsTest, ListsDoubledKeysOfRowsOnTheirWayIntoAnEmptyTable) {
  const Finding error = error_of_load("team.csv", "id,name\n1,a\n2,b\n1,c\n2,d\n");
  EXPECT_EQ(error.message, "several rows have the same key (id)");
  EXPECT_EQ(error.detail, "lines 2, 4: 1\nlines 3, 5: 2");
  EXPECT_EQ(error_of_load("team.csv", "id,name\n1,a\n2,b\n3,a\n").detail,
            "lines 2, 4: (name)=(a) is there several times");
}

}  // namespace
}  // namespace migrator

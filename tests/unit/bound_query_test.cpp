#include "engine/sql/bound_query.h"

#include <gtest/gtest.h>

#include "engine/project/query_files.h"
#include "engine/report/sql_text.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

struct Case {
  const char* written;
  const char* sql;
  std::vector<std::string> names;
};

TEST(BoundQuery, NamesBecomeParameters) {
  const std::vector<Case> cases{
      {"select 1", "select 1", {}},
      {"select 1 ;\n-- end", "select 1 ", {}},
      {"select :a", "select $1", {"a"}},
      {"select :a, :b, :a", "select $1, $2, $1", {"a", "b"}},
      {"select :id::uuid", "select $1::uuid", {"id"}},
      {"select :'a'", "select $1", {"a"}},
      {"select ':a', \":a\", $$:a$$ -- :a\n/* :a */",
       "select ':a', \":a\", $$:a$$ -- :a\n/* :a */",
       {}},
      {"select a[1:2] from t", "select a[1:2] from t", {}},
      {"call f(a := 1, b => :b)", "call f(a := 1, b => $1)", {"b"}},
  };
  for (const Case& one : cases) {
    const BoundQuery query = bind_query(one.written, "q.sql");
    EXPECT_EQ(query.sql.text(), one.sql) << one.written;
    EXPECT_EQ(query.names, one.names) << one.written;
  }
}

TEST(BoundQuery, WhatIsNoSingleStatementIsRefusedWithItsPlace) {
  const std::vector<std::pair<const char*, std::size_t>> cases{
      {"", 1},          {"-- nothing", 1},   {"select 1; select 2", 11}, {"select :\"a\"", 8},
      {"select $1", 8}, {"select :{?a}", 8}, {"select 'open", 8},        {"\\copy a from b", 1},
  };
  for (const auto& [text, column] : cases) {
    const Finding finding =
        expect_error(ErrorKind::configuration, [&] { bind_query(text, "q.sql"); });
    EXPECT_EQ(finding.id, "query-form") << text;
    ASSERT_TRUE(finding.place) << text;
    EXPECT_EQ(finding.place->column, column) << text;
  }
}

TEST(BoundQuery, OffsetsLeadBackToWhatWasWritten) {
  const BoundQuery query = bind_query("select :long_name,\n  wrong", "q.sql");
  const Place place = query.place_of(query.sql.text().find("wrong"));
  EXPECT_EQ(place.line, 2U);
  EXPECT_EQ(place.column, 3U);
}

TEST(QueryFiles, AreFoundByNameInTheirFolderAlone) {
  const TempFolder folder;
  folder.write("queries/users/by_handle.sql", "select :handle");
  folder.write("secret.sql", "select 1");
  const auto queries = folder.path() / "queries";
  for (const char* name : {"users/by_handle", "users/by_handle.sql"})
    EXPECT_EQ(query_template(queries, name).names, std::vector<std::string>{"handle"}) << name;
  for (const char* name : {"users", "gone", "", "../secret", "users/../../secret"})
    EXPECT_EQ(expect_error(ErrorKind::configuration, [&] { query_template(queries, name); }).id,
              "query-missing")
        << name;
}

TEST(SqlText, HighlightingAddsEscapesAlone) {
  const std::string sql = "Select 'a', 1 from t -- b";
  EXPECT_EQ(highlighted(sql, {}), sql);
  EXPECT_EQ(highlighted(sql, {.color = true}),
            "\033[1mSelect\033[0m \033[35m'a'\033[0m, 1 \033[1mfrom\033[0m t "
            "\033[2m-- b\033[0m");
}

}  // namespace
}  // namespace migrator

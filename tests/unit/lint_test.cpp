// Each rule finds its bad example and passes its good one; and the model of the schema keeps it
// from false alarms.
#include "engine/lint/linter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

/// The example schema and then the files of a text, which "-- next file" parts.
Project project_of(std::string_view text) {
  Project project;
  project.migrations.push_back(migration_of(1, "schema", std::string(example_schema())));
  constexpr std::string_view kNext = "-- next file\n";
  for (std::uint64_t version = 2;; ++version) {
    const std::size_t end = text.find(kNext);
    project.migrations.push_back(migration_of(version, "change", std::string(text.substr(0, end))));
    if (end == text.npos) return project;
    text.remove_prefix(end + kNext.size());
  }
}

/// The ids of what is found in all files but the first.
std::vector<std::string> found_in(std::string_view sql,
                                  LintOptions options = {.reported = {"2", "3", "4", "5", "6"}}) {
  std::vector<std::string> ids;
  for (const Finding& finding : lint(project_of(sql), options).findings)
    if (finding.place->file.find("schema") == std::string::npos) ids.push_back(finding.id);
  return ids;
}

bool finds(const std::vector<std::string>& ids, std::string_view id) {
  return std::ranges::find(ids, id) != ids.end();
}

TEST(Rules, FindTheirBadExamplesAndPassTheirGoodOnes) {
  for (const Rule& rule : rules()) {
    LintOptions options{.reported = {"2", "3", "4", "5", "6"}};
    if (rule.level == Level::off && rule.id != "missing-lock-timeout")
      options.levels[std::string(rule.id)] = Level::warning;
    if (rule.bad.empty()) continue;
    EXPECT_TRUE(finds(found_in(rule.bad, options), rule.id)) << rule.id << "\n" << rule.bad;
    EXPECT_FALSE(rule.good.empty()) << rule.id;
    EXPECT_FALSE(finds(found_in(rule.good, options), rule.id)) << rule.id << "\n" << rule.good;
  }
}

// The first lock of a statement may be on the table that is locked already.
TEST(Rules, NameTheOtherTableThatIsLocked) {
  const auto findings =
      lint(project_of("create index users_age on users (age);\n"
                      "alter table users add constraint f foreign key (org_id) references orgs;"),
           {.reported = {"2"}})
          .findings;
  const auto found = std::ranges::find(findings, "locks-many-tables", &Finding::id);
  ASSERT_NE(found, findings.end());
  EXPECT_TRUE(
      found->message.starts_with("one transaction locks public.users and then public.orgs: "))
      << found->message;
}

TEST(Rules, HaveLevelsAndWordsAndOneNameEach) {
  EXPECT_GT(rules().size(), 85U);
  for (const Rule& rule : rules()) {
    EXPECT_EQ(std::ranges::count(rules(), rule.id, &Rule::id), 1) << rule.id;
    for (const std::string_view words : {rule.what, rule.why, rule.safe})
      EXPECT_FALSE(words.empty()) << rule.id;
  }
}

TEST(Rules, ArePrintedInDocs) {
  const auto path = std::filesystem::path(MIGRATOR_SOURCE_DIR) / "docs" / "rules.md";
  EXPECT_EQ(read_file(path), rules_page()) << "migrator explain all > docs/rules.md";
}

struct Case {
  const char* why;
  const char* sql;
  const char* id;
  bool found;
};

class Lint : public testing::TestWithParam<Case> {};

TEST_P(Lint, KnowsTheSchema) {
  EXPECT_EQ(finds(found_in(GetParam().sql), GetParam().id), GetParam().found)
      << GetParam().why << "\n"
      << GetParam().sql;
}

INSTANTIATE_TEST_SUITE_P(
    Model, Lint,
    testing::Values(
        Case{"a table of the same file", "create table a (b int);\ncreate index on a (b);",
             "create-index-not-concurrent", false},
        Case{"IF NOT EXISTS proves nothing",
             "create table if not exists users (age int);\ncreate index on users (age);",
             "create-index-not-concurrent", true},
        Case{"another schema", "create table other.users (b int);\ncreate index on users (age);",
             "create-index-not-concurrent", true},
        Case{"renamed",
             "create table a (b int);\nalter table a rename to c;\ncreate index on c (b);",
             "create-index-not-concurrent", false},
        Case{"temporary", "create temp table users (b int);\ncreate index on users (b);",
             "create-index-not-concurrent", false},
        Case{"CREATE TABLE AS is new as well",
             "create table a as select * from users;\ncreate index on a (age);",
             "create-index-not-concurrent", false},
        Case{"a new table that is filled from a big one",
             "create table a (b bigint);\ninsert into a select id from users;\n"
             "alter table a add constraint c foreign key (b) references users;",
             "add-foreign-key", true},
        Case{"longer varchar",
             "drop view emails;\nalter table users alter email type varchar(200);",
             "change-column-type", false},
        Case{"shorter varchar", "drop view emails;\nalter table users alter email type varchar(9);",
             "change-column-type", true},
        Case{"what the server refuses is not done",
             "alter table users alter email type varchar(9);", "change-column-type", false},
        Case{"but refused", "alter table users alter email type varchar(9);",
             "blocked-by-dependent", true},
        Case{"what is allowed to be refused may be done",
             "-- migrator: allow blocked-by-dependent it is gone there\n"
             "alter table users alter email type varchar(9);",
             "change-column-type", true},
        Case{"USING computes",
             "drop view emails;\nalter table users alter email type text using lower(email);",
             "change-column-type", true},
        Case{"NOT NULL already", "alter table users alter active set not null;", "set-not-null",
             false},
        Case{"a CHECK that proves nothing",
             "alter table users add constraint c check (age > 0) not valid;\n-- next file\n"
             "alter table users validate constraint c;\n-- next file\n"
             "alter table users alter age set not null;",
             "set-not-null", true},
        Case{"a CHECK with more in it",
             "alter table users add constraint c check (age > 0 and not (age is null)) not valid;\n"
             "-- next file\nalter table users validate constraint c;\n-- next file\n"
             "alter table users alter age set not null;",
             "set-not-null", false},
        Case{"now() costs nothing", "alter table users add at timestamptz default now();",
             "add-column-volatile-default", false},
        Case{"a function that is said to be immutable",
             "create function one() returns int language sql immutable as 'select 1';\n"
             "alter table users add a int default one();",
             "add-column-volatile-default", false},
        Case{"DEFAULT NULL is none", "alter table users add a int default null not null;",
             "add-column-not-null-no-default", true},
        Case{"in one ALTER TABLE",
             "alter table users add constraint c check (age > 0) not valid, validate constraint c;",
             "validate-in-same-transaction", true},
        Case{"lock_timeout = 0 is no timeout",
             "set lock_timeout = 0;\nalter table users add a int;", "missing-lock-timeout", true},
        Case{"migrator's own", "alter table users add a int;", "missing-lock-timeout", false},
        Case{"an index is no column", "alter index users_org rename to a;", "rename-table", false},
        Case{"VACUUM is known to run alone", "vacuum users;", "statement-needs-no-transaction",
             false},
        Case{"words in a comment", "select 1 /* drop table users */;", "drop-table", false}));

TEST(Lint, TakesWhatIsDeployedTogetherForNew) {
  LintOptions options{.deployment = Deployment::together, .reported = {"2", "3"}};
  const char* sql =
      "create table a (id bigint primary key, b int);\n-- next file\ncreate index on a (b);";
  EXPECT_FALSE(finds(found_in(sql, options), "create-index-not-concurrent"));
  EXPECT_TRUE(finds(found_in(sql), "create-index-not-concurrent"));
  options.reported = {"3"};
  EXPECT_TRUE(finds(found_in(sql, options), "create-index-not-concurrent"));
  options.reported = {};
  EXPECT_EQ(found_in("drop table users;", options), std::vector<std::string>{});
}

TEST(Lint, BeginsWithWhatTheDatabaseHas) {
  // Nothing but the baseline's empty file tells of users.
  Project project;
  project.migrations.push_back(migration_of(1, "baseline", "select 1;"));
  project.migrations.push_back(migration_of(
      2, "change",
      "alter table users alter age type bigint;\nalter table users alter age set not null;\n"
      "create table if not exists users (id int);\ncreate index on users (age);\n"
      "alter table users add at timestamptz default app.fixed();"));
  LintOptions options{.deployment = Deployment::together, .reported = {"2"}};
  const auto ids = [&] {
    std::vector<std::string> all;
    for (const Finding& finding : lint(project, options).findings) all.push_back(finding.id);
    return all;
  };
  EXPECT_TRUE(finds(ids(), "set-not-null"));
  EXPECT_TRUE(finds(ids(), "change-column-type")) << "the old type is not known";
  EXPECT_TRUE(finds(ids(), "add-column-volatile-default"));
  options.live = std::vector<std::string>{
      "create table public.users (id bigint not null, age bigint)",
      "alter table public.users add constraint there CHECK ((age IS NOT NULL))",
      "create function app.fixed() returns void language sql stable as ''"};
  EXPECT_FALSE(finds(ids(), "set-not-null"));
  EXPECT_FALSE(finds(ids(), "change-column-type"));
  EXPECT_FALSE(finds(ids(), "add-column-volatile-default"));
  EXPECT_TRUE(finds(ids(), "create-index-not-concurrent"));
}

TEST(Lint, TakesForNewWhatAHalfDoneFileHasMade) {
  Project project;
  project.migrations.push_back(
      migration_of(1, "half", "create table a (b int);\ncreate index on a (b);"));
  LintOptions options{.deployment = Deployment::together, .reported = {"1"}};
  options.live = std::vector<std::string>{"create table public.a (b integer)"};
  for (const Finding& finding : lint(project, options).findings)
    EXPECT_NE(finding.id, "create-index-not-concurrent");
}

TEST(Lint, TakesComplaintsBackThatALaterStatementAnswers) {
  EXPECT_FALSE(finds(found_in("create table a (id bigint primary key, u bigint references users);\n"
                              "-- next file\ncreate index concurrently on a (u);"),
                     "fk-without-index"));
  EXPECT_TRUE(finds(found_in("create table a (id bigint primary key, u bigint references users);\n"
                             "create index au on a (u);\n-- next file\ndrop index au;"),
                    "fk-without-index"));
  EXPECT_FALSE(finds(found_in("alter table logs rename to j;\ncreate view logs as select 1;"),
                     "rename-table"));
  EXPECT_TRUE(finds(found_in("alter table logs rename to j;\n-- next file\n"
                             "create view logs as select 1;"),
                    "rename-table"))
      << "in another file it comes too late";
}

TEST(Lint, AllowsWhatAnAllowSays) {
  const char* allowed =
      "-- migrator: allow drop-table nobody reads it since 2.3\ndrop table logs;\nselect 1;";
  EXPECT_EQ(found_in(allowed), std::vector<std::string>{});
  EXPECT_EQ(found_in("drop table logs; -- migrator: allow drop-table gone\nselect 1;"),
            std::vector<std::string>{});
  EXPECT_EQ(found_in("select 1;\n-- migrator: allow drop-table why\nselect 2;\ndrop table logs;"),
            (std::vector<std::string>{"drop-table", "unused-allow"}));
  EXPECT_EQ(found_in("-- migrator: allow no-such why\nselect 2;"),
            std::vector<std::string>{"unknown-rule"});
}

TEST(Lint, TakesLevels) {
  const LintOptions options{.levels = {{"drop-table", Level::off}, {"drop-cascade", Level::note}}};
  const auto findings = lint(project_of("drop table users cascade;"), options).findings;
  ASSERT_EQ(findings.back().id, "drop-cascade");
  EXPECT_EQ(findings.back().severity, Severity::note);
}

}  // namespace
}  // namespace migrator

// A schema file in a database: once, whoever loads it at the same moment; and which pg_dump takes
// it.
#include "engine/run/schema_load.h"

#include <gtest/gtest.h>

#include <future>

#include "engine/pg/pg_dump.h"
#include "engine/project/schema_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

class SchemaLoadTest : public RunFixture {
 protected:
  SchemaToLoad read(const std::string& sql, const std::vector<SchemaVersion>& versions = {}) {
    write("schema.sql", schema_file(sql + "\n", versions));
    ProjectFolders folders = this->folders();
    SchemaToLoad schema = read_schema(folders.migrations / "schema.sql", folders);
    remove("schema.sql");
    return schema;
  }

  PgDumpOptions dump_options() const {
    return {.url = database().url(), .search_path_variable = "/usr/bin:/bin"};
  }
};

TEST_F(SchemaLoadTest, TwoAtOnceLoadItOnce) {
  const SchemaToLoad schema =
      read("create table public.a (id int); select pg_catalog.pg_sleep(0.2);",
           {{"versioned", "1", "a", 1, {std::string(64, 'a'), std::string(64, 'b')}}});
  Connection second = connect();
  RunOptions another = options();
  another.runner.run_id = unique_run_id();
  Listener listener;
  const RunSite other{second, table(), another, listener, {}};
  auto background = std::async(std::launch::async,
                               [&] { return load_schema(other, schema, nullptr).statements; });
  std::size_t loaded = 0;
  std::string refused;
  const auto count = [&](auto&& load) {
    try {
      load();
      ++loaded;
    } catch (const Error& error) {
      refused += error.finding().id;
    }
  };
  count([&] { load_schema(site(), schema, nullptr); });
  count([&] { background.get(); });
  EXPECT_EQ(loaded, 1U);
  EXPECT_EQ(refused, "database-not-empty");
  EXPECT_EQ(history(), std::vector<std::string>{"1 applied 1/1"});
}

TEST_F(SchemaLoadTest, TheSessionIsAsItWasAndMaterializedViewsAreFilled) {
  const SchemaToLoad schema = read(
      "SELECT pg_catalog.set_config('search_path', '', false);\n"
      "CREATE TABLE public.a (id integer);\n"
      "CREATE FUNCTION public.n() RETURNS bigint LANGUAGE sql AS 'select count(*) from a';\n"
      "CREATE MATERIALIZED VIEW public.m AS SELECT public.n() WITH NO DATA;\n");
  load_schema(site(), schema, nullptr);
  EXPECT_EQ(value("select n from m"), "0");
  EXPECT_EQ(connection().query("show search_path")[0][0], "\"$user\", public");
  EXPECT_FALSE(connection().in_transaction());
}

TEST_F(SchemaLoadTest, OfOneThatFailsNothingIsKept) {
  const SchemaToLoad schema =
      read("create table public.a (id int); create table public.a (id int);");
  const Finding finding =
      expect_error(ErrorKind::migration, [&] { load_schema(site(), schema, nullptr); });
  EXPECT_EQ(finding.sqlstate, "42P07");
  ASSERT_TRUE(finding.place);
  EXPECT_FALSE(exists("a"));
  EXPECT_EQ(load_schema(site(), read("create table public.a (id int);"), nullptr).statements, 8U);
}

TEST_F(SchemaLoadTest, AProjectThatSaysOtherwiseMakesItOutdated) {
  write("1_a.sql", "create table a (id int);");
  const auto project = load_project(folders());
  const Checksums& sums = project.migrations.at(0).checksums;
  const SchemaVersion fits{"versioned", "1", "a", 1, sums};
  EXPECT_EQ(outdated(read("", {fits}), project), std::nullopt);
  SchemaVersion cosmetic = fits, changed = fits, gone = fits;
  cosmetic.checksums.bytes = changed.checksums.canonical = std::string(64, '0');
  gone.id = "2";
  EXPECT_EQ(outdated(read("", {cosmetic}), project), std::nullopt);
  EXPECT_TRUE(outdated(read("", {changed}), project));
  EXPECT_TRUE(outdated(read("", {fits, gone}), project));
  EXPECT_TRUE(outdated(read(""), project));
}

TEST_F(SchemaLoadTest, APgDumpThatIsTooOldIsToldBeforeItIsAsked) {
  PgDumpOptions newer = dump_options();
  newer.server_version = 990000;
  const Finding finding = expect_error(ErrorKind::configuration, [&] { run_pg_dump(newer); });
  EXPECT_EQ(finding.id, "pg-dump-too-old");
  EXPECT_NE(finding.next.find("postgresql-client-99"), std::string::npos);
}

}  // namespace
}  // namespace migrator

#include "engine/project/config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/config_failure.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

using namespace std::chrono_literals;

TEST(Config, DefaultsWithoutAnyFile) {
  const TempFolder folder;
  const Config config = load_config({}, {}, folder.path());
  EXPECT_FALSE(config.file);
  EXPECT_EQ(config.root, folder.path());
  EXPECT_EQ(config.environment.value, "default");
  EXPECT_FALSE(config.url);
  EXPECT_EQ(config.migrations.value, folder.path() / "migrations");
  EXPECT_EQ(config.migrations.origin, "default");
  EXPECT_EQ(config.seeds.value, folder.path() / "seeds");
  EXPECT_EQ(config.seed_sets.value, std::vector<std::string>{"common"});
  EXPECT_EQ(config.schema.value, "public");
  EXPECT_EQ(config.table.value, "schema_migrations");
  EXPECT_EQ(config.order.value, OrderPolicy::strict);
  EXPECT_EQ(config.lock_wait.value, 10min);
  EXPECT_EQ(config.embedded_dir.value, folder.path() / ".migrator/postgres");
  EXPECT_TRUE(config.notes.empty());
}

TEST(Config, AnEmptyFileIsValid) {
  const TempFolder folder;
  folder.write("migrator.toml", "");
  const Config config = load_config({}, {}, folder.path());
  EXPECT_EQ(config.file, folder.path() / "migrator.toml");
  EXPECT_EQ(config.table.value, "schema_migrations");
}

constexpr std::string_view full_file = R"(default_env = "dev"
[migrations]
dir = "db/migrations"
table = "history"
schema = "ops"
order = "any"
[seeds]
dir = "db/seeds"
sets = ["common", "basics"]
[run]
lock_wait = "1min"
lock_timeout = "2s"
statement_timeout = "1h"
connect_timeout = "3s"
[embedded]
dir = "pg"
bindir = "/usr/lib/postgresql/15/bin"
database = "dev"
[env.dev]
url = "embedded"
[env.stage]
url = "postgres://stage.example/app"
seeds = ["common", "stage"]
schema = "s"
table = "t"
order = "strict"
lock_wait = "5s"
lock_timeout = "6s"
statement_timeout = "7s"
migrations = "stage/migrations"
)";

TEST(Config, ReadsEveryKeyOfTheFile) {
  const TempFolder folder;
  folder.write("migrator.toml", full_file);
  const Config config = load_config({}, {}, folder.path());
  EXPECT_EQ(config.environment.value, "dev");
  EXPECT_EQ(config.environment.origin, "migrator.toml:1 (default_env)");
  EXPECT_EQ(config.environments, (std::vector<std::string>{"dev", "stage"}));
  ASSERT_TRUE(config.url);
  EXPECT_TRUE(config.url->value.is_embedded());
  EXPECT_EQ(config.url->origin, "migrator.toml:20 ([env.dev] url)");
  EXPECT_EQ(config.migrations.value, folder.path() / "db/migrations");
  EXPECT_EQ(config.migrations.origin, "migrator.toml:3 ([migrations] dir)");
  EXPECT_EQ(config.table.value, "history");
  EXPECT_EQ(config.schema.value, "ops");
  EXPECT_EQ(config.order.value, OrderPolicy::any);
  EXPECT_EQ(config.seeds.value, folder.path() / "db/seeds");
  EXPECT_EQ(config.seed_sets.value, (std::vector<std::string>{"common", "basics"}));
  EXPECT_EQ(config.lock_wait.value, 1min);
  EXPECT_EQ(config.lock_timeout.value, 2s);
  EXPECT_EQ(config.statement_timeout.value, 1h);
  EXPECT_EQ(config.connect_timeout.value, 3s);
  EXPECT_EQ(config.embedded_dir.value, folder.path() / "pg");
  EXPECT_EQ(config.embedded_bindir.value, "/usr/lib/postgresql/15/bin");
  EXPECT_EQ(config.embedded_database.value, "dev");
}

TEST(Config, AnEnvironmentOverridesTheFile) {
  const TempFolder folder;
  folder.write("migrator.toml", full_file);
  const Config config = load_config({.environment = "stage"}, {}, folder.path());
  EXPECT_EQ(config.environment.origin, "--env");
  EXPECT_EQ(config.url->value.redacted(), "postgres://stage.example/app");
  EXPECT_EQ(config.seed_sets.value, (std::vector<std::string>{"common", "stage"}));
  EXPECT_EQ(config.seed_sets.origin, "migrator.toml:23 ([env.stage] seeds)");
  EXPECT_EQ(config.schema.value, "s");
  EXPECT_EQ(config.table.value, "t");
  EXPECT_EQ(config.order.value, OrderPolicy::strict);
  EXPECT_EQ(config.lock_wait.value, 5s);
  EXPECT_EQ(config.lock_timeout.value, 6s);
  EXPECT_EQ(config.statement_timeout.value, 7s);
  EXPECT_EQ(config.migrations.value, folder.path() / "stage/migrations");
}

TEST(Config, FlagsWinOverVariablesOverTheFile) {
  const TempFolder folder;
  folder.write("migrator.toml", full_file);
  const EnvironmentVariables variables{{"MIGRATOR_ENV", "stage"},
                                       {"MIGRATOR_URL", "postgres://variable/app"},
                                       {"MIGRATOR_LOCK_WAIT", "11s"},
                                       {"MIGRATOR_TABLE", "from_variable"},
                                       {"MIGRATOR_MIGRATIONS", "m"}};
  const Config by_variables = load_config({}, variables, folder.path());
  EXPECT_EQ(by_variables.environment.value, "stage");
  EXPECT_EQ(by_variables.url->origin, "MIGRATOR_URL");
  EXPECT_EQ(by_variables.lock_wait.value, 11s);
  EXPECT_EQ(by_variables.lock_wait.origin, "MIGRATOR_LOCK_WAIT");
  EXPECT_EQ(by_variables.table.value, "from_variable");
  EXPECT_EQ(by_variables.migrations.value, folder.path() / "m");

  const Config by_flags = load_config({.environment = "dev",
                                       .url = "postgres://flag/app",
                                       .migrations = "x/../y",
                                       .seeds = "/z",
                                       .lock_wait = "12s",
                                       .lock_timeout = "13s",
                                       .statement_timeout = "14s"},
                                      variables, folder.path());
  EXPECT_EQ(by_flags.environment.value, "dev");
  EXPECT_EQ(by_flags.url->value.redacted(), "postgres://flag/app");
  EXPECT_EQ(by_flags.url->origin, "--url");
  EXPECT_EQ(by_flags.migrations.value, folder.path() / "y");
  EXPECT_EQ(by_flags.migrations.origin, "--migrations");
  EXPECT_EQ(by_flags.seeds.value, "/z");
  EXPECT_EQ(by_flags.lock_wait.value, 12s);
  EXPECT_EQ(by_flags.lock_timeout.value, 13s);
  EXPECT_EQ(by_flags.statement_timeout.value, 14s);
}

TEST(Config, PathsAreRelativeToTheFileThatNamesThem) {
  const TempFolder folder;
  folder.write("conf/my.toml", "[migrations]\ndir = \"../db\"\n");
  folder.write("conf/.env", "MIGRATOR_URL=postgres://dotenv/app\n");
  const Config config = load_config({.config = "conf/my.toml", .seeds = "s"}, {}, folder.path());
  EXPECT_EQ(config.root, folder.path() / "conf");
  EXPECT_EQ(config.migrations.value, folder.path() / "db");
  EXPECT_EQ(config.seeds.value, folder.path() / "s");
  EXPECT_EQ(config.url->origin, "conf/.env:1 (MIGRATOR_URL)");
  const Config named = load_config({}, {{"MIGRATOR_CONFIG", "conf/my.toml"}}, folder.path());
  EXPECT_EQ(named.file, folder.path() / "conf/my.toml");
  EXPECT_EQ(named.seeds.value, folder.path() / "conf/seeds");
}

TEST(Config, ANamedFileMustBeThere) {
  const TempFolder folder;
  folder.write("migrator.toml", "");
  EXPECT_EQ(failure_of(folder, {.config = "no.toml"}).message,
            "--config: there is no file no.toml");
  EXPECT_EQ(failure_of(folder, {}, {{"MIGRATOR_CONFIG", "no.toml"}}).id, "config-missing");
  EXPECT_EQ(failure_of(folder, {}, {{"MIGRATOR_CONFIG", ""}}).id, "variable-empty");
}

TEST(Config, ReportsAllMistakesOfTheFileAtOnce) {
  const TempFolder folder;
  folder.write("migrator.toml", R"([migrations]
dri = "x"
table = 5
order = "stirct"
[run]
lock_timeout = 5
lock_wait = "soon"
[sedes]
dir = "x"
[seeds]
sets = ["a", 1]
[env.dev]
ulr = "x"
sets = ["a"]
[env]
prod = "postgres://u:zq1xq@h/d"
)");
  const Finding finding = failure_of(folder);
  EXPECT_EQ(finding.id, "config-unknown-key");
  EXPECT_EQ(finding.message, "unknown key [migrations] dri");
  EXPECT_EQ(finding.hint, "did you mean [migrations] dir?");
  ASSERT_TRUE(finding.place);
  EXPECT_EQ(finding.place->file, "migrator.toml");
  EXPECT_EQ(finding.place->line, 2U);
  EXPECT_EQ(
      finding.detail,
      "migrator.toml:3: [migrations] table must be a string, not a number\n"
      "migrator.toml:4: [migrations] order must be \"strict\" or \"any\"\n"
      "migrator.toml:6: [run] lock_timeout must be a duration in quotes, such as \"5s\" or "
      "\"10min\", not a number\n"
      "migrator.toml:7: [run] lock_wait must be a duration in quotes, such as \"5s\" or "
      "\"10min\"\n"
      "migrator.toml:8: unknown table [sedes] (did you mean [seeds]?)\n"
      "migrator.toml:11: [seeds] sets must be a list of names, such as [\"common\", \"dev\"], "
      "not a list\n"
      "migrator.toml:13: unknown key [env.dev] ulr (did you mean [env.dev] url?)\n"
      "migrator.toml:14: unknown key [env.dev] sets (did you mean [seeds] sets?)\n"
      "migrator.toml:16: [env] prod is a string; an environment is a table: [env.prod]");
}

TEST(Config, RefusesWhatIsNotToml) {
  struct Case {
    std::string_view text;
    std::size_t line;
    std::string_view said;
  };
  const Case cases[] = {
      {"[migrations]\ndir = \"a\"\ndir = \"b\"\n", 3, "cannot redefine"},
      {"[run]\n[seeds]\n[run]\n", 3, "cannot redefine"},
      {"[env.dev]\nurl = \"embedded\"\n[env.dev]\n", 3, "cannot redefine"},
      {"[env.dev]\nurl = postgres://u:zq1xq@h/d\n", 2, "not valid TOML"},
      {"[env.dev]\nurl = \"postgres://u:zq1xq\"zq2xq@h/d\"\n", 2, "not valid TOML"},
      {"[env.dev]\nurl = \"postgres://u:zq1xq@h/d\n", 2, "not valid TOML"},
      {"[env.dev]\nurl = 'postgres://u:zq1xq'zq2xq@h/d'\n", 2, "not valid TOML"},
      {"[env.dev]\nurl = zq1xq\n", 2, "not valid TOML"},
      {"[env.dev]\nurl = \"zq1xq\\q\"\n", 2, "not valid TOML"},
      {"[env.dev]\nurl = \"zq1xq\\uZZZZ\"\n", 2, "not valid TOML"},
      {"[env.dev]\nurl = 12zq1xq\n", 2, "not valid TOML"},
      {"[env.dev]\nurl = [\"zq1xq\" \"zq2xq\"]\n", 2, "not valid TOML"},
      {"postgres://u:zq1xq@h/d\n", 1, "not valid TOML"},
      {"[migrations\n", 1, "not valid TOML"},
      {"x = \"\xFF\"\n", 1, "not valid TOML"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const TempFolder folder;
    folder.write("migrator.toml", c.text);
    const Finding finding = failure_of(folder);
    EXPECT_EQ(finding.id, "config-invalid");
    ASSERT_TRUE(finding.place);
    EXPECT_EQ(finding.place->line, c.line);
    EXPECT_TRUE(contains(finding.message, c.said)) << finding.message;
    EXPECT_FALSE(contains(all_text_of(finding), "zq")) << all_text_of(finding);
  }
}

TEST(Config, InterpolatesTheChosenEnvironmentOnly) {
  const TempFolder folder;
  folder.write("migrator.toml", R"([migrations]
table = "${TABLE:-history}"
[env.dev]
url = "postgres://dev:${PASSWORD}@db/app"
lock_wait = "${WAIT}"
[env.prod]
url = "${NOT_SET}"
)");
  const Config config =
      load_config({.environment = "dev"}, {{"PASSWORD", "zq1xq"}, {"WAIT", "3s"}}, folder.path());
  EXPECT_EQ(config.table.value, "history");
  EXPECT_EQ(config.lock_wait.value, 3s);
  EXPECT_EQ(config.url->value.reveal(), "postgres://dev:zq1xq@db/app");

  const Finding unset = failure_of(folder, {.environment = "prod"});
  EXPECT_EQ(unset.message, "[env.prod] url: the variable NOT_SET is not set");
  EXPECT_EQ(unset.place->line, 7U);

  const Finding bad_wait =
      failure_of(folder, {.environment = "dev"}, {{"PASSWORD", "x"}, {"WAIT", "soon"}});
  EXPECT_EQ(bad_wait.place->line, 5U);
  EXPECT_EQ(bad_wait.id, "config-bad-value");

  const Finding hostile =
      failure_of(folder, {.environment = "dev"}, {{"PASSWORD", "zq1xq@zq2xq"}, {"WAIT", "3s"}});
  EXPECT_TRUE(contains(hostile.message, "migrator.toml:4 ([env.dev] url): ")) << hostile.message;
  EXPECT_TRUE(contains(hostile.hint, "@ as %40"));
  EXPECT_FALSE(contains(all_text_of(hostile), "zq"));
}

TEST(Config, RefusesBadValuesFromFlagsAndVariables) {
  const TempFolder folder;
  const Finding flag = failure_of(folder, {.lock_wait = "soon"});
  EXPECT_EQ(flag.message, "--lock-wait must be a duration, such as 250ms, 5s, 10min or 1h");
  EXPECT_FALSE(flag.place);
  EXPECT_EQ(failure_of(folder, {}, {{"MIGRATOR_ORDER", "x"}}).message,
            "MIGRATOR_ORDER must be \"strict\" or \"any\"");
  EXPECT_EQ(failure_of(folder, {}, {{"MIGRATOR_TABLE", std::string(64, 'x')}}).id,
            "config-bad-value");
}

TEST(Config, DescribesEachValueWithItsOrigin) {
  const TempFolder folder;
  folder.write("migrator.toml", full_file);
  const Config config =
      load_config({.url = "postgres://u:zq1@db/app?password=zq2"}, {}, folder.path());
  std::string all;
  for (const ConfigLine& line : describe(config))
    all += fmt::format("{} = {} ({})\n", line.key, line.value, line.origin);
  EXPECT_FALSE(contains(all, "zq")) << all;
  EXPECT_TRUE(contains(all, "url = postgres://u:***@db/app?password=*** (--url)\n")) << all;
  EXPECT_TRUE(contains(all, "file = migrator.toml ()\n")) << all;
  EXPECT_TRUE(contains(all, "migrations = db/migrations (migrator.toml:3 ([migrations] dir))\n"));
  EXPECT_TRUE(contains(all, "lock_wait = 1min (migrator.toml:11 ([run] lock_wait))\n")) << all;
  EXPECT_TRUE(contains(all, "order = any (migrator.toml:6 ([migrations] order))\n")) << all;
}

}  // namespace
}  // namespace migrator

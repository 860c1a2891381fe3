// Which database is meant: the order of the places that may say so, and what is refused rather than
// guessed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/project/config.h"
#include "tests/support/config_failure.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

TEST(ConfigUrl, ChoosesTheUrlInOrder) {
  const std::string_view file = "[env.dev]\nurl = \"postgres://file/d\"\n[env.prod]\n";
  struct Case {
    std::string_view environment;
    EnvironmentVariables variables;
    std::string_view dotenv;
    std::string_view url;  ///< "-" for none
    std::string_view origin;
    std::size_t notes = 0;
  };
  const Case cases[] = {
      {"dev", {}, "", "postgres://file/d", "migrator.toml:2 ([env.dev] url)"},
      {"prod", {}, "", "-", ""},
      {"dev", {{"CONNECTION_URL", "postgres://c"}}, "", "postgres://c", "CONNECTION_URL"},
      {"dev",
       {{"CONNECTION_URL", "postgres://c"}, {"DATABASE_URL", "postgres://d"}},
       "",
       "postgres://d",
       "DATABASE_URL",
       1},
      {"dev",
       {{"CONNECTION_URL", "postgres://d"}, {"DATABASE_URL", "postgres://d"}},
       "",
       "postgres://d",
       "DATABASE_URL"},
      {"dev",
       {{"MIGRATOR_URL", "postgres://m"}, {"DATABASE_URL", "postgres://d"}},
       "",
       "postgres://m",
       "MIGRATOR_URL",
       1},
      {"prod",
       {{"PROD_CONNECTION_URL", "postgres://p"}},
       "",
       "postgres://p",
       "PROD_CONNECTION_URL"},
      {"dev",
       {{"PROD_CONNECTION_URL", "postgres://p"}},
       "",
       "postgres://file/d",
       "migrator.toml:2 ([env.dev] url)"},
      {"prod",
       {{"PROD_CONNECTION_URL", "postgres://p"}, {"MIGRATOR_URL", "postgres://m"}},
       "",
       "postgres://p",
       "PROD_CONNECTION_URL",
       1},
      {"dev", {}, "DATABASE_URL=postgres://e", "postgres://e", ".env:1 (DATABASE_URL)"},
      {"dev", {}, "DATABASE_URL='postgres://e'", "postgres://e", ".env:1 (DATABASE_URL)"},
      {"dev", {}, "H=e\nDATABASE_URL=postgres://${H}", "postgres://e", ".env:2 (DATABASE_URL)"},
      {"dev",
       {{"CONNECTION_URL", "postgres://c"}},
       "MIGRATOR_URL=postgres://e",
       "postgres://c",
       "CONNECTION_URL"},
      {"dev", {{"DATABASE_URL", "postgres://d"}}, "DATABASE_URL=", "postgres://d", "DATABASE_URL"},
      {"prod", {{"PGHOST", "h"}}, "", "", "PGHOST"},
      {"prod", {{"PGSERVICE", "s"}}, "", "", "PGSERVICE"},
      {"prod", {{"PGHOST", ""}, {"PGDATABASE", "d"}}, "", "", "PGDATABASE"},
      {"prod", {{"PGUSER", "u"}}, "", "-", ""},
      {"dev", {{"PGHOST", "h"}}, "", "postgres://file/d", "migrator.toml:2 ([env.dev] url)"},
      {"prod",
       {{"PGUSER", "u"}},
       "PGHOST=h\nPGUSER=v\nPGPASSWORD=zq1",
       "host='h' password=***",
       ".env:1 (PGHOST)"},
  };
  for (const Case& c : cases) {
    const TempFolder folder;
    folder.write("migrator.toml", file);
    if (!c.dotenv.empty()) folder.write(".env", c.dotenv);
    const Config config =
        load_config({.environment = std::string(c.environment)}, c.variables, folder.path());
    SCOPED_TRACE(fmt::format("{} {} {}", c.environment, c.origin, c.dotenv));
    EXPECT_EQ(config.url ? config.url->value.redacted() : "-", c.url);
    EXPECT_EQ(config.url ? config.url->origin : "", c.origin);
    EXPECT_EQ(config.notes.size(), c.notes);
    for (const Finding& note : config.notes) {
      EXPECT_EQ(note.severity, Severity::note);
      EXPECT_FALSE(contains(note.message, "postgres://")) << note.message;
    }
  }
}

TEST(ConfigUrl, AnEmptyVariableIsNeverPassedOver) {
  const TempFolder folder;
  folder.write("migrator.toml", "[env.dev]\nurl = \"embedded\"\n");
  for (const char* name : {"MIGRATOR_URL", "DATABASE_URL", "CONNECTION_URL", "CONNECTION_URL_FILE"})
    for (const char* value : {"", "  "}) {
      const Finding finding = failure_of(folder, {.environment = "dev"}, {{name, value}});
      EXPECT_EQ(finding.id, "variable-empty");
      EXPECT_EQ(finding.message, fmt::format("{} is set but empty", name));
    }
  // Another database must not stand in for the one that was meant.
  EXPECT_EQ(failure_of(folder, {.environment = "dev"},
                       {{"CONNECTION_URL", ""}, {"DATABASE_URL", "postgres://other"}})
                .id,
            "variable-empty");
  EXPECT_EQ(failure_of(folder, {.environment = "prod"}, {{"PROD_CONNECTION_URL", ""}}).id,
            "variable-empty");
  EXPECT_EQ(failure_of(folder, {.url = ""}).id, "url-empty");
  EXPECT_TRUE(load_config({.url = "postgres://x"}, {{"CONNECTION_URL", ""}}, folder.path()).url);
  EXPECT_EQ(failure_of(folder, {}, {{"MIGRATOR_ENV", ""}}).id, "variable-empty");
  folder.write(".env", "A=1\nCONNECTION_URL=\n");
  EXPECT_EQ(failure_of(folder, {.environment = "dev"}).message,
            ".env:2 (CONNECTION_URL) is set but empty");
}

TEST(ConfigUrl, ReadsMountedSecrets) {
  const TempFolder folder;
  folder.write("secret", "postgres://u:zq1@db/app\n");
  folder.write("blank", "\n");
  const Config config = load_config({}, {{"DATABASE_URL_FILE", "secret"}}, folder.path());
  EXPECT_EQ(config.url->value.reveal(), "postgres://u:zq1@db/app");
  EXPECT_EQ(config.url->origin, "DATABASE_URL_FILE");

  const Finding both =
      failure_of(folder, {}, {{"DATABASE_URL_FILE", "secret"}, {"DATABASE_URL", "postgres://x"}});
  EXPECT_EQ(both.id, "variable-twice");
  EXPECT_EQ(both.message, "both DATABASE_URL and DATABASE_URL_FILE are set");
  EXPECT_TRUE(contains(failure_of(folder, {}, {{"DATABASE_URL_FILE", "no-file"}}).message,
                       "DATABASE_URL_FILE: "));
  EXPECT_EQ(failure_of(folder, {}, {{"DATABASE_URL_FILE", "blank"}}).id, "variable-empty");
}

TEST(ConfigUrl, HostilePasswordsStayHiddenWhereverTheyComeFrom) {
  for (const std::string_view password :
       {"p@zq1:w/zq2?&%", "zq1 zq2", "zq1'zq2", "zq1\"zq2", "zq1%"}) {
    const std::string url = fmt::format("postgres://u:{}@db/app", password);
    const TempFolder folder;
    std::vector<Finding> findings;
    for (const char* name : {"MIGRATOR_URL", "DATABASE_URL", "CONNECTION_URL"}) {
      try {
        const Config config = load_config({}, {{name, url}}, folder.path());
        for (const ConfigLine& line : describe(config))
          EXPECT_FALSE(contains(line.value + line.origin, "zq")) << line.value;
      } catch (const Error& error) {
        EXPECT_TRUE(contains(error.what(), name)) << error.what();
        findings.push_back(error.finding());
      }
    }
    folder.write(".env", "CONNECTION_URL=" + url + "\n");
    try {
      load_config({}, {}, folder.path());
    } catch (const Error& error) {
      EXPECT_TRUE(contains(error.what(), ".env:1")) << error.what();
      findings.push_back(error.finding());
    }
    for (const Finding& finding : findings)
      EXPECT_FALSE(contains(all_text_of(finding), "zq")) << all_text_of(finding);
  }
}

TEST(ConfigEnvironment, RefusesSlips) {
  const TempFolder with_tables;
  with_tables.write("migrator.toml", "[env.dev]\n[env.staging]\n");
  const Finding slip = failure_of(with_tables, {.environment = "stagign"});
  EXPECT_EQ(slip.id, "environment-unknown");
  EXPECT_EQ(slip.hint, "did you mean staging?");
  EXPECT_TRUE(contains(slip.next, "dev, staging"));
  EXPECT_EQ(failure_of(with_tables, {.environment = "stagign", .url = "postgres://x"}).id,
            "environment-unknown");
  EXPECT_EQ(load_config({}, {}, with_tables.path()).environment.value, "default");

  const EnvironmentVariables prod{{"PROD_CONNECTION_URL", "postgres://p"}};
  EXPECT_EQ(load_config({.environment = "prod"}, prod, with_tables.path()).url->origin,
            "PROD_CONNECTION_URL");

  const TempFolder without_file;
  EXPECT_TRUE(load_config({.environment = "prod"}, prod, without_file.path()).url);
  EXPECT_EQ(load_config({.environment = "ci"}, {}, without_file.path()).environment.value, "ci");
  for (const char* name : {"production", "Prod", "prdo"})
    EXPECT_EQ(failure_of(without_file, {.environment = name}, prod).hint, "did you mean prod?");

  const TempFolder bad_default;
  bad_default.write("migrator.toml", "default_env = \"dve\"\n[env.dev]\n");
  EXPECT_EQ(failure_of(bad_default).message,
            "migrator.toml:1 (default_env) says \"dve\", but there is no such environment");
}

TEST(ConfigUrl, RequireUrlNamesEveryPlace) {
  const TempFolder folder;
  folder.write("migrator.toml", "[env.dev]\n[env.prod]\n");
  const Config config = load_config({.environment = "prod"}, {}, folder.path());
  try {
    require_url(config);
    FAIL() << "there is no URL";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    EXPECT_EQ(error.finding().id, "url-missing");
    const std::string all = all_text_of(error.finding());
    for (const char* place :
         {"--url", "PROD_CONNECTION_URL", "MIGRATOR_URL", "DATABASE_URL", "CONNECTION_URL", "_FILE",
          ".env", "[env.prod]", "migrator.toml", "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"})
      EXPECT_TRUE(contains(all, place)) << place;
  }
  const Config with_url = load_config({.url = "postgres://x"}, {}, folder.path());
  EXPECT_EQ(require_url(with_url).redacted(), "postgres://x");
}

}  // namespace
}  // namespace migrator

#include "engine/project/config.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/project/config_file.h"
#include "engine/project/environment.h"
#include "engine/project/setting_sources.h"
#include "engine/project/shown_path.h"
#include "engine/project/shown_word.h"
#include "engine/project/url_sources.h"
#include "engine/project/variables.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

/// The file that is named, which then must be there, or migrator.toml, which may be absent.
std::optional<fs::path> find_config_file(const ConfigFlags& flags, const Variables& variables,
                                         const fs::path& working_folder) {
  std::optional<std::pair<fs::path, std::string>> named;
  if (flags.config)
    named = {*flags.config, "--config"};
  else if (const auto variable = variables.find_not_empty("MIGRATOR_CONFIG"))
    named = {variable->value, variable->origin};

  std::error_code ignored;
  if (!named) {
    const fs::path file = working_folder / "migrator.toml";
    return fs::exists(fs::symlink_status(file, ignored)) ? std::optional(file) : std::nullopt;
  }
  const fs::path file = (working_folder / named->first).lexically_normal();
  if (!fs::is_regular_file(file, ignored))
    fail(complaint("config-missing", fmt::format("{}: there is no file {}", named->second,
                                                 may_hold_secret(named->first.string())
                                                     ? shown_word(named->first.string())
                                                     : shown_path(file, working_folder))));
  return file;
}

/// [run]: how a run waits, and for what.
void take_run_settings(Config& config, const ConfigFlags& flags, const SettingSources& sources) {
  sources.take(config.lock_wait,
               {"--lock-wait", "MIGRATOR_LOCK_WAIT", "run", "lock_wait", "lock_wait"},
               flags.lock_wait);
  sources.take(config.lock_timeout,
               {"--lock-timeout", "MIGRATOR_LOCK_TIMEOUT", "run", "lock_timeout", "lock_timeout"},
               flags.lock_timeout);
  sources.take(config.statement_timeout,
               {"--statement-timeout", "MIGRATOR_STATEMENT_TIMEOUT", "run", "statement_timeout",
                "statement_timeout"},
               flags.statement_timeout);
  sources.take(config.transaction_timeout,
               {"--transaction-timeout", "MIGRATOR_TRANSACTION_TIMEOUT", "run",
                "transaction_timeout", "transaction_timeout"},
               flags.transaction_timeout);
  sources.take(config.connect_timeout,
               {{}, "MIGRATOR_CONNECT_TIMEOUT", "run", "connect_timeout", {}});
  sources.take(config.reconnect,
               {"--reconnect", "MIGRATOR_RECONNECT", "run", "reconnect", "reconnect"},
               flags.reconnect);
  sources.take(config.retry_tries,
               {"--retry-tries", "MIGRATOR_RETRY_TRIES", "run", "retry_tries", {}},
               flags.retry_tries);
  sources.take(config.retry_pause,
               {"--retry-pause", "MIGRATOR_RETRY_PAUSE", "run", "retry_pause", {}},
               flags.retry_pause);
  sources.take(
      config.retry_longest_pause,
      {"--retry-longest-pause", "MIGRATOR_RETRY_LONGEST_PAUSE", "run", "retry_longest_pause", {}},
      flags.retry_longest_pause);
  sources.take(config.retry_budget,
               {"--retry-budget", "MIGRATOR_RETRY_BUDGET", "run", "retry_budget", {}},
               flags.retry_budget);
  sources.take(config.show_queries,
               {"--hide-queries", "MIGRATOR_SHOW_QUERIES", "run", "show_queries", {}},
               flags.hide_queries ? std::optional<std::string>("off") : std::nullopt);
}

/// [serve]: the status server. The token itself stands in a file or a variable, never in the
/// configuration or on a command line.
void take_serve_settings(Config& config, const ConfigFlags& flags, const Variables& variables,
                         const SettingSources& sources) {
  if (const auto token = variables.find_not_empty("MIGRATOR_SERVE_TOKEN"))
    config.serve_token = {token->value, token->origin};
  sources.take(config.serve_token_file,
               {"--token-file", "MIGRATOR_SERVE_TOKEN_FILE", "serve", "token_file", {}},
               flags.token_file);
  const auto toggle = [](bool on) { return on ? std::optional<std::string>("on") : std::nullopt; };
  sources.take(config.serve_listen, {{}, {}, "serve", "listen", {}});
  if (!flags.listen.empty()) config.serve_listen = {flags.listen, "--listen"};
  sources.take(config.serve_public, {"--public", "MIGRATOR_SERVE_PUBLIC", "serve", "public", {}},
               toggle(flags.is_public));
  sources.take(config.serve_strict, {"--strict", "MIGRATOR_SERVE_STRICT", "serve", "strict", {}},
               toggle(flags.strict));
  sources.take(config.serve_stalled_after,
               {"--stalled-after", "MIGRATOR_SERVE_STALLED_AFTER", "serve", "stalled_after", {}},
               flags.stalled_after);
}

void take_check_settings(Config& config, const ConfigFlags& flags, const SettingSources& sources) {
  sources.take_rules(config.rules);
  sources.take(config.fail_on, {"--fail-on", {}, "check", "fail_on", {}}, flags.fail_on);
  Setting<std::string> scratch;
  sources.take(scratch, {"--scratch", "MIGRATOR_SCRATCH", "check", "scratch", {}}, flags.scratch);
  if (!scratch.value.empty()) config.scratch = parse_url(scratch.value, scratch.origin);
  sources.take(config.scratch_roles, {{}, {}, "check", "roles", {}});
  sources.take(config.ignore, {{}, {}, "check", "ignore", {}});
  if (!flags.ignore.empty()) config.ignore = {flags.ignore, "--ignore"};
  sources.take(config.check_stats, {"--stats", {}, "check", "stats", {}}, flags.stats);
  sources.take(config.check_baseline, {"--baseline", {}, "check", "baseline", {}}, flags.baseline);
  sources.take(config.check_speed, {{}, {}, "check", "mb_per_second", {}});
}

void take_rds_settings(Config& config, const ConfigFlags& flags, const SettingSources& sources) {
  RdsConfig& rds = config.rds;
  sources.take(rds.security_group, {{}, "DB_SG_ID", "rds", "security_group", {}});
  sources.take(rds.rule, {{}, "DB_SG_RULE_ID", "rds", "rule", {}});
  sources.take(rds.port, {{}, {}, "rds", "port", {}});
  sources.take(rds.description, {{}, {}, "rds", "description", {}});
  sources.take(rds.ip, {.flag = "--ip", .variable = "GITPOD_IP"}, flags.ip);
  sources.take(rds.ip_service, {{}, {}, "rds", "ip_service", {}});
  sources.take(rds.endpoint_url, {{}, {}, "rds", "endpoint_url", {}});
  sources.take(rds.timeout, {{}, {}, "rds", "timeout", {}});
  sources.take(config.before_connect, {.environment_key = "before_connect"});
}

void take_settings(Config& config, const ConfigFlags& flags, const Variables& variables,
                   const SettingSources& sources) {
  sources.take(config.migrations,
               {"--migrations", "MIGRATOR_MIGRATIONS", "migrations", "dir", "migrations"},
               flags.migrations);
  sources.take(config.seeds, {"--seeds", "MIGRATOR_SEEDS", "seeds", "dir", {}}, flags.seeds);
  sources.take(config.queries, {{}, "MIGRATOR_QUERIES", "queries", "dir", {}});
  sources.take(config.seed_sets, {{}, {}, "seeds", "sets", "seeds"});
  sources.take(config.schema_file, {{}, "MIGRATOR_SCHEMA_FILE", "migrations", "schema_file", {}});
  sources.take_identifier(config.schema, {{}, "MIGRATOR_SCHEMA", "migrations", "schema", "schema"});
  sources.take_identifier(config.table, {{}, "MIGRATOR_TABLE", "migrations", "table", "table"});
  sources.take(config.file_memory,
               {"--file-memory", "MIGRATOR_FILE_MEMORY", "migrations", "file_memory", {}},
               flags.file_memory);
  sources.take(config.order, {{}, "MIGRATOR_ORDER", "migrations", "order", "order"});
  take_run_settings(config, flags, sources);
  take_serve_settings(config, flags, variables, sources);
  take_rds_settings(config, flags, sources);
  config.is_protected.value = config.environment.value == "prod";
  sources.take(config.is_protected, {.environment_key = "protected"});
  sources.take_variables(config.variables, flags.variables);
  take_check_settings(config, flags, sources);
  sources.take(config.embedded_dir, {{}, {}, "embedded", "dir", {}});
  sources.take_identifier(config.embedded_database, {{}, {}, "embedded", "database", {}});
  Setting<fs::path> bindir;
  sources.take(bindir, {{}, {}, "embedded", "bindir", {}});
  if (!bindir.value.empty()) config.embedded_bindir = {bindir.value, bindir.origin};
}

void take_url(Config& config, const ConfigFlags& flags, const Variables& variables,
              const SettingSources& sources) {
  config.url =
      url_from_flag_or_variables(flags.url, config.environment.value, variables, config.notes);
  if (config.url) return;
  if (const auto url = sources.from_environment("url")) {
    if (trim(url->value).empty())
      fail(complaint("url-empty", fmt::format("{} is empty", url->origin)));
    config.url = parse_url(url->value, url->origin);
    return;
  }
  config.url = url_from_libpq_variables(variables);
}

}  // namespace

Config load_config(const ConfigFlags& flags, const EnvironmentVariables& variables,
                   const fs::path& working_folder) {
  Config config;
  config.working_folder = working_folder;
  config.root = working_folder;
  Variables known(variables, working_folder);
  ConfigFile file;
  config.file = find_config_file(flags, known, working_folder);
  if (config.file) {
    config.root = config.file->parent_path();
    file = read_config_file(read_file(*config.file), shown_path(*config.file, working_folder));
  }
  const fs::path dotenv = config.root / ".env";
  known.read_dotenv(dotenv, shown_path(dotenv, working_folder));

  for (Setting<fs::path>* path :
       {&config.migrations, &config.seeds, &config.queries, &config.embedded_dir})
    path->value = (config.root / path->value).lexically_normal();
  SettingSources sources(file, known, {.working = working_folder, .root = config.root});
  config.environments = file.environments;
  config.environment = choose_environment(flags.environment, file, sources);
  sources.choose_environment(config.environment.value);
  take_settings(config, flags, known, sources);
  take_url(config, flags, known, sources);
  config.libpq_defaults = libpq_defaults(known);
  return config;
}

const DatabaseUrl& require_url(const Config& config) {
  if (config.url) return config.url->value;
  const std::string& environment = config.environment.value;
  const std::string file =
      config.file ? shown_path(*config.file, config.working_folder) : "migrator.toml";
  Finding finding =
      complaint("url-missing", fmt::format("no database URL for the environment \"{}\": neither "
                                           "--url, nor a variable, nor {} gives one",
                                           environment, file));
  finding.detail = fmt::format(
      "A URL may be given, the first that is there wins:\n"
      "  --url URL\n"
      "  the variables {} (or one of them with _FILE, naming a file that holds it)\n"
      "  the same variables in {}\n"
      "  url in [env.{}] of {}\n"
      "  libpq's own variables {}",
      fmt::join(url_variables(environment), ", "),
      shown_path(config.root / ".env", config.working_folder), environment, file,
      fmt::join(libpq_place_variables(), ", "));
  if (!config.environments.empty())
    finding.hint = fmt::format("{} has the environments {}: choose with --env", file,
                               fmt::join(config.environments, ", "));
  finding.next = "give a URL in one of these places; url = \"embedded\" starts a local server";
  fail(std::move(finding));
}

}  // namespace migrator

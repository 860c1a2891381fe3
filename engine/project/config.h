// The settled configuration: flags over environment variables over migrator.toml over defaults,
// each value with where it came from. Reads files, never the process's
// environment: main passes that in. Connects nowhere.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/database_url.h"

namespace migrator {

/// A value and where it came from: "--url", "CONNECTION_URL", ".env:3 (CONNECTION_URL)",
/// "migrator.toml:12 ([env.dev] url)", "default".
template <typename T>
struct Setting {
  T value;
  std::string origin = "default";
};

/// May a migration below the newest applied version still be applied?
enum class OrderPolicy { strict, any };

/// Parameters of libpq that hold where the URL does not say otherwise. May hold a password.
using LibpqDefaults = std::vector<std::pair<std::string, std::string>>;

/// Of `rds allow-ip`; empty: no place gave one.
struct RdsConfig {
  Setting<std::string> security_group{""};
  Setting<std::string> rule{""};
  Setting<std::size_t> port{5432};
  Setting<std::string> description{"migrator"};
  Setting<std::string> ip{""};
  Setting<std::string> ip_service{"https://checkip.amazonaws.com"};
  Setting<std::string> endpoint_url{""};
  Setting<std::chrono::milliseconds> timeout{std::chrono::seconds(30)};
};

/// Paths are absolute when the working folder is.
struct Config {
  std::optional<std::filesystem::path> file;  ///< the migrator.toml that was read
  std::filesystem::path root;                 ///< its folder, else the working folder
  std::filesystem::path working_folder;       ///< people see paths relative to it
  Setting<std::string> environment{"default"};
  std::vector<std::string> environments;    ///< NAME of each [env.NAME] of the file
  std::optional<Setting<DatabaseUrl>> url;  ///< absent: no place gave one
  LibpqDefaults libpq_defaults;             ///< from PG* variables of .env
  Setting<std::filesystem::path> migrations{"migrations"};
  Setting<std::filesystem::path> seeds{"seeds"};
  Setting<std::filesystem::path> queries{"queries"};
  Setting<std::vector<std::string>> seed_sets{{"common"}};
  Setting<std::filesystem::path> schema_file{""};  ///< loaded by setup; empty: none
  Setting<std::string> schema{"public"};
  Setting<std::string> table{"schema_migrations"};
  Setting<std::filesystem::path> file_memory{""};  ///< of a glance; empty: none
  Setting<OrderPolicy> order{OrderPolicy::strict};
  Setting<std::chrono::milliseconds> lock_wait{std::chrono::minutes(10)};
  Setting<std::chrono::milliseconds> lock_timeout{std::chrono::seconds(1)};
  Setting<std::chrono::milliseconds> statement_timeout{std::chrono::milliseconds(0)};
  Setting<std::chrono::milliseconds> transaction_timeout{std::chrono::milliseconds(0)};
  Setting<std::chrono::milliseconds> connect_timeout{std::chrono::seconds(10)};
  Setting<std::chrono::milliseconds> reconnect{std::chrono::seconds(30)};
  Setting<std::size_t> retry_tries{30};
  Setting<std::chrono::milliseconds> retry_pause{std::chrono::milliseconds(500)};
  Setting<std::chrono::milliseconds> retry_longest_pause{std::chrono::seconds(30)};
  Setting<std::chrono::milliseconds> retry_budget{std::chrono::minutes(10)};
  Setting<bool> show_queries{true};  ///< of sessions that are in the way
  Setting<std::vector<std::string>> serve_listen{{"127.0.0.1:8086"}};
  Setting<bool> serve_public{false};                    ///< everybody may see everything
  Setting<std::string> serve_token{""};                 ///< a secret: who knows it may
  Setting<std::filesystem::path> serve_token_file{""};  ///< holds it; empty: none
  Setting<bool> serve_strict{false};
  Setting<std::chrono::milliseconds> serve_stalled_after{std::chrono::minutes(5)};
  Setting<bool> is_protected{false};  ///< its database is not dropped without its name
  RdsConfig rds;
  Setting<std::string> before_connect{""};  ///< "rds allow-ip"
  Setting<std::filesystem::path> embedded_dir{".migrator/postgres"};
  Setting<std::optional<std::filesystem::path>> embedded_bindir{std::nullopt};
  Setting<std::string> embedded_database{"app"};
  /// psql's :name, from [variables] and --set.
  std::map<std::string, Setting<std::string>> variables;
  /// Levels of the rules of `check`, by their names; checked where the rules are known.
  std::map<std::string, Setting<std::string>> rules;
  Setting<std::string> fail_on{"warning"};  ///< or "error"
  /// Where databases for trials are made: a server, or "embedded", one of the run's own.
  Setting<DatabaseUrl> scratch{DatabaseUrl::parse("embedded")};
  Setting<std::vector<std::string>> scratch_roles{{}};  ///< made on a server of the run's own
  Setting<std::vector<std::string>> ignore{{}};         ///< patterns of what a drift may be
  Setting<std::filesystem::path> check_stats{""};       ///< of `stats export`; empty: none
  Setting<std::filesystem::path> check_baseline{""};    ///< old findings; empty: none
  Setting<std::size_t> check_speed{100};                ///< megabytes read in a second
  std::vector<Finding> notes;  ///< e.g. a second URL variable that was not used
};

/// What the command line said; absent means not said.
struct ConfigFlags {
  std::optional<std::filesystem::path> config = {};
  std::optional<std::string> environment = {};
  std::optional<std::string> url = {};
  std::optional<std::filesystem::path> migrations = {};
  std::optional<std::filesystem::path> seeds = {};
  std::vector<std::string> variables = {};  ///< "NAME=VALUE", each --set
  std::optional<std::string> lock_wait = {};
  std::optional<std::string> lock_timeout = {};
  std::optional<std::filesystem::path> file_memory = {};
  std::optional<std::string> statement_timeout = {};
  std::optional<std::string> transaction_timeout = {};
  std::optional<std::string> reconnect = {};
  std::optional<std::string> retry_tries = {};
  std::optional<std::string> retry_pause = {};
  std::optional<std::string> retry_longest_pause = {};
  std::optional<std::string> retry_budget = {};
  bool hide_queries = false;
  std::vector<std::string> listen = {};
  std::optional<std::filesystem::path> token_file = {};
  std::optional<std::string> stalled_after = {};
  bool is_public = false;
  bool strict = false;
  std::optional<std::string> fail_on = {};
  std::optional<std::string> scratch = {};
  std::vector<std::string> ignore = {};
  std::optional<std::filesystem::path> stats = {};
  std::optional<std::filesystem::path> baseline = {};
  std::optional<std::string> ip = {};  ///< rds allow-ip
};

using EnvironmentVariables = std::map<std::string, std::string>;

/// Settles the configuration. `working_folder` is where migrator.toml is looked for (there only;
/// --config or MIGRATOR_CONFIG names another). Throws Error(configuration) with file and line.
Config load_config(const ConfigFlags& flags, const EnvironmentVariables& variables,
                   const std::filesystem::path& working_folder);

/// The URL, or Error(configuration) that names every place where one may be given.
const DatabaseUrl& require_url(const Config& config);

/// One row of `migrator config`: key, printable value (secrets redacted), origin.
struct ConfigLine {
  std::string key;
  std::string value;
  std::string origin;
};
std::vector<ConfigLine> describe(const Config& config);

}  // namespace migrator

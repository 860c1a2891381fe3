// What `migrator config` prints: every settled value with where it came from.
#include <fmt/format.h>

#include <array>

#include "engine/project/config.h"
#include "engine/project/shown_path.h"

namespace migrator {
namespace {

std::string to_text(std::chrono::milliseconds duration) {
  struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
  };
  constexpr auto units =
      std::to_array<Unit>({{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}});
  if (duration.count() == 0) return "0";
  for (const Unit& unit : units)
    if (duration.count() % unit.milliseconds == 0)
      return fmt::format("{}{}", duration.count() / unit.milliseconds, unit.name);
  return fmt::format("{}ms", duration.count());
}

std::string url_text(const Config& config) {
  if (!config.url) return "(none)";
  return config.url->value.is_empty() ? "(libpq's PG* variables)" : config.url->value.redacted();
}

}  // namespace

std::vector<ConfigLine> describe(const Config& config) {
  const auto path = [&](const std::filesystem::path& value) {
    return shown_path(value, config.working_folder);
  };
  std::vector<ConfigLine> lines;
  const auto add = [&](std::string key, std::string value, std::string origin) {
    lines.push_back({std::move(key), std::move(value), std::move(origin)});
  };
  add("file", config.file ? path(*config.file) : "(none)", config.file ? "" : "default");
  add("environment", config.environment.value, config.environment.origin);
  add("protected", config.is_protected.value ? "true" : "false", config.is_protected.origin);
  add("url", url_text(config), config.url ? config.url->origin : "");
  add("migrations", path(config.migrations.value), config.migrations.origin);
  add("schema_file", config.schema_file.value.empty() ? "(none)" : path(config.schema_file.value),
      config.schema_file.origin);
  add("schema", config.schema.value, config.schema.origin);
  add("table", config.table.value, config.table.origin);
  add("order", config.order.value == OrderPolicy::any ? "any" : "strict", config.order.origin);
  add("file_memory", config.file_memory.value.empty() ? "(none)" : path(config.file_memory.value),
      config.file_memory.origin);
  add("seeds", path(config.seeds.value), config.seeds.origin);
  add("seed sets", fmt::format("{}", fmt::join(config.seed_sets.value, ", ")),
      config.seed_sets.origin);
  add("queries", path(config.queries.value), config.queries.origin);
  add("lock_wait", to_text(config.lock_wait.value), config.lock_wait.origin);
  add("lock_timeout", to_text(config.lock_timeout.value), config.lock_timeout.origin);
  add("statement_timeout", to_text(config.statement_timeout.value),
      config.statement_timeout.origin);
  add("transaction_timeout", to_text(config.transaction_timeout.value),
      config.transaction_timeout.origin);
  add("connect_timeout", to_text(config.connect_timeout.value), config.connect_timeout.origin);
  add("reconnect", to_text(config.reconnect.value), config.reconnect.origin);
  add("retry_tries", std::to_string(config.retry_tries.value), config.retry_tries.origin);
  add("retry_pause", to_text(config.retry_pause.value), config.retry_pause.origin);
  add("retry_longest_pause", to_text(config.retry_longest_pause.value),
      config.retry_longest_pause.origin);
  add("retry_budget", to_text(config.retry_budget.value), config.retry_budget.origin);
  add("show_queries", config.show_queries.value ? "on" : "off", config.show_queries.origin);
  add("serve listen", fmt::format("{}", fmt::join(config.serve_listen.value, ", ")),
      config.serve_listen.origin);
  add("serve public", config.serve_public.value ? "on" : "off", config.serve_public.origin);
  add("serve token", config.serve_token.value.empty() ? "(none)" : "(set)",
      config.serve_token.origin);
  add("serve token_file",
      config.serve_token_file.value.empty() ? "(none)" : path(config.serve_token_file.value),
      config.serve_token_file.origin);
  add("serve strict", config.serve_strict.value ? "on" : "off", config.serve_strict.origin);
  add("serve stalled_after", to_text(config.serve_stalled_after.value),
      config.serve_stalled_after.origin);
  add("fail_on", config.fail_on.value, config.fail_on.origin);
  add("scratch", config.scratch.value.redacted(), config.scratch.origin);
  const auto add_list = [&](std::string key, const Setting<std::vector<std::string>>& setting) {
    add(std::move(key),
        setting.value.empty() ? "(none)" : fmt::format("{}", fmt::join(setting.value, ", ")),
        setting.origin);
  };
  add_list("scratch roles", config.scratch_roles);
  add_list("ignore", config.ignore);
  for (const auto& [key, setting] :
       {std::pair("check stats", config.check_stats), {"check baseline", config.check_baseline}})
    add(key, setting.value.empty() ? "(none)" : path(setting.value), setting.origin);
  add("check mb_per_second", std::to_string(config.check_speed.value), config.check_speed.origin);
  for (const auto& [name, setting] : config.rules)
    add("rule " + name, setting.value, setting.origin);
  const auto add_text = [&](std::string key, const Setting<std::string>& setting) {
    add(std::move(key), setting.value.empty() ? "(none)" : setting.value, setting.origin);
  };
  add_text("before_connect", config.before_connect);
  add_text("rds security_group", config.rds.security_group);
  add_text("rds rule", config.rds.rule);
  add("rds port", std::to_string(config.rds.port.value), config.rds.port.origin);
  add_text("rds description", config.rds.description);
  add_text("rds ip", config.rds.ip);
  add_text("rds ip_service", config.rds.ip_service);
  add_text("rds endpoint_url", config.rds.endpoint_url);
  add("rds timeout", to_text(config.rds.timeout.value), config.rds.timeout.origin);
  // What is in them is not shown: it may be the password of a role.
  for (const auto& [name, setting] : config.variables)
    add("variable " + name, "(set)", setting.origin);
  add("embedded dir", path(config.embedded_dir.value), config.embedded_dir.origin);
  add("embedded bindir",
      config.embedded_bindir.value ? path(*config.embedded_bindir.value) : "(searched)",
      config.embedded_bindir.origin);
  add("embedded database", config.embedded_database.value, config.embedded_database.origin);
  return lines;
}

}  // namespace migrator

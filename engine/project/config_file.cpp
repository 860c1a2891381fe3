#include "engine/project/config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <optional>

#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/sql/directives.h"

namespace migrator {
namespace {

enum class ValueKind { text, duration, number, toggle, truth, hook, order, list, threshold, level };

struct KnownKey {
  std::string_view table;  ///< "env" stands for each [env.NAME]
  std::string_view key;
  ValueKind kind = ValueKind::text;
};

constexpr auto known_keys = std::to_array<KnownKey>({
    {"", "default_env"},
    {"migrations", "dir"},
    {"migrations", "table"},
    {"migrations", "schema"},
    {"migrations", "order", ValueKind::order},
    {"migrations", "file_memory"},
    {"migrations", "schema_file"},
    {"seeds", "dir"},
    {"seeds", "sets", ValueKind::list},
    {"queries", "dir"},
    {"run", "lock_wait", ValueKind::duration},
    {"run", "lock_timeout", ValueKind::duration},
    {"run", "statement_timeout", ValueKind::duration},
    {"run", "transaction_timeout", ValueKind::duration},
    {"run", "connect_timeout", ValueKind::duration},
    {"run", "reconnect", ValueKind::duration},
    {"run", "retry_tries", ValueKind::number},
    {"run", "retry_pause", ValueKind::duration},
    {"run", "retry_longest_pause", ValueKind::duration},
    {"run", "retry_budget", ValueKind::duration},
    {"run", "show_queries", ValueKind::toggle},
    {"serve", "listen", ValueKind::list},
    {"serve", "public", ValueKind::toggle},
    {"serve", "token_file"},
    {"serve", "strict", ValueKind::toggle},
    {"serve", "stalled_after", ValueKind::duration},
    {"check", "fail_on", ValueKind::threshold},
    {"check", "scratch"},
    {"check", "roles", ValueKind::list},
    {"check", "ignore", ValueKind::list},
    {"check", "stats"},
    {"check", "baseline"},
    {"check", "mb_per_second", ValueKind::number},
    {"rds", "security_group"},
    {"rds", "rule"},
    {"rds", "port", ValueKind::number},
    {"rds", "description"},
    {"rds", "ip_service"},
    {"rds", "endpoint_url"},
    {"rds", "timeout", ValueKind::duration},
    {"embedded", "dir"},
    {"embedded", "bindir"},
    {"embedded", "database"},
    {"env", "url"},
    {"env", "protected", ValueKind::truth},
    {"env", "before_connect", ValueKind::hook},
    {"env", "migrations"},
    {"env", "schema"},
    {"env", "table"},
    {"env", "order", ValueKind::order},
    {"env", "seeds", ValueKind::list},
    {"env", "lock_wait", ValueKind::duration},
    {"env", "lock_timeout", ValueKind::duration},
    {"env", "statement_timeout", ValueKind::duration},
    {"env", "transaction_timeout", ValueKind::duration},
    {"env", "reconnect", ValueKind::duration},
});

constexpr auto known_tables =
    std::to_array<std::string_view>({"migrations", "seeds", "queries", "run", "serve", "check",
                                     "rds", "embedded", "variables", "env"});

std::string_view expected(ValueKind kind) {
  switch (kind) {
    case ValueKind::text:
      return "a string";
    case ValueKind::duration:
      return "a duration in quotes, such as \"5s\" or \"10min\"";
    case ValueKind::number:
      return "a number from 1 on, in quotes, such as \"30\"";
    case ValueKind::toggle:
      return "\"on\" or \"off\"";
    case ValueKind::hook:
      return "\"rds allow-ip\"";
    case ValueKind::truth:
      return "true or false";
    case ValueKind::order:
      return "\"strict\" or \"any\"";
    case ValueKind::threshold:
      return "\"error\" or \"warning\"";
    case ValueKind::level:
      return "\"error\", \"warning\", \"note\" or \"off\"";
    case ValueKind::list:
      return "a list of names, such as [\"common\", \"dev\"]";
  }
  return {};
}

std::string_view name_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

std::string label_of(const std::string& table, std::string_view key) {
  return table.empty() ? std::string(key) : fmt::format("[{}] {}", table, key);
}

class Collector {
 public:
  explicit Collector(ConfigFile& file) : file_(file) {}

  void collect(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const std::string_view name = key.str();
      if (std::ranges::find(known_tables, name) == known_tables.end())
        collect_key("", "", name, line_of(key), node);
      else if (const toml::table* table = table_of(name, node))
        name == "env" ? collect_environments(*table)
                      : collect_table(std::string(name), name, *table);
    }
    // toml++ keeps keys by the alphabet; people read their file from the top.
    std::ranges::stable_sort(complaints_, {}, [](const Finding& finding) {
      return finding.place ? finding.place->line : 0;
    });
    throw_if_any(std::move(complaints_));
  }

 private:
  template <typename Located>
  static std::size_t line_of(const Located& located) {
    return located.source().begin.line;
  }

  void complain(std::string id, std::string message, std::size_t line, std::string hint = {}) {
    complaints_.push_back(complaint(std::move(id), std::move(message), file_.shown, line));
    complaints_.back().hint = std::move(hint);
  }

  const toml::table* table_of(std::string_view name, const toml::node& node) {
    const toml::table* table = node.as_table();
    if (!table)
      complain("config-wrong-type",
               fmt::format("{} is {}; it must be a table: [{}]", name, name_of(node.type()),
                           name == "env" ? "env.NAME" : name),
               line_of(node));
    return table;
  }

  void collect_environments(const toml::table& environments) {
    for (const auto& [key, node] : environments) {
      const std::string name(key.str());
      if (!node.is_table()) {
        complain("config-wrong-type",
                 fmt::format("[env] {} is {}; an environment is a table: [env.{}]", name,
                             name_of(node.type()), name),
                 line_of(key));
        continue;
      }
      file_.environments.push_back(name);
      collect_table("env." + name, "env", *node.as_table());
    }
  }

  void collect_table(const std::string& table, std::string_view kind, const toml::table& keys) {
    for (const auto& [key, node] : keys) {
      if (kind == "variables")
        collect_setting(table, key.str(), ValueKind::text, line_of(key), node);
      else if (kind == "rules")
        collect_setting(table, key.str(), ValueKind::level, line_of(key), node);
      else if (kind == "check" && key.str() == "rules" && node.is_table())
        collect_table("check.rules", "rules", *node.as_table());
      else if (kind == "env" && key.str() == "variables" && node.is_table())
        collect_table(table + ".variables", "variables", *node.as_table());
      else
        collect_key(table, kind, key.str(), line_of(key), node);
    }
  }

  void collect_key(const std::string& table, std::string_view kind, std::string_view key,
                   std::size_t line, const toml::node& node) {
    const auto known = std::ranges::find_if(known_keys, [&](const KnownKey& candidate) {
      return candidate.table == kind && candidate.key == key;
    });
    if (known == known_keys.end()) return complain_of_unknown(table, kind, key, line, node);

    collect_setting(table, key, known->kind, line, node);
  }

  void collect_setting(const std::string& table, std::string_view key, ValueKind kind,
                       std::size_t line, const toml::node& node) {
    FileSetting setting{.line = line, .label = label_of(table, key)};
    const bool fits =
        kind == ValueKind::list ? take_list(node, setting) : take_string(node, kind, setting);
    if (fits)
      file_.settings.emplace(std::pair(table, std::string(key)), std::move(setting));
    else
      complain("config-wrong-type",
               fmt::format("{} must be {}{}", setting.label, expected(kind),
                           node.is_string() ? "" : fmt::format(", not {}", name_of(node.type()))),
               line);
  }

  static bool take_string(const toml::node& node, ValueKind kind, FileSetting& setting) {
    if (const auto* truth = node.as_boolean(); truth && kind == ValueKind::truth) {
      setting.values = {truth->get() ? "true" : "false"};
      return true;
    }
    const auto* text = node.as_string();
    if (!text || kind == ValueKind::truth) return false;
    setting.values = {text->get()};
    if (text->get().find("${") != std::string::npos) return true;  // checked when it is settled
    if (kind == ValueKind::duration) return parse_duration(text->get()).has_value();
    if (kind == ValueKind::number)
      return text->get().find_first_not_of("0123456789") == std::string::npos &&
             text->get().find_first_of("123456789") != std::string::npos;
    if (kind == ValueKind::toggle) return text->get() == "on" || text->get() == "off";
    if (kind == ValueKind::hook) return text->get() == "rds allow-ip";
    if (kind == ValueKind::order) return text->get() == "strict" || text->get() == "any";
    const bool loud = text->get() == "error" || text->get() == "warning";
    if (kind == ValueKind::threshold) return loud;
    if (kind == ValueKind::level) return loud || text->get() == "note" || text->get() == "off";
    return true;
  }

  static bool take_list(const toml::node& node, FileSetting& setting) {
    const toml::array* list = node.as_array();
    if (!list) return false;
    for (const toml::node& element : *list) {
      if (!element.is_string()) return false;
      setting.values.push_back(element.as_string()->get());
    }
    return true;
  }

  void complain_of_unknown(const std::string& table, std::string_view kind, std::string_view key,
                           std::size_t line, const toml::node& node) {
    std::vector<std::string_view> candidates;
    if (kind.empty()) candidates.assign(known_tables.begin(), known_tables.end());
    std::string elsewhere;
    for (const KnownKey& known : known_keys) {
      if (known.table == kind) candidates.push_back(known.key);
      if (known.key == key && elsewhere.empty())
        elsewhere = label_of(known.table == "env" ? "env.NAME" : std::string(known.table), key);
    }
    std::string hint;
    if (const auto near = nearest(key, candidates))
      hint = fmt::format("did you mean {}?", kind.empty() && node.is_table()
                                                 ? fmt::format("[{}]", *near)
                                                 : label_of(table, *near));
    else if (!elsewhere.empty())
      hint = fmt::format("did you mean {}?", elsewhere);
    else
      hint = fmt::format("known here: {}", fmt::join(candidates, ", "));
    const bool is_table = kind.empty() && node.is_table();
    complain("config-unknown-key",
             is_table ? fmt::format("unknown table [{}]", key)
                      : fmt::format("unknown key {}", label_of(table, key)),
             line, std::move(hint));
  }

  ConfigFile& file_;
  std::vector<Finding> complaints_;
};

/// toml++'s description without what it quotes from the text, except for names of keys.
std::string safe_description(std::string_view description) {
  const std::size_t redefine = description.find("cannot redefine");
  if (redefine != description.npos) return std::string(description.substr(redefine));
  const std::size_t quoted = description.find_first_of("'\"");
  std::string_view safe = trim(description.substr(0, quoted));
  if (quoted != description.npos) {
    // Back to the last whole clause: "expected value-terminator, saw 'x'".
    const std::size_t comma = safe.find_last_of(",;");
    if (comma != safe.npos) safe = safe.substr(0, comma);
  }
  return std::string(safe);
}

}  // namespace

const FileSetting* ConfigFile::find(std::string_view table, std::string_view key) const {
  const auto found = settings.find({std::string(table), std::string(key)});
  return found == settings.end() ? nullptr : &found->second;
}

std::vector<std::string> known_config_keys() {
  std::vector<std::string> keys;
  for (const KnownKey& known : known_keys)
    keys.push_back(
        label_of(known.table == "env" ? "env.NAME" : std::string(known.table), known.key));
  return keys;
}

ConfigFile read_config_file(std::string_view text, std::string shown) {
  ConfigFile file{.shown = std::move(shown)};
  try {
    Collector(file).collect(toml::parse(text, file.shown));
  } catch (const toml::parse_error& error) {
    Finding finding = complaint(
        "config-invalid", fmt::format("not valid TOML: {}", safe_description(error.description())),
        file.shown, error.source().begin.line);
    finding.place->column = error.source().begin.column;
    fail(std::move(finding));
  }
  return file;
}

}  // namespace migrator

#include "engine/project/seed_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include <toml++/toml.h>

#include "engine/base/quote.h"
#include "engine/project/complaint.h"

namespace migrator {
namespace {

constexpr std::array kModes{SeedMode::insert, SeedMode::upsert, SeedMode::sync, SeedMode::once,
                            SeedMode::replace};
constexpr std::string_view kKeys =
    "key, keep, mode (insert, upsert, sync, once, replace), null, filter, triggers, delete_share, "
    "cascade, after, requires, variables";

class OptionsReader {
 public:
  explicit OptionsReader(std::string shown) : shown_(std::move(shown)) {}

  SeedOptionsFile read(const toml::table& root) {
    for (const auto& [name, node] : root) {
      if (const toml::table* const keys = node.as_table())
        file_.tables[std::string(name.str())] = options_of(*keys);
      else
        complain(fmt::format("{} is no table of options", name.str()), name,
                 "write it under the name of a table: [users]");
    }
    return std::move(file_);
  }

 private:
  template <typename Located>
  void complain(std::string message, const Located& located, std::string next) {
    file_.findings.push_back(
        complaint("seed-options", std::move(message), shown_, located.source().begin.line));
    file_.findings.back().next = std::move(next);
  }

  SeedOptions options_of(const toml::table& keys) {
    SeedOptions options;
    for (const auto& [key, node] : keys)
      if (!take(key.str(), node, options))
        complain(
            fmt::format("{} is no option of a seed, or its value is of another kind", key.str()),
            key, fmt::format("known are: {}", kKeys));
    return options;
  }

  static bool take(std::string_view key, const toml::node& node, SeedOptions& options) {
    if (key == "key") return take_names(node, options.key);
    if (key == "keep") return take_names(node, options.keep);
    if (key == "after") return take_names(node, options.after);
    if (key == "requires") return take_version(node, options.needed_version);
    if (key == "mode") return take_mode(node, options.mode);
    if (key == "variables" && node.is_boolean())
      return options.variables = **node.as_boolean(), true;
    if (key == "cascade" && node.is_boolean()) return options.cascade = **node.as_boolean(), true;
    if (key == "triggers" && node.is_boolean()) return options.triggers = **node.as_boolean(), true;
    if (key == "delete_share" && node.is_number()) {
      options.delete_share = node.value<double>().value_or(-1);
      return options.delete_share >= 0 && options.delete_share <= 1;
    }
    if (!node.is_string()) return false;
    if (key == "null") {
      options.null = **node.as_string();
      return options.null->find_first_of("\r\n") == std::string::npos;
    }
    if (key == "filter") return options.filter = **node.as_string(), true;
    return false;
  }

  /// A number, or text where a version begins with zeros.
  static bool take_version(const toml::node& node, std::optional<Version>& version) {
    const auto number = node.value<std::int64_t>();
    if (node.is_integer() && number && *number >= 0)
      version = Version{static_cast<std::uint64_t>(*number)};
    else if (node.is_string())
      version = parse_version(**node.as_string());
    return version.has_value();
  }

  static bool take_mode(const toml::node& node, SeedMode& mode) {
    const auto word = node.value<std::string>();
    const auto found =
        std::ranges::find_if(kModes, [&](SeedMode one) { return word && to_text(one) == *word; });
    if (found == kModes.end()) return false;
    mode = *found;
    return true;
  }

  /// One name, or a list of them.
  static bool take_names(const toml::node& node, std::vector<std::string>& names) {
    if (const auto one = node.value<std::string>(); one && node.is_string())
      return names = {*one}, true;
    const toml::array* const list = node.as_array();
    if (list == nullptr) return false;
    for (const toml::node& element : *list) {
      if (!element.is_string()) return false;
      names.push_back(**element.as_string());
    }
    return true;
  }

  std::string shown_;
  SeedOptionsFile file_;
};

}  // namespace

std::string_view to_text(SeedMode mode) {
  switch (mode) {
    case SeedMode::insert:
      return "insert";
    case SeedMode::upsert:
      return "upsert";
    case SeedMode::sync:
      return "sync";
    case SeedMode::once:
      return "once";
    case SeedMode::replace:
      return "replace";
  }
  return "";
}

std::string SeedOptions::canonical() const {
  return fmt::format(
      "mode {}\nkey {}\nkeep {}\nnull {}\nfilter {}\ntriggers {}\ndelete_share {}\n{}",
      to_text(mode), array_literal(key), array_literal(keep), null ? quote_literal(*null) : "",
      quote_literal(filter), triggers, delete_share, cascade ? "cascade true\n" : "");
}

SeedOptionsFile read_seed_options(std::string_view text, const std::string& shown) {
  try {
    return OptionsReader(shown).read(toml::parse(text, shown));
  } catch (const toml::parse_error& error) {
    SeedOptionsFile file;
    file.findings.push_back(complaint("seed-options",
                                      fmt::format("{} is no TOML: {}", shown, error.description()),
                                      shown, error.source().begin.line));
    return file;
  }
}

}  // namespace migrator

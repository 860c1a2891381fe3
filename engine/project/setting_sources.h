// One setting at a time: looks through flag, variable, [env.NAME] and its table for the place that
// wins, and turns the text there into a value with its origin.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/project/config.h"
#include "engine/project/config_file.h"
#include "engine/project/variables.h"

namespace migrator {

/// The names of one setting in each place; empty where it cannot be given.
struct SettingNames {
  std::string_view flag = {};
  std::string_view variable = {};
  std::string_view table = {};
  std::string_view key = {};
  std::string_view environment_key = {};
};

class SettingSources {
 public:
  struct Folders {
    std::filesystem::path working;
    std::filesystem::path root;
  };

  SettingSources(const ConfigFile& file, const Variables& variables, Folders folders)
      : file_(file), variables_(variables), folders_(std::move(folders)) {}

  void choose_environment(std::string name) { environment_ = std::move(name); }

  /// Each sets its target when some place says so, and leaves the default otherwise. Throws
  /// Error(configuration) that says where the bad value stands.
  void take(Setting<std::string>& target, const SettingNames& names,
            const std::optional<std::string>& flag = {}) const;
  void take(Setting<std::filesystem::path>& target, const SettingNames& names,
            const std::optional<std::filesystem::path>& flag = {}) const;
  void take(Setting<std::chrono::milliseconds>& target, const SettingNames& names,
            const std::optional<std::string>& flag = {}) const;
  void take(Setting<std::size_t>& target, const SettingNames& names,
            const std::optional<std::string>& flag = {}) const;
  void take(Setting<bool>& target, const SettingNames& names,
            const std::optional<std::string>& flag = {}) const;
  void take(Setting<OrderPolicy>& target, const SettingNames& names) const;
  void take(Setting<std::vector<std::string>>& target, const SettingNames& names) const;

  /// A name in the database: not empty, at most 63 bytes.
  void take_identifier(Setting<std::string>& target, const SettingNames& names) const;

  /// All of [variables], those of the environment's own, and NAME=VALUE of each --set.
  void take_variables(std::map<std::string, Setting<std::string>>& target,
                      const std::vector<std::string>& flags) const;

  /// All of [check.rules].
  void take_rules(std::map<std::string, Setting<std::string>>& target) const;

  /// A key of the chosen environment alone.
  std::optional<Setting<std::string>> from_environment(std::string_view key) const;

 private:
  struct Found {
    std::vector<std::string> values;
    std::string origin;
    std::filesystem::path folder;  ///< what a relative path is relative to
    std::string file = {};
    std::size_t line = 0;
  };

  std::optional<Found> find(const SettingNames& names,
                            const std::optional<std::string>& flag = {}) const;
  std::optional<Found> find_in_file(std::string_view table, std::string_view key) const;
  [[noreturn]] void refuse(const Found& found, std::string_view expected) const;

  const ConfigFile& file_;
  const Variables& variables_;
  Folders folders_;
  std::string environment_;
};

}  // namespace migrator

#include "engine/project/setting_sources.h"

#include <fmt/format.h>

#include <charconv>

#include <utility>

#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/project/interpolation.h"
#include "engine/sql/directives.h"

namespace migrator {

std::optional<SettingSources::Found> SettingSources::find_in_file(std::string_view table,
                                                                  std::string_view key) const {
  const FileSetting* setting = key.empty() ? nullptr : file_.find(table, key);
  if (!setting) return std::nullopt;
  Found found{.values = {},
              .origin = fmt::format("{}:{} ({})", file_.shown, setting->line, setting->label),
              .folder = folders_.root,
              .file = file_.shown,
              .line = setting->line};
  for (const std::string& value : setting->values) {
    Interpolated result =
        interpolate(value, [&](const std::string& name) -> std::optional<std::string> {
          if (const auto variable = variables_.find(name)) return variable->value;
          return std::nullopt;
        });
    if (!result.problem.empty()) {
      Finding finding =
          complaint("config-variable", fmt::format("{}: {}", setting->label, result.problem),
                    file_.shown, setting->line);
      finding.next = fmt::format("set the variable, or write ${{NAME:-default}}{}",
                                 key == "url" ? "; or give the URL with --url" : "");
      fail(std::move(finding));
    }
    found.values.push_back(std::move(result.text));
  }
  return found;
}

std::optional<SettingSources::Found> SettingSources::find(
    const SettingNames& names, const std::optional<std::string>& flag) const {
  if (flag)
    return Found{.values = {*flag}, .origin = std::string(names.flag), .folder = folders_.working};
  if (!names.variable.empty())
    if (const auto variable = variables_.find_not_empty(std::string(names.variable)))
      return Found{
          .values = {variable->value}, .origin = variable->origin, .folder = variable->folder};
  if (auto found = find_in_file("env." + environment_, names.environment_key)) return found;
  return find_in_file(names.table, names.key);
}

void SettingSources::refuse(const Found& found, std::string_view expected) const {
  fail(complaint("config-bad-value", fmt::format("{} must be {}", found.origin, expected),
                 found.file, found.line));
}

void SettingSources::take(Setting<std::string>& target, const SettingNames& names,
                          const std::optional<std::string>& flag) const {
  const auto found = find(names, flag);
  if (!found) return;
  if (trim(found->values.front()).empty()) refuse(*found, "a name, not empty");
  target = {found->values.front(), found->origin};
}

void SettingSources::take(Setting<std::filesystem::path>& target, const SettingNames& names,
                          const std::optional<std::filesystem::path>& flag) const {
  const auto found = find(names, flag ? std::optional(flag->string()) : std::nullopt);
  if (!found) return;
  if (trim(found->values.front()).empty()) refuse(*found, "a path, not empty");
  target = {(found->folder / found->values.front()).lexically_normal(), found->origin};
}

void SettingSources::take(Setting<std::chrono::milliseconds>& target, const SettingNames& names,
                          const std::optional<std::string>& flag) const {
  const auto found = find(names, flag);
  if (!found) return;
  const auto duration = parse_duration(found->values.front());
  if (!duration) refuse(*found, "a duration, such as 250ms, 5s, 10min or 1h");
  target = {*duration, found->origin};
}

void SettingSources::take(Setting<std::size_t>& target, const SettingNames& names,
                          const std::optional<std::string>& flag) const {
  const auto found = find(names, flag);
  if (!found) return;
  const std::string& text = found->values.front();
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0)
    refuse(*found, "a number from 1 on");
  target = {number, found->origin};
}

void SettingSources::take(Setting<bool>& target, const SettingNames& names,
                          const std::optional<std::string>& flag) const {
  const auto found = find(names, flag);
  if (!found) return;
  const std::string& value = found->values.front();
  // true and false are those of the file, which has checked them.
  if (value != "on" && value != "off" && value != "true" && value != "false")
    refuse(*found, "\"on\" or \"off\"");
  target = {value == "on" || value == "true", found->origin};
}

void SettingSources::take(Setting<OrderPolicy>& target, const SettingNames& names) const {
  const auto found = find(names);
  if (!found) return;
  const std::string& value = found->values.front();
  if (value != "strict" && value != "any") refuse(*found, "\"strict\" or \"any\"");
  target = {value == "any" ? OrderPolicy::any : OrderPolicy::strict, found->origin};
}

void SettingSources::take(Setting<std::vector<std::string>>& target,
                          const SettingNames& names) const {
  const auto found = find(names);
  if (found) target = {found->values, found->origin};
}

void SettingSources::take_identifier(Setting<std::string>& target,
                                     const SettingNames& names) const {
  constexpr std::size_t longest = 63;  // NAMEDATALEN - 1; the server would cut it in silence
  const auto found = find(names);
  if (!found) return;
  const std::string& value = found->values.front();
  if (value.empty() || value.size() > longest || value.find('\0') != value.npos)
    refuse(*found, "a name of 1 to 63 bytes");
  target = {value, found->origin};
}

void SettingSources::take_variables(std::map<std::string, Setting<std::string>>& target,
                                    const std::vector<std::string>& flags) const {
  for (const std::string& table : {std::string("variables"), "env." + environment_ + ".variables"})
    for (const auto& [place, setting] : file_.settings)
      if (place.first == table)
        if (const auto found = find_in_file(table, place.second))
          target[place.second] = {found->values.front(), found->origin};
  for (const std::string& flag : flags) {
    const std::size_t equals = flag.find('=');
    if (equals == 0 || equals == std::string::npos)
      fail(complaint("config-bad-value", "--set needs a name and a value: --set NAME=VALUE"));
    target[flag.substr(0, equals)] = {flag.substr(equals + 1), "--set"};
  }
}

void SettingSources::take_rules(std::map<std::string, Setting<std::string>>& target) const {
  for (const auto& [place, setting] : file_.settings)
    if (place.first == "check.rules")
      if (const auto found = find_in_file(place.first, place.second))
        target[place.second] = {found->values.front(), found->origin};
}

std::optional<Setting<std::string>> SettingSources::from_environment(std::string_view key) const {
  const auto found = find_in_file("env." + environment_, key);
  if (!found) return std::nullopt;
  return Setting<std::string>{found->values.front(), found->origin};
}

}  // namespace migrator

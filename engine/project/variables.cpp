#include "engine/project/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/project/interpolation.h"

namespace migrator {

void Variables::read_dotenv(const std::filesystem::path& file, std::string shown) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return;
  dotenv_ = parse_dotenv(read_file(file), shown);
  dotenv_shown_ = std::move(shown);
  dotenv_folder_ = file.parent_path();
}

std::optional<Variable> Variables::find_in_process(const std::string& name) const {
  const auto found = process_.find(name);
  if (found == process_.end()) return std::nullopt;
  return Variable{name, found->second, name, working_folder_};
}

const DotenvEntry* Variables::entry(const std::string& name) const {
  const auto found = std::find_if(dotenv_.rbegin(), dotenv_.rend(),
                                  [&](const DotenvEntry& entry) { return entry.key == name; });
  return found == dotenv_.rend() ? nullptr : &*found;
}

std::string Variables::expand(const DotenvEntry& entry, int depth) const {
  if (entry.literal) return entry.value;
  if (depth == 0)
    fail(complaint("dotenv-invalid", fmt::format("{} is made of itself", entry.key), dotenv_shown_,
                   entry.line));
  Interpolated result =
      interpolate(entry.value, [&](const std::string& name) -> std::optional<std::string> {
        if (const auto variable = find_in_process(name)) return variable->value;
        if (const DotenvEntry* other = this->entry(name)) return expand(*other, depth - 1);
        return std::nullopt;
      });
  if (!result.problem.empty())
    fail(complaint("dotenv-invalid", fmt::format("{}: {}", entry.key, result.problem),
                   dotenv_shown_, entry.line));
  return std::move(result.text);
}

std::optional<Variable> Variables::find_in_dotenv(const std::string& name) const {
  constexpr int deepest = 10;
  const DotenvEntry* found = entry(name);
  if (!found) return std::nullopt;
  return Variable{name, expand(*found, deepest),
                  fmt::format("{}:{} ({})", dotenv_shown_, found->line, name), dotenv_folder_};
}

std::optional<Variable> Variables::find(const std::string& name) const {
  std::optional<Variable> variable = find_in_process(name);
  return variable ? variable : find_in_dotenv(name);
}

std::optional<Variable> Variables::find_not_empty(const std::string& name) const {
  std::optional<Variable> variable = find(name);
  if (variable && trim(variable->value).empty()) fail_because_empty(*variable);
  return variable;
}

void fail_because_empty(const Variable& variable) {
  Finding finding =
      complaint("variable-empty", fmt::format("{} is set but empty", variable.origin));
  finding.hint =
      "an unset variable in a compose file or a script arrives as an empty one; nothing else is "
      "used in its place";
  finding.next = fmt::format("give {} a value, or unset it", variable.name);
  fail(std::move(finding));
}

}  // namespace migrator

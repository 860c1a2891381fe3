#include "engine/project/interpolation.h"

#include <fmt/format.h>

#include <algorithm>

namespace migrator {
namespace {

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::ranges::all_of(text, fits);
}

}  // namespace

Interpolated interpolate(std::string_view text, const VariableLookup& lookup) {
  Interpolated result;
  while (!text.empty()) {
    if (text.starts_with("$${")) {
      result.text += "${";
      text.remove_prefix(3);
      continue;
    }
    if (!text.starts_with("${")) {
      result.text += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::size_t close = text.find('}');
    if (close == text.npos)
      return {{}, "a \"${\" is not closed by \"}\" (write $${ for a plain ${)"};
    const std::string_view inside = text.substr(2, close - 2);
    const std::size_t separator = inside.find(":-");
    const std::string_view name = inside.substr(0, separator);
    if (!is_name(name))
      return {{},
              "between \"${\" and \"}\" stands neither NAME nor NAME:-default (write $${ for a "
              "plain ${)"};
    const std::optional<std::string> value = lookup(std::string(name));
    if (separator != inside.npos)
      result.text += value && !value->empty() ? *value : std::string(inside.substr(separator + 2));
    else if (value)
      result.text += *value;
    else
      return {{}, fmt::format("the variable {} is not set", name)};
    text.remove_prefix(close + 1);
  }
  return result;
}

}  // namespace migrator

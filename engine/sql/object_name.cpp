#include "engine/sql/object_name.h"

#include <algorithm>
#include <string_view>

namespace migrator {
namespace {

bool is_plain(std::string_view name) {
  return !name.empty() && (name[0] < '0' || name[0] > '9') && std::ranges::all_of(name, [](char c) {
    const bool above_ascii = (static_cast<unsigned char>(c) & 0x80U) != 0;
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || above_ascii;
  });
}

}  // namespace

std::string name_text(std::string_view name) {
  if (is_plain(name)) return std::string(name);
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

std::string to_text(const ObjectName& name) {
  const std::string text = name_text(name.name);
  return name.schema.empty() ? text : name_text(name.schema) + "." + text;
}

std::string to_short_text(const ObjectName& name) {
  return to_text(name.schema == "public" ? ObjectName{{}, name.name} : name);
}

}  // namespace migrator

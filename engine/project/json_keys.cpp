#include "engine/project/json_keys.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "engine/base/text.h"
#include "engine/project/complaint.h"

namespace migrator {
namespace {

constexpr std::size_t kMostComplaints = 100;

// Keys as the line has them, one after the other.
using Json = nlohmann::ordered_json;

/// Why it is no row; empty when it is one.
std::string take_line(std::string_view line, std::vector<std::string>& keys) {
  if (trim(line).empty()) return "a blank line is no row";
  const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return "this is no JSON";
  if (!object.is_object()) return "this is no JSON object";
  for (const auto& [key, value] : object.items())
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
  return {};
}

}  // namespace

std::vector<std::string> read_json_keys(const DataRows& rows, const std::string& shown,
                                        std::vector<Finding>& findings) {
  std::vector<std::string> keys;
  const std::string_view all = rows.text.view();
  std::size_t number = 1, complaints = 0;
  for (std::size_t at = 0; at < all.size() && complaints < kMostComplaints; ++number) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    std::string wrong = take_line(all.substr(at, end - at), keys);
    at = end + 1;
    rows.text.passed(std::min(at, all.size()));
    if (wrong.empty()) continue;
    ++complaints;
    const bool as_written = rows.lines.empty();
    findings.push_back(complaint("seed-json", std::move(wrong), shown,
                                 as_written ? number : rows.lines[number - 1]));
    findings.back().next = as_written
                               ? "write one object in each line: {\"id\": 1, \"name\": \"a\"}"
                               : "write each row as an object: {\"id\": 1, \"name\": \"a\"}";
  }
  return keys;
}

}  // namespace migrator

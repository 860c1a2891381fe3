#include "engine/report/check_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/build.h"
#include "engine/base/text.h"
#include "engine/lint/rule.h"
#include "engine/report/to_json.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

using Json = nlohmann::ordered_json;

/// What it is and what to do, without the line of the file.
std::string words_of(const Finding& finding) {
  std::string text = finding.message;
  for (const std::string* more : {&finding.detail, &finding.hint, &finding.next})
    if (!more->empty()) text += (more == &finding.hint ? "\nInstead: " : "\n") + *more;
  return text;
}

std::string file_of(const Finding& finding) {
  return finding.place ? finding.place->file : "migrator.toml";
}

std::size_t line_of(const Finding& finding) {
  return finding.place ? std::max<std::size_t>(finding.place->line, 1) : 1;
}

/// A reference of a URI: relative to the repository, or of the machine.
std::string uri_of(const std::string& file) {
  std::string uri = file.starts_with('/') ? "file://" : "";
  for (const char c : file) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

/// Names of files may be no UTF-8.
std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json sarif_rule(const std::string& id) {
  Json json{{"id", id}};
  const Rule* rule = find_rule(id);
  if (!rule) return json;
  json["defaultConfiguration"] = {
      {"level", rule->level == Level::off ? "none" : std::string(to_text(rule->level))}};
  json["shortDescription"] = {{"text", std::string(rule->what)}};
  json["fullDescription"] = {{"text", std::string(rule->why)}};
  json["help"] = {{"text", explain(*rule)}};
  return json;
}

Json sarif_result(const Finding& finding) {
  Json region{{"startLine", line_of(finding)}};
  if (finding.place && finding.place->column > 0) region["startColumn"] = finding.place->column;
  Json result{
      {"ruleId", finding.id},
      {"level", word_of(finding.severity)},
      {"message", {{"text", words_of(finding)}}},
      {"locations", Json::array({{{"physicalLocation",
                                   {{"artifactLocation", {{"uri", uri_of(file_of(finding))}}},
                                    {"region", region}}}}})}};
  // Lines may move; the statement stays the same finding.
  if (!finding.fingerprint.empty())
    result["partialFingerprints"] = {{"statement/v1", finding.fingerprint}};
  return result;
}

std::string escaped_xml(std::string_view text) {
  std::string result;
  // What is no UTF-8 is none of XML either.
  const std::size_t end = find_invalid_utf8(text).value_or(text.size());
  if (end < text.size())
    return escaped_xml(text.substr(0, end)) + "?" + escaped_xml(text.substr(end + 1));
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '&')
      result += "&amp;";
    else if (c == '"')
      result += "&quot;";
    else if (byte >= 0x20 || c == '\n' || c == '\t')
      result += c;
  }
  return result;
}

/// In a value of GitHub's commands more is escaped than in the message.
std::string escaped_command(std::string_view text, bool is_value) {
  std::string result;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (is_value && (c == ':' || c == ','));
    result += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return result;
}

/// `again`: how many of the same came before.
std::string fingerprint_of(const Finding& finding, std::size_t again) {
  // FNV-1a: the same finding has the same one in each run, whatever stands above it.
  std::uint64_t hash = 14695981039346656037U;
  const std::string source = finding.place ? finding.place->source_line : "";
  for (const char c : finding.id + "\n" + file_of(finding) + "\n" + source + finding.message)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return fmt::format("{:016x}", hash + again);
}

}  // namespace

std::optional<CheckFormat> parse_check_format(std::string_view word) {
  constexpr std::array<std::string_view, 6> kWords{"text",  "json",   "sarif",
                                                   "junit", "github", "gitlab"};
  const auto found = std::ranges::find(kWords, word);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<CheckFormat>(found - kWords.begin());
}

std::string to_sarif(const CheckReport& report) {
  std::set<std::string> ids;
  Json results = Json::array();
  for (const Finding& finding : report.findings) {
    ids.insert(finding.id);
    results.push_back(sarif_result(finding));
  }
  Json known = Json::array();
  for (const std::string& id : ids) known.push_back(sarif_rule(id));
  const Json driver{
      {"name", "migrator"}, {"version", std::string(program_version())}, {"rules", known}};
  const Json document{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                      {"version", "2.1.0"},
                      {"runs", Json::array({{{"tool", {{"driver", driver}}},
                                             {"columnKind", "unicodeCodePoints"},
                                             {"results", results}}})}};
  return dumped(document);
}

std::string to_junit(const CheckReport& report) {
  std::string cases;
  std::size_t failures = 0;
  for (const Finding& finding : report.findings) {
    if (finding.severity == Severity::note) continue;
    ++failures;
    cases += fmt::format(
        "    <testcase classname=\"{0}\" name=\"{1} (line {2})\" file=\"{0}\" line=\"{2}\">\n"
        "      <failure type=\"{3}\" message=\"{4}\">{0}:{2}: {5}</failure>\n    </testcase>\n",
        escaped_xml(file_of(finding)), finding.id, line_of(finding), word_of(finding.severity),
        escaped_xml(finding.message), escaped_xml(words_of(finding)));
  }
  const std::size_t tests = std::max<std::size_t>(failures, 1);
  if (failures == 0) cases = "    <testcase classname=\"migrator\" name=\"check\"/>\n";
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites tests=\"{0}\" failures=\"{1}\" errors=\"0\">\n"
      "  <testsuite name=\"migrator check\" tests=\"{0}\" failures=\"{1}\" errors=\"0\" "
      "skipped=\"0\">\n{2}"
      "  </testsuite>\n</testsuites>\n",
      tests, failures, cases);
}

std::string to_github(const CheckReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    const std::string_view command =
        finding.severity == Severity::note ? "notice" : word_of(finding.severity);
    text += fmt::format("::{} file={},line={}", command, escaped_command(file_of(finding), true),
                        line_of(finding));
    if (finding.place && finding.place->column > 0)
      text += fmt::format(",col={}", finding.place->column);
    text += fmt::format(",title={}::{}\n", escaped_command(finding.id, true),
                        escaped_command(words_of(finding), false));
  }
  return text;
}

std::string to_gitlab(const CheckReport& report) {
  Json list = Json::array();
  std::map<std::string, std::size_t> seen;  // of two with one fingerprint GitLab shows one
  for (const Finding& finding : report.findings) {
    const std::string_view severity = finding.severity == Severity::error     ? "critical"
                                      : finding.severity == Severity::warning ? "minor"
                                                                              : "info";
    list.push_back(
        {{"description", words_of(finding)},
         {"check_name", finding.id},
         {"fingerprint", fingerprint_of(finding, seen[fingerprint_of(finding, 0)]++)},
         {"severity", severity},
         {"location", {{"path", file_of(finding)}, {"lines", {{"begin", line_of(finding)}}}}}});
  }
  return dumped(list);
}

std::string to_format(const CheckReport& report, CheckFormat format, Style style) {
  switch (format) {
    case CheckFormat::text:
      return to_text(report, style);
    case CheckFormat::json:
      return to_json(report);
    case CheckFormat::sarif:
      return to_sarif(report);
    case CheckFormat::junit:
      return to_junit(report);
    case CheckFormat::github:
      return to_github(report);
    case CheckFormat::gitlab:
      return to_gitlab(report);
  }
  return {};
}

}  // namespace migrator

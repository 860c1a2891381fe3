#include "engine/pg/server_error.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "engine/base/text.h"

namespace migrator {
namespace {

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(trim(text));
}

std::optional<std::size_t> leading_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value == 0) return std::nullopt;
  return value;
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::ranges::all_of(text, [](char letter) {
           return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z');
         });
}

std::optional<std::size_t> find_once(std::string_view text, std::string_view part) {
  if (part.empty()) return std::nullopt;
  const auto first = text.find(part);
  if (first == std::string_view::npos) return std::nullopt;
  if (text.find(part, first + 1) != std::string_view::npos) return std::nullopt;
  return first;
}

void add_line(std::string& text, std::string_view line) {
  if (!text.empty()) text += '\n';
  text += line;
}

bool says(const Finding& finding, const std::string& name) {
  return finding.message.find(name) != std::string::npos ||
         finding.detail.find(name) != std::string::npos;
}

// Names that the server knows and its sentences leave out.
void add_names(Finding& finding, const PGresult* result) {
  const std::array<std::pair<int, std::string_view>, 4> kinds = {
      {{PG_DIAG_TABLE_NAME, "table"},
       {PG_DIAG_COLUMN_NAME, "column"},
       {PG_DIAG_DATATYPE_NAME, "type"},
       {PG_DIAG_CONSTRAINT_NAME, "constraint"}}};
  const std::string schema = field(result, PG_DIAG_SCHEMA_NAME);
  std::string line;
  for (const auto& [code, kind] : kinds) {
    std::string name = field(result, code);
    if (name.empty() || says(finding, name)) continue;
    const bool in_schema = code == PG_DIAG_TABLE_NAME || code == PG_DIAG_DATATYPE_NAME;
    if (in_schema && !schema.empty()) name = schema + "." + name;
    if (!line.empty()) line += ", ";
    line.append(kind).append(" ").append(name);
  }
  if (!line.empty()) add_line(finding.detail, line);
}

// A query that ran inside the statement and cannot be found in its text.
void add_inner_query(Finding& finding, const PGresult* result) {
  const std::string query = field(result, PG_DIAG_INTERNAL_QUERY);
  if (!query.empty()) add_line(finding.detail, "in the query: " + query);
}

}  // namespace

Finding finding_of(const PGresult* result) {
  Finding finding;
  finding.id = "statement-failed";
  finding.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (finding.message.empty()) finding.message = std::string(trim(PQresultErrorMessage(result)));
  finding.sqlstate = field(result, PG_DIAG_SQLSTATE);
  finding.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  finding.hint = field(result, PG_DIAG_MESSAGE_HINT);
  finding.context = field(result, PG_DIAG_CONTEXT);
  add_names(finding, result);
  add_inner_query(finding, result);
  return finding;
}

// The severity is translated by the server, the rest of the form is not.
ErrorLine read_error_line(std::string_view line) {
  const auto severity_end = line.find(":  ");
  if (severity_end == std::string_view::npos) return {{}, std::string(line)};
  const auto rest = line.substr(severity_end + 3);
  if (is_sqlstate(rest.substr(0, 5)) && rest.substr(5, 2) == ": ") {
    return {std::string(rest.substr(0, 5)), std::string(rest.substr(7))};
  }
  return {{}, std::string(rest)};
}

Finding finding_of_text(std::string_view text) {
  Finding finding;
  finding.id = "query-failed";
  std::string dropped;
  const std::array<std::pair<std::string_view, std::string*>, 11> labels = {
      {{"DETAIL:  ", &finding.detail},
       {"HINT:  ", &finding.hint},
       {"CONTEXT:  ", &finding.context},
       {"LINE ", &dropped},
       {"QUERY:  ", &dropped},
       {"SCHEMA NAME:  ", &dropped},
       {"TABLE NAME:  ", &dropped},
       {"COLUMN NAME:  ", &dropped},
       {"DATATYPE NAME:  ", &dropped},
       {"CONSTRAINT NAME:  ", &dropped},
       {"LOCATION:  ", &dropped}}};
  std::string* part = nullptr;
  for (std::string_view line : split_lines(text)) {
    if (part == nullptr) {
      const ErrorLine first = read_error_line(line);
      finding.sqlstate = first.sqlstate;
      finding.message = first.what;
      part = &finding.message;
      continue;
    }
    for (const auto& [label, target] : labels) {
      if (!line.starts_with(label)) continue;
      line.remove_prefix(label.size());
      part = target;
      break;
    }
    add_line(*part, line);
  }
  return finding;
}

std::optional<std::size_t> error_offset(const PGresult* result, std::string_view sent) {
  if (const auto position = leading_number(field(result, PG_DIAG_STATEMENT_POSITION))) {
    return byte_of_character(sent, *position - 1);
  }
  const auto inner = leading_number(field(result, PG_DIAG_INTERNAL_POSITION));
  const char* query = PQresultErrorField(result, PG_DIAG_INTERNAL_QUERY);
  if (!inner || query == nullptr) return std::nullopt;
  const auto start = find_once(sent, query);
  if (!start) return std::nullopt;
  return *start + byte_of_character(query, *inner - 1);
}

// "COPY users, line 3, column age: ..."; the words are translated, their order is not.
std::optional<std::size_t> copy_line(std::string_view context) {
  for (std::string_view line : split_lines(context)) {
    if (!line.starts_with("COPY ")) continue;
    for (auto comma = line.find(", "); comma != std::string_view::npos;
         comma = line.find(", ", comma + 1)) {
      const auto space = line.find(' ', comma + 2);
      if (space == std::string_view::npos) break;
      if (const auto found = leading_number(line.substr(space + 1))) return found;
    }
  }
  return std::nullopt;
}

Error connection_lost(std::string_view cause) {
  Finding finding = finding_of_text(trim(cause));
  finding.id = "connection-lost";
  add_line(finding.message, finding.detail);
  finding.detail = std::exchange(finding.message, "the connection to the server was lost");
  finding.next = "look in the server's log for the reason, then run the same command again";
  return Error(ErrorKind::connection, std::move(finding));
}

}  // namespace migrator

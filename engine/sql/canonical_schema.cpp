#include "engine/sql/canonical_schema.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/sql/plain_view.h"
#include "engine/sql/splitter.h"

namespace migrator {
namespace {

/// What pg_dump announces by a comment "-- Name: ...; Type: ...; Schema: ...; Owner: ...", with the
/// statements that follow.
struct SchemaEntry {
  std::string name;
  std::string type;
  std::string schema;
  std::string access_method;  ///< as it is set for the tables that follow
  std::vector<std::string> statements = {};
};

constexpr std::string_view kAccessMethod = "SET default_table_access_method = ";
constexpr std::string_view kUsual = "heap";

/// Kinds of which none depends on another of its kind.
constexpr auto kUnordered = std::to_array<std::string_view>(
    {"ACL", "COMMENT", "DEFAULT", "DEFAULT ACL", "FK CONSTRAINT", "INDEX", "POLICY", "ROW SECURITY",
     "SEQUENCE OWNED BY", "TRIGGER"});

/// Of the last such comment between two statements.
std::optional<SchemaEntry> announced_in(std::string_view gap) {
  std::optional<SchemaEntry> found;
  for (const std::string_view line : split_lines(gap)) {
    constexpr std::string_view before = "-- Name: ";
    const std::size_t type = line.rfind("; Type: "), schema = line.rfind("; Schema: ");
    const std::size_t owner = line.rfind("; Owner: ");
    if (!line.starts_with(before) || type == line.npos || schema == line.npos) continue;
    found = SchemaEntry{.name = std::string(line.substr(before.size(), type - before.size())),
                        .type = std::string(line.substr(type + 8, schema - type - 8)),
                        .schema = std::string(line.substr(schema + 10, owner - schema - 10)),
                        .access_method = {}};
  }
  return found;
}

std::vector<SchemaEntry> entries_of(std::string_view dump) {
  const Source source{.file = "pg_dump", .text = dump};
  const SplitResult cut = split(source);
  if (!cut.findings.empty()) {
    Finding finding = cut.findings.front();
    finding.id = "pg-dump-unreadable";
    finding.next = "this is a fault of migrator or of pg_dump: please report it";
    throw Error(ErrorKind::migration, std::move(finding));
  }
  std::vector<SchemaEntry> entries;
  std::string access_method(kUsual);
  std::size_t end = 0;
  for (const Statement& statement : cut.statements) {
    if (auto announced = announced_in(dump.substr(end, statement.offset - end))) {
      entries.push_back(std::move(*announced));
      entries.back().access_method = access_method;
    }
    end = statement.offset + statement.length;
    const std::string_view text = text_of(source, statement);
    if (text.starts_with(kAccessMethod))
      access_method = text.substr(kAccessMethod.size());
    else if (!entries.empty() && statement.form == StatementForm::sql &&
             !text.starts_with("SET default_tablespace"))
      entries.back().statements.emplace_back(text);
  }
  return entries;
}

/// What a new database has already, or may not be said by all.
bool says_nothing(const SchemaEntry& entry) {
  static const std::vector<std::string> public_as_of_old = {
      "REVOKE USAGE ON SCHEMA public FROM PUBLIC", "GRANT ALL ON SCHEMA public TO PUBLIC"};
  if (entry.statements.empty()) return true;
  const std::string& first = entry.statements.front();
  if (entry.type == "COMMENT")
    return first.starts_with("COMMENT ON EXTENSION ") ||
           first == "COMMENT ON SCHEMA public IS 'standard public schema'";
  if (entry.type == "SCHEMA") return first == "CREATE SCHEMA public";
  return entry.type == "ACL" && entry.statements == public_as_of_old;
}

/// Grants stand in the order in which they were given; REVOKE goes before them all.
void order_grants(SchemaEntry& entry) {
  if (!entry.type.ends_with("ACL")) return;
  const auto is_grant = [](const std::string& text) {
    return text.starts_with("GRANT ") ||
           (text.starts_with("ALTER DEFAULT ") && text.find(" GRANT ") != text.npos);
  };
  const auto grants = std::ranges::find_if(entry.statements, is_grant);
  // Somebody else's grants depend on those before them.
  if (std::all_of(grants, entry.statements.end(), is_grant))
    std::sort(grants, entry.statements.end());
}

void write_plainly(SchemaEntry& entry) {
  constexpr std::string_view create = "CREATE SCHEMA ";
  order_grants(entry);
  for (std::string& text : entry.statements) {
    if (entry.type == "SCHEMA" && text.starts_with(create))
      text.insert(create.size(), "IF NOT EXISTS ");
    if (entry.type.ends_with("VIEW")) text = plain_view(text);
  }
}

void order_equals(std::vector<SchemaEntry>& entries) {
  for (auto begin = entries.begin(); begin != entries.end();) {
    const auto end = std::find_if(
        begin, entries.end(), [&](const SchemaEntry& entry) { return entry.type != begin->type; });
    if (std::ranges::find(kUnordered, begin->type) != kUnordered.end())
      std::stable_sort(begin, end, [](const SchemaEntry& a, const SchemaEntry& b) {
        return std::tie(a.schema, a.name, a.statements) < std::tie(b.schema, b.name, b.statements);
      });
    begin = end;
  }
}

}  // namespace

std::string canonical_schema(std::string_view dump) {
  std::vector<SchemaEntry> entries = entries_of(dump);
  std::erase_if(entries, says_nothing);
  std::ranges::for_each(entries, write_plainly);
  order_equals(entries);
  std::string text;
  std::string access_method(kUsual);
  for (const SchemaEntry& entry : entries) {
    const bool has_rows = entry.type == "TABLE" || entry.type == "MATERIALIZED VIEW";
    if (has_rows && entry.access_method != access_method) {
      access_method = entry.access_method;
      text += std::string(kAccessMethod) + access_method + ";\n\n";
    }
    for (const std::string& statement : entry.statements) text += statement + ";\n";
    text += "\n";
  }
  return text;
}

}  // namespace migrator

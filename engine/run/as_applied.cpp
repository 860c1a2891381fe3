#include "engine/run/as_applied.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace migrator {
namespace {

enum class Origin { file, history, none };

/// What was applied is still what the file says; of a versioned one that was edited, the file is
/// what every new database gets.
Origin origin_of(const Entry& entry) {
  const bool has_file = entry.migration != nullptr;
  switch (entry.standing) {
    case Standing::applied:
    case Standing::cosmetic:
    case Standing::baseline:
    case Standing::changed:
      return has_file ? Origin::file : Origin::none;
    case Standing::missing:
    case Standing::ahead:
      return Origin::history;
    case Standing::pending:
    case Standing::late:
      return entry.applied ? Origin::history : Origin::none;  // a repeatable that was edited
    case Standing::half_done:
      return Origin::none;
  }
  return Origin::none;
}

Finding half_done(const Entry& entry) {
  return {.id = "drift-unknown",
          .message = fmt::format("{} is half done: nobody knows what the database should be",
                                 entry.shown()),
          .next = "finish it first: migrator status says how"};
}

Finding not_kept(const Entry& entry) {
  return {.severity = Severity::warning,
          .id = "drift-unknown",
          .message = fmt::format("{} was applied, and neither a file nor the history says what it "
                                 "did: what it made counts as made by nobody",
                                 entry.shown()),
          .next = "bring its file back from version control"};
}

std::optional<Migration> from_history(const Entry& entry,
                                      const std::map<std::string, std::string>& texts) {
  const auto kept = texts.find(entry.id);
  if (kept == texts.end()) return std::nullopt;
  std::vector<Finding> unused;  // it was right when it was applied
  Migration migration{
      .version = entry.version.value_or(Version{}),
      .name = entry.name,
      .repeatable = entry.kind == StepKind::repeatable,
      .up = part_from_text(entry.shown() + " (from the history)", kept->second, {}, unused),
      .checksums = {}};
  migration.checksums = checksums_of(migration.up);
  return migration;
}

}  // namespace

Project as_applied(Connection& connection, const HistoryTable& table, const Reading& reading,
                   std::vector<Finding>& findings) {
  std::vector<std::string> ids;
  for (const Entry& entry : reading.comparison().entries)
    if (entry.kind != StepKind::seed && origin_of(entry) == Origin::history)
      ids.push_back(entry.id);
  const auto texts =
      ids.empty() ? std::map<std::string, std::string>() : table.applied_texts(connection, ids);
  Project made;
  for (const Entry& entry : reading.comparison().entries) {
    if (entry.kind == StepKind::seed) continue;
    if (entry.standing == Standing::half_done) findings.push_back(half_done(entry));
    const Origin origin = origin_of(entry);
    if (origin == Origin::file) made.migrations.push_back(*entry.migration);
    if (origin != Origin::history) continue;
    if (auto migration = from_history(entry, texts))
      made.migrations.push_back(std::move(*migration));
    else
      findings.push_back(not_kept(entry));
  }
  return made;
}

}  // namespace migrator

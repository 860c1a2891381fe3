#include "engine/run/schema_load.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/script.h"
#include "engine/pg/user_objects.h"
#include "engine/project/part.h"
#include "engine/project/shown_path.h"
#include "engine/project/text_file.h"
#include "engine/run/file_session.h"
#include "engine/run/reading.h"
#include "engine/run/run_lock.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/summary.h"

namespace migrator {
namespace {

[[noreturn]] void refuse(const std::vector<Finding>& findings) {
  const auto error = std::ranges::find(findings, Severity::error, &Finding::severity);
  Finding finding = error == findings.end() ? findings.front() : *error;
  finding.kept = "nothing was touched";
  throw Error(ErrorKind::configuration, std::move(finding));
}

/// It would end the transaction that makes it all or nothing.
void refuse_transaction_control(const Part& part, std::vector<Finding>& findings) {
  CommandReader reader(part);
  while (const auto command = next_sent(reader)) {
    const std::string_view sql = sql_of(part, *command);
    if (transaction_need(sql) != TransactionNeed::control) continue;
    findings.push_back(
        {.id = "transaction-control",
         .message = summarize(sql).what + " in a schema file, which is loaded in one transaction",
         .place = place_of(part, *command),
         .next = "remove it"});
  }
}

/// Some of what would be in the way.
std::vector<std::string> what_is_there(const RunSite& site, const History& history) {
  std::vector<std::string> objects =
      some_user_objects(site.connection, site.table.schema(), site.table.table());
  if (!history.rows.empty())
    objects.insert(objects.begin(), counted(history.rows.size(), "row") + " of the history");
  return objects;
}

void require_empty(const RunSite& site) {
  const HistoryReading read = site.table.read(site.connection);
  if (read.server.in_recovery || read.server.read_only)
    Reading(site.connection, site.table, Project{}, read).require_writable();
  const std::vector<std::string> objects = what_is_there(site, read.history);
  if (objects.empty()) return;
  throw Error(ErrorKind::usage,
              {.id = "database-not-empty",
               .message = fmt::format("the database \"{}\" is not empty, and a schema is loaded "
                                      "into an empty one only",
                                      site.connection.database()),
               .detail = fmt::format("it has {}", fmt::join(objects, ", ")),
               .kept = "nothing was touched",
               .next = "migrator up brings it up to date; migrator reset drops it and sets it up "
                       "again"});
}

std::size_t run_statements(const RunSite& site, const Part& part) {
  CommandReader reader(part);
  std::size_t count = 0;
  const auto echo = [&](const Command& command) {
    site.observer.echoed(command.echo, command.stream);
  };
  while (const auto command = next_sent(reader, echo)) {
    run_statement(site.connection, part, *command, site.stop);
    ++count;
  }
  return count;
}

const Migration* find(const Project* project, const SchemaVersion& version) {
  if (project == nullptr) return nullptr;
  const auto found = std::ranges::find_if(project->migrations, [&](const Migration& migration) {
    return migration.id() == version.id && migration.checksums == version.checksums;
  });
  return found == project->migrations.end() ? nullptr : &*found;
}

void record(const RunSite& site, const SchemaToLoad& schema, const Project* project) {
  for (const SchemaVersion& version : schema.versions) {
    const Migration* migration = find(project, version);
    site.table.record_loaded(
        site.connection, version, migration ? kept_text_of(migration->up) : std::nullopt,
        migration && migration->down ? Field(standing_alone(*migration->down)) : std::nullopt,
        "loaded from " + schema.part.file, site.options.runner);
  }
}

/// A dump says of all that they have no data, and nobody can ask one that has none.
void fill_materialized_views(const RunSite& site) {
  const auto rows = site.connection.query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind = 'm' AND NOT c.relispopulated ORDER BY c.oid");
  for (const Row& row : rows)
    run_command(site.connection, "REFRESH MATERIALIZED VIEW " + row.at(0).value_or(""), site.stop);
}

/// What the file set is not ours, nor whoever's a pooler's session is next.
void leave_settings(const RunSite& site) {
  if (site.connection.is_pooled())
    reset_inside(site.connection, {"application_name", site.connection.application_name()});
  else
    reset_settings(site.connection);
}

Error with_words(const Error& error, const Part& part) {
  Finding finding = error.finding();
  if (!finding.place) finding.place = Place{.file = part.file};
  if (error.kind() == ErrorKind::connection)
    finding.next = "when the server is back: migrator status tells whether it was committed";
  else
    finding.kept = "nothing of " + part.file + ": it is one transaction";
  return Error(error.kind(), std::move(finding));
}

}  // namespace

SchemaToLoad read_schema(const std::filesystem::path& file, const ProjectFolders& folders) {
  const std::string shown = shown_path(file, folders.working_folder);
  std::vector<Finding> findings;
  auto text = read_text_file(file, shown, findings);
  if (!text) refuse(findings);
  // Not as an initializer: GCC 12 destroys the members before it twice when that throws.
  SchemaToLoad schema;
  schema.versions = versions_in(*text, shown);
  const IncludedFiles included(folders.root, folders.working_folder, {}, folders.variables);
  schema.part = make_part(shown, std::move(*text), 1, included, findings);
  refuse_transaction_control(schema.part, findings);
  if (std::ranges::find(findings, Severity::error, &Finding::severity) != findings.end())
    refuse(findings);
  return schema;
}

bool is_empty(const RunSite& site) {
  return what_is_there(site, site.table.read(site.connection).history).empty();
}

LoadedSchema load_schema(const RunSite& site, const SchemaToLoad& schema, const Project* project) {
  const RunLock lock(site);
  require_empty(site);
  if (!schema.versions.empty()) site.table.ensure(site.connection);
  run_quick_command(site.connection, "BEGIN READ WRITE", site.stop);
  LoadedSchema loaded{.versions = schema.versions.size()};
  try {
    loaded.statements = run_statements(site, schema.part);
    leave_settings(site);
    fill_materialized_views(site);
    record(site, schema, project);
    commit(site.connection, site.stop);
  } catch (const Error& error) {
    if (site.connection.is_alive() && site.connection.in_transaction())
      run_quick_command(site.connection, "ROLLBACK");
    throw with_words(error, schema.part);
  }
  if (!site.connection.is_pooled()) reset_session(site.connection);
  return loaded;
}

std::optional<std::string> outdated(const SchemaToLoad& schema, const Project& project) {
  for (const SchemaVersion& version : schema.versions) {
    const auto found = std::ranges::find(project.migrations, version.id, &Migration::id);
    if (found == project.migrations.end())
      return fmt::format("it holds {} {}, which has no file", version.kind, version.id);
    // A repeatable one runs again, and what a baseline stands for was never run.
    if (version.kind == "versioned" && found->checksums.canonical != version.checksums.canonical)
      return fmt::format("{} is not what it holds", found->up.file);
  }
  if (schema.versions.empty()) return "it does not say which migrations it holds";
  return std::nullopt;
}

std::vector<std::string> without_file(const SchemaToLoad& schema, const Project& project) {
  std::vector<std::string> missing;
  for (const SchemaVersion& version : schema.versions) {
    // What a baseline stands for need not be there.
    if (version.kind == "baseline") continue;
    if (std::ranges::find(project.migrations, version.id, &Migration::id) !=
        project.migrations.end())
      continue;
    missing.push_back(version.kind == "versioned" ? version.id + "_" + version.name : version.id);
  }
  return missing;
}

}  // namespace migrator

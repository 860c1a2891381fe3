#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "cmd/commands.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "cmd/site.h"
#include "cmd/write_file.h"
#include "engine/base/diff.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/project/shown_path.h"
#include "engine/report/exit_code.h"
#include "engine/run/schema_dump.h"
#include "engine/run/schema_load.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

/// The one that is said, else the one that the configuration names.
fs::path schema_file_of(const World& world, const Config& config) {
  const std::string& said = world.arguments.database.file;
  if (!said.empty()) return (config.working_folder / said).lexically_normal();
  if (!config.schema_file.value.empty()) return config.schema_file.value;
  throw Error(ErrorKind::usage, {.id = "usage",
                                 .message = "no schema file is named",
                                 .next = "name it, or set schema_file of [migrations]"});
}

std::string dump(const World& world, Site& site, Connection& connection) {
  const auto path = world.variables.find("PATH");
  return dump_schema(connection, {site.config.schema.value, site.config.table.value},
                     {.url = site.url,
                      .connect = site.options,
                      .search_path_variable = path == world.variables.end() ? "" : path->second,
                      .bindir = site.config.embedded_bindir.value},
                     site.progress, world.stop);
}

/// Nothing is written over what is no schema file.
void require_schema_output(const fs::path& file, const std::string& shown) {
  constexpr std::size_t enough = 100;
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  std::ifstream stream(file, std::ios::binary);
  std::string begin(enough, '\0');
  stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(stream.gcount()));
  if (fs::is_regular_file(file, ignored) && (begin.empty() || is_schema_file(begin))) return;
  throw Error(ErrorKind::usage, {.id = "file-exists",
                                 .message = shown + " is there already, and is no schema file",
                                 .kept = "that file, as it was",
                                 .next = "choose another name, or remove it"});
}

int write(const World& world, FactsReport report, const fs::path& file, const std::string& schema) {
  write_new(file.string(), schema);
  const std::string& shown = world.arguments.database.output;
  report.sentence = "wrote " + shown;
  report.facts = {{"file", shown}};
  return print(world, report);
}

/// What `migrator db dump --check` finds.
int compare(const World& world, Site& site, Connection& connection, FactsReport report) {
  constexpr std::size_t context = 3, limit = 400;
  const fs::path file = schema_file_of(world, site.config);
  const std::string shown = shown_path(file, site.config.working_folder);
  const std::string written = read_file(file);
  const std::string schema = dump(world, site, connection);
  report.facts = {{"file", shown}, {"equal", written == schema}};
  if (written == schema) {
    report.sentence = shown + " is the schema of the database";
    return print(world, report);
  }
  report.head.exit_code = kFound;
  report.findings.push_back(
      {.id = "schema-differs",
       .message = shown + " is not the schema of the database",
       .detail = unified_diff(written, shown, schema, "the database", context, limit),
       .next = fmt::format("if the database is right: migrator db dump -o {}", shown)});
  return print(world, report);
}

int load_and_tell(const World& world, Workplace& place, const SchemaToLoad& schema) {
  const LoadedSchema loaded = load_schema(place.site(world.stop), schema, &place.files.project());
  FactsReport report{
      .head = place.head(world.arguments.command, kDone),
      .sentence = fmt::format("loaded {}: {}, {} marked as applied", schema.part.file,
                              counted(loaded.statements, "statement"),
                              counted(loaded.versions, "migration"))};
  report.facts = {{"file", schema.part.file},
                  {"statements", static_cast<std::int64_t>(loaded.statements)},
                  {"migrations", static_cast<std::int64_t>(loaded.versions)}};
  if (schema.versions.empty())
    report.findings.push_back({.severity = Severity::warning,
                               .id = "no-versions",
                               .message = schema.part.file +
                                          " does not say which migrations it holds: none is "
                                          "marked as applied",
                               .next = "migrator baseline VERSION, if it holds some"});
  const auto missing = without_file(schema, place.files.project());
  if (!missing.empty())
    report.findings.push_back(
        {.severity = Severity::warning,
         .id = "versions-without-file",
         .message = fmt::format("{} holds {} of which there is no file here: {}", schema.part.file,
                                counted(missing.size(), "migration"), fmt::join(missing, ", ")),
         .next = "bring the files back, or write the schema file anew; migrator status tells how "
                 "the two differ"});
  return print(world, report);
}

Finding passed_over(const std::string& shown, std::string why) {
  return {.severity = Severity::warning,
          .id = "schema-file-outdated",
          .message = fmt::format("{} was not loaded: {}", shown, why),
          .next = "write it anew when the database is up to date: migrator db dump -o " + shown};
}

/// Loads the configured schema file where there is nothing yet. What setup has to say of it.
std::vector<Finding> load_if_empty(const World& world, Workplace& place) {
  const fs::path& file = place.config.schema_file.value;
  if (file.empty() || !is_empty(place.site(world.stop))) return {};
  const std::string shown = shown_path(file, place.config.working_folder);
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return {passed_over(shown, "there is no such file yet")};
  const SchemaToLoad schema = read_schema(file, folders_for(world, place.config));
  if (const auto why = outdated(schema, place.files.project())) return {passed_over(shown, *why)};
  try {
    const LoadedSchema loaded = load_schema(place.site(world.stop), schema, &place.files.project());
    place.progress.waiting(
        fmt::format("loaded {}: {}", shown, counted(loaded.versions, "migration")));
  } catch (const Error& error) {
    // Another one was quicker.
    if (error.finding().id != "database-not-empty") throw;
  }
  return {};
}

}  // namespace

int command_db_dump(const World& world) {
  const DatabaseArguments& wanted = world.arguments.database;
  if (!wanted.check && !wanted.file.empty())
    throw Error(ErrorKind::usage, {.id = "usage",
                                   .message = "db dump takes a FILE with --check only",
                                   .next = "migrator db dump -o " + wanted.file});
  Site site(world);
  Connection connection = site.open(world);
  FactsReport report{.head = site.head(world, connection)};
  if (wanted.check) return compare(world, site, connection, std::move(report));
  const fs::path file = (site.config.working_folder / wanted.output).lexically_normal();
  if (!wanted.output.empty()) require_schema_output(file, wanted.output);
  const std::string schema = dump(world, site, connection);
  if (wanted.output.empty()) {
    report.facts = {{"schema", schema}};
    return give(world.arguments.json ? to_json(report) : schema, kDone);
  }
  return write(world, std::move(report), file, schema);
}

int command_db_load(const World& world) {
  const Config config = settle_config(world);
  const SchemaToLoad schema =
      read_schema(schema_file_of(world, config), folders_for(world, config));
  Workplace place(world, Creation::never);
  return load_and_tell(world, place, schema);
}

int command_setup(const World& world) {
  const auto look = ProjectFiles::Look::glance_with_seeds;
  Workplace place(world, Creation::if_missing, look);
  const std::vector<Finding> told = load_if_empty(world, place);
  RunReport report =
      up(place.site(world.stop), place.files,
         {.order = world.arguments.allow_late ? OrderPolicy::any : place.config.order.value,
          .seeds = true,
          .single_transaction = world.arguments.single_transaction});
  report.findings.insert(report.findings.begin(), told.begin(), told.end());
  report.head = place.head(world.arguments.command, world.settled(report.head.exit_code));
  report.database_created = place.created;
  return print(world, report);
}

}  // namespace migrator

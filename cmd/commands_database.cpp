#include <fmt/format.h>

#include <filesystem>

#include "cmd/commands.h"
#include "cmd/drop_guard.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "cmd/site.h"
#include "engine/base/error.h"
#include "engine/pg/database.h"
#include "engine/pg/pause.h"
#include "engine/pg/sessions.h"
#include "engine/report/exit_code.h"
#include "engine/run/schema_load.h"
#include "engine/sql/directives.h"

namespace migrator {
namespace {

bool drop(const World& world, Site& site) {
  const Others others = world.arguments.database.force ? Others::end : Others::keep;
  const auto ending = [&](const OtherSession& session) {
    site.progress.waiting("ending " + describe(session));
  };
  return drop_database(site.url, site.options, others, ending, world.stop);
}

std::chrono::milliseconds interval_of(const std::string& text) {
  const auto interval = parse_duration(text);
  if (interval && interval->count() > 0) return *interval;
  throw Error(ErrorKind::usage, {.id = "usage",
                                 .message = fmt::format("\"{}\" is no duration", text),
                                 .next = "write it like 500ms, 2s or 1min"});
}

SessionsReport look_at_sessions(const World& world, const Site& site, Connection& connection) {
  return {.head = site.head(world, connection), .sessions = sessions_of(connection)};
}

int end_one(const World& world, const Site& site, Connection& connection) {
  const int pid = *world.arguments.database.kill;
  const bool was_there = end_session(connection, pid);
  FactsReport report = site.report(
      world, was_there ? fmt::format("ended the session of process {}", pid)
                       : fmt::format("there is no session of a client with process {}", pid));
  report.head = site.head(world, connection);
  report.head.exit_code = was_there ? kDone : kFound;
  report.facts = {{"pid", std::int64_t{pid}}, {"ended", was_there}};
  return print(world, report);
}

RunReport refusal_of_files(const World& world, const Config& config) {
  RunReport report{.head = {world.arguments.command, config.environment.value},
                   .findings = load_project(folders_of(config)).findings};
  std::erase_if(report.findings,
                [](const Finding& finding) { return finding.severity != Severity::error; });
  for (Finding& finding : report.findings) finding.kept = "the database: nothing was dropped";
  if (!report.findings.empty()) report.head.exit_code = exit_code_of_refusal(report.findings);
  return report;
}

/// Where setup would load one.
void require_good_schema_file(const World& world, const Config& config) {
  std::error_code ignored;
  const std::filesystem::path& file = config.schema_file.value;
  if (file.empty() || !std::filesystem::exists(file, ignored)) return;
  try {
    read_schema(file, folders_for(world, config));
  } catch (const Error& error) {
    Finding finding = error.finding();
    finding.kept = "the database: nothing was dropped";
    throw Error(error.kind(), std::move(finding));
  }
}

}  // namespace

int command_db_create(const World& world) {
  const DatabaseArguments& wanted = world.arguments.database;
  Site site(world);
  const bool created = create_database_if_missing(site.url, site.options, world.stop,
                                                  {.owner = wanted.owner,
                                                   .encoding = wanted.encoding,
                                                   .template_database = wanted.template_database,
                                                   .locale = wanted.locale});
  FactsReport report =
      site.report(world, created ? fmt::format("created the database \"{}\"", site.name)
                                 : fmt::format("the database \"{}\" is there already", site.name));
  report.facts.emplace_back("created", created);
  return print(world, report);
}

int command_db_drop(const World& world) {
  Site site(world);
  require_leave_to_drop(world, site.config, site.name, site.shown());
  const bool dropped = drop(world, site);
  FactsReport report = site.report(
      world, dropped ? fmt::format("dropped the database \"{}\"", site.name)
                     : fmt::format("there is no database \"{}\": nothing to drop", site.name));
  report.facts.emplace_back("dropped", dropped);
  return print(world, report);
}

int command_reset(const World& world) {
  {
    Site site(world);
    // Nothing is dropped for files that could not bring it back.
    RunReport refusal = refusal_of_files(world, site.config);
    if (refusal.head.exit_code != kDone) return print(world, refusal);
    require_good_schema_file(world, site.config);
    require_leave_to_drop(world, site.config, site.name, site.shown());
    if (drop(world, site)) site.progress.waiting(fmt::format("dropped the database {}", site.name));
  }
  return command_setup(world);
}

int command_db_sessions(const World& world) {
  const DatabaseArguments& arguments = world.arguments.database;
  const auto interval = interval_of(arguments.every);
  const Site site(world);
  Connection connection = site.open(world);
  if (arguments.kill) return end_one(world, site, connection);
  print(world, look_at_sessions(world, site, connection));
  while (arguments.watch && out_is_whole() && pause(interval, world.stop)) {
    if (world.terminal.out.color && !world.arguments.json) write_out("\033[H\033[2J");
    print(world, look_at_sessions(world, site, connection));
  }
  return kDone;
}

}  // namespace migrator

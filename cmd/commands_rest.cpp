#include <fmt/format.h>

#include <chrono>

#include "cmd/commands.h"
#include "cmd/new_files.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "engine/base/build.h"
#include "engine/run/look.h"

namespace migrator {
namespace {

FactsReport facts_report(const World& world, const Config& config, std::string sentence) {
  return {.head = {world.arguments.command, config.environment.value},
          .sentence = std::move(sentence)};
}

FactsReport local_status(const World& world, const Config& config, const LocalServer& server) {
  const LocalServerStatus status = server.status();
  FactsReport report = facts_report(
      world, config,
      status.running ? fmt::format("PostgreSQL {} runs in {} (pid {})", status.version,
                                   status.directory.string(), status.pid)
                     : fmt::format("not running; {} {}",
                                   status.initialized ? "its data is in" : "nothing yet in",
                                   status.directory.string()));
  report.facts = {{"running", status.running},
                  {"initialized", status.initialized},
                  {"version", status.version},
                  {"bindir", status.bindir.string()},
                  {"directory", status.directory.string()}};
  if (status.running) report.facts.emplace_back("pid", std::int64_t{status.pid});
  return report;
}

}  // namespace

int command_new(const World& world) {
  const Config config = settle_config(world);
  const Arguments& arguments = world.arguments;
  const NewFileForm form = arguments.repeatable ? NewFileForm::repeatable
                           : arguments.pair     ? NewFileForm::pair
                                                : NewFileForm::single;
  const auto now = std::chrono::system_clock::now();
  const auto files = make_migration_files(config, arguments.subject, form, now);
  FactsReport report = facts_report(world, config, "");
  for (const std::string& file : files) {
    report.sentence += (report.sentence.empty() ? "made " : " and ") + file;
    report.facts.emplace_back(report.facts.empty() ? "file" : "down_file", file);
  }
  return print(world, report);
}

int command_wait(const World& world) {
  const Config config = settle_config(world);
  Progress progress(world.terminal, world.verbosity());
  FactsReport report = facts_report(world, config, "");
  try {
    const DatabaseUrl url = reachable_url(world, config, progress);
    const Connection connection =
        wait_until_reachable(world, config, url, connect_options(config), progress);
    report.head.database = facts_of(connection, config.url->value);
    report.sentence = "ready: " + where(report.head);
  } catch (const Error& error) {
    // A server that says so accepts connections.
    if (error.finding().id != "database-missing") throw;
    report.sentence = "ready: the server accepts connections";
    report.findings.push_back({.severity = Severity::note,
                               .id = "database-missing",
                               .message = "the database does not exist yet",
                               .next = "migrator setup creates it"});
  }
  return print(world, report);
}

int command_local(const World& world) {
  const Config config = settle_config(world);
  LocalServer server = local_server(world, config);
  const std::string& action = world.arguments.subject;
  FactsReport report;
  if (action == "start") {
    const bool started = server.start();
    report = local_status(world, config, server);
    report.sentence = (started ? "started: " : "runs already: ") + report.sentence;
    report.facts.emplace_back("started", started);
  } else if (action == "stop") {
    const bool stopped = server.stop();
    report = facts_report(world, config, stopped ? "stopped" : "it was not running");
    report.facts = {{"stopped", stopped}};
  } else if (action == "url") {
    report = facts_report(world, config, server.url().reveal());
    report.facts = {{"url", server.url().reveal()}};
  } else {
    report = local_status(world, config, server);
  }
  return print(world, report);
}

int command_version(const World& world) {
  FactsReport report{.head = {.command = "version"},
                     .sentence = fmt::format("migrator {}", program_version())};
  report.facts = {{"version", std::string(program_version())}};
  return print(world, report);
}

}  // namespace migrator

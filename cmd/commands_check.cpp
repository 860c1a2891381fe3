#include <fmt/format.h>

#include <filesystem>

#include "cmd/commands.h"
#include "cmd/observing.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "cmd/trials.h"
#include "cmd/write_file.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/lint/rule.h"
#include "engine/pg/server_binaries.h"
#include "engine/project/shown_path.h"
#include "engine/report/check_formats.h"
#include "engine/report/exit_code.h"
#include "engine/report/stats_json.h"
#include "engine/run/git_base.h"
#include "engine/run/look.h"

namespace migrator {
namespace {

/// An embedded server that was never set up has nothing to be asked.
bool has_database_to_ask(const World& world, const Config& config) {
  if (world.arguments.files_only || world.arguments.base || !config.url) return false;
  return !config.url->value.is_embedded() || std::filesystem::exists(config.embedded_dir.value);
}

Error unknown_rule(std::string_view id, const std::string& from, ErrorKind kind) {
  std::vector<std::string_view> known;
  for (const Rule& rule : rules()) known.push_back(rule.id);
  Finding finding{.id = "unknown-rule",
                  .message = fmt::format("{}there is no rule \"{}\"", from, id),
                  .next = "migrator explain lists the rules"};
  if (const auto near = nearest(id, known)) finding.hint = fmt::format("did you mean {}?", *near);
  return {kind, finding};
}

/// A file that the configuration names.
std::string read_named(const Setting<std::filesystem::path>& file, const std::string& shown) {
  try {
    return read_file(file.value);
  } catch (const Error& error) {
    Finding finding = error.finding();
    finding.detail = fmt::format("named by {}", file.origin);
    finding.place = Place{.file = shown};
    throw Error(ErrorKind::configuration, finding);
  }
}

Severity fail_on_of(const Config& config) {
  return config.fail_on.value == "error" ? Severity::error : Severity::warning;
}

CheckOptions options_of(const World& world, const Config& config) {
  CheckOptions options;
  for (const auto& [id, setting] : config.rules) {
    if (!find_rule(id)) throw unknown_rule(id, setting.origin + ": ", ErrorKind::configuration);
    options.lint.levels[id] = parse_level(setting.value).value_or(Level::warning);
  }
  options.lint.lock_timeout = config.lock_timeout.value;
  options.lint.statement_timeout = config.statement_timeout.value;
  options.fail_on = fail_on_of(config);
  options.observe_all = world.arguments.observe.value_or(false);
  const auto shown = [&](const Setting<std::filesystem::path>& file) {
    return shown_path(file.value, config.working_folder);
  };
  options.lint.speed = static_cast<double>(config.check_speed.value);
  if (const auto& file = config.check_stats; !file.value.empty()) {
    options.lint.stats = parse_stats(read_named(file, shown(file)), shown(file));
    options.lint.server_version = options.lint.stats->server_version;
  }
  // What is written anew is not looked at with the eyes of the old one.
  if (const auto& file = config.check_baseline;
      !file.value.empty() && world.arguments.write_baseline.empty())
    options.baseline.emplace(read_named(file, shown(file)), shown(file));
  return options;
}

/// PostgreSQL's programs are there where the environment has a server that they run. Elsewhere they
/// say nothing: the same check must not judge otherwise on another machine.
bool has_embedded_server(const World& world, const Config& config) {
  if (!config.url || !config.url->value.is_embedded()) return false;
  try {
    find_server_binaries(local_server_options(world, config), std::nullopt);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Where nobody has said: on a server that is named for trials, or one like the environment's own.
bool observes(const World& world, const Config& config) {
  if (world.arguments.observe) return *world.arguments.observe;
  if (world.arguments.files_only) return false;
  return config.scratch.origin != "default" || has_embedded_server(world, config);
}

CheckReport look(const World& world, const Config& config, CheckOptions options) {
  if (has_database_to_ask(world, config)) {
    Workplace place(world, Creation::never);
    if (observes(world, config))
      options.observe = observing(world, config, place.files.project(), &place.connection);
    CheckReport report = check(place.connection, place.table, place.files.project(),
                               place.config.order.value, options);
    report.head = place.head(world.arguments.command, report.head.exit_code);
    return report;
  }
  const Project project = load_project(folders_of(config));
  if (world.arguments.base) {
    GitComparison compared = compare_with_base(config, world.variables, *world.arguments.base);
    options.new_since_base = std::move(compared.added);
    options.since_base = std::move(compared.findings);
  }
  if (observes(world, config)) options.observe = observing(world, config, project, nullptr);
  CheckReport report = check_files(project, options);
  report.head = {world.arguments.command, config.environment.value, {}, report.head.exit_code};
  return report;
}

CheckReport report_of(const World& world, const Config& config) {
  const CheckOptions options = options_of(world, config);
  CheckReport report = look(world, config, options);
  if (world.arguments.drift) {
    Workplace place(world, Creation::never);
    add_drift(world, place, report);
    if (!report.head.database)
      report.head = place.head(world.arguments.command, report.head.exit_code);
  }
  if (world.arguments.from_scratch || world.arguments.downs) add_proofs(world, config, report);
  report.head.exit_code = exit_code_of(report.findings, options.fail_on);
  return report;
}

CheckReport drift_alone(const World& world, const Config& config) {
  Workplace place(world, Creation::never);
  const Project& project = place.files.project();
  CheckReport report{.head = {}, .migrations = project.migrations.size(), .seeds = 0};
  add_drift(world, place, report);
  const int code = exit_code_of(report.findings, fail_on_of(config));
  report.head = place.head(world.arguments.command, code);
  return report;
}

void write_output(const CheckReport& report, const std::string& output) {
  const std::size_t equals = output.find('=');
  const auto format = parse_check_format(output.substr(0, equals));
  if (equals == std::string::npos || !format)
    throw Error(ErrorKind::usage, {.id = "usage",
                                   .message = fmt::format("--output {}: no FORMAT=FILE", output),
                                   .next = "write it like sarif=out.sarif; formats are text, json, "
                                           "sarif, junit, github and gitlab"});
  write_new(output.substr(equals + 1), to_format(report, *format, {}));
}

/// What is found now is not reported from now on; lines about files that this look is not about
/// stay.
void take_as_baseline(const World& world, const Config& config, CheckReport& report) {
  const std::string& path = world.arguments.write_baseline;
  std::vector<std::string> kept;
  if (std::filesystem::exists(path))
    kept = Baseline(read_file(path), path).lines_of_others(report.judged, report.files);
  write_new(path, write_baseline(report.findings, kept));
  const std::size_t recorded = std::erase_if(
      report.findings, [](const Finding& finding) { return !finding.fingerprint.empty(); });
  report.findings.push_back(
      {.severity = Severity::note,
       .id = "baseline-written",
       .message = fmt::format("{} of this look written to {}", counted(recorded, "finding"), path),
       .next =
           fmt::format("name it in [check] baseline of migrator.toml: baseline = \"{}\"", path)});
  report.head.exit_code = exit_code_of(report.findings, fail_on_of(config));
}

int give_report(const World& world, const CheckReport& report) {
  for (const std::string& output : world.arguments.outputs) write_output(report, output);
  const CheckFormat format = parse_check_format(world.arguments.format).value_or(CheckFormat::text);
  if (format == CheckFormat::text) return print(world, report);
  return give(to_format(report, format, {}), report.head.exit_code);
}

}  // namespace

int command_check(const World& world) {
  const Config config = settle_config(world);
  CheckReport report = report_of(world, config);
  if (!world.arguments.write_baseline.empty()) take_as_baseline(world, config, report);
  return give_report(world, report);
}

int command_diff(const World& world) {
  return give_report(world, drift_alone(world, settle_config(world)));
}

int command_explain(const World& world) {
  const std::string& id = world.arguments.subject;
  if (id == "all") return give(rules_page(), kDone);
  if (id.empty()) {
    std::string list;
    for (const Rule& rule : rules())
      list += fmt::format("{:<8} {:<34} {}\n", to_text(rule.level), rule.id, rule.what);
    return give(list, kDone);
  }
  const Rule* rule = find_rule(id);
  if (!rule) throw unknown_rule(id, "", ErrorKind::usage);
  return give(explain(*rule), kDone);
}

}  // namespace migrator

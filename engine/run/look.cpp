#include "engine/run/look.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/base/error.h"
#include "engine/pg/at_work.h"
#include "engine/pg/schema_statements.h"
#include "engine/report/exit_code.h"
#include "engine/run/reading.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/statement_words.h"
#include "engine/sql/token_rules.h"

namespace migrator {
namespace {

StatusLine line_of(const Entry& entry) {
  StatusLine line{.id = entry.id,
                  .kind = entry.kind,
                  .name = entry.name,
                  .file = entry.part() ? entry.part()->file : "",
                  .standing = entry.standing};
  if (!entry.applied) return line;
  const AppliedMigration& row = *entry.applied;
  line.applied_at = row.started_at;
  line.duration = row.duration;
  line.applied_by = row.applied_by;
  line.application_host = row.application_host;
  line.migrator_version = row.migrator_version;
  line.run_id = row.run_id;
  line.note = row.note;
  line.statements_done = row.statements_done;
  line.statements_total = row.statements_total;
  return line;
}

/// psql puts the values of its variables in itself, unless the part says other ones.
bool can_stay_as_written(const Part& part, const Command& command) {
  const auto sets = [](const Content& text) {
    return text.view().find("\\set") != std::string_view::npos ||
           text.view().find("\\unset") != std::string_view::npos;
  };
  return command.kind == CommandKind::statement && !part.directives.variables && !sets(part.text) &&
         std::ranges::none_of(part.included, sets, &Included::text);
}

/// Values of variables may be secrets.
std::string shown_sql(const Part& part, const Command& command) {
  if (!command.expansion || part.used.empty()) return std::string(sql_of(part, command));
  if (can_stay_as_written(part, command))
    return std::string(text_of(part.source(command.text), command.statement));
  return veil_of(part.used).over(sql_of(part, command));
}

PlannedStatement planned(const Part& part, const Command& command, LockForecast& locks) {
  const std::string_view sql = sql_of(part, command);
  // Not by place_of, which counts the lines from the first: a file may hold a million statements.
  const Place place{.file = std::string(part.source(command.text).file),
                    .line = command.statement.line,
                    .column = command.statement.column};
  return {.line = place.line,
          .column = place.column,
          .what = describe(StatementWords(sql)),
          .sql = shown_sql(part, command),
          .copies = command.kind == CommandKind::copy,
          .data = command.kind == CommandKind::copy ? data_of(part, command) : "",
          .file = place.file == part.file ? "" : place.file,
          .forecast = locks.next(sql, place),
          .written = std::string(text_of(part.source(command.text), command.statement))};
}

PlannedStep planned(const Step& step, LockForecast& locks) {
  PlannedStep result{.action = step.action,
                     .kind = step.kind,
                     .id = step.id,
                     .name = step.name,
                     .file = step.part->file,
                     .first_statement = step.first_statement,
                     .segments = {}};
  for (const auto& [name, value] : step.part->used) result.variables.push_back(name);
  locks.begin_file();
  CommandReader reader(*step.part);
  std::size_t index = 0;
  for (const Segment& segment : step.segments) {
    PlannedSegment& shown = result.segments.emplace_back(PlannedSegment{
        .transactional = segment.transactional, .why = segment.why, .statements = {}});
    locks.begin_segment(segment.transactional);
    while (index < segment.first + segment.count) {
      const auto command = next_sent(reader);
      if (!command) break;
      if (index++ < segment.first) continue;
      shown.statements.push_back(planned(*step.part, *command, locks));
    }
  }
  return result;
}

void add(std::vector<Finding>& all, std::vector<Finding> more) {
  std::ranges::move(more, std::back_inserter(all));
}

/// What is half done because somebody is doing it needs no decision.
void tell_of_running(StatusReport& report) {
  for (Finding& finding : report.findings) {
    if (finding.id != "half-done" && finding.id != "in-doubt") continue;
    const std::size_t words = finding.message.find(" is half done");
    if (words != std::string::npos)
      finding.message.replace(words, std::string::npos, " is being run");
    finding.severity = Severity::warning;
    finding.detail.clear();
    finding.next.clear();
  }
}

}  // namespace

StatusReport status(Connection& connection, const HistoryTable& table, const Project& project,
                    OrderPolicy order) {
  const Reading reading(connection, table, project);
  StatusReport report;
  for (const Entry& entry : reading.comparison().entries) {
    if (entry.standing == Standing::ahead && entry.kind == StepKind::seed) continue;
    report.lines.push_back(line_of(entry));
  }
  report.findings = project.findings;
  add(report.findings, findings_of(reading.comparison(), reading.texts(), order));
  report.running = at_work(connection, table.lock_key(connection));
  if (report.running) tell_of_running(report);
  report.head.exit_code = exit_code_of(report.findings);
  return report;
}

PlanReport plan(Connection& connection, const HistoryTable& table, const Project& project,
                const UpTarget& target) {
  const Reading reading(connection, table, project);
  const Plan plan = plan_up(project, reading.comparison(), target, reading.texts());
  PlanReport report;
  report.single_transaction = plan.single_transaction;
  report.findings = plan.findings;
  LockForecast locks;
  for (const Step& step : plan.steps) report.steps.push_back(planned(step, locks));
  if (plan.is_refused()) report.head.exit_code = exit_code_of_refusal(plan.findings);
  return report;
}

namespace {

/// What loading and the transaction plan find.
CheckReport look_at_files(const Project& project) {
  CheckReport report{.head = {},
                     .migrations = project.migrations.size(),
                     .seeds = project.seeds.size(),
                     .findings = project.findings};
  for (const Migration& migration : project.migrations) {
    report.files.insert(migration.up.file);
    for (const Included& included : migration.up.included) report.files.insert(included.file);
    if (migration.down) add(report.findings, cut_segments(*migration.down).findings);
  }
  for (const Seed& seed : project.seeds) add(report.findings, cut_segments(seed.part).findings);
  return report;
}

/// Also where a file cannot be read as it should: that is no word on the others. Of that file
/// itself, what the parser does not know is no news.
void add_judgement(const Project& project, std::vector<Finding>& findings,
                   std::vector<Finding> more) {
  std::set<std::string> wrong;
  for (const Finding& finding : project.findings)
    if (finding.severity == Severity::error && finding.place) wrong.insert(finding.place->file);
  std::erase_if(more, [&](const Finding& finding) {
    return finding.id == "syntax-error-for-parser" && finding.place &&
           wrong.contains(finding.place->file);
  });
  add(findings, std::move(more));
}

/// Where a rule foretold that a statement fails, its finding has the server's words.
void leave_out_what_rules_tell(const ObservedRun& run, std::vector<Finding>& findings) {
  std::vector<Finding> of_rules = findings;
  std::erase_if(of_rules, [](const Finding& one) { return one.id == "statement-failed"; });
  for (const Observation& seen : run.statements) {
    if (!seen.failure) continue;
    const bool is_told = std::ranges::any_of(of_rules, [&](const Finding& told) {
      return told.severity == Severity::error && told.place && told.place->file == seen.file &&
             told.place->line == seen.line && told.place->column == seen.column &&
             told.detail.find(seen.failure->message) != std::string::npos;
    });
    if (!is_told) continue;
    std::erase_if(findings, [&](const Finding& failure) {
      return failure.id == "statement-failed" && failure.place == seen.failure->place &&
             failure.message == seen.failure->message;
    });
  }
}

void judge(const Project& project, const CheckOptions& options, LintOptions lint_options,
           CheckReport& report) {
  if (options.new_since_base) {
    lint_options.deployment = Deployment::together;
    lint_options.reported = *options.new_since_base;
    add(report.findings, options.since_base);
  }
  const auto is_error = [](const Finding& finding) { return finding.severity == Severity::error; };
  // What loading and the transaction plan refuse is not run.
  const bool is_wanted = options.observe_all || (!lint_options.reported.empty() &&
                                                 lint_options.deployment == Deployment::together);
  const bool is_whole = std::ranges::none_of(look_at_files(project).findings, is_error);
  if (options.observe && is_wanted && !is_whole)
    report.findings.push_back({.severity = Severity::note,
                               .id = "not-observed",
                               .message = "nothing was run: files are wrong"});
  if (options.observe && is_wanted && is_whole) {
    report.observed = options.observe(lint_options, report.findings);
    lint_options.observed = &*report.observed;
  }
  LintReport lint_report = lint(project, lint_options);
  report.judged = std::move(lint_report.judged);
  add(report.findings, std::move(lint_report.plan));
  add_judgement(project, report.findings, std::move(lint_report.findings));
  if (options.baseline) options.baseline->apply(report.findings, report.judged, report.files);
  // Behind the baseline: what that leaves out tells nobody of the failure.
  if (report.observed) leave_out_what_rules_tell(*report.observed, report.findings);
  report.head.exit_code = exit_code_of(report.findings, options.fail_on);
}

/// A history that is empty says nothing about what is deployed elsewhere.
LintOptions since_history(LintOptions lint_options, const Comparison& comparison) {
  bool any_applied = false;
  for (const Entry& entry : comparison.entries) {
    if (entry.kind == StepKind::seed) continue;
    any_applied = any_applied || entry.applied;
    const bool to_come = entry.standing == Standing::pending || entry.standing == Standing::late ||
                         entry.standing == Standing::half_done;
    if (to_come) lint_options.reported.insert(entry.id);
  }
  if (any_applied) lint_options.deployment = Deployment::together;
  return lint_options;
}

/// Without it the rules go by the files alone.
std::optional<std::vector<std::string>> live_schema(Connection& connection,
                                                    std::vector<Finding>& findings) {
  try {
    return schema_statements(connection);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::connection) throw;
    findings.push_back({.severity = Severity::note,
                        .id = "schema-unread",
                        .message = "the rules go by the files alone: the schema of the database "
                                   "could not be read",
                        .detail = error.finding().message,
                        .sqlstate = error.finding().sqlstate});
    return std::nullopt;
  }
}

}  // namespace

CheckReport check_files(const Project& project, const CheckOptions& options) {
  CheckReport report = look_at_files(project);
  judge(project, options, options.lint, report);
  return report;
}

CheckReport check(Connection& connection, const HistoryTable& table, const Project& project,
                  OrderPolicy order, const CheckOptions& options) {
  CheckReport report = look_at_files(project);
  const Reading reading(connection, table, project);
  add(report.findings, findings_of(reading.comparison(), reading.texts(), order));
  LintOptions lint_options = since_history(options.lint, reading.comparison());
  // The statistics are of the database that counts.
  if (!lint_options.stats) lint_options.server_version = connection.server_version();
  lint_options.live = live_schema(connection, report.findings);
  judge(project, options, std::move(lint_options), report);
  return report;
}

int exit_code_of(const std::vector<Finding>& findings, Severity fail_on) {
  const auto fails = [&](const Finding& finding) { return finding.severity >= fail_on; };
  return std::ranges::any_of(findings, fails) ? kFound : kDone;
}

void require_supported(int version) {
  constexpr int oldest = 130000;
  if (version >= oldest) return;
  throw Error(
      ErrorKind::connection,
      {.id = "server-too-old",
       .message = fmt::format("the server is PostgreSQL {}.{}, and migrator needs 13 or newer",
                              version / 10000, version % 10000),
       .kept = "nothing was touched",
       .next = "upgrade the server; PostgreSQL 12 has had no security fixes since 2024"});
}

DatabaseFacts facts_of(const Connection& connection, const DatabaseUrl& url) {
  const std::string host = connection.host();
  std::string server = fmt::format("{}:{}", host, connection.port());
  if (host.empty() || host.starts_with('/')) server = "socket " + host;
  if (url.is_embedded()) server = kEmbedded;
  return {.url = url.redacted(),
          .name = connection.database(),
          .user = connection.user(),
          .server = std::move(server),
          .server_version = connection.server_version()};
}

}  // namespace migrator

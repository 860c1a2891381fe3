#include "engine/report/to_json.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <variant>

#include "engine/report/observed.h"
#include "engine/report/style.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

using Json = nlohmann::ordered_json;

void put_if(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json[key] = value;
}

Json json_of(const Place& place) {
  Json json{{"file", place.file}};
  if (place.line > 0) json["line"] = place.line;
  if (place.column > 0) json["column"] = place.column;
  put_if(json, "source", place.source_line);
  return json;
}

Json json_of(const Finding& finding) {
  Json json{
      {"severity", word_of(finding.severity)}, {"id", finding.id}, {"message", finding.message}};
  if (finding.place) json["place"] = json_of(*finding.place);
  put_if(json, "sqlstate", finding.sqlstate);
  if (finding.statement > 0)
    json["statement"] = {{"number", finding.statement}, {"of", finding.statements}};
  put_if(json, "detail", finding.detail);
  put_if(json, "hint", finding.hint);
  put_if(json, "context", finding.context);
  put_if(json, "kept", finding.kept);
  put_if(json, "next", finding.next);
  return json;
}

Json json_of(const std::vector<Finding>& findings) {
  Json json = Json::array();
  for (const Finding& finding : findings) json.push_back(json_of(finding));
  return json;
}

Json json_of(const Head& head) {
  Json json{{"format", 1}, {"command", head.command}, {"exit_code", head.exit_code}};
  put_if(json, "environment", head.environment);
  if (!head.database) return json;
  const DatabaseFacts& database = *head.database;
  json["database"] = {{"name", database.name},
                      {"user", database.user},
                      {"server", database.server},
                      {"url", database.url},
                      {"server_version", version_text(database.server_version)}};
  return json;
}

double milliseconds(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1000;
}

std::string_view word_of(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::applied:
      return "applied";
    case StepOutcome::undone:
      return "undone";
    case StepOutcome::already_done:
      return "already-done";
    case StepOutcome::tried:
      return "tried";
    case StepOutcome::rolled_back:
      return "rolled-back";
    case StepOutcome::failed:
      return "failed";
  }
  return "";
}

std::string_view word_of(StepAction action) {
  return action == StepAction::undo ? "undo" : "apply";
}

Json json_of(const StepResult& result) {
  Json json{{"id", result.id},
            {"kind", to_text(result.kind)},
            {"name", result.name},
            {"file", result.file},
            {"action", word_of(result.action)},
            {"outcome", word_of(result.outcome)},
            {"statements", result.statements},
            {"retries", result.retries},
            {"duration_ms", milliseconds(result.duration)},
            {"notices", json_of(result.notices)}};
  if (const auto& rows = result.rows)
    json["rows"] = {{"created", rows->created},
                    {"updated", rows->updated},
                    {"unchanged", rows->unchanged},
                    {"deleted", rows->deleted}};
  return json;
}

Json json_of(const StatusLine& line) {
  Json json{{"id", line.id},
            {"kind", to_text(line.kind)},
            {"name", line.name},
            {"standing", to_text(line.standing)}};
  put_if(json, "file", line.file);
  put_if(json, "applied_at", line.applied_at);
  if (line.duration) json["duration_ms"] = milliseconds(*line.duration);
  if (line.statements_total > 0)
    json["statements"] = {{"done", line.statements_done}, {"total", line.statements_total}};
  put_if(json, "applied_by", line.applied_by);
  put_if(json, "application_host", line.application_host);
  put_if(json, "migrator_version", line.migrator_version);
  put_if(json, "run_id", line.run_id);
  put_if(json, "note", line.note);
  return json;
}

Json json_of(const ForecastLock& forecast) {
  const ExpectedLock& lock = forecast.lock;
  Json json = Json::object();
  put_if(json, "schema", lock.name.schema);
  put_if(json, "name", lock.name.name);
  json["target"] = to_text(lock.target);
  json["mode"] = to_text(lock.mode);
  json["blocks"] = to_text(blocked_by(lock.mode));
  json["taken"] = to_text(lock.taken.answer);
  put_if(json, "taken_why", lock.taken.why);
  json["rewrite"] = to_text(lock.rewrite.answer);
  put_if(json, "rewrite_why", lock.rewrite.why);
  json["scan"] = to_text(lock.scan.answer);
  put_if(json, "scan_why", lock.scan.why);
  if (forecast.held)
    json["held"] = {{"mode", to_text(forecast.held->mode)},
                    {"file", forecast.held->since.file},
                    {"line", forecast.held->since.line}};
  return json;
}

Json json_of(const HealthCheck& check) {
  Json json{{"name", check.name}, {"good", check.verdict != Verdict::bad}};
  put_if(json, "reason", check.reason);
  return json;
}

Json json_of(const PlannedStatement& statement);
Json json_of(const PlannedSegment& segment);
Json json_of(const PlannedStep& step);

Json json_of(const OtherSession& session) {
  Json json{{"pid", session.pid}};
  put_if(json, "user", session.user);
  put_if(json, "application_name", session.application_name);
  put_if(json, "client", session.client);
  put_if(json, "state", session.state);
  put_if(json, "since", session.since);
  put_if(json, "statement", session.statement);
  if (session.transaction_age) json["transaction_age_s"] = session.transaction_age->count();
  put_if(json, "lock", session.lock);
  if (session.blocks != 0) json["blocks"] = session.blocks;
  return json;
}

Json json_of(const ServerSession& session) {
  Json json = json_of(session.session);
  put_if(json, "database", session.database);
  if (session.statement_age) json["statement_age_s"] = session.statement_age->count();
  put_if(json, "waits_for", session.waits_for);
  json["blocked_by"] = session.blocked_by;
  return json;
}

template <typename Item>
Json list_of(const std::vector<Item>& items) {
  Json json = Json::array();
  for (const Item& item : items) json.push_back(json_of(item));
  return json;
}

Json json_of(const StatementProgress& progress) {
  Json json{{"file", progress.file}};
  if (progress.line > 0) json["line"] = progress.line;
  if (progress.statement > 0)
    json["statement"] = {{"number", progress.statement}, {"of", progress.statements}};
  json["what"] = progress.what;
  json["elapsed_ms"] = progress.elapsed.count();
  put_if(json, "phase", progress.phase);
  if (progress.share) json["share"] = *progress.share;
  if (progress.bytes_total > 0)
    json["bytes"] = {{"sent", progress.bytes_sent}, {"total", progress.bytes_total}};
  if (progress.rows > 0) json["rows"] = progress.rows;
  if (!progress.blockers.empty()) json["blockers"] = list_of(progress.blockers);
  return json;
}

Json json_of(const AtWork& work) {
  Json json{{"migrator", json_of(work.migrator)}, {"has_lock", work.has_lock}};
  put_if(json, "file", work.file);
  json["executing"] = work.is_executing;
  if (work.is_executing) json["elapsed_ms"] = work.elapsed.count();
  put_if(json, "phase", work.phase);
  if (work.share) json["share"] = *work.share;
  if (work.rows > 0) json["rows"] = work.rows;
  if (!work.blockers.empty()) json["blockers"] = list_of(work.blockers);
  return json;
}

Json json_of(const Retry& retry) {
  Json json{{"file", retry.file}};
  if (retry.line > 0) json["line"] = retry.line;
  json["message"] = retry.message;
  json["next_try"] = retry.next_try;
  json["tries"] = retry.tries;
  json["pause_ms"] = retry.pause.count();
  if (!retry.blockers.empty()) json["blockers"] = list_of(retry.blockers);
  return json;
}

Json json_of(const PlannedStatement& statement) {
  Json json = Json::object();
  put_if(json, "file", statement.file);
  json["line"] = statement.line;
  json["column"] = statement.column;
  json["what"] = statement.what;
  json["sql"] = statement.written;
  if (statement.copies) json["data"] = statement.data;
  json["locks"] = list_of(statement.forecast.locks);
  put_if(json, "locks_unknown", statement.forecast.unknown);
  return json;
}

Json json_of(const PlannedSegment& segment) {
  Json json{{"transactional", segment.transactional}};
  put_if(json, "why", segment.why);
  json["statements"] = list_of(segment.statements);
  return json;
}

Json json_of(const PlannedStep& step) {
  return {{"id", step.id},
          {"kind", to_text(step.kind)},
          {"name", step.name},
          {"file", step.file},
          {"action", word_of(step.action)},
          {"first_statement", step.first_statement + 1},
          {"segments", list_of(step.segments)}};
}

Json json_of(const StatusReport& report) {
  Json json = json_of(report.head);
  json["migrations"] = list_of(report.lines);
  if (report.running) json["running"] = json_of(*report.running);
  json["findings"] = json_of(report.findings);
  return json;
}

/// Bytes that are no UTF-8 (a server with SQL_ASCII may send them) are replaced, never thrown on.
std::string document(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string line(std::string_view event, const Json& fields) {
  Json json{{"event", event}};
  json.update(fields);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_of(const std::vector<CatalogDifference>& differences) {
  Json list = Json::array();
  for (const CatalogDifference& difference : differences) {
    list.push_back({{"object", difference.object}, {"kind", to_text(difference.kind)}});
    if (difference.expected) list.back()["expected"] = *difference.expected;
    if (difference.actual) list.back()["actual"] = *difference.actual;
  }
  return list;
}

}  // namespace

std::string to_json(const RunReport& report) {
  Json json = json_of(report.head);
  json["database_created"] = report.database_created;
  json["others_worked"] = report.others_worked;
  json["results"] = list_of(report.results);
  json["findings"] = json_of(report.findings);
  if (report.error) json["error"] = json_of(*report.error);
  return document(json);
}

std::string to_json(const StatusReport& report) {
  return document(json_of(report));
}

std::string to_json(const Sight& sight, const HealthChecks& ready) {
  Json json = json_of(sight.status);
  json["ready"] = is_good(ready);
  json["checks"] = list_of(ready);
  if (sight.error) json["error"] = json_of(*sight.error);
  return document(json);
}

std::string to_json(const PlanReport& report) {
  Json json = json_of(report.head);
  json["single_transaction"] = report.single_transaction;
  json["steps"] = list_of(report.steps);
  json["findings"] = json_of(report.findings);
  return document(json);
}

std::string to_json(const CheckReport& report) {
  Json json = json_of(report.head);
  json["checked"] = {{"migrations", report.migrations}, {"seeds", report.seeds}};
  if (report.drift) json["drift"] = json_of(*report.drift);
  if (!report.proved.empty()) json["proved"] = report.proved;
  json["findings"] = json_of(report.findings);
  if (report.observed) json["observed"] = Json::parse(observed_json(*report.observed));
  return document(json);
}

std::string to_json(const ConfigReport& report) {
  Json json = json_of(report.head);
  Json settings = Json::object();
  for (const ConfigLine& line : report.lines)
    settings[line.key] = {{"value", line.value}, {"from", line.origin}};
  json["settings"] = std::move(settings);
  json["findings"] = json_of(report.findings);
  return document(json);
}

std::string to_json(const FactsReport& report) {
  Json json = json_of(report.head);
  for (const auto& [key, value] : report.facts)
    std::visit([&json, name = std::cref(key)](const auto& field) { json[name.get()] = field; },
               value);
  json["findings"] = json_of(report.findings);
  return document(json);
}

std::string to_json(const SessionsReport& report) {
  Json json = json_of(report.head);
  json["sessions"] = list_of(report.sessions);
  json["findings"] = json_of(report.findings);
  return document(json);
}

/// What the server wrote goes in as it is: read and written again, its numbers would lose digits.
std::string to_json(const QueryReport& report) {
  Json json = json_of(report.head);
  json["findings"] = json_of(report.findings);
  std::string text = document(json);
  text.erase(text.rfind("\n}"));
  return text + ",\n  \"result\": " + report.result + "\n}\n";
}

std::string to_json(const ErrorReport& report) {
  Json json = json_of(report.head);
  json["findings"] = Json::array();
  json["error"] = json_of(report.error);
  return document(json);
}

std::string to_json_line(const StepResult& result) {
  return line("step", json_of(result));
}

std::string to_json_line(const Finding& notice) {
  return line("notice", json_of(notice));
}

std::string to_json_line(const Retry& retry) {
  return line("retry", json_of(retry));
}

std::string to_json_line(const StatementProgress& progress) {
  return line("progress", json_of(progress));
}

std::string waiting_as_json_line(std::string_view for_what) {
  return line("waiting", {{"message", for_what}});
}

std::string echo_as_json_line(std::string_view text) {
  return line("echo", {{"text", text}});
}

}  // namespace migrator

// Reports as text for people, 80 columns where the content allows. Each function returns whole
// lines. What is machine-readable is to_json.
#pragma once

#include <chrono>
#include <string>

#include "engine/report/outcome.h"
#include "engine/report/style.h"

namespace migrator {

/// "FILE:LINE:COLUMN: error: what (SQLSTATE)" on one line however long, for editors and grep; the
/// source line with a caret, then detail, hint, context, what was kept and what to do next.
std::string to_text(const Finding& finding, Style style);

/// One finished step: "applied  20261122100000_users   12 ms".
std::string to_text(const StepResult& result, Style style);

/// The end of a run: findings, then one sentence. The steps were printed as they finished.
std::string to_text(const RunReport& report, Style style);
std::string to_text(const StatusReport& report, Style style);

/// `sql` prints the statements themselves, in a form that psql reads.
enum class PlanDetail { outline, sql };
std::string to_text(const PlanReport& report, PlanDetail detail, Style style);
std::string to_text(const CheckReport& report, Style style);
std::string to_text(const ConfigReport& report, Style style);
std::string to_text(const FactsReport& report, Style style);
std::string to_text(const SessionsReport& report, Style style);

/// "dev: app on localhost:5432, PostgreSQL 15.18"
std::string where(const Head& head);

/// The last line of a report: "nothing to do (dev: app on localhost:5432, PostgreSQL 15.18)", the
/// parentheses on a line of their own where one is too narrow for both.
std::string closing_text(Tone tone, const std::string& sentence, const Head& head, Style style);

/// "850 us", "12 ms", "3.4 s", "2 min 05 s".
std::string duration_text(std::chrono::microseconds duration);

/// "20261122100000_users", "R__home_timeline", "10_users.sql".
std::string title_of(StepKind kind, const std::string& id, const std::string& name);

/// 150018 -> "15.18"
std::string version_text(int server_version);

}  // namespace migrator

// Reports as JSON: one document, ending in a line end, beginning with "format": 1. The fields are
// pinned in FORMATS.md; a field is added freely, and renamed or removed only with a new format.
#pragma once

#include <string>
#include <string_view>

#include "engine/report/health.h"
#include "engine/report/outcome.h"
#include "engine/report/progress.h"

namespace migrator {

std::string to_json(const RunReport& report);
std::string to_json(const StatusReport& report);
/// What /status says: the report of `status`, with the checks of /readyz and, when nothing could be
/// seen, the error; the migrations are then those that were seen last.
std::string to_json(const Sight& sight, const HealthChecks& ready);
std::string to_json(const PlanReport& report);
std::string to_json(const CheckReport& report);
std::string to_json(const ConfigReport& report);
std::string to_json(const FactsReport& report);
std::string to_json(const SessionsReport& report);
std::string to_json(const QueryReport& report);
std::string to_json(const ErrorReport& report);

/// What is told while a run goes on, as JSON Lines: one object on one line, with its `event`.
std::string to_json_line(const StepResult& result);
std::string to_json_line(const Finding& notice);
std::string to_json_line(const StatementProgress& progress);
std::string to_json_line(const Retry& retry);
std::string waiting_as_json_line(std::string_view for_what);
std::string echo_as_json_line(std::string_view text);

}  // namespace migrator

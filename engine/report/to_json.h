// Reports as JSON: one document, ending in a line end, beginning with "format": 1. The fields are
// pinned in FORMATS.md; a field is added freely, and renamed or removed only with a new format.
#pragma once

#include <string>

#include "engine/report/outcome.h"

namespace migrator {

std::string to_json(const RunReport& report);
std::string to_json(const StatusReport& report);
std::string to_json(const PlanReport& report);
std::string to_json(const CheckReport& report);
std::string to_json(const ConfigReport& report);
std::string to_json(const FactsReport& report);
std::string to_json(const ErrorReport& report);

}  // namespace migrator

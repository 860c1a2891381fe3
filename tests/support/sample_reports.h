// Reports of every kind, for the golden files of what is printed: tests/golden/report holds each as
// NAME.txt and NAME.json.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/report/outcome.h"

namespace migrator {

using AnyReport = std::variant<RunReport, StatusReport, PlanReport, CheckReport, ConfigReport,
                               FactsReport, ErrorReport>;

struct SampleReport {
  std::string name;
  AnyReport report;
};

std::vector<SampleReport> sample_reports();

}  // namespace migrator

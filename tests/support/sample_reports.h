// Reports of every kind, for the golden files of what is printed: tests/golden/report holds each as
// NAME.txt and NAME.json.
#pragma once

#include <string>
#include <string_view>
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

/// Of all of them. Making the reports takes time, and every test's process asks for the names.
std::vector<std::string> sample_names();

/// Fails the test, and gives an empty one, when there is none of that name.
SampleReport sample(std::string_view name);

}  // namespace migrator

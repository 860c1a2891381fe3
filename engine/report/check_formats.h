// The findings of `check` in the forms that CI systems read. JSON and text are to_json and to_text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/report/outcome.h"
#include "engine/report/style.h"

namespace migrator {

enum class CheckFormat { text, json, sarif, junit, github, gitlab };

std::optional<CheckFormat> parse_check_format(std::string_view word);

/// SARIF 2.1.0, for code scanning.
std::string to_sarif(const CheckReport& report);
/// JUnit's XML: a test case for each finding that is no note.
std::string to_junit(const CheckReport& report);
/// GitHub's workflow commands, a line for each finding.
std::string to_github(const CheckReport& report);
/// GitLab's code quality report.
std::string to_gitlab(const CheckReport& report);

std::string to_format(const CheckReport& report, CheckFormat format, Style style);

}  // namespace migrator

// What `check --observe` saw, for people and as JSON: a line for each statement, and what it did.
// What the rules make of it stands in the findings.
#pragma once

#include <string>

#include "engine/lint/observation.h"
#include "engine/report/style.h"

namespace migrator {

std::string observed_text(const ObservedRun& run, Style style);

/// An object (FORMATS.md, "JSON").
std::string observed_json(const ObservedRun& run);

}  // namespace migrator

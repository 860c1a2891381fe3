// Says in Findings what a Comparison holds: pending, late, changed, missing, half done. The one
// place for these sentences; text and JSON, `up`, `status` and `check` all show them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/plan/comparison.h"
#include "engine/project/config.h"

namespace migrator {

/// What was applied, by id, where the history kept it: for the diff of a changed file.
using AppliedTexts = std::map<std::string, std::string>;

/// One finding for each entry that is not simply applied. Pending is a warning; late, changed and
/// half done are errors (late is a note where `order` allows it); missing is a warning; cosmetic
/// and ahead are notes, and so is a seed that runs always.
std::vector<Finding> findings_of(const Comparison& comparison, const AppliedTexts& texts,
                                 OrderPolicy order);

/// The finding of one entry that is neither applied nor part of the baseline.
Finding finding_of(const Entry& entry, const Comparison& comparison, const AppliedTexts& texts,
                   OrderPolicy order);

/// Unified diff of what was applied and the file. Precondition: the entry has a file.
std::string diff_of(const Entry& entry, const AppliedTexts& texts);

}  // namespace migrator

// What the generated statements of a seed of data (engine/project/data_seed) say, in people's
// words.
#pragma once

#include <string_view>

#include "engine/base/error.h"
#include "engine/report/outcome.h"

namespace migrator {

/// Of the notice that tells what was done.
RowChanges row_changes_of(std::string_view message);

/// A failure without what only the generated text explains: its codes and its lines.
Finding of_data(Finding finding);

}  // namespace migrator

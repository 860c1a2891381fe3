// What the generated statements of a seed of data (engine/project/data_seed) say, in people's
// words.
#pragma once

#include <string_view>

#include "engine/base/error.h"
#include "engine/report/outcome.h"
#include "engine/sql/command.h"

namespace migrator {

/// Of the notice that tells what was done.
RowChanges row_changes_of(std::string_view message);

/// The \copy of a seed's rows, into this table instead of the temporary one.
Expansion straight_into(std::string_view table, const Part& part, const Command& command);

/// A failure without what only the generated text explains: its codes and its lines. What is said
/// of rows ("row 3: ...", at the begin of a line of the detail) is said of lines of the file.
Finding of_data(Finding finding, const Part& part);

}  // namespace migrator

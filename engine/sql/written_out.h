// A part as one text that needs nothing else: for the history, which must be able to show what was
// applied and to undo it when the files are gone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "engine/sql/part.h"

namespace migrator {

/// The text with the included files behind it, each under a line that names it; nothing when that
/// is longer than `limit` bytes.
std::optional<std::string> text_with_included(const Part& part, std::size_t limit);

/// The part's commands one after another as they are sent, with variables put in and branches
/// decided; the text itself where it has no backslash commands and no variables. Running it does
/// what running the part does.
std::string written_out(const Part& part);

}  // namespace migrator

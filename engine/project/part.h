// Makes a Part of text: directives read, included files loaded, and everything that is wrong with
// its commands found.
#pragma once

#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/included_files.h"
#include "engine/sql/part.h"

namespace migrator {

Part make_part(std::string file, Content text, std::size_t first_line,
               const IncludedFiles& included, std::vector<Finding>& findings);

/// A text that means the same without its file: written out (engine/sql/written_out.h), with the
/// directive that its mark stood for (dbmate's "transaction:false").
std::string standing_alone(const Part& part);

/// Does the part hold anything, be it a comment?
bool is_blank(const Part& part);

}  // namespace migrator

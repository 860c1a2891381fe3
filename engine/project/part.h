// Makes a Part of text: directives read, statements cut, and everything that is wrong with them.
#pragma once

#include <string>
#include <vector>

#include "engine/project/migration.h"

namespace migrator {

Part make_part(std::string file, std::string text, std::size_t first_line,
               std::vector<Finding>& findings);

/// The text with the directive that its mark stood for (dbmate's "transaction:false"), so that it
/// means the same without its file.
std::string standing_alone(const Part& part);

/// Does the part hold anything, be it a comment?
bool is_blank(const Part& part);

}  // namespace migrator

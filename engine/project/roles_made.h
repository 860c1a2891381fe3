// The roles that a project's files make, as far as they say it: CREATE ROLE, USER or GROUP and a
// name, in a statement or in code, whether that comes to run or not. Reads words, not statements: a
// name that code puts together, or a psql variable, is not found.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "engine/project/project.h"

namespace migrator {

std::set<std::string> roles_made_by(const Project& project);

/// Without those of down parts, which a run of all that is new does not come to.
std::set<std::string> roles_made_going_up(const Project& project);

/// Whether the files have that text anywhere.
bool is_mentioned(const Project& project, std::string_view name);

/// The same as roles_made_by, of one text.
void add_roles_made_in(std::string_view text, std::set<std::string>& names);

}  // namespace migrator

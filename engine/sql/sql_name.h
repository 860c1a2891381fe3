// Names as a statement can be made of them: in quotes where they are no plain words, or where the
// grammar keeps the word for itself.
#pragma once

#include <string>
#include <string_view>

#include "engine/sql/object_name.h"

namespace migrator {

std::string sql_name(std::string_view name);
std::string sql_name(const ObjectName& name);

}  // namespace migrator

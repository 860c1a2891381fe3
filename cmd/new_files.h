// The files that `migrator new` makes: a version from the clock, a name made fit for a file, and
// the marks or the second file of a pair.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "engine/project/config.h"

namespace migrator {

enum class NewFileForm { single, pair, repeatable };

/// Makes them in the migrations folder (which is made when missing) and returns their names as
/// shown to people. The version is the time in UTC, or one more than the newest where that is
/// later. Throws Error(usage) for a name without letters or digits, Error(configuration) when a
/// file is there already.
std::vector<std::string> make_migration_files(const Config& config, std::string_view name,
                                              NewFileForm form,
                                              std::chrono::system_clock::time_point now);

/// "Add likes-count!" -> "add_likes_count"
std::string file_name_of(std::string_view name);

}  // namespace migrator

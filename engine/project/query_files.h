// Templates of queries: files of SQL in the queries folder, by their names.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/sql/bound_query.h"

namespace migrator {

/// "users/by_handle" is users/by_handle.sql in the folder; with or without ".sql". Throws
/// Error(configuration): "query-missing" for one that is not there or would lie outside.
BoundQuery query_template(const std::filesystem::path& folder, std::string_view name,
                          const std::filesystem::path& working_folder = {});

}  // namespace migrator

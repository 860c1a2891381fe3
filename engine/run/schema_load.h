// Brings a schema file into an empty database: everything or nothing, in one transaction, with the
// history rows of the migrations that it holds, under the migrators' lock.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/project/project.h"
#include "engine/project/schema_file.h"
#include "engine/run/up.h"

namespace migrator {

/// A schema file that was read: nothing of it has been run.
struct SchemaToLoad {
  Part part;
  std::vector<SchemaVersion> versions;
};

/// Reads it. Throws Error(configuration) for what is wrong with the file.
SchemaToLoad read_schema(const std::filesystem::path& file, const ProjectFolders& folders);

/// Whether a schema may be loaded there: as load_schema sees it, without a lock.
bool is_empty(const RunSite& site);

struct LoadedSchema {
  std::size_t statements = 0;
  std::size_t versions = 0;
};

/// `project`, where given, has the texts of the migrations, which the history keeps. Throws
/// Error(usage, "database-not-empty") when somebody has made anything there, and as run_statement.
LoadedSchema load_schema(const RunSite& site, const SchemaToLoad& schema, const Project* project);

/// Why this file is not what the project's migrations make: an applied version that the project
/// does not have, or has with another text. Nothing: it fits.
std::optional<std::string> outdated(const SchemaToLoad& schema, const Project& project);

/// The migrations that it holds and the project has no file of: "3_likes", "R__views".
std::vector<std::string> without_file(const SchemaToLoad& schema, const Project& project);

}  // namespace migrator

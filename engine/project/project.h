// The project on disk: the migrations and seeds folders as values. Loading reports everything it
// finds wrong at once and throws only when a folder itself cannot be read. Knows no database.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/config.h"
#include "engine/project/included_files.h"
#include "engine/project/migration.h"

namespace migrator {

struct Project {
  std::vector<Migration> migrations;  ///< versioned in order of version, then repeatable by name
  std::vector<Seed> seeds;            ///< in the order in which they run
  std::vector<Finding> findings;      ///< errors here mean: nothing may be applied
  ScriptVariables variables = {};     ///< all that are set, whether a file uses them or not
};

/// Which seeds an environment has: names of folders below the seeds folder. The folder itself
/// ("common") holds the seeds of every environment that does not name its own list.
struct ProjectFolders {
  std::filesystem::path migrations;
  std::filesystem::path seeds;
  std::vector<std::string> seed_sets;         ///< "common" means files of the seeds folder itself
  bool seeds_are_named = false;               ///< somebody chose the folder: it has to be there
  std::filesystem::path working_folder = {};  ///< files are shown relative to it; may be empty
  std::filesystem::path root = {};            ///< of the project: \i and \copy read files below it
  ScriptVariables variables = {};             ///< psql's, as they are before each file
  bool allow_deletes = false;                 ///< whatever share of a table a seed of data deletes
  std::filesystem::path file_memory = {};     ///< a glance keeps checksums there; empty: nowhere
  std::chrono::system_clock::time_point asked_at = {};  ///< before anything was read
};

ProjectFolders folders_of(const Config& config);

/// The bytes of files that were read already, by their names in the folder of migrations.
using ReadFiles = std::unordered_map<std::string, Content>;

/// Loads both folders. A missing migrations folder is Error(configuration); an empty one is a note;
/// a missing seeds folder means no seeds.
Project load_project(const ProjectFolders& folders, ReadFiles read = {});

/// Loads the migrations folder alone (see FORMATS.md, "Files").
void load_migrations(const ProjectFolders& folders, Project& project, ReadFiles read = {});

/// Loads the seed sets alone.
void load_seeds(const ProjectFolders& folders, Project& project);

/// A part from text that is not on disk any more: the down SQL that the history kept.
Part part_from_text(std::string file, Content text, const IncludedFiles& included,
                    std::vector<Finding>& findings);

}  // namespace migrator

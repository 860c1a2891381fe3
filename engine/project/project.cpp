#include "engine/project/project.h"

#include <utility>

#include "engine/project/shown_path.h"

namespace migrator {

ProjectFolders folders_of(const Config& config) {
  ScriptVariables variables;
  for (const auto& [name, setting] : config.variables) variables[name] = setting.value;
  return {.migrations = config.migrations.value,
          .seeds = config.seeds.value,
          .seed_sets = config.seed_sets.value,
          .seeds_are_named = config.seeds.origin != "default",
          .working_folder = config.working_folder,
          .root = config.root,
          .variables = std::move(variables),
          .allow_deletes = false,
          .file_memory = config.file_memory.value,
          .asked_at = {}};
}

Project load_project(const ProjectFolders& folders, ReadFiles read) {
  Project project;
  project.variables = folders.variables;
  load_migrations(folders, project, std::move(read));
  std::error_code ignored;
  if (folders.seeds_are_named && !std::filesystem::is_directory(folders.seeds, ignored))
    project.findings.push_back(
        {.severity = Severity::error,
         .id = "seeds-missing",
         .message = "there is no folder " + shown_path(folders.seeds, folders.working_folder),
         .next = "create it, or name another with --seeds DIR or [seeds] dir"});
  load_seeds(folders, project);
  return project;
}

}  // namespace migrator

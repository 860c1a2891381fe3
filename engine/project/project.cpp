#include "engine/project/project.h"

#include "engine/project/shown_path.h"

namespace migrator {

ProjectFolders folders_of(const Config& config) {
  return {.migrations = config.migrations.value,
          .seeds = config.seeds.value,
          .seed_sets = config.seed_sets.value,
          .seeds_are_named = config.seeds.origin != "default",
          .working_folder = config.working_folder};
}

Project load_project(const ProjectFolders& folders) {
  Project project;
  load_migrations(folders.migrations, project, folders.working_folder);
  std::error_code ignored;
  if (folders.seeds_are_named && !std::filesystem::is_directory(folders.seeds, ignored))
    project.findings.push_back(
        {.severity = Severity::error,
         .id = "seeds-missing",
         .message = "there is no folder " + shown_path(folders.seeds, folders.working_folder),
         .next = "create it, or name another with --seeds DIR or [seeds] dir"});
  load_seeds(folders.seeds, folders.seed_sets, project, folders.working_folder);
  return project;
}

}  // namespace migrator

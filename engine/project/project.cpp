#include "engine/project/project.h"

namespace migrator {

ProjectFolders folders_of(const Config& config) {
  return {.migrations = config.migrations.value,
          .seeds = config.seeds.value,
          .seed_sets = config.seed_sets.value,
          .working_folder = config.working_folder};
}

Project load_project(const ProjectFolders& folders) {
  Project project;
  load_migrations(folders.migrations, project, folders.working_folder);
  load_seeds(folders.seeds, folders.seed_sets, project, folders.working_folder);
  return project;
}

}  // namespace migrator

// Which seeds run behind which others, as their files ask for it ("-- migrator: after NAME",
// `after` of seeds.toml). What it does not do: order them; the planner and the server's foreign
// keys do.
#pragma once

#include "engine/project/project.h"

namespace migrator {

/// Sets Seed::after. A name of no seed, and seeds that wait for each other, are findings; a seed of
/// a set that this environment does not have is nobody's to wait for.
void settle_order(const ProjectFolders& folders, Project& project);

}  // namespace migrator

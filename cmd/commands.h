// The commands, each a function from the world to an exit code, that prints its report.
#pragma once

#include "cmd/world.h"
#include "engine/base/error.h"

namespace migrator {

/// Runs the command that the arguments name. Throws Error when it could not begin.
int run_command_of(const World& world);

/// Prints an Error that ended the command: as text on standard error, or as the JSON document.
int report_error(const World& world, const Error& error);

// In commands_run.cpp: what writes.
int command_up(const World& world);
int command_down(const World& world);
int command_redo(const World& world);
int command_seed(const World& world);
int command_seed_export(const World& world);
int command_stats_export(const World& world);
int command_baseline(const World& world);
int command_repair(const World& world);

// In commands_look.cpp: what only looks.
int command_status(const World& world);
int command_plan(const World& world);
int command_check(const World& world);
int command_diff(const World& world);
int command_explain(const World& world);
int command_config(const World& world);
int command_overview(const World& world);  ///< the bare `migrator`

// In commands_serve.cpp: what answers over HTTP, or becomes another program.
int command_serve(const World& world);
int command_run(const World& world);

// In commands_rest.cpp.
int command_new(const World& world);
int command_wait(const World& world);
int command_local(const World& world);
int command_version(const World& world);

// In commands_database.cpp: a database as a whole.
int command_db_create(const World& world);
int command_db_drop(const World& world);
int command_reset(const World& world);
int command_db_sessions(const World& world);

// In commands_schema.cpp.
int command_db_dump(const World& world);
int command_db_load(const World& world);
int command_setup(const World& world);

// In command_query.cpp.
int command_query(const World& world);

// In command_signup.cpp.
int command_signup(const World& world);

// In rds_access.cpp.
int command_rds_allow_ip(const World& world);

// In command_completion.cpp.
int command_completion(const World& world);

// In command_connect.cpp. Does not return where psql takes over.
int command_db_connect(const World& world);

}  // namespace migrator

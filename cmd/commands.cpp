#include "cmd/commands.h"

#include <map>
#include <string_view>

#include "cmd/print.h"
#include "engine/report/exit_code.h"

namespace migrator {

int run_command_of(const World& world) {
  using Run = int (*)(const World&);
  static const std::map<std::string_view, Run> commands{
      {"", command_overview},
      {"up", command_up},
      {"down", command_down},
      {"redo", command_redo},
      {"seed", command_seed},
      {"setup", command_setup},
      {"status", command_status},
      {"plan", command_plan},
      {"check", command_check},
      {"diff", command_diff},
      {"config", command_config},
      {"new", command_new},
      {"baseline", command_baseline},
      {"repair", command_repair},
      {"wait", command_wait},
      {"local", command_local},
      {"version", command_version},
      {"seed export", command_seed_export},
      {"serve", command_serve},
      {"run", command_run},
      {"reset", command_reset},
      {"query", command_query},
      {"rds allow-ip", command_rds_allow_ip},
      {"completion", command_completion},
      {"signup", command_signup},
      {"db create", command_db_create},
      {"db drop", command_db_drop},
      {"db connect", command_db_connect},
      {"db sessions", command_db_sessions},
      {"db dump", command_db_dump},
      {"db load", command_db_load},
      {"explain", command_explain},
      {"stats export", command_stats_export},
  };
  return commands.at(world.arguments.command)(world);
}

int report_error(const World& world, const Error& error) {
  const int code = world.settled(exit_code_of(error.kind()));
  const std::string command = world.arguments.command;
  const bool is_told =
      world.arguments.json &&
      write_out(to_json(ErrorReport{{.command = command, .exit_code = code}, error.finding()}));
  if (!is_told) write_err(to_text(error.finding(), world.terminal.err));
  return code;
}

}  // namespace migrator

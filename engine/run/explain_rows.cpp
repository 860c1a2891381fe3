#include "engine/run/explain_rows.h"

#include <algorithm>
#include <array>

#include "engine/pg/script.h"
#include "engine/sql/command_reader.h"

namespace migrator {
namespace {

/// Faults that other rows may have as well: a key that is null, or there twice.
bool may_have_company(std::string_view sqlstate) {
  constexpr auto kStates = std::to_array<std::string_view>({"23502", "23505"});
  return std::ranges::find(kStates, sqlstate) != kStates.end();
}

}  // namespace

Error explained(Connection& connection, const Part& part, const Error& error,
                const std::stop_token& stop) {
  if (error.kind() != ErrorKind::migration || !may_have_company(error.finding().sqlstate))
    return error;
  run_command(connection,
              "ROLLBACK TO SAVEPOINT migrator_straight; SET LOCAL migrator.careful = 'on'");
  connection.on_notice({});
  try {
    CommandReader reader(part);
    while (const auto command = next_sent(reader)) run_statement(connection, part, *command, stop);
  } catch (const Error& more) {
    const bool is_ours = more.finding().sqlstate.starts_with("MGR");
    if (is_ours || more.kind() != ErrorKind::migration) return more;
  }
  return error;
}

}  // namespace migrator

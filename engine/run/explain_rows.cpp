#include "engine/run/explain_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/pg/script.h"
#include "engine/run/bad_rows.h"
#include "engine/sql/command_reader.h"

namespace migrator {
namespace {

/// Faults that are the table's to find, once it has the rows: what is null, doubled, or refers to
/// nothing.
bool is_of_rows(std::string_view sqlstate) {
  constexpr auto kStates = std::to_array<std::string_view>({"23502", "23503", "23505", "23514"});
  return std::ranges::find(kStates, sqlstate) != kStates.end();
}

/// Classes of what a row can be to blame for.
bool is_of_data(std::string_view sqlstate) {
  return sqlstate.starts_with("22") || sqlstate.starts_with("23");
}

bool is_ours(const Error& error) {
  return error.finding().sqlstate.starts_with("MGR");
}

class Explanation {
 public:
  Explanation(Connection& connection, const FailedCommand& failed, const std::stop_token& stop)
      : connection_(connection), failed_(failed), stop_(stop) {}

  /// What is wrong with the file's keys is complained of by its own statements.
  std::optional<Error> by_keys() {
    run_command(connection_, "SAVEPOINT migrator_loaded");
    auto said = complaint_of([&] { run(commands_.back()); });
    run_command(connection_, "ROLLBACK TO SAVEPOINT migrator_loaded");
    return said;
  }

  std::optional<Error> by_rows() {
    return complaint_of([&] { run_command(connection_, failed_.part.row_search, stop_); });
  }

  /// As if nothing had been compared yet.
  void load_again() {
    connection_.on_notice({});
    run_command(connection_, "ROLLBACK TO SAVEPOINT migrator_rows");
    load();
  }

  void load() {
    run_command(connection_, "SET LOCAL migrator.careful = 'on'");
    CommandReader reader(failed_.part);
    while (auto command = next_sent(reader)) commands_.push_back(std::move(*command));
    for (std::size_t i = 0; i + 1 < commands_.size(); ++i) run(commands_[i]);
  }

 private:
  void run(const Command& command) { run_statement(connection_, failed_.part, command, stop_); }

  template <typename Action>
  static std::optional<Error> complaint_of(const Action& action) {
    try {
      action();
    } catch (const Error& error) {
      if (is_ours(error)) return error;
      if (error.kind() != ErrorKind::migration) throw;
    }
    return std::nullopt;
  }

  Connection& connection_;
  const FailedCommand& failed_;
  const std::stop_token& stop_;
  std::vector<Command> commands_ = {};
};

/// The server's own words, with the rows that they are about.
Error with_rows(const Error& error, const Error& rows) {
  Finding finding = error.finding();
  finding.sqlstate = rows.finding().sqlstate;
  finding.detail = rows.finding().detail;
  return Error(error.kind(), std::move(finding));
}

std::optional<Error> explanation(Connection& connection, const FailedCommand& failed,
                                 const Error& error, const std::stop_token& stop) {
  if (is_of_rows(error.finding().sqlstate)) {
    Explanation explanation(connection, failed, stop);
    explanation.load_again();
    if (failed.is_straight)
      if (auto said = explanation.by_keys()) return said;
    if (const auto rows = explanation.by_rows()) return with_rows(error, *rows);
  }
  if (failed.command.kind != CommandKind::copy || !is_of_data(error.finding().sqlstate))
    return std::nullopt;
  if (failed.keep_going) return all_bad_rows(connection, failed.part, failed.command, stop);
  return open_quote(failed.part, failed.command, error);
}

}  // namespace

std::optional<Error> broken_by_rows(Connection& connection, const Part& part, const Error& error,
                                    const std::stop_token& stop) {
  if (!part.is_generated() || !is_of_rows(error.finding().sqlstate)) return std::nullopt;
  const Command none{};
  const FailedCommand failed{part, none};
  Explanation explanation(connection, failed, stop);
  explanation.load();
  const auto rows = explanation.by_rows();
  return rows ? std::optional(with_rows(error, *rows)) : std::nullopt;
}

Error explained(Connection& connection, const FailedCommand& failed, const Error& error,
                const std::stop_token& stop) {
  if (error.kind() != ErrorKind::migration || stop.stop_requested()) return error;
  try {
    return explanation(connection, failed, error, stop).value_or(error);
  } catch (const Error& more) {
    if (more.kind() != ErrorKind::migration) return more;
    return error;
  }
}

}  // namespace migrator

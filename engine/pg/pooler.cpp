#include "engine/pg/pooler.h"

#include <charconv>
#include <chrono>
#include <string>

#include "engine/base/error.h"

namespace migrator {
namespace {

constexpr int kTurns = 6;
// A pooler in session mode lets one wait whom it has no session of the server for.
constexpr std::chrono::seconds kPatience{3};

/// In transaction mode an idle session has no process: the other one gets it, or it gets another.
bool shares_its_process(Connection& connection, Connection& other) {
  const int first = serving_process(connection);
  for (int turn = 0; turn < kTurns; ++turn) {
    if (serving_process(other) == first) return true;
    if (serving_process(connection) != first) return true;
  }
  return false;
}

}  // namespace

int serving_process(Connection& connection) {
  const auto rows = connection.query("select pg_catalog.pg_backend_pid()");
  const std::string text = rows.at(0).at(0).value_or("");
  int pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

void detect_pooler(Connection& connection,
                   const std::function<Connection(std::stop_token)>& connect,
                   const std::stop_token& stop) {
  const int process = serving_process(connection);
  if (process == connection.backend_pid()) return connection.set_pooled(false);
  connection.set_pooled(true);
  if (!connect) return;
  try {
    Connection other = connect(stop);
    other.set_patience(kPatience);
    if (shares_its_process(connection, other)) return;
    connection.set_pooled(false);
    connection.set_backend_pid(process);
  } catch (const Error&) {
    if (!connection.is_alive()) throw;
  }
}

}  // namespace migrator

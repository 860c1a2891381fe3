#include "engine/pg/session_guard.h"

#include "engine/base/error.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

constexpr int kCheckInterval = 140000;
constexpr std::string_view kInvalidValue = "22023";

constexpr std::string_view kKeepalives =
    "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; "
    "SET tcp_keepalives_count = 3; SET tcp_user_timeout = 60000; "
    "SET idle_in_transaction_session_timeout = 60000";
constexpr std::string_view kCheck = "; SET client_connection_check_interval = 5000";

void set_and_keep(Connection& connection, const std::string& settings) {
  run_command(connection, settings);
  connection.keep_settings(settings);
}

}  // namespace

std::string guard_settings(int server_version) {
  std::string settings(kKeepalives);
  if (server_version >= kCheckInterval) settings += kCheck;
  return settings;
}

void guard_session(Connection& connection) {
  if (connection.is_pooled()) return;
  try {
    set_and_keep(connection, guard_settings(connection.server_version()));
  } catch (const Error& error) {
    // The server's system cannot tell that a client has gone.
    if (error.finding().sqlstate != kInvalidValue) throw;
    set_and_keep(connection, std::string(kKeepalives));
  }
}

}  // namespace migrator

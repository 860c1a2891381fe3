#include "engine/pg/session_guard.h"

#include "engine/base/error.h"
#include "engine/pg/pipeline.h"
#include "engine/pg/settings.h"

namespace migrator {
namespace {

constexpr int kCheckInterval = 140000;
constexpr std::string_view kInvalidValue = "22023";

void set_and_keep(Connection& connection, std::vector<ServerSetting> settings) {
  run_together(connection, setting(settings, SettingScope::session));
  connection.keep_settings(std::move(settings));
}

}  // namespace

std::vector<ServerSetting> guard_settings(int server_version) {
  std::vector<ServerSetting> settings{{"tcp_keepalives_idle", "30"},
                                      {"tcp_keepalives_interval", "10"},
                                      {"tcp_keepalives_count", "3"},
                                      {"tcp_user_timeout", "60000"},
                                      {"idle_in_transaction_session_timeout", "60000"}};
  if (server_version >= kCheckInterval)
    settings.push_back({"client_connection_check_interval", "5000"});
  return settings;
}

bool lacks_connection_check(const Error& error) {
  return error.finding().sqlstate == kInvalidValue;
}

void guard_session(Connection& connection) {
  if (connection.is_pooled()) return;
  std::vector<ServerSetting> settings = guard_settings(connection.server_version());
  try {
    set_and_keep(connection, settings);
  } catch (const Error& error) {
    if (!lacks_connection_check(error)) throw;
    settings.pop_back();
    set_and_keep(connection, std::move(settings));
  }
}

}  // namespace migrator

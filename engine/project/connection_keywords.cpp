// The parameters of libpq up to version 18. A table in a file of its own: it grows with libpq.
#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/project/connection_text.h"

namespace migrator {
namespace {

constexpr auto keywords = std::to_array<std::string_view>({
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
});

constexpr auto secrets = std::to_array<std::string_view>(
    {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"});

}  // namespace

bool is_connection_keyword(std::string_view word) {
  return std::ranges::find(keywords, word) != keywords.end();
}

std::optional<std::string> nearest_connection_keyword(std::string_view word) {
  return nearest(word, keywords);
}

bool ConnectionPiece::is_secret() const {
  // A database name may itself hold a URL in the hands of some programs.
  return std::ranges::find(secrets, key) != secrets.end() || value.find("://") != value.npos;
}

}  // namespace migrator

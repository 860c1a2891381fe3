// Where the status server listens: "127.0.0.1:8086", ":8086", "[::1]:0", "unix:/run/migrator.sock".
#pragma once

#include <string>
#include <string_view>

namespace migrator {

struct ListenAddress {
  std::string host = {};  ///< without brackets; "" is every address
  std::string port = {};
  std::string socket = {};  ///< path of a Unix socket, and then nothing else

  /// Nobody on another machine can reach it.
  bool is_local() const;
};

/// Throws Error(usage).
ListenAddress parse_listen_address(std::string_view text);

/// "http://127.0.0.1:8086/" or "unix:/run/migrator.sock"
std::string to_text(const ListenAddress& address);

}  // namespace migrator

#include "engine/http/listen_address.h"

#include <fmt/format.h>

#include "engine/base/error.h"

namespace migrator {
namespace {

constexpr std::string_view kUnix = "unix:";

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos &&
         std::stoi(std::string(text)) <= 65535;
}

}  // namespace

bool ListenAddress::is_local() const {
  return !socket.empty() || host == "localhost" || host == "::1" || host.starts_with("127.");
}

ListenAddress parse_listen_address(std::string_view text) {
  if (text.starts_with(kUnix) && text.size() > kUnix.size())
    return {.socket = std::string(text.substr(kUnix.size()))};
  const std::size_t colon = text.rfind(':');
  ListenAddress address;
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    address = {.host = std::string(host), .port = std::string(text.substr(colon + 1))};
  }
  if (!is_port(address.port))
    throw Error(
        ErrorKind::usage,
        {.id = "listen-address",
         .message = fmt::format("\"{}\" is no address to listen on", text),
         .next = "write it like 127.0.0.1:8086, :8086, [::1]:0 or unix:/run/migrator.sock"});
  return address;
}

std::string to_text(const ListenAddress& address) {
  if (!address.socket.empty()) return "unix:" + address.socket;
  const bool is_v6 = address.host.find(':') != std::string::npos;
  const std::string host = address.host.empty() ? "0.0.0.0" : address.host;
  return is_v6 ? fmt::format("http://[{}]:{}/", host, address.port)
               : fmt::format("http://{}:{}/", host, address.port);
}

}  // namespace migrator

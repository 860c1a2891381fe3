#include "engine/http/listening_socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "engine/base/error.h"

namespace migrator {
namespace {

constexpr int kBacklog = 128;
constexpr int kFlags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

/// Nobody listens at the file any more: its program was killed.
bool is_left_over(const sockaddr_un& name) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const int result = connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  const int error = errno;
  close(probe);
  return result != 0 && error == ECONNREFUSED;
}

}  // namespace

ListeningSocket::ListeningSocket(ListenAddress address) : address_(std::move(address)) {
  if (address_.socket.empty())
    open_tcp();
  else
    open_unix();
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : address_(std::move(other.address_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

ListeningSocket::~ListeningSocket() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  if (!address_.socket.empty()) unlink(address_.socket.c_str());
}

void ListeningSocket::fail(int error) const {
  if (descriptor_ >= 0) close(descriptor_);
  throw Error(
      ErrorKind::configuration,
      {.id = "listen-failed",
       .message = fmt::format("cannot listen on {}: {}", to_text(address_), std::strerror(error)),
       .next = error == EADDRINUSE ? "stop what listens there, or choose another --listen"
                                   : "choose another --listen"});
}

void ListeningSocket::open_unix() {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (address_.socket.size() >= sizeof(name.sun_path)) fail(ENAMETOOLONG);
  std::memcpy(name.sun_path, address_.socket.data(), address_.socket.size());
  if (is_left_over(name)) unlink(address_.socket.c_str());
  descriptor_ = socket(AF_UNIX, kFlags, 0);
  if (descriptor_ < 0) fail(errno);
  if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) fail(errno);
  // Before it listens: who may reach the folder of the socket, in the owner's group, may ask.
  if (chmod(address_.socket.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0) fail(errno);
  if (listen(descriptor_, kBacklog) != 0) fail(errno);
}

void ListeningSocket::open_tcp() {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string host = address_.host.empty() ? "0.0.0.0" : address_.host;
  if (getaddrinfo(host.c_str(), address_.port.c_str(), &wanted, &found) != 0) fail(EADDRNOTAVAIL);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  descriptor_ = socket(found->ai_family, kFlags, 0);
  if (descriptor_ < 0) fail(errno);
  const int on = 1;
  setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(descriptor_, found->ai_addr, found->ai_addrlen) != 0) fail(errno);
  if (listen(descriptor_, kBacklog) != 0) fail(errno);
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  std::array<char, NI_MAXSERV> port{};
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&bound), &size) == 0 &&
      getnameinfo(reinterpret_cast<sockaddr*>(&bound), size, nullptr, 0, port.data(), port.size(),
                  NI_NUMERICSERV) == 0)
    address_.port = port.data();
}

}  // namespace migrator

#include "tests/faults/fault_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace migrator {
namespace {

using Clock = ProxyLink::Clock;

int check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

template <typename Address>
const sockaddr* plain(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Descriptor listen_somewhere() {
  Descriptor listener(
      check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(bind(listener.number(), plain(address), sizeof address), "bind");
  check(listen(listener.number(), SOMAXCONN), "listen");
  return listener;
}

int port_of(const Descriptor& listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  check(getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size),
        "getsockname");
  return ntohs(address.sin_port);
}

/// Nothing there when the server takes nobody.
Descriptor connect_to(const std::filesystem::path& path) {
  Descriptor server(check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(server.number(), plain(address), sizeof address) != 0) return Descriptor();
  check(fcntl(server.number(), F_SETFL, O_NONBLOCK), "fcntl");
  return server;
}

}  // namespace

FaultProxy::FaultProxy(std::filesystem::path server_socket, std::chrono::microseconds delay)
    : server_socket_(std::move(server_socket)),
      delay_(delay),
      listener_(listen_somewhere()),
      wake_up_(check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      port_(port_of(listener_)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

FaultProxy::~FaultProxy() {
  thread_.request_stop();
  eventfd_write(wake_up_.number(), 1);
  thread_.join();
}

DatabaseUrl FaultProxy::url(std::string_view database, std::string_view more) const {
  return DatabaseUrl::parse(
      fmt::format("postgres://postgres@127.0.0.1:{}/{}?sslmode=disable{}", port_, database, more));
}

void FaultProxy::begin(const Fault& fault) {
  std::unique_lock lock(mutex_);
  fault_ = fault;
  begins_ = true;
  eventfd_write(wake_up_.number(), 1);
  begun_.wait(lock, [this] { return !begins_; });
}

Traffic FaultProxy::traffic() const {
  const std::lock_guard lock(mutex_);
  return traffic_;
}

void FaultProxy::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> found = interests();
    if (poll(found.data(), found.size(), milliseconds_to_wait()) < 0) continue;
    if (found[0].revents != 0) take_wishes();
    work_on_links(found);
    if (found[1].revents != 0) accept_link();
    links_.remove_if([](const ProxyLink& link) { return link.is_over(); });
  }
}

std::vector<pollfd> FaultProxy::interests() const {
  std::vector<pollfd> all = {{wake_up_.number(), POLLIN, 0}, {listener_.number(), POLLIN, 0}};
  for (const ProxyLink& link : links_) {
    const auto both = link.interests();
    all.insert(all.end(), both.begin(), both.end());
  }
  return all;
}

int FaultProxy::milliseconds_to_wait() const {
  auto first = Clock::time_point::max();
  for (const ProxyLink& link : links_) first = std::min(first, link.wakes_at());
  if (first == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

void FaultProxy::take_wishes() {
  eventfd_t ignored = 0;
  eventfd_read(wake_up_.number(), &ignored);
  const std::lock_guard lock(mutex_);
  if (!begins_) return;
  links_.clear();
  traffic_ = {};
  begins_ = false;
  begun_.notify_all();
}

void FaultProxy::accept_link() {
  Descriptor client(accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (client.number() < 0) return;
  const int yes = 1;
  // Otherwise the kernel might still hold back what a cut is to leave to the client.
  setsockopt(client.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  Descriptor server = connect_to(server_socket_);
  if (server.number() < 0) return;
  links_.emplace_back(std::move(client), std::move(server));
  const std::lock_guard lock(mutex_);
  ++traffic_.connections;
}

void FaultProxy::work_on_links(const std::vector<pollfd>& found) {
  // What was polled may be gone since: begin() leaves no link.
  std::size_t at = 2;
  for (auto link = links_.begin(); link != links_.end() && at + 1 < found.size(); ++link, at += 2)
    link->work({found[at], found[at + 1]}, delay_, [&](const ProxyLink::Message& message) {
      if (!link->is_cancel()) count(message);
    });
}

void FaultProxy::count(const ProxyLink::Message& message) {
  const std::lock_guard lock(mutex_);
  const bool to_server = message.direction == Direction::to_server;
  ++(to_server ? traffic_.to_server : traffic_.to_client);
  if (to_server) traffic_.last_to_server = message.bytes;
  if (message.begins_answer) ++traffic_.round_trips;
  if (traffic_.struck || fault_.kind == FaultKind::none || message.direction != fault_.direction ||
      traffic_.messages(message.direction) < fault_.after)
    return;
  traffic_.struck = true;
  strike(fault_);
}

void FaultProxy::strike(const Fault& fault) {
  for (ProxyLink& link : links_) {
    if (link.is_cancel()) continue;
    if (fault.kind == FaultKind::cut)
      link.cut();
    else
      link.blackhole(Clock::now() + fault.server_notices);
  }
}

}  // namespace migrator

#include "tests/faults/proxy_link.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace migrator {
namespace {

void end_abruptly(int socket) {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

void drop_all_packets(int socket) {
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{.len = 1, .filter = &nothing};
  setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

}  // namespace

ProxyLink::ProxyLink(Descriptor client, Descriptor server)
    : client_(std::move(client)), server_(std::move(server)) {}

std::array<pollfd, 2> ProxyLink::interests() const {
  const auto of = [this](const Descriptor& socket, const Stream& from, const Stream& to) {
    short events = 0;
    if (fate_ == Fate::passing && !from.ended) events |= POLLIN;
    if (fate_ != Fate::swallowing && !to.outgoing.empty()) events |= POLLOUT;
    // A socket of which nothing is wanted would report its end for ever.
    return pollfd{.fd = events == 0 ? -1 : socket.number(), .events = events, .revents = 0};
  };
  return {of(client_, to_server_, to_client_), of(server_, to_client_, to_server_)};
}

ProxyLink::Clock::time_point ProxyLink::wakes_at() const {
  if (fate_ == Fate::swallowing) return server_until_;
  auto first = Clock::time_point::max();
  for (const Stream* stream : {&to_server_, &to_client_})
    if (!stream->held.empty()) first = std::min(first, stream->held.front().due);
  return first;
}

void ProxyLink::work(const std::array<pollfd, 2>& found, Clock::duration delay,
                     const Passed& passed) {
  if (fate_ == Fate::swallowing) {
    if (Clock::now() < server_until_) return;
    server_.reset();
    server_until_ = Clock::time_point::max();
    return;
  }
  if (found[0].revents != 0) take(to_server_, client_.number(), delay, passed);
  if (found[1].revents != 0) take(to_client_, server_.number(), delay, passed);
  if (fate_ == Fate::swallowing) return;
  give(to_server_, server_.number());
  give(to_client_, client_.number());
}

void ProxyLink::cut() {
  if (fate_ != Fate::passing) return;
  fate_ = Fate::cut;
  end_abruptly(client_.number());
}

void ProxyLink::blackhole(Clock::time_point server_until) {
  if (fate_ != Fate::passing) return;
  // What has been passed on is under way.
  give(to_server_, server_.number());
  give(to_client_, client_.number());
  fate_ = Fate::swallowing;
  server_until_ = server_until;
  drop_all_packets(client_.number());
}

bool ProxyLink::is_over() const {
  if (fate_ == Fate::swallowing) return false;
  if (fate_ == Fate::cut) return to_server_.is_empty() && to_client_.is_empty();
  return (to_server_.ended && to_server_.is_empty()) || (to_client_.ended && to_client_.is_empty());
}

void ProxyLink::take(Stream& stream, int from, Clock::duration delay, const Passed& passed) {
  std::array<char, 16384> buffer{};
  while (fate_ == Fate::passing && !stream.ended) {
    const ssize_t size = recv(from, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      stream.ended = true;
      return;
    }
    stream.framing.add({buffer.data(), static_cast<std::size_t>(size)});
    while (fate_ == Fate::passing) {
      auto message = stream.framing.next();
      if (!message) break;
      pass(stream, std::move(*message), delay, passed);
    }
  }
}

void ProxyLink::pass(Stream& stream, std::string message, Clock::duration delay,
                     const Passed& passed) {
  const bool from_client = stream.direction == Direction::to_server;
  if (from_client && !started_) {
    const Opening opening = opening_of(message);
    if (opening == Opening::encryption) to_client_.framing.expect_single_byte();
    cancel_ = opening == Opening::cancel;
    started_ = opening == Opening::startup;
  }
  const bool begins_answer = !from_client && answer_due_;
  answer_due_ = from_client;
  const std::string copy = message;
  const auto due = cancel_ ? Clock::now() : Clock::now() + delay;
  if (!stream.broken) stream.held.push_back({due, std::move(message)});
  passed({stream.direction, copy, begins_answer});
}

void ProxyLink::give(Stream& stream, int to) {
  const auto now = Clock::now();
  for (; !stream.held.empty() && stream.held.front().due <= now; stream.held.pop_front())
    stream.outgoing += stream.held.front().bytes;
  while (!stream.outgoing.empty()) {
    const ssize_t size = send(to, stream.outgoing.data(), stream.outgoing.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size < 0) {
      // What the other side had to say last is still passed on.
      stream.broken = true;
      stream.held.clear();
      stream.outgoing.clear();
      return;
    }
    stream.outgoing.erase(0, static_cast<std::size_t>(size));
  }
}

}  // namespace migrator

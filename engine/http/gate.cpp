#include "engine/http/gate.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::size_t kPiece = 4096;  // bytes that are read at a time
constexpr int kTick = 200;            // milliseconds: how late a deadline may be noticed

/// To one who is not worth a thread: gone if it does not fit into the socket.
void refuse(int descriptor, std::string_view status) {
  const std::string text =
      "HTTP/1.1 " + std::string(status) + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  const ssize_t ignored = send(descriptor, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  static_cast<void>(ignored);
}

bool write_all(int descriptor, std::string_view bytes, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return false;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd writable{.fd = descriptor, .events = POLLOUT, .revents = 0};
    poll(&writable, 1, static_cast<int>(left.count()));
  }
  return true;
}

}  // namespace

Gate::Gate(std::vector<ListeningSocket> sockets, const HttpCodec& codec, GateLimits limits)
    : sockets_(std::move(sockets)),
      codec_(codec),
      limits_(limits),
      wakes_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wakes_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  for (std::size_t i = 0; i < limits_.threads; ++i)
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  waiter_ = std::jthread([this](const std::stop_token& stop) { wait(stop); });
}

Gate::~Gate() {
  waiter_.request_stop();
  wake();
  waiter_.join();
  for (std::jthread& worker : workers_) worker.request_stop();
  workers_.clear();
  for (const Guest& guest : guests_) close(guest.descriptor);
  for (const Guest& guest : returned_) close(guest.descriptor);
  close(wakes_);
}

void Gate::wake() {
  const std::uint64_t one = 1;
  const ssize_t ignored = ::write(wakes_, &one, sizeof(one));
  static_cast<void>(ignored);
}

void Gate::wait(const std::stop_token& stop) {
  while (!stop.stop_requested()) take_turn(kTick);
  // Who came before the end is let in by the first of these, and heard by the others, in as many
  // pieces as a head may have. Nobody is to come in between, or would be sent away.
  take_turn(0);
  sockets_.clear();
  for (std::size_t heard = 0; heard <= limits_.head_bytes && take_turn(0);) heard += kPiece;
}

/// Whether any guest was heard.
bool Gate::take_turn(int milliseconds) {
  polled_.clear();
  polled_.push_back({.fd = wakes_, .events = POLLIN, .revents = 0});
  for (const ListeningSocket& socket : sockets_)
    polled_.push_back({.fd = socket.descriptor(), .events = POLLIN, .revents = 0});
  const std::size_t first_guest = polled_.size();
  for (const Guest& guest : guests_)
    polled_.push_back({.fd = guest.descriptor, .events = POLLIN, .revents = 0});
  poll(polled_.data(), polled_.size(), milliseconds);

  bool is_any_heard = false;
  std::vector<Guest> present = std::exchange(guests_, {});
  const auto now = Clock::now();
  for (std::size_t i = 0; i < present.size(); ++i) {
    Guest& guest = present[i];
    const bool is_readable = polled_[first_guest + i].revents != 0;
    is_any_heard = is_any_heard || is_readable;
    if (is_readable && !read(guest)) continue;
    if (!is_readable && guest.deadline <= now) {
      if (!guest.head.empty()) refuse(guest.descriptor, "408 Request Timeout");
      close(guest.descriptor);
      continue;
    }
    if (guest.head.find(kEndOfHead) != std::string::npos)
      hand_over(std::move(guest));
    else
      guests_.push_back(std::move(guest));
  }
  if (polled_[0].revents != 0) take_back();
  for (std::size_t i = 1; i < first_guest; ++i)
    if (polled_[i].revents != 0)
      while (accept_from(polled_[i].fd)) {
      }
  return is_any_heard;
}

/// Connections whose request was answered; the next one may be there already.
void Gate::take_back() {
  std::uint64_t count = 0;
  const ssize_t ignored = ::read(wakes_, &count, sizeof(count));
  static_cast<void>(ignored);
  std::vector<Guest> back;
  {
    const std::lock_guard lock(mutex_);
    back = std::exchange(returned_, {});
  }
  for (Guest& guest : back) {
    guest.deadline = Clock::now() + (guest.head.empty() ? limits_.rest_time : limits_.head_time);
    if (guest.head.find(kEndOfHead) != std::string::npos)
      hand_over(std::move(guest));
    else
      guests_.push_back(std::move(guest));
  }
}

/// False when nobody waits any more.
bool Gate::accept_from(int listening) {
  const int descriptor = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor < 0) {
    // Out of descriptors: one goes, or it would be tried again without end.
    if (errno == EMFILE || errno == ENFILE) make_room();
    return false;
  }
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // no matter on a Unix socket
  std::size_t away = 0;
  {
    const std::lock_guard lock(mutex_);
    away = away_;
  }
  if (guests_.size() + away >= limits_.connections) make_room();
  guests_.push_back({.descriptor = descriptor, .deadline = Clock::now() + limits_.head_time});
  return true;
}

/// For one who may have something to say, of those who said least for longest.
void Gate::make_room() {
  const auto first = std::ranges::min_element(guests_, {}, &Guest::deadline);
  if (first == guests_.end()) return;
  close(first->descriptor);
  guests_.erase(first);
}

/// False when the connection is over, and closed.
bool Gate::read(Guest& guest) {
  std::array<char, kPiece> bytes;
  const ssize_t count = recv(guest.descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count > 0) {
    if (guest.head.empty()) guest.deadline = Clock::now() + limits_.head_time;
    guest.head.append(bytes.data(), static_cast<std::size_t>(count));
    const char first = guest.head.front();
    const bool is_http = first >= 'A' && first <= 'Z';
    const std::size_t end = guest.head.find(kEndOfHead);
    const bool fits = end != std::string::npos ? end <= limits_.head_bytes
                                               : guest.head.size() <= limits_.head_bytes;
    if (is_http && fits) return true;
    refuse(guest.descriptor, is_http ? "431 Request Header Fields Too Large" : "400 Bad Request");
  }
  close(guest.descriptor);
  return false;
}

void Gate::hand_over(Guest guest) {
  {
    const std::lock_guard lock(mutex_);
    whole_.push_back(std::move(guest));
    ++away_;
  }
  changed_.notify_one();
}

void Gate::work(const std::stop_token& stop) {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return !whole_.empty(); });
    if (whole_.empty()) return;
    Guest guest = std::move(whole_.front());
    whole_.pop_front();
    lock.unlock();
    const bool keep = serve(guest) && !stop.stop_requested();
    if (!keep) close(guest.descriptor);
    lock.lock();
    --away_;
    if (!keep) continue;
    const bool was_empty = returned_.empty();
    returned_.push_back(std::move(guest));
    lock.unlock();
    if (was_empty) wake();
  }
}

/// False when the connection is over.
bool Gate::serve(Guest& guest) {
  const std::size_t end = guest.head.find(kEndOfHead) + kEndOfHead.size();
  const HttpCodec::Reply reply = codec_.answer(std::string_view(guest.head).substr(0, end));
  guest.head.erase(0, end);
  return write_all(guest.descriptor, reply.bytes, limits_.write_time) && reply.keep;
}

}  // namespace migrator

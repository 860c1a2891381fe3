// One connection through the proxy: the client's socket, the server's, and what is under way
// between them. It passes whole messages on, and can be cut or swallow everything from now on. Who
// listens, counts and decides is FaultProxy. Never blocks; belongs to one thread.
#pragma once

#include <poll.h>

#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "tests/faults/descriptor.h"
#include "tests/faults/framing.h"

namespace migrator {

class ProxyLink {
 public:
  using Clock = std::chrono::steady_clock;
  struct Message {
    Direction direction;
    std::string_view bytes;
    bool begins_answer;  ///< of the server: the first one after something of the client
  };
  /// Is told of each message that is passed on.
  using Passed = std::function<void(const Message&)>;

  ProxyLink(Descriptor client, Descriptor server);

  /// What to poll for: of the client's socket, then of the server's.
  std::array<pollfd, 2> interests() const;
  /// When a message that is held back is due, or the server's socket is to be closed; max: never.
  Clock::time_point wakes_at() const;
  /// Does what can be done, after a poll.
  void work(const std::array<pollfd, 2>& found, Clock::duration delay, const Passed& passed);

  /// Takes nothing more; sends what it has taken, and ends both sides abruptly.
  void cut();
  /// As a network that drops every packet: the client's packets are not even acknowledged from now
  /// on. The server's side is closed at that time, as the server's own keepalive would find.
  void blackhole(Clock::time_point server_until);

  /// A request to cancel, which is a connection of its own.
  bool is_cancel() const { return cancel_; }
  bool is_over() const;

 private:
  struct Parcel {
    Clock::time_point due;
    std::string bytes;
  };
  struct Stream {
    Direction direction;
    Framing framing;
    std::deque<Parcel> held = {};
    std::string outgoing = {};
    bool ended = false;   ///< nothing more comes
    bool broken = false;  ///< nobody takes it any more
    bool is_empty() const { return held.empty() && outgoing.empty(); }
  };
  enum class Fate { passing, cut, swallowing };

  void take(Stream& stream, int from, Clock::duration delay, const Passed& passed);
  void pass(Stream& stream, std::string message, Clock::duration delay, const Passed& passed);
  static void give(Stream& stream, int to);

  Descriptor client_;
  Descriptor server_;
  Stream to_server_{Direction::to_server, Framing(Direction::to_server)};
  Stream to_client_{Direction::to_client, Framing(Direction::to_client)};
  Fate fate_ = Fate::passing;
  Clock::time_point server_until_ = Clock::time_point::max();
  bool started_ = false;
  bool cancel_ = false;
  bool answer_due_ = false;
};

}  // namespace migrator

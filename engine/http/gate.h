// The way in: accepts connections, reads the heads of requests, hands whole ones to a few threads
// and writes what those answer. One thread waits for all connections, so that a slow or silent
// client costs a descriptor and at most 8 KiB, never a thread; only writing a response may hold one
// up, for a few seconds. What it does not know: what HTTP means beyond the end of a head.
#pragma once

#include <poll.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/http/http_codec.h"
#include "engine/http/listening_socket.h"

namespace migrator {

struct GateLimits {
  std::size_t connections = 256;  ///< one more, and the one that rested longest is closed
  std::size_t head_bytes = 8192;
  std::size_t threads = 4;
  std::chrono::milliseconds head_time = std::chrono::seconds(5);   ///< from its first byte on
  std::chrono::milliseconds rest_time = std::chrono::seconds(30);  ///< between two requests
  std::chrono::milliseconds write_time = std::chrono::seconds(5);
};

class Gate {
 public:
  /// `codec` must outlive it.
  Gate(std::vector<ListeningSocket> sockets, const HttpCodec& codec, GateLimits limits = {});
  ~Gate();  ///< accepts no more, finishes what was begun
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  const std::vector<ListeningSocket>& sockets() const { return sockets_; }

 private:
  using Clock = std::chrono::steady_clock;

  struct Guest {
    int descriptor = -1;
    std::string head = {};  ///< what came so far
    Clock::time_point deadline = {};
  };

  void wait(const std::stop_token& stop);
  bool take_turn(int milliseconds);
  void take_back();
  bool accept_from(int listening);
  void make_room();
  bool read(Guest& guest);
  void hand_over(Guest guest);
  void work(const std::stop_token& stop);
  bool serve(Guest& guest);
  void wake();

  std::vector<ListeningSocket> sockets_;
  const HttpCodec& codec_;
  const GateLimits limits_;
  int wakes_ = -1;             ///< an eventfd
  std::vector<Guest> guests_;  ///< of the waiting thread, as what follows
  std::vector<pollfd> polled_;
  std::mutex mutex_;  ///< over what follows
  std::condition_variable_any changed_;
  std::deque<Guest> whole_;      ///< requests for the workers
  std::vector<Guest> returned_;  ///< by the workers
  std::size_t away_ = 0;         ///< with the workers
  std::vector<std::jthread> workers_;
  std::jthread waiter_;
};

}  // namespace migrator

// A proxy between migrator and the tests' server that knows PostgreSQL's messages: it counts them,
// and does one fault to a run after the k-th message of a direction. It listens on 127.0.0.1 and
// forwards to the server's Unix socket, without encryption. Connections that cancel are passed on
// and not counted. A thread of its own does the work; the object may be used from any one thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/project/database_url.h"
#include "tests/faults/descriptor.h"
#include "tests/faults/proxy_link.h"

namespace migrator {

enum class FaultKind {
  none,
  cut,        ///< all connections end abruptly
  blackhole,  ///< no packet of theirs arrives any more, and none is acknowledged
};

/// What befalls the connections that there are then; later ones are not disturbed.
struct Fault {
  FaultKind kind = FaultKind::none;
  Direction direction = Direction::to_server;
  std::uint64_t after = 1;  ///< so many messages are still passed on
  /// How long the server does not notice a blackhole.
  std::chrono::milliseconds server_notices = std::chrono::seconds(2);
};

/// Since begin().
struct Traffic {
  std::uint64_t to_server = 0;
  std::uint64_t to_client = 0;
  std::uint64_t round_trips = 0;  ///< answers of the server that a client waited for
  std::uint64_t connections = 0;
  bool struck = false;         ///< the fault came about
  std::string last_to_server;  ///< the last message, to the byte

  std::uint64_t messages(Direction direction) const {
    return direction == Direction::to_server ? to_server : to_client;
  }
};

class FaultProxy {
 public:
  /// Each message is held back for `delay`, half of a round trip; a cancel request is not, so that
  /// it overtakes what it is to cancel.
  explicit FaultProxy(std::filesystem::path server_socket, std::chrono::microseconds delay = {});
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  /// For clients; `more` are further parameters ("&keepalives_idle=1").
  DatabaseUrl url(std::string_view database, std::string_view more = "") const;
  int port() const { return port_; }

  /// Ends what is left of the connections, counts from 0, and does this fault to what comes.
  void begin(const Fault& fault);
  Traffic traffic() const;

 private:
  void run(const std::stop_token& stop);
  /// What to poll for: the wake-up, the listener, two for each link.
  std::vector<pollfd> interests() const;
  int milliseconds_to_wait() const;
  void take_wishes();
  void accept_link();
  void work_on_links(const std::vector<pollfd>& found);
  void count(const ProxyLink::Message& message);
  void strike(const Fault& fault);

  std::filesystem::path server_socket_;
  std::chrono::microseconds delay_;
  Descriptor listener_;
  Descriptor wake_up_;
  int port_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable begun_;
  bool begins_ = false;
  Fault fault_;
  Traffic traffic_;

  std::list<ProxyLink> links_;  ///< the thread's own
  std::jthread thread_;
};

}  // namespace migrator

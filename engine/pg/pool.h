// A Pool lends connections: at most so many at once, each to one borrower. Who waits for too long
// is told so; one that comes back is made as it was when it was opened; one that is broken, or
// cannot be made so, is lent to nobody again. Thread-safe. It outlives what it has lent.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/pg/connection.h"

namespace migrator {

struct PoolLimits {
  std::size_t connections = 4;
  std::chrono::milliseconds wait = std::chrono::seconds(5);
  /// One that was not used for so long is asked whether it is there before it is lent.
  std::chrono::milliseconds unchecked = std::chrono::seconds(10);
  /// For the answer to that.
  std::chrono::milliseconds patience = std::chrono::seconds(2);
};

class Pool {
 public:
  using Open = std::function<Connection(std::stop_token)>;

  /// A connection for as long as it lives.
  class Lease {
   public:
    Lease(Pool& pool, Connection connection) : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          connection_(std::exchange(other.connection_, std::nullopt)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    /// Nobody is to have it after this: something went wrong with it.
    void close() { connection_.reset(); }

    Connection& operator*() { return *connection_; }
    Connection* operator->() { return &*connection_; }

   private:
    Pool* pool_;
    std::optional<Connection> connection_;
  };

  Pool(Open open, PoolLimits limits) : open_(std::move(open)), limits_(limits) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Throws Error(connection, "pool-exhausted") when none came back in time, "cancelled" when a
  /// stop was requested while it waited, and what opening one throws.
  Lease lend(std::stop_token stop = {});

  /// Those that are lent, and those that wait for the next.
  std::size_t lent() const;
  std::size_t idle() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Idle {
    Connection connection;
    Clock::time_point since;
  };

  void await_turn(std::stop_token stop);
  std::optional<Idle> take_idle();
  bool is_healthy(Idle& idle) const;
  void give_back(std::optional<Connection> connection) noexcept;

  const Open open_;
  const PoolLimits limits_;
  mutable std::mutex mutex_ = {};  ///< over what follows
  std::condition_variable_any came_back_ = {};
  std::vector<Idle> idle_ = {};
  std::size_t lent_ = 0;
};

}  // namespace migrator

// Ends what a session is doing when a stop is requested: by a cancel request through the protocol,
// and by breaking the connection when the server does not answer that.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>

#include "engine/base/error.h"

struct pg_conn;

namespace migrator {

/// How long a server may take to answer a cancel request.
constexpr std::chrono::milliseconds kCancelPatience{1500};

/// SQLSTATE of a statement that was cancelled.
constexpr std::string_view kQueryCanceled = "57014";

/// What is said of a statement that was cancelled because of a stop request.
Finding cancelled_finding();

/// The same when the server did not answer the cancel request: whether the statement was kept is as
/// unknown as after a lost connection.
Error not_confirmed();

/// Throws Error(migration, "cancelled") before anything is sent when a stop was requested.
void refuse_if_stopped(const std::stop_token& stop);

/// Asks the server to cancel what the session runs. In a thread of its own, because the way to the
/// server may be blocked, and the request blocks with it; not valid when there is nobody to ask.
std::future<void> send_cancel(pg_conn* handle);

/// As if the network had gone: nothing waits for this session any more, and it counts as lost.
void break_connection(pg_conn* handle);

/// For the time of one blocking call of libpq on this thread. A stop that was requested before is
/// none of its business: what tidies up afterwards must be able to run.
class Interruption {
 public:
  Interruption(pg_conn* handle, const std::stop_token& stop);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

 private:
  void interrupt();

  pg_conn* handle_;
  std::future<void> cancelling_ = {};
  std::atomic<bool> is_broken_ = false;
  std::mutex mutex_ = {};
  std::condition_variable_any done_ = {};
  std::jthread impatient_ = {};
  std::optional<std::stop_callback<std::function<void()>>> callback_ = std::nullopt;
};

}  // namespace migrator

#include "engine/pg/cancel.h"

#include <libpq-fe.h>
#include <sys/socket.h>

#include <array>
#include <utility>

namespace migrator {

Finding cancelled_finding() {
  return Finding{.id = "cancelled",
                 .message = "stopped, and the statement was cancelled on the server",
                 .sqlstate = std::string(kQueryCanceled),
                 .next = "run the same command again"};
}

Error not_confirmed() {
  Finding finding = cancelled_finding();
  finding.message = "stopped; the server did not confirm that the statement was cancelled";
  return Error(ErrorKind::connection, std::move(finding));
}

void refuse_if_stopped(const std::stop_token& stop) {
  if (!stop.stop_requested()) return;
  throw Error(ErrorKind::migration, Finding{.id = "cancelled",
                                            .message = "stopped before the next statement",
                                            .next = "run the same command again"});
}

std::future<void> send_cancel(PGconn* handle) {
  PGcancel* const request = PQgetCancel(handle);
  if (request == nullptr) return {};
  std::packaged_task<void()> task([request] {
    std::array<char, 256> reason{};
    PQcancel(request, reason.data(), static_cast<int>(reason.size()));
    PQfreeCancel(request);
  });
  std::future<void> sent = task.get_future();
  std::thread(std::move(task)).detach();
  return sent;
}

void break_connection(PGconn* handle) {
  shutdown(PQsocket(handle), SHUT_RDWR);
}

Interruption::Interruption(PGconn* handle, const std::stop_token& stop) : handle_(handle) {
  if (!stop.stop_requested()) callback_.emplace(stop, [this] { interrupt(); });
}

void Interruption::interrupt() {
  cancelling_ = send_cancel(handle_);
  impatient_ = std::jthread([this](const std::stop_token& answered) {
    std::unique_lock lock(mutex_);
    if (done_.wait_for(lock, answered, kCancelPatience, [&] { return answered.stop_requested(); }))
      return;
    is_broken_ = true;
    break_connection(handle_);
  });
}

Interruption::~Interruption() {
  callback_.reset();  // waits for one that runs
  impatient_.request_stop();
  // A cancel that arrives late would hit the next statement, where there is to be one.
  if (cancelling_.valid() && !is_broken_) cancelling_.wait_for(kCancelPatience);
}

}  // namespace migrator

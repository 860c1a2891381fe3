#include "engine/pg/exchange.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace migrator {
namespace {

constexpr std::chrono::milliseconds tick{50};
constexpr std::chrono::seconds patience{3};
constexpr std::size_t chunk_size = std::size_t{64} * 1024;

}  // namespace

Exchange::Exchange(PGconn* handle, std::stop_token stop) : handle_(handle), stop_(std::move(stop)) {
  PQsetnonblocking(handle_, 1);
}

Exchange::~Exchange() {
  // Only after a failure can answers be left; the next user of the handle must not get them.
  while (!given_up_ && PQtransactionStatus(handle_) == PQTRANS_ACTIVE) {
    const Result left = next_result();
    if (!left) break;
    const auto status = PQresultStatus(left.get());
    if (status == PGRES_COPY_IN) refuse_copy_in("interrupted");
    if (status == PGRES_COPY_OUT) skip_copy_out();
  }
  PQsetnonblocking(handle_, 0);
}

void Exchange::send(const std::string& sql) {
  if (PQsendQuery(handle_, sql.c_str()) == 0) return;  // the answer tells why
  PQsetSingleRowMode(handle_);
  flush();
}

Result Exchange::next_result() {
  while (PQisBusy(handle_) != 0) {
    wait(POLLIN);
    if (given_up_ || PQconsumeInput(handle_) == 0) break;
  }
  return Result(PQgetResult(handle_));
}

void Exchange::copy_in(std::string_view data) {
  while (!data.empty() && !was_cancelled()) {
    const auto size = std::min(data.size(), chunk_size);
    if (PQputCopyData(handle_, data.data(), static_cast<int>(size)) < 0) return;
    data.remove_prefix(size);
    // Until it is sent, so that libpq does not pile the data up.
    flush();
    if (given_up_) return;
  }
  PQputCopyEnd(handle_, was_cancelled() ? "stopped" : nullptr);
  flush();
}

void Exchange::refuse_copy_in(const char* reason) {
  PQputCopyEnd(handle_, reason);
  flush();
}

void Exchange::skip_copy_out() {
  char* row = nullptr;
  for (;;) {
    const int size = PQgetCopyData(handle_, &row, /*async=*/1);
    if (size > 0) {
      PQfreemem(row);
    } else if (size == 0) {
      wait(POLLIN);
      if (given_up_ || PQconsumeInput(handle_) == 0) return;
    } else {
      return;
    }
  }
}

void Exchange::finish() {
  // A cancel that arrives late would hit the next statement.
  if (cancelling_.valid()) cancelling_.wait_for(patience);
}

void Exchange::flush() {
  while (!given_up_ && PQflush(handle_) == 1) {
    wait(POLLIN | POLLOUT);
    if (PQconsumeInput(handle_) == 0) return;
  }
}

void Exchange::wait(short events) {
  for (;;) {
    if (stop_.stop_requested() && !was_cancelled()) request_cancel();
    if (was_cancelled() && std::chrono::steady_clock::now() > *give_up_at_) {
      // As if the network had gone: nothing may wait for this session any more.
      shutdown(PQsocket(handle_), SHUT_RDWR);
      PQconsumeInput(handle_);  // libpq sees the end, and the connection counts as lost
      given_up_ = true;
      return;
    }
    pollfd waiting{};
    waiting.fd = PQsocket(handle_);
    waiting.events = events;
    if (waiting.fd < 0 || poll(&waiting, 1, static_cast<int>(tick.count())) > 0) return;
  }
}

// In a thread of its own, because the way to the server may be blocked, and PQcancel blocks with
// it.
void Exchange::request_cancel() {
  give_up_at_ = std::chrono::steady_clock::now() + patience;
  PGcancel* const request = PQgetCancel(handle_);
  if (request == nullptr) return;
  std::packaged_task<void()> task([request] {
    std::array<char, 256> reason{};
    PQcancel(request, reason.data(), static_cast<int>(reason.size()));
    PQfreeCancel(request);
  });
  cancelling_ = task.get_future();
  std::thread(std::move(task)).detach();
}

}  // namespace migrator

#include "engine/pg/exchange.h"

#include <poll.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/cancel.h"

namespace migrator {
namespace {

constexpr std::chrono::milliseconds tick{50};
constexpr std::size_t chunk_size = std::size_t{64} * 1024;

/// About as many bytes as its messages have. libpq tries to send with every query behind 64 KiB of
/// them, and looks for answers where the server takes no more.
std::size_t size_of(const Query& query) {
  constexpr std::size_t around = 64;
  std::size_t size = around + query.sql.size();
  for (const Field& field : query.parameters) size += field ? field->size() : 0;
  return size;
}

Error not_sent(PGconn* handle) {
  return Error(ErrorKind::migration,
               Finding{.id = "not-sent",
                       .message = "the statement could not be sent to the server",
                       .detail = std::string(trim(PQerrorMessage(handle)))});
}

}  // namespace

Exchange::Exchange(PGconn* handle, std::stop_token stop) : handle_(handle), stop_(std::move(stop)) {
  PQsetnonblocking(handle_, 1);
}

Exchange::~Exchange() {
  if (pipelined_) leave_pipeline();
  // Only after a failure can answers be left; the next user of the handle must not get them.
  while (sent_ && !given_up_ && PQtransactionStatus(handle_) == PQTRANS_ACTIVE) {
    const Result left = next_result();
    if (!left) break;
    const auto status = PQresultStatus(left.get());
    if (status == PGRES_COPY_IN) refuse_copy_in("interrupted");
    if (status == PGRES_COPY_OUT) copy_out({});
  }
  PQsetnonblocking(handle_, 0);
}

void Exchange::send(const std::string& sql) {
  sent_ = PQsendQuery(handle_, sql.c_str()) == 1;
  if (!sent_ && PQstatus(handle_) == CONNECTION_BAD) return;  // the answer tells why
  // There is no answer to what was not sent, and no answer must never pass for success.
  if (!sent_) throw not_sent(handle_);
  PQsetSingleRowMode(handle_);
  flush();
}

void Exchange::send_together(std::span<const Query> queries, std::optional<std::size_t> flushed) {
  pipelined_ = PQenterPipelineMode(handle_) == 1;
  bool queued = pipelined_;
  std::size_t size = 0;
  for (std::size_t i = 0; queued && i < queries.size(); ++i) {
    queued = queue(queries[i]);
    if (queued && i == flushed) queued = PQsendFlushRequest(handle_) == 1;
    size += size_of(queries[i]);
    if (size < chunk_size / 2) continue;
    flush();
    size = 0;
  }
  queued = queued && PQpipelineSync(handle_) == 1;
  // What is queued cannot be taken back.
  if (!queued && PQstatus(handle_) != CONNECTION_BAD) give_up();
  flush();
}

bool Exchange::queue(const Query& query) {
  std::vector<const char*> values;
  for (const Field& field : query.parameters) values.push_back(field ? field->c_str() : nullptr);
  const auto count = static_cast<int>(values.size());
  if (query.prepared.empty())
    return PQsendQueryParams(handle_, query.sql.c_str(), count, nullptr, values.data(), nullptr,
                             nullptr, /*resultFormat=*/0) == 1;
  if (!query.sql.empty())
    return PQsendPrepare(handle_, query.prepared.c_str(), query.sql.c_str(), 0, nullptr) == 1;
  return PQsendQueryPrepared(handle_, query.prepared.c_str(), count, values.data(), nullptr,
                             nullptr, /*resultFormat=*/0) == 1;
}

/// Only after a failure can answers be left.
void Exchange::leave_pipeline() {
  while (PQexitPipelineMode(handle_) == 0 && !given_up_ && PQstatus(handle_) == CONNECTION_OK)
    next_result();
}

Result Exchange::next_result() {
  while (PQisBusy(handle_) != 0) {
    wait(POLLIN);
    if (given_up_ || PQconsumeInput(handle_) == 0) break;
  }
  return Result(PQgetResult(handle_));
}

void Exchange::copy_in(std::string_view data, const std::function<void(std::size_t)>& sent) {
  constexpr std::size_t telling_every = std::size_t{1} << 20U;
  const std::size_t all = data.size();
  std::size_t next_telling = telling_every;
  while (!data.empty() && !was_cancelled()) {
    const auto size = std::min(data.size(), chunk_size);
    const int put = PQputCopyData(handle_, data.data(), static_cast<int>(size));
    if (put < 0) return end_copy_in("its data could not be sent");
    if (put > 0) data.remove_prefix(size);
    // Until it is sent, so that libpq does not pile the data up.
    flush();
    if (given_up_) return;
    if (all - data.size() < next_telling) continue;
    sent(all - data.size());
    next_telling += telling_every;
  }
  end_copy_in(was_cancelled() ? "stopped" : nullptr);
}

void Exchange::refuse_copy_in(const char* reason) {
  end_copy_in(reason);
}

void Exchange::end_copy_in(const char* reason) {
  int put = 0;
  while ((put = PQputCopyEnd(handle_, reason)) == 0 && !given_up_) flush();
  // Without its end, the server would wait for more data, and we for its answer.
  if (put < 0) give_up();
  flush();
}

void Exchange::give_up() {
  break_connection(handle_);
  PQconsumeInput(handle_);  // libpq sees the end
}

void Exchange::copy_out(const std::function<void(std::string_view)>& take) {
  char* row = nullptr;
  for (;;) {
    const int size = PQgetCopyData(handle_, &row, /*async=*/1);
    if (size > 0) {
      const std::unique_ptr<char, decltype(&PQfreemem)> owner(row, &PQfreemem);
      try {
        if (take) take({row, static_cast<std::size_t>(size)});
      } catch (...) {
        give_up();  // or all that is left would be read, for nobody
        throw;
      }
    } else if (size == 0) {
      wait(POLLIN);
      if (given_up_ || PQconsumeInput(handle_) == 0) return;
    } else {
      return;
    }
  }
}

void Exchange::finish() {
  // A cancel that arrives late would hit the next statement, where there is to be one.
  if (cancelling_.valid() && !given_up_) cancelling_.wait_for(kCancelPatience);
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
      give_up();
      given_up_ = true;
      return;
    }
    pollfd waiting{};
    waiting.fd = PQsocket(handle_);
    waiting.events = events;
    if (waiting.fd < 0 || poll(&waiting, 1, static_cast<int>(tick.count())) > 0) return;
  }
}

void Exchange::request_cancel() {
  give_up_at_ = std::chrono::steady_clock::now() + kCancelPatience;
  cancelling_ = send_cancel(handle_);
}

}  // namespace migrator

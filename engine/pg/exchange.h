// One message to the server, or a pipeline of them, and the answers, over a libpq handle that must
// not block: a stop request cancels what runs, and a server that does not answer the cancel is
// given up.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/pg/session.h"

namespace migrator {

class Exchange {
 public:
  Exchange(PGconn* handle, std::stop_token stop);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Throws Error(migration, "not-sent") when libpq refuses it and the session is alive.
  void send(const std::string& sql);

  /// All of them in a pipeline, each answered by itself, then by PGRES_PIPELINE_SYNC. When libpq
  /// takes one for none that can be sent, the connection is given up. `flushed`: the server does
  /// not keep back what it has said behind that one.
  void send_together(std::span<const Query> queries, std::optional<std::size_t> flushed);

  /// Whether the next answer has not come yet.
  bool must_wait() { return PQisBusy(handle_) != 0; }

  /// The next answer; null when there are no more. Rows come one by one, to hold none of them.
  Result next_result();

  /// In answer to PGRES_COPY_IN: all of the data and its end. `sent` is told how much went so far.
  void copy_in(std::string_view data, const std::function<void(std::size_t)>& sent);
  /// In answer to PGRES_COPY_IN, when there is nothing to give.
  void refuse_copy_in(const char* reason);
  /// In answer to PGRES_COPY_OUT: `take` gets the rows as they come, and may be empty. What it
  /// throws breaks the connection.
  void copy_out(const std::function<void(std::string_view)>& take);

  /// After the last answer: makes sure that no cancel request of ours is still under way.
  void finish();

  bool was_cancelled() const { return give_up_at_.has_value(); }
  /// The server did not answer the cancel; the connection is of no more use.
  bool was_given_up() const { return given_up_; }

 private:
  bool queue(const Query& query);
  void leave_pipeline();
  void flush();
  void wait(short events);
  void request_cancel();
  void end_copy_in(const char* reason);
  void give_up();

  PGconn* handle_;
  std::stop_token stop_;
  std::future<void> cancelling_;
  std::optional<std::chrono::steady_clock::time_point> give_up_at_;
  bool given_up_ = false;
  bool sent_ = false;
  bool pipelined_ = false;
};

}  // namespace migrator

// The post confirmation trigger of a Cognito user pool: an event in, the user's row in the
// database, the same event out. Keeps its connection from one event to the next. Its log holds no
// personal data and no URL.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/cloud/lambda_runtime.h"
#include "engine/pg/connection.h"

namespace migrator {

class PostConfirmation {
 public:
  /// Opens a connection that is done with by the deadline it is given.
  using Open = std::function<Connection(std::chrono::milliseconds)>;
  /// Gets a line without its end.
  using Log = std::function<void(std::string_view)>;

  PostConfirmation(Open open, Log log) : open_(std::move(open)), log_(std::move(log)) {}

  /// Answers the event, or reports why it could not be. Throws what the runtime API makes
  /// impossible.
  void serve(LambdaRuntime& runtime, const Invocation& invocation);

 private:
  /// A session that was lost, as one is after Lambda froze the process for long, is made anew once.
  std::string_view handle(const Invocation& invocation);
  Connection& connection(std::chrono::milliseconds limit);

  Open open_;
  Log log_;
  std::optional<Connection> connection_ = std::nullopt;
};

}  // namespace migrator

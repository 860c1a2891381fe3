#include "engine/cloud/post_confirmation.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/cloud/sign_up.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

// For telling Lambda about it, before it ends the invocation.
constexpr milliseconds kReserve{500};
// Cognito waits five seconds for an answer and then asks again.
constexpr milliseconds kLongest{4000};
constexpr milliseconds kShortest{200};

milliseconds time_left(const Invocation& invocation) {
  const auto left = std::chrono::duration_cast<milliseconds>(invocation.deadline -
                                                             std::chrono::system_clock::now());
  return std::clamp(left - kReserve, kShortest, kLongest);
}

}  // namespace

Connection& PostConfirmation::connection(milliseconds limit) {
  if (connection_ && !connection_->is_alive()) connection_.reset();
  if (!connection_) connection_.emplace(open_(limit));
  connection_->set_patience(limit);
  return *connection_;
}

std::string_view PostConfirmation::handle(const Invocation& invocation) {
  const CognitoEvent event = read_cognito_event(invocation.event);
  if (!event.sign_up) return to_text(SignUpOutcome::ignored);
  const bool was_open = connection_.has_value();
  // Two tries have to fit in.
  const milliseconds limit = time_left(invocation) / (was_open ? 2 : 1);
  try {
    return to_text(sign_up(connection(limit), event));
  } catch (const Error& error) {
    if (error.finding().id != "connection-lost" || !was_open) throw;
    connection_.reset();
    return to_text(sign_up(connection(limit), event));
  }
}

void PostConfirmation::serve(LambdaRuntime& runtime, const Invocation& invocation) {
  try {
    const std::string_view outcome = handle(invocation);
    log_(fmt::format(R"({{"event": "sign-up", "request": "{}", "outcome": "{}"}})", invocation.id,
                     outcome));
  } catch (const Error& error) {
    const Finding& finding = error.finding();
    if (error.kind() == ErrorKind::connection) connection_.reset();
    log_(fmt::format(R"({{"event": "sign-up", "request": "{}", "error": "{}", "sqlstate": "{}"}})",
                     invocation.id, finding.id, finding.sqlstate));
    // How to reach the server is nothing that a client of the user pool should read.
    const bool is_ours = error.kind() == ErrorKind::connection;
    runtime.report(invocation.id, finding.id,
                   is_ours ? "the database cannot be reached at the moment" : finding.message);
    return;
  }
  runtime.respond(invocation.id, invocation.event);
}

}  // namespace migrator

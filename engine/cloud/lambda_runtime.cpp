#include "engine/cloud/lambda_runtime.h"

#include <fmt/format.h>
#include <httplib.h>

#include <charconv>

#include "engine/base/error.h"
#include "engine/report/json_text.h"

namespace migrator {
namespace {

constexpr const char* kRuntime = "/2018-06-01/runtime";

[[noreturn]] void fail(std::string message) {
  throw Error(ErrorKind::connection, {.id = "runtime-api", .message = std::move(message)});
}

std::string error_body(std::string_view type, std::string_view message) {
  return fmt::format(R"({{"errorType": {}, "errorMessage": {}, "stackTrace": []}})",
                     json_text(type), json_text(message));
}

/// It goes into a path and into the log.
bool is_request_id(std::string_view id) {
  constexpr std::string_view allowed =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  return !id.empty() && id.find_first_not_of(allowed) == id.npos;
}

std::chrono::system_clock::time_point moment_of(const std::string& milliseconds) {
  long long count = 0;
  std::from_chars(milliseconds.data(), milliseconds.data() + milliseconds.size(), count);
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(count));
}

}  // namespace

struct LambdaRuntime::Client {
  explicit Client(const std::string& address) : http("http://" + address) {
    // An event may be hours away; the process is frozen until then.
    http.set_read_timeout(std::chrono::hours(500));  // in milliseconds, what an int can hold
    http.set_keep_alive(true);
  }
  httplib::Client http;
};

LambdaRuntime::LambdaRuntime(std::string_view address) {
  const bool is_plain = address.find_first_of("/@?# ") == address.npos && !address.empty();
  if (!is_plain)
    throw Error(
        ErrorKind::configuration,
        {.id = "runtime-api",
         .message = "AWS_LAMBDA_RUNTIME_API is not set to HOST:PORT",
         .next = "AWS Lambda sets it; this program is started by Lambda alone (for a shell: "
                 "migrator signup EVENT.json)"});
  client_ = std::make_unique<Client>(std::string(address));
}

LambdaRuntime::~LambdaRuntime() = default;

Invocation LambdaRuntime::next() {
  const auto answer = client_->http.Get((std::string(kRuntime) + "/invocation/next").c_str());
  if (!answer) fail("the runtime API did not answer: " + httplib::to_string(answer.error()));
  if (answer->status != 200)
    fail(fmt::format("the runtime API answered {} to the question for an event", answer->status));
  Invocation invocation{
      .id = answer->get_header_value("Lambda-Runtime-Aws-Request-Id"),
      .event = answer->body,
      .deadline = moment_of(answer->get_header_value("Lambda-Runtime-Deadline-Ms"))};
  if (!is_request_id(invocation.id)) fail("the runtime API gave an event without a request's id");
  return invocation;
}

void LambdaRuntime::post(const std::string& path, const std::string& body,
                         std::string_view error_type) {
  httplib::Headers headers;
  if (!error_type.empty())
    headers.emplace("Lambda-Runtime-Function-Error-Type", std::string(error_type));
  const auto answer =
      client_->http.Post((kRuntime + path).c_str(), headers, body, "application/json");
  if (!answer) fail("the runtime API took no answer: " + httplib::to_string(answer.error()));
  if (answer->status != 202) fail(fmt::format("the runtime API answered {}", answer->status));
}

void LambdaRuntime::respond(const std::string& id, const std::string& body) {
  post("/invocation/" + id + "/response", body, "");
}

void LambdaRuntime::report(const std::string& id, std::string_view type, std::string_view message) {
  post("/invocation/" + id + "/error", error_body(type, message), type);
}

void LambdaRuntime::report_start(std::string_view type, std::string_view message) {
  post("/init/error", error_body(type, message), type);
}

}  // namespace migrator

// The AWS Lambda runtime API as a custom runtime speaks it: long-polls for the next event, answers
// it or reports what went wrong. Knows nothing of what the events mean.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace migrator {

struct Invocation {
  std::string id;
  std::string event;
  /// The moment at which Lambda ends the invocation.
  std::chrono::system_clock::time_point deadline;
};

class LambdaRuntime {
 public:
  /// "127.0.0.1:9001", as AWS_LAMBDA_RUNTIME_API says it. Throws Error(configuration).
  explicit LambdaRuntime(std::string_view address);
  ~LambdaRuntime();
  LambdaRuntime(const LambdaRuntime&) = delete;
  LambdaRuntime& operator=(const LambdaRuntime&) = delete;

  /// Waits for it, for as long as it takes: Lambda freezes the process meanwhile. All of these
  /// throw Error(connection, "runtime-api") when the API does not answer as it should.
  Invocation next();
  void respond(const std::string& id, const std::string& body);
  void report(const std::string& id, std::string_view type, std::string_view message);
  /// Before the first event.
  void report_start(std::string_view type, std::string_view message);

 private:
  struct Client;
  void post(const std::string& path, const std::string& body, std::string_view error_type);
  std::unique_ptr<Client> client_;
};

}  // namespace migrator

// post_confirmation: the `bootstrap` of an AWS Lambda function that a Cognito user pool calls after
// a sign-up. Configured as migrator is: by CONNECTION_URL or another of its variables.
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <string>

#include "cmd/descriptors.h"
#include "cmd/environment.h"
#include "cmd/terminal.h"
#include "engine/base/error.h"
#include "engine/cloud/lambda_runtime.h"
#include "engine/cloud/post_confirmation.h"
#include "engine/project/config.h"

namespace {

using namespace migrator;

void log(std::string_view line) {
  write_out(std::string(line) + "\n");
}

PostConfirmation::Open opener(const Config& config, const DatabaseUrl& url) {
  return [&config, &url](std::chrono::milliseconds limit) {
    return Connection::open(url, {.application_name = "post_confirmation",
                                  .timeout = std::min(limit, config.connect_timeout.value),
                                  .defaults = config.libpq_defaults});
  };
}

int serve(LambdaRuntime& runtime, const EnvironmentVariables& variables) {
  const Config config = load_config({}, variables, std::filesystem::current_path());
  const DatabaseUrl& url = require_url(config);
  PostConfirmation function(opener(config, url), log);
  for (;;) function.serve(runtime, runtime.next());
}

int run() {
  const EnvironmentVariables variables = read_environment();
  const auto address = variables.find("AWS_LAMBDA_RUNTIME_API");
  LambdaRuntime runtime(address == variables.end() ? "" : address->second);
  try {
    return serve(runtime, variables);
  } catch (const Error& error) {
    if (error.finding().id != "runtime-api")
      runtime.report_start(error.finding().id, error.finding().message);
    throw;
  }
}

}  // namespace

int main() {
  occupy_standard_streams();
  try {
    return run();
  } catch (const Error& error) {
    log(error.finding().id + ": " + error.finding().message);
  } catch (const std::exception& error) {
    log(std::string("internal: ") + error.what());
  }
  return 1;
}

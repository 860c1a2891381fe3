// test_server start|stop: the tests' server, for ctest's fixtures and for hands.
#include <cstdio>
#include <exception>
#include <string_view>

#include "tests/support/test_server.h"

int main(int count, char** arguments) {
  const std::string_view verb = count == 2 ? arguments[1] : "";
  if (verb != "start" && verb != "stop") {
    std::fputs("usage: test_server start|stop\n", stderr);
    return 2;
  }
  try {
    migrator::TestServer server;
    if (verb == "start") {
      server.start();
      const auto status = server.status();
      std::printf("PostgreSQL %s runs in %s\n", status.version.c_str(), status.directory.c_str());
    } else {
      server.stop();
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

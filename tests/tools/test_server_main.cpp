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
    if (verb == "start") {
      const migrator::TestServer server = migrator::TestServer::start();
      std::printf("PostgreSQL runs in %s\n", server.directory().c_str());
    } else {
      migrator::TestServer::stop();
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

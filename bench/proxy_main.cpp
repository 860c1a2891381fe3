// A proxy before a server's Unix socket that holds each message back and counts round trips.
//
//   bench_proxy SOCKET MILLISECONDS      half of a round trip
//
// Prints its port; then, for each line that it reads, what passed since the last one: answers of
// the server that a client waited for, messages to the server, messages to clients, connections.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>

#include "tests/faults/fault_proxy.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::chrono::duration<double, std::milli> delay(std::stod(argv[2]));
  migrator::FaultProxy proxy(argv[1], std::chrono::duration_cast<std::chrono::microseconds>(delay));
  proxy.begin({});
  std::cout << proxy.port() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    const migrator::Traffic traffic = proxy.traffic();
    proxy.begin({});
    std::cout << fmt::format("{} {} {} {}", traffic.round_trips, traffic.to_server,
                             traffic.to_client, traffic.connections)
              << std::endl;
  }
}

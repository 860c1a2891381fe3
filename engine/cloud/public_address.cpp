#include "engine/cloud/public_address.h"

#include <fmt/format.h>
#include <httplib.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/cloud/rds_rule.h"

namespace migrator {
namespace {

[[noreturn]] void fail(ErrorKind kind, std::string message) {
  throw Error(kind, {.id = "address-unknown",
                     .message = std::move(message),
                     .next = "give the address: --ip, GITPOD_IP, or another ip_service of [rds]"});
}

}  // namespace

std::string public_address(const std::string& service, std::chrono::milliseconds limit) {
  const bool is_here = service.starts_with("http://127.0.0.1:");
  if (!service.starts_with("https://") && !is_here)
    fail(ErrorKind::configuration, fmt::format("\"{}\" is no https:// address", service));
  const std::size_t host = service.find("//") + 2;
  const std::size_t path = std::min(service.find('/', host), service.size());
  httplib::Client client(service.substr(0, path));
  client.set_connection_timeout(limit);
  client.set_read_timeout(limit);
  const auto answer = client.Get(path == service.size() ? "/" : service.substr(path).c_str());
  if (!answer)
    fail(ErrorKind::connection,
         fmt::format("{} did not answer: {}", service, httplib::to_string(answer.error())));
  const std::string address(trim(answer->body.substr(0, 64)));
  if (answer->status != 200)
    fail(ErrorKind::connection, fmt::format("{} answered {}", service, answer->status));
  try {
    cidr_of(address);
  } catch (const Error&) {
    fail(ErrorKind::connection, fmt::format("{} did not answer with an address", service));
  }
  return address;
}

}  // namespace migrator

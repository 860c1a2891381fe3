#include "engine/http/status_server.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/error.h"

namespace migrator {
namespace {

std::vector<ListeningSocket> listen_on(const ServerOptions& options) {
  const AccessPolicy& access = options.routes.access;
  std::vector<ListeningSocket> sockets;
  for (const ListenAddress& address : options.listen) {
    if (!address.is_local() && access.token.empty() && !access.is_public)
      throw Error(
          ErrorKind::usage,
          {.id = "not-public",
           .message = fmt::format("others can reach {}, and nothing keeps them from reading "
                                  "migrations there",
                                  to_text(address)),
           .next = "give a token with --token-file (the probes need none), or let everybody "
                   "see everything with --public"});
    sockets.emplace_back(address);
  }
  return sockets;
}

}  // namespace

StatusServer::StatusServer(const ServerOptions& options, Lookout::Look look)
    : lookout_(std::move(look), options.health),
      routes_(lookout_, options.routes),
      codec_([this](const Request& request) { return routes_.answer(request); }),
      gate_(listen_on(options), codec_) {}

std::vector<ListenAddress> StatusServer::addresses() const {
  std::vector<ListenAddress> all;
  for (const ListeningSocket& socket : gate_.sockets()) all.push_back(socket.address());
  return all;
}

}  // namespace migrator

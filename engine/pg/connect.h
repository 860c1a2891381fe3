// Opens a libpq handle: watched for a stop request, with a time limit for each address that a
// multi-host URL or a name with several addresses offers.
#pragma once

#include <stop_token>
#include <string>

#include "engine/pg/connection.h"
#include "engine/pg/session.h"

namespace migrator {

/// Throws as Connection::open.
Handle connect(const DatabaseUrl& url, const ConnectOptions& options, const std::stop_token& stop);

/// Where a URL leads to after libpq's own rules (PGHOST, PGDATABASE, service, user name); of
/// several hosts the first.
struct EffectivePlace {
  std::string host;  ///< as it is written: a name, an address or the folder of a socket
  std::string port;
  std::string database;

  bool operator==(const EffectivePlace&) const = default;
};
EffectivePlace effective_place(const DatabaseUrl& url, const ConnectOptions& options);

std::string effective_database(const DatabaseUrl& url, const ConnectOptions& options);

}  // namespace migrator

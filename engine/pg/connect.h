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

/// The database that the URL leads to after libpq's own rules (PGDATABASE, service, user name).
std::string effective_database(const DatabaseUrl& url, const ConnectOptions& options);

}  // namespace migrator

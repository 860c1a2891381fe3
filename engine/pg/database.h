// What is done to a server before there is a database to connect to: wait for it, create one.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/base/finding.h"
#include "engine/pg/connection.h"

namespace migrator {

/// Tries to connect until the server accepts, with growing pauses (0.1 s doubling to 2 s, jitter).
/// `waiting` is told the reason of each failure. Causes that waiting cannot mend (password refused,
/// database missing, bad URL) are thrown at once; else Error(connection) when `limit` is over.
Connection wait_for_server(const DatabaseUrl& url, const ConnectOptions& options,
                           std::chrono::milliseconds limit,
                           const std::function<void(const Finding&)>& waiting,
                           std::stop_token stop = {});

/// Creates the database of the URL when it is missing, connecting to "postgres" (else "template1")
/// for it. True when it was created; another creator at the same time is no error.
bool create_database_if_missing(const DatabaseUrl& url, const ConnectOptions& options,
                                const std::stop_token& stop = {});

}  // namespace migrator

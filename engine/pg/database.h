// What is done to a server beside its databases: wait for it, create one, drop one.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/pg/connection.h"
#include "engine/report/progress.h"

namespace migrator {

/// Tries to connect until the server accepts, with growing pauses (0.1 s doubling to 2 s, jitter).
/// `waiting` is told the reason of each failure. Causes that waiting cannot mend (password refused,
/// database missing, bad URL) are thrown at once; else Error(connection) when `limit` is over.
Connection wait_for_server(const DatabaseUrl& url, const ConnectOptions& options,
                           std::chrono::milliseconds limit,
                           const std::function<void(const Finding&)>& waiting,
                           std::stop_token stop = {});

/// A session with the server of the URL, in "postgres" or else "template1": for what is done to
/// databases from outside.
Connection open_maintenance(const DatabaseUrl& url, const ConnectOptions& options,
                            const std::stop_token& stop = {});

/// How a database is made; what is absent is left to the server.
struct NewDatabase {
  std::optional<std::string> owner = {};
  std::optional<std::string> encoding = {};
  /// Absent, and with an encoding or a locale: template0, the only one that takes any of them.
  std::optional<std::string> template_database = {};
  std::optional<std::string> locale = {};
};

/// Creates the database of the URL when it is missing, connecting to "postgres" (else "template1")
/// for it. True when it was created; another creator at the same time is no error.
bool create_database_if_missing(const DatabaseUrl& url, const ConnectOptions& options,
                                const std::stop_token& stop = {}, const NewDatabase& how = {});

/// What to do with the sessions of others that are in a database which is to be dropped.
enum class Others { keep, end };

/// Drops the database of the URL. False when it was not there. `ending` is told of the sessions of
/// others before they are ended; with Others::keep they are a reason not to drop: Error(lock,
/// "database-in-use").
bool drop_database(const DatabaseUrl& url, const ConnectOptions& options, Others others,
                   const std::function<void(const OtherSession&)>& ending,
                   const std::stop_token& stop = {});

/// The database that the URL leads to, as the server will know it: also where the URL leaves it to
/// PGDATABASE or the name of the user.
std::string name_of_database(const DatabaseUrl& url, const ConnectOptions& options);

}  // namespace migrator

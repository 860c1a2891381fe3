#include "engine/pg/database.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/pg/connect.h"
#include "engine/pg/connect_error.h"
#include "engine/pg/history_table.h"
#include "engine/pg/pause.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds shortest_pause{100};
constexpr milliseconds longest_pause{2000};

Error gave_up(const Error& last, milliseconds limit) {
  Finding finding = last.finding();
  finding.message = "the server did not accept a connection within " + seconds_text(limit) + ": " +
                    finding.message;
  return Error(ErrorKind::connection, std::move(finding));
}

// A server always has "postgres", unless somebody dropped it; "template1" cannot be missing.
Connection open_maintenance(const DatabaseUrl& url, const ConnectOptions& options,
                            const std::stop_token& stop) {
  try {
    return Connection::open(url.with_database("postgres"), options, stop);
  } catch (const Error& error) {
    if (error.finding().id != "database-missing") throw;
  }
  return Connection::open(url.with_database("template1"), options, stop);
}

bool exists(const DatabaseUrl& url, const ConnectOptions& options, const std::stop_token& stop) {
  try {
    Connection::open(url, options, stop);
    return true;
  } catch (const Error& error) {
    if (error.finding().id != "database-missing") throw;
    return false;
  }
}

Error may_not_create(const Error& cause, const std::string& name, const std::string& user) {
  Finding finding = cause.finding();
  finding.id = "database-not-created";
  finding.message = "cannot create the database \"" + name + "\": " + finding.message;
  finding.next = "let an administrator run: CREATE DATABASE " + quote_name(name) + " OWNER " +
                 quote_name(user);
  return Error(cause.kind(), std::move(finding));
}

}  // namespace

Connection wait_for_server(const DatabaseUrl& url, const ConnectOptions& options,
                           milliseconds limit, const std::function<void(const Finding&)>& waiting,
                           std::stop_token stop) {
  const auto deadline = Clock::now() + limit;
  milliseconds interval = shortest_pause;
  for (;;) {
    ConnectOptions attempt = options;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    attempt.timeout = std::clamp(left, shortest_pause, std::max(options.timeout, shortest_pause));
    try {
      return Connection::open(url, attempt, stop);
    } catch (const Error& error) {
      if (!may_pass(error)) throw;
      const auto remaining = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
      if (remaining <= milliseconds(0)) throw gave_up(error, limit);
      if (waiting) waiting(error.finding());
      if (!pause(std::min(with_jitter(interval), remaining), stop)) throw connect_cancelled(url);
      interval = std::min(interval * 2, longest_pause);
    }
  }
}

bool create_database_if_missing(const DatabaseUrl& url, const ConnectOptions& options,
                                const std::stop_token& stop) {
  if (exists(url, options, stop)) return false;
  const std::string name = effective_database(url, options);
  Connection connection = open_maintenance(url, options, stop);
  constexpr int most_tries = 20;
  for (int tries = 1;; ++tries) {
    try {
      connection.query("create database " + quote_name(name));
      return true;
    } catch (const Error& error) {
      if (error.finding().id == "connection-lost") throw;
      const std::string& state = error.finding().sqlstate;
      // duplicate_database, or its row in the catalog: another creator was first.
      if (state == "42P04" || state == "23505") return false;
      // object_in_use: somebody looks at the template at this moment.
      if (state != "55006" || tries == most_tries) {
        throw may_not_create(error, name, connection.user());
      }
      if (!pause(with_jitter(shortest_pause * 2), stop)) throw connect_cancelled(url);
    }
  }
}

}  // namespace migrator

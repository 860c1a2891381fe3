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
#include "engine/pg/other_session.h"
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

bool exists(const DatabaseUrl& url, const ConnectOptions& options, const std::stop_token& stop) {
  try {
    Connection::open(url, options, stop);
    return true;
  } catch (const Error& error) {
    if (error.finding().id != "database-missing") throw;
    return false;
  }
}

Error not_created(const Error& cause, const std::string& name, const std::string& owner) {
  constexpr std::string_view insufficient_privilege = "42501";
  Finding finding = cause.finding();
  const bool may_not = finding.sqlstate == insufficient_privilege;
  finding.id = "database-not-created";
  finding.message = "cannot create the database \"" + name + "\": " + finding.message;
  finding.next = may_not ? "let an administrator run: CREATE DATABASE " + quote_name(name) +
                               " OWNER " + quote_name(owner)
                         : "correct what the server complains of: owner, encoding, template or "
                           "locale";
  return Error(cause.kind(), std::move(finding));
}

std::string create_command(const std::string& name, const NewDatabase& how) {
  const bool needs_empty = how.encoding || how.locale;
  std::string command = "create database " + quote_name(name);
  if (how.owner) command += " owner " + quote_name(*how.owner);
  if (how.template_database || needs_empty)
    command += " template " + quote_name(how.template_database.value_or("template0"));
  if (how.encoding) command += " encoding " + quote_literal(*how.encoding);
  if (how.locale) command += " locale " + quote_literal(*how.locale);
  return command;
}

/// The sessions of clients in a database.
std::vector<OtherSession> clients_of(Connection& connection, const std::string& name) {
  const Field parameter = name;
  return query_other_sessions(connection, R"(
    from pg_catalog.pg_stat_activity a
    where a.datname = $1 and a.backend_type = 'client backend'
      and a.pid <> pg_catalog.pg_backend_pid()
    order by a.backend_start, a.pid)",
                              {&parameter, 1})
      .sessions;
}

Error in_use(const std::string& name, const std::vector<OtherSession>& sessions) {
  Finding finding{.id = "database-in-use",
                  .message = "others are connected to the database \"" + name + "\"",
                  .kept = "the database: nothing was dropped",
                  .next = "let them go, or end their sessions with --force"};
  for (const OtherSession& session : sessions)
    finding.detail += (finding.detail.empty() ? "" : "\n") + describe(session);
  return Error(ErrorKind::lock, std::move(finding));
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

// A server always has "postgres", unless somebody dropped it or does so now; "template1" cannot be
// missing.
Connection open_maintenance(const DatabaseUrl& url, const ConnectOptions& options,
                            const std::stop_token& stop) {
  try {
    if (effective_database(url, options) == "postgres")
      return Connection::open(url.with_database("template1"), options, stop);
    return Connection::open(url.with_database("postgres"), options, stop);
  } catch (const Error& error) {
    if (error.finding().id != "database-missing") throw;
  }
  return Connection::open(url.with_database("template1"), options, stop);
}

bool create_database_if_missing(const DatabaseUrl& url, const ConnectOptions& options,
                                const std::stop_token& stop, const NewDatabase& how) {
  if (exists(url, options, stop)) return false;
  const std::string name = effective_database(url, options);
  Connection connection = open_maintenance(url, options, stop);
  constexpr int most_tries = 20;
  for (int tries = 1;; ++tries) {
    try {
      connection.query(create_command(name, how));
      return true;
    } catch (const Error& error) {
      if (error.finding().id == "connection-lost" || stop.stop_requested()) throw;
      const std::string& state = error.finding().sqlstate;
      // duplicate_database, or its row in the catalog: another creator was first.
      if (state == "42P04" || state == "23505") return false;
      // object_in_use: somebody looks at the template at this moment.
      if (state != "55006" || tries == most_tries) {
        throw not_created(error, name, how.owner.value_or(connection.user()));
      }
      if (!pause(with_jitter(shortest_pause * 2), stop)) throw connect_cancelled(url);
    }
  }
}

bool drop_database(const DatabaseUrl& url, const ConnectOptions& options, Others others,
                   const std::function<void(const OtherSession&)>& ending,
                   const std::stop_token& stop) {
  const std::string name = effective_database(url, options);
  Connection connection = open_maintenance(url, options, stop);
  const Field parameter = name;
  if (connection.query("select from pg_catalog.pg_database where datname = $1", {&parameter, 1})
          .empty())
    return false;
  const std::vector<OtherSession> sessions = clients_of(connection, name);
  if (!sessions.empty() && others == Others::keep) throw in_use(name, sessions);
  for (const OtherSession& session : sessions) ending(session);
  try {
    connection.query("drop database " + quote_name(name) +
                     (others == Others::end ? " with (force)" : ""));
  } catch (const Error& error) {
    // invalid_catalog_name: another one dropped it meanwhile; object_in_use: somebody came.
    if (error.finding().sqlstate == "3D000") return false;
    if (error.finding().sqlstate == "55006" && others == Others::keep)
      throw in_use(name, clients_of(connection, name));
    throw;
  }
  return true;
}

std::string name_of_database(const DatabaseUrl& url, const ConnectOptions& options) {
  return effective_database(url, options);
}

}  // namespace migrator

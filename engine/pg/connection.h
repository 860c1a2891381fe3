// A Connection is one session with a PostgreSQL server, and the door to libpqxx and libpq. Queries
// with parameters go through libpqxx here; scripts of the user go through engine/pg/script.h, over
// the same session. It never reconnects by itself: a lost session is an Error(connection).
// Not thread-safe; what runs is cancelled by a stop request.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/project/database_url.h"

namespace migrator {

struct ConnectOptions {
  std::string application_name = "migrator";
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
  /// Parameters of libpq for what the URL leaves open; those that this libpq does not know are
  /// passed over, as it does with variables.
  std::vector<std::pair<std::string, std::string>> defaults = {};
};

/// A parameter or a field: absent means NULL.
using Field = std::optional<std::string>;
using Row = std::vector<Field>;

/// One statement of our own with what is bound to $1, $2, ...
struct Query {
  std::string sql;
  std::vector<Field> parameters = {};
  /// In a pipeline: the name of a prepared statement. With `sql`, that is prepared under the name
  /// and not run; without, what was prepared is run.
  std::string prepared = {};
};

/// A parameter of the server, with the value it is to have.
struct ServerSetting {
  std::string name;
  std::string value;

  bool operator==(const ServerSetting&) const = default;
};

/// A NOTICE, WARNING or other message that is no error.
struct Notice {
  std::string severity;  ///< "NOTICE", "WARNING", not translated
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
};
using NoticeSink = std::function<void(const Notice&)>;

class Connection {
 public:
  /// Connects. Throws Error(connection) whose finding has an id that tells the cases apart:
  /// "connection-refused", "host-unknown", "password-refused", "database-missing",
  /// "server-starting", "too-many-connections", "connection-timeout", "connection-failed"; and
  /// never shows the secret.
  static Connection open(const DatabaseUrl& url, const ConnectOptions& options,
                         std::stop_token stop = {});

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// One statement of our own with bound parameters ($1, ...), in whatever transaction is open.
  /// Throws Error(migration) with sqlstate and the server's fields; Error(connection) when lost. A
  /// stop request that comes while it runs cancels it; one that came before does not.
  std::vector<Row> query(std::string_view sql, std::span<const Field> parameters = {});
  std::vector<Row> query(const Query& one) { return query(one.sql, one.parameters); }

  /// Where notices go from now on; an empty function drops them.
  void on_notice(NoticeSink sink);

  /// From now on, a query() that is not answered for so long loses the connection; 0: none is.
  void set_patience(std::chrono::milliseconds limit);
  std::chrono::milliseconds patience() const;

  /// From now on no query() may take longer than a server has to answer a cancel request: somebody
  /// waits for the end.
  void hurry();

  /// As if the network had gone: whatever waits for an answer gets Error(connection). For any
  /// thread.
  void give_up();

  /// Settings that belong to this session, for whoever resets it.
  void keep_settings(std::vector<ServerSetting> settings);
  const std::vector<ServerSetting>& kept_settings() const;

  /// Whether what other sessions run is read from the server, or left out
  /// (engine/pg/other_session).
  void show_queries(bool shown);
  bool shows_queries() const;

  /// A pooler stands in between (engine/pg/pooler): what is set for the session, locked by it or
  /// prepared in it may be lost, or somebody else's, after each transaction.
  bool is_pooled() const;
  void set_pooled(bool pooled);

  int server_version() const;  ///< 150018
  std::string database() const;
  std::string user() const;
  std::string host() const;  ///< host name, or folder of the Unix socket
  std::string port() const;
  std::string application_name() const;  ///< as the session has it now
  int backend_pid() const;               ///< of the server, or what a pooler tells in its stead
  bool in_transaction() const;           ///< also true for a failed one
  bool is_alive() const;

  struct Session;  ///< the libpqxx connection; engine/pg/session.h
  Session& session() { return *session_; }

 private:
  explicit Connection(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
};

}  // namespace migrator

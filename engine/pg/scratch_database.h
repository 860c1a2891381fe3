// A database for one piece of work: made under a name that no other has, dropped at the end however
// that comes; one whose run was killed is dropped by the next. Of roles, which belong to a server,
// those go with it of which it is told beforehand. What it is not: a place for tablespaces.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/pg/connection.h"

namespace migrator {

/// Roles that may be made in a scratch database, though they are the whole server's.
struct ScratchRoles {
  std::set<std::string> names = {};
  /// How long another run is waited for that makes one of them, and who is told so, in words.
  std::chrono::milliseconds wait = std::chrono::minutes(10);
  std::function<void(std::string_view)> waiting = {};
  std::chrono::milliseconds tell_every = std::chrono::seconds(10);
};

class ScratchDatabase {
 public:
  /// Drops what dead runs have left on the server of that URL, then makes a database there. The
  /// database that the URL names is not touched. Of `roles`, those that are not there yet are this
  /// run's alone, and go with it; another run that makes one of them is waited for. Throws Error as
  /// create_database_if_missing; Error(lock, "lock-timeout") and "cancelled" from waiting.
  ScratchDatabase(const DatabaseUrl& server, ConnectOptions options,
                  const std::stop_token& stop = {}, const ScratchRoles& roles = {});
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;

  const DatabaseUrl& url() const { return url_; }
  const std::string& name() const { return name_; }
  /// Sessions that come begin with the search_path that those of another database begin with.
  void take_search_path_of(Connection& other) const;

  /// A session in it, named `application_name` where one is given.
  Connection open(const std::stop_token& stop = {}, const std::string& application_name = {}) const;

 private:
  void reserve_roles(Connection& maintenance, const ScratchRoles& roles,
                     const std::stop_token& stop);
  void drop();
  void drop_roles(Connection& maintenance);

  std::string name_;
  DatabaseUrl url_;
  ConnectOptions options_;
  std::set<std::string> roles_ = {};       ///< to be dropped
  std::optional<Connection> maintenance_;  ///< keeps them for this run
  std::optional<Connection> keeper_;       ///< shows others that the run lives
};

/// What a scratch database may not share with the target.
enum class Apart { database, server };

/// Throws Error(configuration, "scratch-is-target") when both URLs lead to the same one, as far as
/// they say it in the same words.
void require_apart(const DatabaseUrl& scratch, const DatabaseUrl& target,
                   const ConnectOptions& options, Apart apart);

}  // namespace migrator

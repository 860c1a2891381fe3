// A database for one piece of work: made under a name that no other has, dropped at the end however
// that comes; one whose run was killed is dropped by the next. Of roles, which belong to a server,
// those go with it of which it is told beforehand. What it is not: a place for tablespaces.
#pragma once

#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "engine/pg/connection.h"

namespace migrator {

class ScratchDatabase {
 public:
  /// Drops what dead runs have left on the server of that URL, then makes a database there. The
  /// database that the URL names is not touched. `roles`: that may be made in it; those that are
  /// not there yet go with it. Throws Error as create_database_if_missing.
  ScratchDatabase(const DatabaseUrl& server, ConnectOptions options,
                  const std::stop_token& stop = {}, std::set<std::string> roles = {});
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
  void drop();
  void drop_roles(Connection& maintenance);

  std::string name_;
  DatabaseUrl url_;
  ConnectOptions options_;
  std::set<std::string> roles_;       ///< to be dropped
  std::optional<Connection> staker_;  ///< keeps other runs from dropping them meanwhile
  std::optional<Connection> keeper_;  ///< shows others that the run lives
};

/// What a scratch database may not share with the target.
enum class Apart { database, server };

/// Throws Error(configuration, "scratch-is-target") when both URLs lead to the same one, as far as
/// they say it in the same words.
void require_apart(const DatabaseUrl& scratch, const DatabaseUrl& target,
                   const ConnectOptions& options, Apart apart);

}  // namespace migrator

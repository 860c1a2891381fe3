// What a Connection hides: the libpq handle under it, for engine/pg only. The handle belongs to the
// libpqxx connection inside Queries; both live exactly as long as the Session, which never moves.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/patience.h"
#include "engine/pg/queries.h"

namespace migrator {

struct FinishHandle {
  void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
};
using Handle = std::unique_ptr<PGconn, FinishHandle>;

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

struct Connection::Session {
  explicit Session(Handle connected) : handle(connected.get()), queries(connected.release()) {}

  PGconn* handle;
  Queries queries;
  NoticeSink notices;
  std::vector<ServerSetting> settings;
  bool pooled = false;
  bool shows_queries = true;
  std::optional<Patience> patience;  ///< with queries of our own
  std::stop_token stop;              ///< cancels queries of our own
};

}  // namespace migrator

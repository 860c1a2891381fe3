// What can be told of a statement that takes long, while it runs: where it stands, how far the
// server is with it, and who is in its way. A value; who asks the server is engine/pg/activity.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrator {

/// Another session of the server, as far as this role may see it.
struct OtherSession {
  int pid = 0;
  std::string user = {};
  std::string application_name = {};
  std::string client = {};     ///< address, or "local"; empty when not visible
  std::string state = {};      ///< "active", "idle in transaction"; empty when not visible
  std::string since = {};      ///< when its statement began, ISO 8601; empty when not visible
  std::string statement = {};  ///< its current or last one, shortened; empty when not visible
  std::optional<std::chrono::seconds> transaction_age = std::nullopt;
  std::string lock = {};  ///< of one in the way: "ACCESS SHARE on public.orders"
  int blocks = 0;         ///< of one in the way: the process that waits for it; 0: the run's own

  bool operator==(const OtherSession&) const = default;
};

/// "process 42 (psql) of user anna, from 10.0.0.9, since 2026-11-02T10:00:00Z, running: create
/// index ..."
std::string describe(const OtherSession& session);

struct StatementProgress {
  std::string file = {};
  std::size_t line = 0;       ///< 0: what runs is none of the file's statements
  std::size_t statement = 0;  ///< which of its file's, from 1
  std::size_t statements = 0;
  std::string what = {};  ///< the first line of the statement, shortened
  std::chrono::milliseconds elapsed{0};
  std::string phase = {};  ///< the server's word: "building index: scanning table"
  std::optional<double> share = std::nullopt;  ///< of the phase, 0 to 1
  std::uint64_t bytes_sent = 0;                ///< of the data of a COPY
  std::uint64_t bytes_total = 0;
  std::uint64_t rows = 0;  ///< that the server has taken of them
  std::vector<OtherSession> blockers = {};

  bool operator==(const StatementProgress&) const = default;
};

/// A transaction that met a lock, was rolled back and is tried again.
struct Retry {
  std::string file = {};
  std::size_t line = 0;  ///< 0: no statement of the file
  std::string message = {};
  bool rolled_back = true;  ///< false: it ran outside a transaction
  std::size_t next_try = 0;
  std::size_t tries = 0;
  std::chrono::milliseconds pause{0};
  std::vector<OtherSession> blockers = {};  ///< nearest first; those behind them block them
};

/// One line, and one for each blocker, without the last line's end.
std::string to_text(const Retry& retry);

/// "blocked by process 42 (psql) ...", and "42 by process 43 ..." of one in its way: a line
/// each of the first five.
std::string blockers_text(const std::vector<OtherSession>& blockers);

/// One line without its end, the most telling first, so that it may be cut:
/// "migrations/3_big.sql:5: 12 s, building index: scanning table, 42 %".
std::string to_text(const StatementProgress& progress);

}  // namespace migrator

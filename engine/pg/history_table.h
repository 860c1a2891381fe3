// The history table in the database: made, upgraded, read and written here and nowhere else. Every
// statement of ours is schema-qualified, so that no search_path of a file can mislead it. Columns,
// states and the meaning of each: FORMATS.md, "History table".
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/plan/history.h"
#include "engine/plan/planner.h"
#include "engine/project/schema_file.h"

namespace migrator {

/// The server at the time of reading, from the query that reads the history.
struct ServerFacts {
  bool in_recovery = false;  ///< a standby: nothing can be written
  bool read_only = false;    ///< default_transaction_read_only
  int process = 0;           ///< that answered: pg_backend_pid()
  /// Where the history table is missing: whether its schema is there.
  std::optional<bool> has_schema = std::nullopt;
};

struct HistoryReading {
  History history;
  ServerFacts server;
  bool as_expected = false;  ///< and `history` is empty, for there is nothing more to know
};

/// What the history is when all is applied as it stands (Glance::digest).
struct ExpectedHistory {
  std::string digest;  ///< of all rows, in the order of their ids: "ID|KIND|STATE|CHECKSUM\n"
  bool with_seeds = false;
};

/// Who runs, for the rows that are written.
struct Runner {
  std::string run_id;  ///< one UUID for a run
  std::string application_host;
};

/// For how long a migrator counts as alive that cannot hold a lock; absent where it can.
using Lease = std::optional<std::chrono::milliseconds>;

/// Error(migration, "taken-over"): another run has the row of a step that this one has begun.
Error taken_over(const Step& step);

class HistoryTable {
 public:
  HistoryTable(std::string schema, std::string table);

  const std::string& schema() const { return schema_; }
  const std::string& table() const { return table_; }

  /// That of the migrators of this table (FORMATS.md, "Lock").
  std::int64_t lock_key(const Connection& connection) const;

  /// The premise_of the history as it is now.
  std::string premise(Connection& connection) const;

  /// One query: the rows without their large texts, and the server's facts; no rows at all where
  /// the history is as `expected` (HistoryReading::as_expected). No table: an empty
  /// history. Throws Error(configuration, "foreign-history-table") when a table of that name is
  /// not ours, naming the tool that it looks like.
  HistoryReading read(Connection& connection,
                      const std::optional<ExpectedHistory>& expected = std::nullopt) const;

  /// The applied texts (or the down texts) of these rows, where they were kept.
  std::map<std::string, std::string> applied_texts(Connection& connection,
                                                   std::span<const std::string> ids) const;
  std::map<std::string, std::string> down_texts(Connection& connection) const;

  /// Makes the schema and the table where they are missing and brings an older form up to date;
  /// safe to call by several at once. `seen`, where given, was read just now, and spares a
  /// question. Throws Error(migration) when the role may not.
  void ensure(Connection& connection, const ServerFacts& seen = {}) const;

  /// Inserts the row of a step, state `started`; where the step has a row already (a rerun, a
  /// half-done file, one that is to be undone), takes it over from Step::previous. Waits for a
  /// transaction that is about to write that row. False when another run has it meanwhile, or had.
  bool begin(Connection& connection, const Step& step, const Runner& runner,
             const Lease& lease = std::nullopt) const;
  /// The statement for it; no row in its answer is a false.
  Query beginning(const Step& step, const Runner& runner, const Lease& lease = std::nullopt) const;
  /// The same for a step that has no row, which fails where one is there meanwhile.
  Query inserting(const Step& step, const Runner& runner) const;

  /// Whether there is nothing left to do of a step that another run has, or had.
  bool is_done(Connection& connection, const Step& step) const;

  /// Whether another run has the step's row: not when it is gone, or cannot be written.
  bool is_of_another(Connection& connection, const Step& step, const Runner& runner) const;

  /// Shows that the step's migrator lives. False when another run has the row.
  bool renew(Connection& connection, const Step& step, const Runner& runner,
             const Lease& lease) const;

  /// The statements of a step that are done so far: inside its transaction where there is one.
  void advance(Connection& connection, const Step& step, std::size_t statements_done,
               const Runner& runner) const;

  /// Has what this run has committed so far, without waiting for its disk, on the server's disk
  /// when it is committed itself: a write that changes nothing, of the row `id`.
  Query flushing(const std::string& id) const;

  /// State `applied`, with the duration that the server measured, which is returned. For a step
  /// that is undone, removes its row and those of all repeatables: what they say may no longer be
  /// true; after the last undo also those of seeds, whose tables are gone. Throws taken_over.
  std::chrono::microseconds finish(Connection& connection, const Step& step,
                                   const Runner& runner) const;
  /// The statement for it, what its answer says, and what is to be thrown when it failed.
  Query finishing(const Step& step, const Runner& runner) const;
  static std::chrono::microseconds finished(std::span<const Row> rows);
  static Error not_finished(const Step& step, const Error& error);

  /// As if a step of several segments had never begun, when nothing of it was kept.
  void withdraw(Connection& connection, const Step& step, const Runner& runner) const;

  /// State `failed`, for a step of several segments.
  void fail(Connection& connection, const Step& step, const Runner& runner) const;

  void refresh(Connection& connection, const Refresh& refresh) const;

  /// A baseline row for a version.
  void record_baseline(Connection& connection, Version version, std::string_view name,
                       const Checksums& checksums, const std::string& reason,
                       const Runner& runner) const;

  /// A row for what came with a schema that was loaded. `applied` and `down` are the texts of its
  /// files, where they are there.
  void record_loaded(Connection& connection, const SchemaVersion& loaded, const Field& applied,
                     const Field& down, const std::string& note, const Runner& runner) const;

  /// What `repair` does to a row, each with its reason.
  void mark_applied(Connection& connection, const std::string& id,
                    const std::optional<Refresh>& on_disk, const std::string& reason) const;
  /// `journal` is that of the file as it stands: the statements before are what was done.
  void resume_at(Connection& connection, const std::string& id, std::size_t statements_done,
                 const std::vector<std::string>& journal, const std::string& reason) const;
  void accept_text(Connection& connection, const Refresh& refresh, const std::string& reason) const;
  void forget(Connection& connection, const std::string& id) const;

 private:
  /// What is there of the table.
  struct Found {
    bool schema = false;
    int format = 0;  ///< 0: no table
  };
  Found find(Connection& connection) const;
  Query insertion(const Step& step, const Runner& runner, const Lease& lease,
                  std::string_view on_conflict) const;
  Query beginning_undo(const Step& step, const Runner& runner, const Lease& lease) const;
  Query finishing_undo(const Step& step, const Runner& runner) const;
  bool bring_up_to_date(Connection& connection, const Found& found, bool may_look_again) const;
  [[noreturn]] void throw_not_made(const Connection& connection, const Error& error,
                                   bool has_schema) const;

  std::string schema_;
  std::string table_;
  std::string qualified_;  ///< quoted, schema first
};

}  // namespace migrator

// The project's migrations and seeds on a scratch database, by the code of every run: what the
// files make, whatever any other database has. Says nothing while it runs; the reports say it all.
#pragma once

#include <optional>
#include <stop_token>

#include "engine/pg/scratch_database.h"
#include "engine/run/up.h"

namespace migrator {

/// Whose the server is: the run's own, or one that was named.
enum class ScratchKind { own_server, named_server };

class ScratchRun {
 public:
  /// Both outlive it. Of `options` it takes what on_scratch leaves of them.
  ScratchRun(const ScratchDatabase& database, const HistoryTable& table, RunOptions options,
             std::stop_token stop = {}, ScratchKind kind = ScratchKind::own_server);

  /// As the functions of these names in engine/run/up.h. A stop is no word on the files: throws
  /// Error(migration, "cancelled").
  RunReport up(const Project& project, const UpTarget& target = {});
  RunReport down(const Project& project, const DownTarget& target);

  Connection& connection() { return connection_; }
  const HistoryTable& table() const { return table_; }
  const std::stop_token& stop() const { return stop_; }
  ScratchKind kind() const { return kind_; }

 private:
  RunSite site();

  const HistoryTable& table_;
  RunOptions options_;
  std::stop_token stop_;
  ScratchKind kind_;
  Observer silent_;
  Connection connection_;
};

/// There is nobody on a scratch database to wait for.
RunOptions on_scratch(RunOptions options);

/// Throws that Error where a stop was requested.
void refuse_if_stopped_on_scratch(const std::stop_token& stop);

/// Why a run stopped or was refused; nothing where all went well.
std::optional<Finding> trouble_of(const RunReport& report);

/// What to do where a scratch server lacks what production has: a role, an extension. Else empty.
std::string advice_for_scratch(const Finding& trouble, ScratchKind kind);

/// "from-scratch-failed": a new database cannot be made from the files, because of `trouble`.
Finding failed_from_scratch(Finding trouble, ScratchKind kind);

}  // namespace migrator

#include "engine/run/reading.h"

#include "engine/base/error.h"

namespace migrator {
namespace {

/// Those whose text may have to be shown beside the file's; a half-done file is asked about once.
std::vector<std::string> changed_ids(const Comparison& comparison) {
  std::vector<std::string> ids;
  for (const Entry& entry : comparison.entries)
    if (entry.standing == Standing::changed || entry.standing == Standing::half_done)
      ids.push_back(entry.id);
  return ids;
}

}  // namespace

Reading::Reading(Connection& connection, const HistoryTable& table, const Project& project)
    : Reading(connection, table, project, table.read(connection)) {}

Reading::Reading(Connection& connection, const HistoryTable& table, const Project& project,
                 HistoryReading read)
    : read_(std::move(read)),
      comparison_(compare(project, read_.history)),
      texts_(table.applied_texts(connection, changed_ids(comparison_))) {}

void Reading::require_writable() const {
  if (!read_.server.in_recovery && !read_.server.read_only) return;
  throw Error(ErrorKind::connection,
              {.id = "read-only",
               .message = read_.server.in_recovery
                              ? "the server is a standby and takes no writes"
                              : "transactions are read-only here (default_transaction_read_only)",
               .kept = "nothing was changed",
               .next = read_.server.in_recovery
                           ? "connect to the primary; with several hosts in the URL add "
                             "target_session_attrs=read-write"
                           : "use a role or database without that setting"});
}

}  // namespace migrator

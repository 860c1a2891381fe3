// What a migrator is doing in the database at this moment, as another session sees it: who it is,
// the statement that runs, how far that is, and who is in its way. A value; who asks the server is
// engine/pg/at_work.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/progress.h"

namespace migrator {

struct AtWork {
  OtherSession migrator;                       ///< its `statement` is a kind: "CREATE INDEX"
  bool has_lock = false;                       ///< that of the migrators
  std::string file = {};                       ///< "4_index.sql"; empty between files
  bool is_executing = false;                   ///< a statement, at this moment
  std::chrono::milliseconds elapsed{0};        ///< of that statement, by the server's clock
  std::string phase = {};                      ///< the server's word; empty: no view shows it
  std::optional<double> share = std::nullopt;  ///< of the phase, 0 to 1
  std::uint64_t rows = 0;                      ///< of a COPY
  std::vector<OtherSession> blockers = {};     ///< nearest first

  bool operator==(const AtWork&) const = default;
};

/// One line without its end: "4_index.sql: 31 s, building index: scanning table, 68 %".
std::string to_text(const AtWork& work);

}  // namespace migrator

// How long a statement may keep a table, from the size of that and an assumed speed; and what that
// does to the level of a rule. Numbers for people: right to a factor of three or so.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/lint/check.h"
#include "engine/lint/table_sizes.h"

namespace migrator {

struct Estimate {
  ObjectName table;
  LockMode mode{};  ///< under which it is done
  TableSize size = {};
  double seconds = 0;
};

/// Whether the size of the table decides how much a rule matters.
bool is_sized(std::string_view rule);

/// The longest work of a statement on a table whose size is known; nothing when there is none.
/// `sized`: a rule has found that it is done for sure, where the text alone says perhaps.
/// `speed`: megabytes of a table that are read in a second; building an index of it takes twice as
/// long, writing it anew four times, changing all rows sixteen times (FORMATS.md, "Statistics").
std::optional<Estimate> estimate(const Situation& now, const DatabaseStats& stats, double speed,
                                 bool sized);

/// "ACCESS EXCLUSIVE on users (41 M rows, 12 GB) for about 3 min: reads and writes wait"
std::string to_text(const Estimate& estimate);

/// A note where it is over in 0.2 s, a level more from 30 s on.
struct SizedLevel {
  Level level;
  std::string_view why = {};  ///< "size-brief", "size-long"; empty: as usual
};
SizedLevel sized(Level level, const Estimate& estimate);

}  // namespace migrator

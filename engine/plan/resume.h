// Where a half-done file goes on: after the statements that the journal says are done, if they
// still stand on disk as they were run, and if nothing is in doubt. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/comparison.h"
#include "engine/plan/segments.h"
#include "engine/sql/command.h"

namespace migrator {

/// The journal of a part: one line per statement, its canonical checksum, with " alone" behind it
/// where the statement runs outside a transaction and "undo " before it on the way down
/// (FORMATS.md, "Journal").
std::vector<std::string> journal_of(const Part& part, const std::vector<Segment>& segments,
                                    StepAction action);

struct Resume {
  std::size_t first_statement = 0;
  bool in_flight = false;  ///< that one was running when its client left: the catalog can tell
  std::vector<Finding> findings;  ///< errors: a done statement changed, or one is in doubt
};

/// `part` is what was being run: the up or the down part. Precondition: entry is half done.
Resume resume_point(const Entry& entry, const Part& part, const std::vector<Segment>& segments);

/// Of the statements before `first`, those that set something for the session (SET, RESET,
/// set_config): a new session needs them again before it goes on.
std::vector<Command> settings_before(const Part& part, std::size_t first);

/// What is left to do when the first statements are done.
std::vector<Segment> from_statement(std::vector<Segment> segments, std::size_t first);

}  // namespace migrator

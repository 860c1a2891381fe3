// What is said of a step that runs or fails: notices, what was kept, what to do next, and which
// failures are worth another try. No decision about the database is made here.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/plan/planner.h"
#include "engine/report/progress.h"
#include "engine/run/progress_watch.h"
#include "engine/sql/command.h"

namespace migrator {

/// The application held a lock, or two transactions met: trying again may help.
bool is_worth_retrying(const Error& error);

/// What is watched beside statements of the file.
constexpr std::string_view kItsRow = "its row in the history table";
constexpr std::string_view kDeferredConstraints = "checking deferred constraints";

/// A notice of the server, at its statement.
Finding finding_of(const Notice& notice, const Part& part, const Command& command);

/// Without the values of the part's variables, over which the veil is.
Finding veiled(Finding finding, const Part& part, const Veil& veil);

/// A statement of a file while it is being run; `index` from 0.
WatchedStatement watched(const Part& part, const Command& command, std::size_t index,
                         std::chrono::milliseconds lock_timeout);

/// "statement 3 of 17", for a file of more than one.
Finding numbered(Finding finding, std::size_t index, std::size_t total);

/// Where the last line with text on it begins.
std::size_t last_line_of(const Part& part);

[[noreturn]] void throw_shorter(const Part& part);

/// Throws `error`, or Error(lock, "lock-timeout") where it says that another transaction is about
/// to write the step's row.
[[noreturn]] void throw_row_not_taken(const Step& step, const Error& error,
                                      std::chrono::milliseconds waited,
                                      const std::vector<OtherSession>& blockers);

/// ALTER TABLE ... VALIDATE CONSTRAINT and nothing else: waiting for its lock keeps nobody from
/// reading or writing.
bool only_validates(std::string_view sql);

/// Throws Error(lock, "overtaken"): another run has the step's row.
[[noreturn]] void throw_overtaken(const Step& step);

/// Whether a file of the part was written to; and throws Error(migration,
/// "file-changed-meanwhile") then.
bool is_changed(const Part& part);
void refuse_changed(const Part& part);

/// `kept` statements of the step are kept for certain; of one more the answer may be all that was
/// lost.
std::string what_was_kept(const Step& step, std::size_t kept, bool is_answer_lost);
std::string what_next(const Step& step, const Error& error, std::size_t kept);

/// For a statement outside a transaction that may have kept a part of its work.
void add_doubt(Finding& finding, const Step& step, std::size_t kept);

}  // namespace migrator

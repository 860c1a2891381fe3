#include "engine/run/step_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/pg/pause.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kDeadlockDetected = "40P01";
constexpr std::string_view kSerializationFailure = "40001";
constexpr std::string_view kActiveTransaction = "25001";
constexpr std::string_view kInvalidTermination = "2D000";
constexpr std::string_view kUnsafeNewLabel = "55P04";
constexpr std::string_view kInsufficientResources = "53";  // the class: disk full, out of memory

std::string first_line_of(std::string_view sql) {
  return std::string(sql.substr(0, std::min(sql.find('\n'), std::size_t{160})));
}

}  // namespace

bool is_worth_retrying(const Error& error) {
  const std::string& state = error.finding().sqlstate;
  return state == kLockNotAvailable || state == kDeadlockDetected || state == kSerializationFailure;
}

Finding finding_of(const Notice& notice, const Part& part, const Command& command) {
  const bool warning = notice.severity == "WARNING";
  return {.severity = warning ? Severity::warning : Severity::note,
          .id = "server-notice",
          .message = notice.message,
          // Known already: place_of would walk through the text before it for each notice.
          .place = part.is_generated()
                       ? place_of(part, command)
                       : Place{.file = std::string(part.source(command.text).file),
                               .line = command.statement.line,
                               .column = command.statement.column,
                               // As written: the value of a variable may be a secret.
                               .source_line = first_line_of(
                                   text_of(part.source(command.text), command.statement))},
          .detail = notice.detail,
          .hint = notice.hint,
          .sqlstate = notice.sqlstate == "00000" ? "" : notice.sqlstate};
}

namespace {

void cover_source_line(Place& place, const Veil& veil) {
  const std::string line = std::exchange(place.source_line, veil.over(place.source_line));
  const std::size_t column = place.caret == 0 ? place.column : place.caret;
  if (column == 0 || place.source_line == line) return;
  const std::string before = line.substr(0, byte_of_character(line, column - 1));
  place.caret = count_characters(veil.over(before)) + 1;
}

}  // namespace

Finding veiled(Finding finding, const Part& part, const Veil& veil) {
  finding = veil.over(std::move(finding));
  // The history keeps the way back with the values in it.
  const bool is_kept = part.variables.empty() && !part.is_generated();
  if (is_kept && finding.place) cover_source_line(*finding.place, veil);
  return finding;
}

namespace {

/// Text that nobody wrote tells nobody what it does.
std::string_view shown_of_data(const Part& part, const Command& command, std::size_t index) {
  if (command.kind == CommandKind::copy) return "copying its rows";
  return index + 1 == part.statement_count ? "comparing and writing its rows"
                                           : "looking at its table";
}

}  // namespace

WatchedStatement watched(const Part& part, const Command& command, std::size_t index,
                         std::chrono::milliseconds lock_timeout) {
  return {.file = part.source(command.text).file,
          // As written: the value of a variable may be a secret.
          .sql = part.is_generated() ? shown_of_data(part, command, index)
                                     : text_of(part.source(command.text), command.statement),
          .line = part.is_generated() ? 0 : command.statement.line,
          .number = index + 1,
          .total = part.statement_count,
          .lock_timeout = lock_timeout};
}

Finding numbered(Finding finding, std::size_t index, std::size_t total) {
  if (total > 1 && finding.statement == 0) {
    finding.statement = index + 1;
    finding.statements = total;
  }
  return finding;
}

std::size_t last_line_of(const Part& part) {
  const std::string_view text = part.text.view();
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return 0;
  const std::size_t line_end = text.rfind('\n', last);
  return line_end == std::string_view::npos ? 0 : line_end + 1;
}

void throw_row_not_taken(const Step& step, const Error& error, std::chrono::milliseconds waited,
                         const std::vector<OtherSession>& blockers) {
  constexpr std::string_view lock_not_available = "55P03";
  if (error.finding().sqlstate != lock_not_available) throw Error(error);
  throw Error(ErrorKind::lock,
              {.id = "lock-timeout",
               .message = fmt::format("another migrator is at work on {}; gave up waiting after {}",
                                      step.part->file, seconds_text(waited)),
               .detail = blockers_text(blockers),
               .next = "wait until it is done and run again, or wait longer with --lock-wait"});
}

bool only_validates(std::string_view sql) {
  const StatementWords words(sql);
  if (!words.is(0, "alter") || !words.is(1, "table")) return false;
  const std::size_t at = words.find("validate", 2);
  const bool is_one_action = at > 2 && at + 3 == words.size();
  return is_one_action && words.is(at + 1, "constraint") && words.find(",", 2) == words.size();
}

void throw_overtaken(const Step& step) {
  throw Error(ErrorKind::lock,
              {.id = "overtaken",
               .message = "another migrator has begun " + step.part->file + " meanwhile",
               .next = "run the same command again"});
}

void throw_shorter(const Part& part) {
  throw Error(ErrorKind::migration, {.id = "file-changed-meanwhile",
                                     .message = part.file + " was changed while it was run",
                                     .next = "run the same command again"});
}

bool is_changed(const Part& part) {
  return !part.text.is_unchanged() || std::ranges::any_of(part.included, [](const Included& file) {
    return !file.text.is_unchanged();
  });
}

void refuse_changed(const Part& part) {
  if (is_changed(part)) throw_shorter(part);
}

std::string what_was_kept(const Step& step, std::size_t kept, bool is_answer_lost) {
  if (is_answer_lost)
    return fmt::format(
        "not known: the answer was lost; migrator status tells ({} commits together "
        "with its history row)",
        step.atomic() ? "the file" : "each segment");
  if (step.is_whole() || kept == 0) return "nothing of " + step.part->file;
  return fmt::format("what {} did before that statement; the history says how far it came",
                     step.part->file);
}

std::string what_next(const Step& step, const Error& error, std::size_t kept) {
  // The same command again would undo the one below, if this one was undone after all.
  if (step.action == StepAction::undo && error.kind() == ErrorKind::connection)
    return "when the server is back: migrator status, which says whether it was undone";
  if (!error.finding().next.empty()) return error.finding().next;
  const std::string command = step.action == StepAction::undo ? "migrator down"
                              : step.kind == StepKind::seed   ? "migrator seed"
                                                              : "migrator up";
  if (error.kind() == ErrorKind::connection) return "when the server is back: " + command;
  const std::string& state = error.finding().sqlstate;
  if (state == kActiveTransaction || state == kInvalidTermination)
    return "it cannot run in a transaction: put this at the top of the file:\n"
           "  -- migrator: transaction off";
  if (state == kUnsafeNewLabel)
    return "put what adds the label into a migration before this one, then: " + command;
  if (state.starts_with(kInsufficientResources))
    return "give the server what it lacks (the disk, memory, connections), then: " + command;
  if (is_worth_retrying(error))
    return "end the transaction that holds the lock, or allow more time (--lock-timeout), then: " +
           command;
  if (step.part->is_generated()) return "mend the file, then: " + command;
  return fmt::format("mend the statement, then: {}{}", command,
                     step.is_whole() || kept == 0 ? "" : " (it goes on there)");
}

void add_doubt(Finding& finding, const Step& step, std::size_t kept) {
  finding.kept = fmt::format("what {} did before that statement, and perhaps a part of what it did",
                             step.part->file);
  finding.next = fmt::format(
      "look at the database, then say what is true:\n"
      "nothing of statement {1} is kept (any more):\n"
      "  migrator repair {0} --resume-at {1} --reason WHY\n"
      "all that it should do is done:\n"
      "  migrator repair {0} --resume-at {2} --reason WHY",
      step.id, kept + 1, kept + 2);
}

}  // namespace migrator

#include "engine/run/statement_runner.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/pg/examine.h"
#include "engine/project/data_seed.h"
#include "engine/run/data_words.h"
#include "engine/run/explain_rows.h"
#include "engine/run/heal.h"
#include "engine/run/step_words.h"
#include "engine/sql/outside_by_words.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

constexpr std::string_view kNoSuchPrepared = "26000";

Error of_data(const Error& error, const Part& part) {
  return Error(error.kind(), of_data(error.finding(), part));
}

}  // namespace

void StatementRunner::open(const Step& step) {
  step_ = &step;
  reader_.emplace(part());
  next_ = 0;
  statements_ = 0;
  has_sent_ = is_half_done_ = failed_here_ = false;
  rows_.reset();
  into_.clear();
  notices_.clear();
  veil_ = veil_of(part().used);
  go_to(step.first_statement);
}

Lone StatementRunner::next_lone() const {
  const auto command = peek();
  return command ? lone(part(), *command) : Lone::outside;
}

bool StatementRunner::next_commits() const {
  const auto command = peek();
  if (!command) return false;
  const StatementWords words(sql_of(part(), *command));
  return words.is_one_of(0, {"commit", "end"}) && !words.is(1, "prepared");
}

bool StatementRunner::only_validates_before(std::size_t end) const {
  CommandReader ahead = *reader_;
  for (std::size_t i = next_; i < end; ++i) {
    const auto command = next_sent(ahead);
    if (!command || !only_validates(sql_of(part(), *command))) return false;
  }
  return next_ < end;
}

void StatementRunner::go_to(std::size_t statement) {
  for (; next_ < statement; ++next_)
    if (!next_sent(*reader_)) throw_shorter(part());
}

CommandResult StatementRunner::run_next() {
  return send(take());
}

void StatementRunner::run_next_outside() {
  const Command command = take();
  const OutsideAction action = outside_action_of(sql_of(part(), command));
  can_try_again_ = action.kind != OutsideKind::unknown;
  try {
    if (is_done_already(command, action)) {
      ++next_;
      return;
    }
    send(command);
    check_after(connection_, action);
    failed_here_ = false;
  } catch (const Error& error) {
    Finding finding = error.finding();
    if (!finding.place) finding.place = place_of(part(), command);
    // What ran something inside (a procedure, \gexec) may have committed before it failed.
    failed_here_ = true;
    is_half_done_ = action.kind == OutsideKind::unknown && !finding.context.empty();
    throw Error(error.kind(), finding);
  }
}

Error StatementRunner::explained_behind(const Error& error) const {
  if (!part().is_generated() || !connection_.is_alive()) return veiled(error);
  const Command none{};
  const Error more = explained(connection_, {part(), none}, error, stop_);
  if (more.kind() != ErrorKind::migration || more.finding().sqlstate == error.finding().sqlstate)
    return veiled(more);
  Finding finding = more.finding();
  if (!finding.place) finding.place = Place{.file = part().file};
  return veiled(Error(more.kind(), of_data(finding, part())));
}

Error StatementRunner::veiled(const Error& error) const {
  return Error(error.kind(), migrator::veiled(error.finding(), part(), veil_));
}

void StatementRunner::echo_rest() {
  const auto echo = [this](const Command& command) {
    observer_.echoed(command.echo, command.stream);
  };
  while (next_sent(*reader_, echo)) {
  }
}

void StatementRunner::go_back_to(const Bookmark& bookmark) {
  reader_ = bookmark.reader;
  next_ = bookmark.next;
  statements_ = bookmark.statements;
  notices_.resize(bookmark.notices);
  into_.clear();
}

void StatementRunner::forget_prepared(std::size_t end) {
  CommandReader ahead = *reader_;
  for (std::size_t i = next_; i < end; ++i) {
    const auto command = next_sent(ahead);
    if (!command) return;
    const StatementWords words(sql_of(part(), *command));
    if (!words.is(0, "prepare") || words.is(1, "transaction")) continue;
    try {
      run_command(connection_, fmt::format("DEALLOCATE {}", words.text(1)));
    } catch (const Error& error) {
      if (error.finding().sqlstate != kNoSuchPrepared) throw;
    }
  }
}

std::optional<Command> StatementRunner::peek() const {
  CommandReader ahead = *reader_;
  return next_sent(ahead);
}

Command StatementRunner::take() {
  auto command = next_sent(
      *reader_, [this](const Command& echo) { observer_.echoed(echo.echo, echo.stream); });
  if (!command) throw_shorter(part());
  return *command;
}

/// Of what the statements of a seed of data say, some is for us.
bool StatementRunner::take_note(const Notice& notice) {
  if (!part().is_generated()) return false;
  if (notice.sqlstate == kRowsNotice) rows_ = row_changes_of(notice.message);
  if (notice.sqlstate == kIntoNotice) into_ = notice.message;
  return notice.sqlstate == kRowsNotice || notice.sqlstate == kIntoNotice;
}

void StatementRunner::mark_begin_of_rows() {
  run_quick_command(connection_, kBeforeRows);
  if (keep_going_) run_quick_command(connection_, "SET LOCAL migrator.keep_going = 'on'");
}

CommandResult StatementRunner::run(const Command& command, const FailedCommand& as_failed) {
  try {
    const ProgressWatch::Watching watching(watch_, watched(command));
    has_sent_ = true;
    CommandResult result =
        run_statement(connection_, part(), command, stop_,
                      [this](std::uint64_t sent, std::uint64_t all) { watch_.sent(sent, all); });
    if (witness_) witness_->after(connection_);
    return result;
  } catch (const Error& error) {
    if (witness_) witness_->failed(veiled(error));
    if (part().is_generated())
      throw veiled(of_data(explained(connection_, as_failed, error, stop_), part()));
    throw veiled(Error(error.kind(), numbered(error.finding(), next_, part().statement_count)));
  }
}

CommandResult StatementRunner::send(const Command& command) {
  const bool is_straight = command.kind == CommandKind::copy && !into_.empty();
  std::optional<Command> straight;
  if (is_straight) {
    straight = command;
    straight->expansion = straight_into(std::exchange(into_, {}), part(), command);
  }
  const Command& sent = straight ? *straight : command;
  if (part().is_generated() && next_ == 0) mark_begin_of_rows();
  connection_.on_notice([&](const Notice& notice) {
    if (take_note(notice) || (witness_ && witness_->heard(notice))) return;
    notices_.push_back(migrator::veiled(finding_of(notice, part(), sent), part(), veil_));
    if (notice.sqlstate == kSampleNotice) notices_.back().sqlstate.clear();
    observer_.noticed(notices_.back());
  });
  CommandResult result;
  if (!witness_ || witness_->before(connection_, part(), sent))
    result = run(sent, {part(), command, is_straight, keep_going_});
  connection_.on_notice({});
  ++statements_;
  ++next_;
  return result;
}

bool StatementRunner::is_done_already(const Command& command, const OutsideAction& action) {
  const bool first = next_ == step_->first_statement && step_->previous;
  const bool in_flight = first && step_->in_flight && !failed_here_;
  const bool again = first || failed_here_;
  const ProgressWatch::Watching watching(watch_, watched(command));
  const Healing healing =
      heal_before(connection_, action,
                  {.earlier = in_flight ? EarlierTry::interrupted
                              : again   ? EarlierTry::failed
                                        : EarlierTry::none,
                   .limit = lock_wait_,
                   .waiting = [this](std::string_view for_what) { observer_.waiting(for_what); },
                   .stop = stop_});
  for (const Finding& finding : healing.findings) tell(command, finding);
  if (healing.done || !in_flight) return healing.done;
  const Examination found = examine(connection_, action);
  if (found.fate == Fate::unknown) refuse_to_guess(found.detail);
  tell(command, {.severity = Severity::note,
                 .id = "examined",
                 .message = fmt::format("it was running when its migrator left, and {}: {}",
                                        found.fate == Fate::done ? "was done" : "is run again",
                                        found.detail)});
  return found.fate == Fate::done;
}

void StatementRunner::refuse_to_guess(const std::string& detail) const {
  throw Error(ErrorKind::migration,
              {.id = "in-doubt",
               .message = "it is not known whether this statement was finished",
               .detail = detail,
               .next = fmt::format("look at the database, then say what is true:\n"
                                   "  migrator repair {} --resume-at N --reason WHY",
                                   step_->id)});
}

void StatementRunner::tell(const Command& command, Finding finding) {
  finding.place = place_of(part(), command);
  tell(std::move(finding));
}

void StatementRunner::tell(Finding finding) {
  notices_.push_back(migrator::veiled(std::move(finding), part(), veil_));
  observer_.noticed(notices_.back());
}

WatchedStatement StatementRunner::watched(const Command& command) const {
  return migrator::watched(part(), command, next_, lock_timeout_);
}

}  // namespace migrator

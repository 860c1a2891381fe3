#include "engine/plan/segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "engine/base/text.h"
#include "engine/sql/canonical.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/new_labels.h"
#include "engine/sql/statement_words.h"
#include "engine/sql/summary.h"

namespace migrator {
namespace {

/// The words of a statement, one blank between them, in lower case.
std::string words_of(std::string_view sql) {
  std::string words = to_lower_ascii(canonical_statement(sql.substr(0, 64)));
  std::ranges::replace(words, '\0', ' ');
  return words;
}

// Bare ones only: our transaction would drop an isolation level, and AND CHAIN wants another one.
bool opens(std::string_view sql) {
  static constexpr std::array<std::string_view, 4> kBegins{
      "begin ", "begin work ", "begin transaction ", "start transaction "};
  return std::ranges::find(kBegins, words_of(sql)) != kBegins.end();
}

bool closes(std::string_view sql) {
  static constexpr std::array<std::string_view, 6> kEnds{
      "commit ", "commit work ", "commit transaction ", "end ", "end work ", "end transaction "};
  return std::ranges::find(kEnds, words_of(sql)) != kEnds.end();
}

Finding refused_control(const Part& part, const Command& command, const std::string& what) {
  return {.id = "transaction-control",
          .message = what + " in a file that migrator runs in a transaction of its own",
          .place = place_of(part, command),
          .next = "remove it, or put this at the top of the file:\n  -- migrator: transaction off"};
}

std::string wish(OneTransaction wanted) {
  return wanted == OneTransaction::by_the_run ? "and --single-transaction asks for one"
                                              : "and the file asks for one";
}

std::string way_out(OneTransaction wanted, std::string_view then) {
  if (wanted == OneTransaction::by_the_run)
    return fmt::format("leave out --single-transaction: migrator then {}", then);
  return fmt::format(
      "remove \"-- migrator: transaction on\" or the file's own BEGIN and COMMIT: migrator then {}",
      then);
}

Finding refused_alone(const Part& part, const Command& command, const std::string& what,
                      OneTransaction wanted) {
  return {.id = "statement-needs-no-transaction",
          .message = fmt::format("{} cannot run in a transaction, {}", what, wish(wanted)),
          .place = place_of(part, command),
          .next = way_out(wanted, "runs this statement alone")};
}

/// A word may be no label where it stands: the server decides, and all is rolled back.
Finding doubtful_label(const Part& part, const Command& command, const NewLabels::Use& use,
                       OneTransaction wanted) {
  return {.severity = Severity::warning,
          .id = "enum-label-uncommitted",
          .message = fmt::format("the server refuses the new label '{}' (55P04) until what adds it "
                                 "is committed, {} transaction",
                                 use.label, wish(wanted)),
          .place = place_of(part, command, use.offset),
          .next = way_out(wanted, "commits before this statement")};
}

/// Behind it a file cannot go on in the transaction that it left: a new session has none.
bool chains(std::string_view sql) {
  const StatementWords words(sql);
  const std::size_t chain = words.find("chain", 1);
  return words.is_one_of(0, {"commit", "end", "rollback", "abort"}) && chain < words.size() &&
         words.is(chain - 1, "and");
}

Finding refused_chain(const Part& part, const Command& command) {
  return {.id = "transaction-control",
          .message = "AND CHAIN in a file that may have to go on in a new session",
          .place = place_of(part, command),
          .next = "begin the next transaction with a BEGIN of its own"};
}

}  // namespace

SegmentCutter::SegmentCutter(const Part& part) : part_(&part), end_(part.statement_count) {
  if (part.statement_count == 0) return;
  if (part.directives.transaction == TransactionMode::off) {
    result_.segments.push_back({0, part.statement_count, false, "transaction off"});
    return;
  }
  unwrap();
  if (first_ > 0 || part.directives.transaction == TransactionMode::on)
    wanted_ = OneTransaction::by_the_file;
}

SegmentCutter::SegmentCutter(const Part& part, NewLabels labels)
    : part_(&part),
      wanted_(OneTransaction::by_the_run),
      labels_(std::move(labels)),
      end_(part.statement_count) {
  unwrap();
}

/// Leaves out a file's own BEGIN and COMMIT around all else.
void SegmentCutter::unwrap() {
  if (part_->statement_count < 2) return;
  // A word that the text begins with is the first of its first statement.
  const StatementWords words(part_->text.view());
  if (!words.upper(0).empty() && !words.is_one_of(0, {"begin", "start"})) return;
  CommandReader reader(*part_);
  const auto first = next_sent(reader);
  if (!first || !opens(sql_of(*part_, *first))) return;
  std::optional<Command> last;
  while (auto command = next_sent(reader)) last = std::move(command);
  if (!last || !closes(sql_of(*part_, *last))) return;
  result_.findings.push_back(
      {.severity = Severity::note,
       .id = "own-transaction",
       .message = "the file's own BEGIN ... COMMIT became the transaction of its history row",
       .place = place_of(*part_, *first)});
  first_ = 1;
  end_ = part_->statement_count - 1;
}

void SegmentCutter::take(const Command& command, TransactionNeed need) {
  const std::size_t index = next_++;
  in_segment_ = index >= first_ && index < end_;
  if (!in_segment_) return;
  if (part_->directives.transaction == TransactionMode::off && !is_one()) {
    if (chains(sql_of(*part_, command))) result_.findings.push_back(refused_chain(*part_, command));
    return;
  }
  if (need == TransactionNeed::control)
    result_.findings.push_back(
        refused_control(*part_, command, summarize(sql_of(*part_, command)).what));
  if (need == TransactionNeed::forbidden)
    take_alone(command, summarize(sql_of(*part_, command)).what);
  else
    take_together(command);
}

void SegmentCutter::take_alone(const Command& command, const std::string& what) {
  if (is_one()) result_.findings.push_back(refused_alone(*part_, command, what, wanted_));
  result_.segments.push_back({next_ - 1, 1, false, what + " cannot run in a transaction"});
  labels_.forget();
}

void SegmentCutter::take_together(const Command& command) {
  const auto use = use_of_label(command);
  if (use && is_one()) result_.findings.push_back(doubtful_label(*part_, command, *use, wanted_));
  if (use && !is_one()) {
    result_.segments.push_back(
        {.first = next_ - 1,
         .count = 1,
         .why = fmt::format("the new label '{}' must be committed before it is used", use->label)});
    labels_.forget();
  } else if (!result_.segments.empty() && result_.segments.back().transactional) {
    ++result_.segments.back().count;
  } else {
    result_.segments.push_back({.first = next_ - 1, .count = 1});
  }
  labels_.add(sql_of(*part_, command));
}

std::optional<NewLabels::Use> SegmentCutter::use_of_label(const Command& command) const {
  if (labels_.empty()) return std::nullopt;
  if (command.kind == CommandKind::copy || command.runs_its_result())
    return labels_.used_by_unseen();
  return labels_.used_by(sql_of(*part_, command));
}

namespace {

void cut(const Part& part, SegmentCutter& cutter) {
  const bool is_off = part.directives.transaction == TransactionMode::off;
  CommandReader reader(part);
  while (const auto command = next_sent(reader))
    cutter.take(*command, is_off ? TransactionNeed::any : transaction_need(sql_of(part, *command)));
}

}  // namespace

Segments cut_segments(const Part& part) {
  SegmentCutter cutter(part);
  cut(part, cutter);
  return std::move(cutter.result());
}

Segments cut_as_one(const Part& part, NewLabels& labels) {
  if (part.statement_count == 0) return {};
  SegmentCutter cutter(part, std::move(labels));
  if (part.directives.transaction == TransactionMode::off)
    cutter.result().findings.push_back(
        {.id = "single-transaction",
         .message = "the file asks for \"transaction off\", and the run for a single transaction",
         .place = Place{.file = part.file},
         .next = "leave out --single-transaction"});
  else
    cut(part, cutter);
  labels = std::move(cutter.labels());
  cutter.result().segments = {cutter.inside()};
  return std::move(cutter.result());
}

Lone lone(const Part& part, const Command& command) {
  const std::string_view sql = sql_of(part, command);
  if (!command.runs_its_result() && takes_a_transaction(sql)) return Lone::in_transaction;
  const bool control = summarize(sql).transaction == TransactionNeed::control;
  return control ? Lone::control : Lone::outside;
}

}  // namespace migrator

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
#include "engine/sql/summary.h"

namespace migrator {
namespace {

/// The statements of a part, one by one.
class Statements {
 public:
  explicit Statements(const Part& part) : reader_(part) {}

  std::optional<Command> next() {
    auto command = reader_.next();
    while (command && !command->is_sent()) command = reader_.next();
    return command;
  }

 private:
  CommandReader reader_;
};

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

/// The statements between a file's own BEGIN and COMMIT, or all of them.
struct Inside {
  std::size_t first = 0;
  std::size_t end = 0;
};

Inside unwrap(const Part& part, Segments& result) {
  const Inside all{0, part.statement_count};
  if (part.statement_count < 2) return all;
  Statements statements(part);
  const auto first = statements.next();
  if (!first || !opens(sql_of(part, *first))) return all;
  std::optional<Command> last;
  while (auto command = statements.next()) last = std::move(command);
  if (!last || !closes(sql_of(part, *last))) return all;
  result.findings.push_back(
      {.severity = Severity::note,
       .id = "own-transaction",
       .message = "the file's own BEGIN ... COMMIT became the transaction of its history row",
       .place = place_of(part, *first)});
  return {1, part.statement_count - 1};
}

Finding refused_control(const Part& part, const Command& command, const std::string& what) {
  return {.id = "transaction-control",
          .message = what + " in a file that migrator runs in a transaction of its own",
          .place = place_of(part, command),
          .next = "remove it, or put this at the top of the file:\n  -- migrator: transaction off"};
}

Finding refused_alone(const Part& part, const Command& command, const std::string& what) {
  return {.id = "statement-needs-no-transaction",
          .message = what + " cannot run in a transaction, and the file asks for one",
          .place = place_of(part, command),
          .next =
              "remove \"-- migrator: transaction on\" or the file's own BEGIN and COMMIT: "
              "migrator then runs this statement alone"};
}

Finding refused_label(const Part& part, const Command& command, const NewLabels::Use& use) {
  return {.id = "enum-label-uncommitted",
          .message = fmt::format("the new label '{}' cannot be used before the transaction that "
                                 "adds it commits, and the file asks for one transaction",
                                 use.label),
          .place = place_of(part, command, use.offset),
          .next =
              "remove \"-- migrator: transaction on\" or the file's own BEGIN and COMMIT: "
              "migrator then commits before this statement"};
}

/// Adds one statement after the other to segments.
class Cutter {
 public:
  Cutter(const Part& part, bool own_transaction, Segments& result)
      : part_(part),
        result_(result),
        one_transaction_(own_transaction || part.directives.transaction == TransactionMode::on) {}

  void take(std::size_t index, const Command& command) {
    const StatementSummary summary = summarize(sql_of(part_, command));
    if (summary.transaction == TransactionNeed::control)
      result_.findings.push_back(refused_control(part_, command, summary.what));
    if (summary.transaction == TransactionNeed::forbidden)
      take_alone(index, command, summary.what);
    else
      take_together(index, command);
  }

 private:
  void take_alone(std::size_t index, const Command& command, const std::string& what) {
    if (one_transaction_) result_.findings.push_back(refused_alone(part_, command, what));
    result_.segments.push_back({index, 1, false, what + " cannot run in a transaction"});
    labels_.forget();
  }

  void take_together(std::size_t index, const Command& command) {
    const auto use = use_of_label(command);
    if (use && one_transaction_) result_.findings.push_back(refused_label(part_, command, *use));
    if (use && !one_transaction_) {
      result_.segments.push_back(
          {.first = index,
           .count = 1,
           .why =
               fmt::format("the new label '{}' must be committed before it is used", use->label)});
      labels_.forget();
    } else if (!result_.segments.empty() && result_.segments.back().transactional) {
      ++result_.segments.back().count;
    } else {
      result_.segments.push_back({.first = index, .count = 1});
    }
    labels_.add(sql_of(part_, command));
  }

  std::optional<NewLabels::Use> use_of_label(const Command& command) const {
    if (labels_.empty()) return std::nullopt;
    if (command.kind == CommandKind::copy || command.runs_its_result())
      return labels_.used_by_unseen();
    return labels_.used_by(sql_of(part_, command));
  }

  const Part& part_;
  Segments& result_;
  bool one_transaction_;
  NewLabels labels_ = {};
};

}  // namespace

Segments cut_segments(const Part& part) {
  Segments result;
  if (part.statement_count == 0) return result;
  if (part.directives.transaction == TransactionMode::off) {
    result.segments.push_back({0, part.statement_count, false, "transaction off"});
    return result;
  }
  const Inside inside = unwrap(part, result);
  Cutter cutter(part, inside.first > 0, result);
  Statements statements(part);
  for (std::size_t i = 0; i < inside.end; ++i) {
    const auto command = statements.next();
    if (command && i >= inside.first) cutter.take(i, *command);
  }
  return result;
}

}  // namespace migrator

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

/// The statements between a file's own BEGIN and COMMIT, or all of them.
struct Inside {
  std::size_t first = 0;
  std::size_t end = 0;
};

Inside unwrap(const Part& part, Segments& result) {
  const Inside all{0, part.statement_count};
  if (part.statement_count < 2) return all;
  CommandReader reader(part);
  const auto first = next_sent(reader);
  if (!first || !opens(sql_of(part, *first))) return all;
  std::optional<Command> last;
  while (auto command = next_sent(reader)) last = std::move(command);
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

/// Who wants that everything is one transaction.
enum class Wanted { by_nobody, by_the_file, by_the_run };

std::string wish(Wanted wanted) {
  return wanted == Wanted::by_the_run ? "and --single-transaction asks for one"
                                      : "and the file asks for one";
}

std::string way_out(Wanted wanted, std::string_view then) {
  if (wanted == Wanted::by_the_run)
    return fmt::format("leave out --single-transaction: migrator then {}", then);
  return fmt::format(
      "remove \"-- migrator: transaction on\" or the file's own BEGIN and COMMIT: migrator then {}",
      then);
}

Finding refused_alone(const Part& part, const Command& command, const std::string& what,
                      Wanted wanted) {
  return {.id = "statement-needs-no-transaction",
          .message = fmt::format("{} cannot run in a transaction, {}", what, wish(wanted)),
          .place = place_of(part, command),
          .next = way_out(wanted, "runs this statement alone")};
}

/// A word may be no label where it stands: the server decides, and all is rolled back.
Finding doubtful_label(const Part& part, const Command& command, const NewLabels::Use& use,
                       Wanted wanted) {
  return {.severity = Severity::warning,
          .id = "enum-label-uncommitted",
          .message = fmt::format("the server refuses the new label '{}' (55P04) until what adds it "
                                 "is committed, {} transaction",
                                 use.label, wish(wanted)),
          .place = place_of(part, command, use.offset),
          .next = way_out(wanted, "commits before this statement")};
}

/// Adds one statement after the other to segments.
class Cutter {
 public:
  Cutter(const Part& part, Wanted wanted, NewLabels& labels, Segments& result)
      : part_(part), result_(result), wanted_(wanted), labels_(labels) {}

  void take(std::size_t index, const Command& command) {
    const std::string_view sql = sql_of(part_, command);
    const TransactionNeed need = transaction_need(sql);
    if (need == TransactionNeed::control)
      result_.findings.push_back(refused_control(part_, command, summarize(sql).what));
    if (need == TransactionNeed::forbidden)
      take_alone(index, command, summarize(sql).what);
    else
      take_together(index, command);
  }

 private:
  void take_alone(std::size_t index, const Command& command, const std::string& what) {
    if (is_one()) result_.findings.push_back(refused_alone(part_, command, what, wanted_));
    result_.segments.push_back({index, 1, false, what + " cannot run in a transaction"});
    labels_.forget();
  }

  void take_together(std::size_t index, const Command& command) {
    const auto use = use_of_label(command);
    if (use && is_one()) result_.findings.push_back(doubtful_label(part_, command, *use, wanted_));
    if (use && !is_one()) {
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

  bool is_one() const { return wanted_ != Wanted::by_nobody; }

  const Part& part_;
  Segments& result_;
  Wanted wanted_;
  NewLabels& labels_;
};

void cut(const Part& part, const Inside& inside, Cutter cutter) {
  CommandReader reader(part);
  for (std::size_t i = 0; i < inside.end; ++i) {
    const auto command = next_sent(reader);
    if (command && i >= inside.first) cutter.take(i, *command);
  }
}

/// Behind it a file cannot go on in the transaction that it left: a new session has none.
bool chains(std::string_view sql) {
  const StatementWords words(sql);
  const std::size_t chain = words.find("chain", 1);
  return words.is_one_of(0, {"commit", "end", "rollback", "abort"}) && chain < words.size() &&
         words.is(chain - 1, "and");
}

void refuse_chains(const Part& part, std::vector<Finding>& findings) {
  CommandReader reader(part);
  while (const auto command = next_sent(reader))
    if (chains(sql_of(part, *command)))
      findings.push_back({.id = "transaction-control",
                          .message = "AND CHAIN in a file that may have to go on in a new session",
                          .place = place_of(part, *command),
                          .next = "begin the next transaction with a BEGIN of its own"});
}

}  // namespace

Segments cut_segments(const Part& part) {
  Segments result;
  if (part.statement_count == 0) return result;
  if (part.directives.transaction == TransactionMode::off) {
    result.segments.push_back({0, part.statement_count, false, "transaction off"});
    refuse_chains(part, result.findings);
    return result;
  }
  const Inside inside = unwrap(part, result);
  const bool one = inside.first > 0 || part.directives.transaction == TransactionMode::on;
  NewLabels labels;
  cut(part, inside, Cutter(part, one ? Wanted::by_the_file : Wanted::by_nobody, labels, result));
  return result;
}

Segments cut_as_one(const Part& part, NewLabels& labels) {
  Segments result;
  if (part.statement_count == 0) return result;
  const Inside inside = unwrap(part, result);
  if (part.directives.transaction == TransactionMode::off)
    result.findings.push_back(
        {.id = "single-transaction",
         .message = "the file asks for \"transaction off\", and the run for a single transaction",
         .place = Place{.file = part.file},
         .next = "leave out --single-transaction"});
  else
    cut(part, inside, Cutter(part, Wanted::by_the_run, labels, result));
  result.segments = {{.first = inside.first, .count = inside.end - inside.first}};
  return result;
}

Lone lone(const Part& part, const Command& command) {
  const std::string_view sql = sql_of(part, command);
  if (!command.runs_its_result() && takes_a_transaction(sql)) return Lone::in_transaction;
  const bool control = summarize(sql).transaction == TransactionNeed::control;
  return control ? Lone::control : Lone::outside;
}

}  // namespace migrator

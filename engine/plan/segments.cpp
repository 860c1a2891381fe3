#include "engine/plan/segments.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/base/text.h"
#include "engine/sql/canonical.h"
#include "engine/sql/summary.h"

namespace migrator {
namespace {

Finding complaint(const Part& part, const Statement& statement, Severity severity, std::string id,
                  std::string message, std::string next) {
  return {.severity = severity,
          .id = std::move(id),
          .message = std::move(message),
          .place = place_of(part.source(), statement.offset),
          .next = std::move(next)};
}

std::vector<StatementSummary> summaries_of(const Part& part) {
  std::vector<StatementSummary> summaries;
  summaries.reserve(part.statements.size());
  for (const Statement& statement : part.statements)
    summaries.push_back(summarize(text_of(part.source(), statement)));
  return summaries;
}

/// The words of a statement, one blank between them, in lower case.
std::string words_of(const Part& part, const Statement& statement) {
  std::string words =
      to_lower_ascii(canonical_statement(text_of(part.source(), statement), statement.strings));
  std::ranges::replace(words, '\0', ' ');
  return words;
}

// Bare ones only: our transaction would drop an isolation level, and AND CHAIN wants another one.
bool opens(const Part& part, const Statement& statement) {
  static constexpr std::array<std::string_view, 4> kBegins{
      "begin ", "begin work ", "begin transaction ", "start transaction "};
  return std::ranges::find(kBegins, words_of(part, statement)) != kBegins.end();
}

bool closes(const Part& part, const Statement& statement) {
  static constexpr std::array<std::string_view, 6> kEnds{
      "commit ", "commit work ", "commit transaction ", "end ", "end work ", "end transaction "};
  return std::ranges::find(kEnds, words_of(part, statement)) != kEnds.end();
}

Segments every_statement_alone(const Part& part) {
  Segments result;
  for (std::size_t i = 0; i < part.statements.size(); ++i)
    result.segments.push_back({i, 1, false, "transaction off"});
  return result;
}

void refuse_control(const Part& part, std::size_t index, const StatementSummary& summary,
                    Segments& result) {
  result.findings.push_back(
      complaint(part, part.statements[index], Severity::error, "transaction-control",
                summary.what + " in a file that migrator runs in a transaction of its own",
                "remove it, or put this at the top of the file:\n  -- migrator: transaction off"));
}

void refuse_forbidden(const Part& part, std::size_t index, const StatementSummary& summary,
                      Segments& result) {
  result.findings.push_back(complaint(
      part, part.statements[index], Severity::error, "statement-needs-no-transaction",
      summary.what + " cannot run in a transaction, and the file asks for one",
      "remove \"-- migrator: transaction on\" or the file's own BEGIN and COMMIT: migrator then "
      "runs this statement alone"));
}

/// The statements between a file's own BEGIN and COMMIT, or all of them.
struct Inside {
  std::size_t first = 0;
  std::size_t end = 0;
};

Inside unwrap(const Part& part, Segments& result) {
  const std::size_t size = part.statements.size();
  if (size < 2 || !opens(part, part.statements.front()) || !closes(part, part.statements.back()))
    return {0, size};
  result.findings.push_back(
      complaint(part, part.statements.front(), Severity::note, "own-transaction",
                "the file's own BEGIN ... COMMIT became the transaction of its history row", ""));
  return {1, size - 1};
}

}  // namespace

Segments cut_segments(const Part& part) {
  if (part.directives.transaction == TransactionMode::off) return every_statement_alone(part);
  Segments result;
  const std::vector<StatementSummary> summaries = summaries_of(part);
  const Inside inside = unwrap(part, result);
  const bool one_transaction =
      part.directives.transaction == TransactionMode::on || inside.first > 0;
  for (std::size_t i = inside.first; i < inside.end; ++i) {
    const StatementSummary& summary = summaries[i];
    if (summary.transaction == TransactionNeed::control) refuse_control(part, i, summary, result);
    const bool alone = summary.transaction == TransactionNeed::forbidden;
    if (alone && one_transaction) refuse_forbidden(part, i, summary, result);
    if (alone) {
      result.segments.push_back({i, 1, false, summary.what + " cannot run in a transaction"});
    } else if (!result.segments.empty() && result.segments.back().transactional) {
      ++result.segments.back().count;
    } else {
      result.segments.push_back({.first = i, .count = 1});
    }
  }
  return result;
}

}  // namespace migrator

#include "engine/sql/bound_query.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/sql/source.h"
#include "engine/sql/summary.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

/// Array bounds (a[1:2]) are no names.
bool is_name(std::string_view text) {
  return !text.empty() && (text.front() < '0' || text.front() > '9');
}

class Binder {
 public:
  Binder(std::string_view text, std::string file) {
    query_.file = std::move(file);
    query_.written = std::string(text);
  }

  BoundQuery bind() {
    const std::string_view text = query_.written;
    for (Scanner scanner(text); !scanner.at_end();) {
      const Token token = scanner.next();
      if (is_blank_or_comment(token.kind)) continue;
      if (!token.terminated) fail(token.offset, "a quote is never closed here");
      if (token.kind == TokenKind::backslash)
        fail(token.offset, "psql's commands are not run here");
      if (token.kind == TokenKind::parameter)
        fail(token.offset, "write :name, not $1: parameters have names here");
      if (token.kind == TokenKind::semicolon) {
        keep_to(token.offset);
        is_over_ = true;
        continue;
      }
      if (is_over_) fail(token.offset, "a second statement begins here, and a query is one");
      if (!has_statement_) begin_ = token.offset;
      has_statement_ = true;
      if (text_of(text, token) != ":") continue;
      if (const auto reference = reference_at(text.substr(token.offset)))
        if (take(*reference, token.offset)) scanner.jump_to(kept_);
    }
    if (!has_statement_) fail(0, "there is no statement here");
    if (!is_over_) keep_to(text.size());
    refuse_transaction_control();
    return std::move(query_);
  }

 private:
  bool take(const Reference& reference, std::size_t offset) {
    if (!is_name(reference.variable)) return false;
    if (reference.form == Reference::Form::name || reference.form == Reference::Form::test)
      fail(offset, "a parameter can stand for a value alone: :name");
    keep_to(offset);
    const auto found = std::ranges::find(query_.names, reference.variable);
    const auto number = static_cast<std::size_t>(found - query_.names.begin()) + 1;
    if (found == query_.names.end()) query_.names.emplace_back(reference.variable);
    query_.sql.replace(fmt::format("${}", number), offset);
    kept_ = offset + reference.length;
    return true;
  }

  void refuse_transaction_control() const {
    if (transaction_need(query_.sql.text()) != TransactionNeed::control) return;
    fail(begin_, summarize(query_.sql.text()).what +
                     " is no query: each has a transaction of its own, which --commit keeps");
  }

  void keep_to(std::size_t end) {
    if (!is_over_)
      query_.sql.keep(std::string_view(query_.written).substr(kept_, end - kept_), kept_);
    kept_ = end;
  }

  [[noreturn]] void fail(std::size_t offset, const std::string& message) const {
    throw Error(ErrorKind::configuration,
                {.id = "query-form",
                 .message = message,
                 .place = place_of({.file = query_.file, .text = query_.written}, offset)});
  }

  BoundQuery query_ = {};
  std::size_t begin_ = 0;  ///< of the statement
  std::size_t kept_ = 0;
  bool is_over_ = false;
  bool has_statement_ = false;
};

}  // namespace

Place BoundQuery::place_of(std::size_t offset) const {
  return migrator::place_of({.file = file, .text = written}, sql.written_at(offset));
}

BoundQuery bind_query(std::string_view text, std::string file) {
  return Binder(text, std::move(file)).bind();
}

}  // namespace migrator

#include "engine/sql/string_style.h"

#include <algorithm>
#include <vector>

#include "engine/base/text.h"
#include "engine/sql/script_variables.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr std::string_view kSetting = "standard_conforming_strings";

/// The significant tokens of a statement, as what they say.
std::vector<std::string> words_of(std::string_view statement, StringStyle style) {
  std::vector<std::string> words;
  for (Scanner scanner(statement, style); !scanner.at_end();) {
    const Token token = scanner.next();
    if (is_blank_or_comment(token.kind)) continue;
    const bool is_quoted = token.kind == TokenKind::literal ||
                           token.kind == TokenKind::quoted_name ||
                           token.kind == TokenKind::dollar_body;
    words.push_back(is_quoted ? unquoted(statement, token)
                              : std::string(text_of(statement, token)));
  }
  return words;
}

}  // namespace

void StringStyleTracker::apply(std::string_view value, bool local) {
  const std::optional<bool> on =
      is_keyword(value, "default") ? std::optional(true) : truth_of(value);
  if (!on) return;  // the server will refuse it
  const StringStyle style = *on ? StringStyle::standard_conforming : StringStyle::backslash_escapes;
  if (local) {
    local_ = style;
  } else {
    session_ = style;
    local_.reset();
  }
}

void StringStyleTracker::follow(std::string_view statement) {
  const std::vector<std::string> words = words_of(statement, current());
  const auto is = [&](std::size_t i, std::string_view keyword) {
    return i < words.size() && is_keyword(words[i], keyword);
  };

  if (is(0, "set")) {
    const bool local = is(1, "local");
    const std::size_t name = local || is(1, "session") ? 2 : 1;
    const bool assigns = is(name + 1, "=") || is(name + 1, "to");
    if (is(name, kSetting) && assigns && name + 2 < words.size()) apply(words[name + 2], local);
  } else if (is(0, "reset")) {
    if (is(1, "all") || is(1, kSetting)) apply("default", false);
  } else if (is(0, "discard")) {
    if (is(1, "all")) apply("default", false);
  } else if (is(0, "commit") || is(0, "end") || is(0, "rollback") || is(0, "abort")) {
    const bool to_savepoint = is(1, "to") || is(2, "to");
    if (to_savepoint || is(1, "prepared")) return;
    local_.reset();
    const bool undoes = is(0, "rollback") || is(0, "abort");
    if (undoes && before_) session_ = *before_;
    const bool chains = std::ranges::find(words, "chain", to_lower_ascii) != words.end() &&
                        std::ranges::find(words, "no", to_lower_ascii) == words.end();
    before_ = chains ? std::optional(session_) : std::nullopt;
  } else if (is(0, "begin") || is(0, "start")) {
    if (!before_) before_ = session_;
  } else {
    for (std::size_t i = 0; i + 6 < words.size(); ++i) {
      const bool call = is(i, "set_config") && is(i + 1, "(") && is(i + 2, kSetting) &&
                        is(i + 3, ",") && is(i + 5, ",");
      if (call) apply(words[i + 4], truth_of(words[i + 6]).value_or(false));
    }
  }
}

}  // namespace migrator

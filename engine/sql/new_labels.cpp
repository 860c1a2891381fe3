#include "engine/sql/new_labels.h"

#include <algorithm>
#include <array>

#include "engine/sql/scanner.h"
#include "engine/sql/statement_words.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr std::array<std::string_view, 3> kAllLabels{"enum_first", "enum_last", "enum_range"};

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

/// Whether `word` stands in `text` and is no part of a longer word: '{happy,sad}' holds happy.
bool holds(std::string_view text, std::string_view word) {
  if (word.empty()) return text.empty();
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(word.front());
    const bool ends = end == text.size() || !is_word_byte(text[end]) || !is_word_byte(word.back());
    if (begins && ends) return true;
  }
  return false;
}

/// Where the name of a type ends: schema.name may be three tokens.
std::size_t after_name(const StatementWords& words, std::size_t i) {
  ++i;
  while (words.is(i, ".")) i += 2;
  return i;
}

/// The word behind the type's name in ALTER TYPE name ADD VALUE, RENAME VALUE; else 0.
std::size_t action_on_labels(const StatementWords& words) {
  if (!words.is(0, "alter") || !words.is(1, "type")) return 0;
  const std::size_t action = after_name(words, 2);
  const bool acts = words.is_one_of(action, {"add", "rename"}) && words.is(action + 1, "value");
  return acts ? action : 0;
}

/// E'...' and U&'...' may spell a label in a way that is not compared here.
bool holds_escapes(std::string_view literal) {
  constexpr std::string_view kPrefixes = "eEuU";
  return kPrefixes.find(literal.front()) != kPrefixes.npos && literal.find('\\') != literal.npos;
}

}  // namespace

void NewLabels::add(std::string_view statement) {
  const StatementWords words(statement);
  const std::size_t action = action_on_labels(words);
  if (action == 0) return;
  std::size_t label = action + 2;
  if (words.is(action, "rename")) {  // VALUE 'old' TO 'new'
    if (std::ranges::find(labels_, words.unquoted(label)) == labels_.end()) return;
    label += 2;
  } else if (words.is(label, "if")) {  // IF NOT EXISTS
    label += 3;
  }
  labels_.push_back(words.unquoted(label));
}

std::optional<NewLabels::Use> NewLabels::used_by(std::string_view statement) const {
  if (labels_.empty()) return std::nullopt;
  const StatementWords words(statement);
  if (words.is(0, "comment") || action_on_labels(words) != 0) return std::nullopt;
  Scanner scanner(statement);
  while (!scanner.at_end()) {
    const Token token = scanner.next();
    const std::string_view text = text_of(statement, token);
    const bool is_text = token.kind == TokenKind::literal || token.kind == TokenKind::dollar_body;
    const bool asks_for_all =
        (token.kind == TokenKind::word &&
         std::ranges::any_of(
             kAllLabels, [&](std::string_view function) { return is_keyword(text, function); })) ||
        (token.kind == TokenKind::literal && holds_escapes(text));
    if (asks_for_all) return Use{labels_.back(), token.offset};
    if (!is_text) continue;
    if (const auto label = mentioned_in(unquoted(statement, token)))
      return Use{*label, token.offset};
  }
  return std::nullopt;
}

std::optional<NewLabels::Use> NewLabels::used_by_unseen() const {
  if (labels_.empty()) return std::nullopt;
  return Use{labels_.back(), 0};
}

std::optional<std::string> NewLabels::mentioned_in(std::string_view text) const {
  for (const std::string& label : labels_)
    if (holds(text, label)) return label;
  const bool asks_for_all = std::ranges::any_of(
      kAllLabels, [&](std::string_view function) { return holds(text, function); });
  return asks_for_all ? std::optional(labels_.back()) : std::nullopt;
}

}  // namespace migrator

#include "engine/sql/script_variables.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

bool is_variable_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

std::size_t name_length(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_variable_character) -
                                  text.begin());
}

std::string quoted(std::string_view value, char quote) {
  std::string result(1, quote);
  for (const char c : value) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

using Names = std::vector<std::string_view>;

std::string nested(const ScriptVariables& variables, std::size_t& budget, Names& open) {
  const std::string_view value = variables.find(open.back())->second;
  std::string result;
  std::size_t kept = 0;
  for (Scanner scanner(value); !scanner.at_end() && budget > 0;) {
    const Token token = scanner.next();
    if (text_of(value, token) != ":") continue;
    const auto reference = reference_at(value.substr(token.offset));
    auto found = reference ? value_of(*reference, variables) : std::nullopt;
    if (!found) continue;
    if (reference->form == Reference::Form::plain) {
      if (std::ranges::find(open, reference->variable) != open.end()) continue;
      open.push_back(reference->variable);
      found = nested(variables, budget, open);
      open.pop_back();
    }
    if (budget == 0) break;
    --budget;
    result += value.substr(kept, token.offset - kept);
    result += *found;
    kept = token.offset + reference->length;
    scanner.jump_to(kept);
  }
  return result.append(value.substr(kept));
}

}  // namespace

// With backslashes it is an E'' whose backslashes are doubled.
std::string as_literal(std::string_view value) {
  const std::string literal = quoted(value, '\'');
  if (value.find('\\') == std::string_view::npos) return literal;
  std::string escaped = " E";
  for (const char c : literal) escaped.append(c == '\\' ? 2 : 1, c);
  return escaped;
}

std::string nested_value_of(std::string_view variable, const ScriptVariables& variables,
                            std::size_t& budget) {
  Names open{variable};
  return nested(variables, budget, open);
}

void Expansion::keep(std::string_view text, std::size_t written) {
  if (text.empty()) return;
  pieces_.push_back({text_.size(), written, true});
  text_ += text;
}

void Expansion::replace(std::string_view value, std::size_t written) {
  if (value.empty()) return;
  pieces_.push_back({text_.size(), written, false});
  text_ += value;
}

std::size_t Expansion::written_at(std::size_t offset) const {
  const auto behind = std::ranges::upper_bound(pieces_, offset, {}, &Piece::begin);
  if (behind == pieces_.begin()) return 0;
  const Piece& piece = *std::prev(behind);
  return piece.verbatim ? piece.written + (offset - piece.begin) : piece.written;
}

std::optional<Reference> reference_at(std::string_view text) {
  using Form = Reference::Form;
  if (text.size() < 2 || text[0] != ':') return std::nullopt;
  const std::size_t plain = name_length(text.substr(1));
  if (plain > 0) return Reference{Form::plain, text.substr(1, plain), plain + 1};
  const char open = text[1];
  const std::size_t skip = open == '{' ? 3 : 2;  // :{?
  if (open != '\'' && open != '"' && !text.starts_with(":{?")) return std::nullopt;
  const std::size_t length = name_length(text.substr(skip));
  const char close = open == '{' ? '}' : open;
  if (length == 0 || skip + length >= text.size() || text[skip + length] != close)
    return std::nullopt;
  const Form form = open == '\'' ? Form::literal : open == '"' ? Form::name : Form::test;
  return Reference{form, text.substr(skip, length), skip + length + 1};
}

std::optional<std::string> value_of(const Reference& reference, const ScriptVariables& variables) {
  const auto found = variables.find(reference.variable);
  if (reference.form == Reference::Form::test) return found == variables.end() ? "FALSE" : "TRUE";
  if (found == variables.end()) return std::nullopt;
  switch (reference.form) {
    case Reference::Form::literal:
      return as_literal(found->second);
    case Reference::Form::name:
      return quoted(found->second, '"');
    default:
      return found->second;
  }
}

Veil veil_of(const ScriptVariables& variables) {
  Veil veil;
  for (const auto& [name, value] : variables) veil.hide(name, value);
  return veil;
}

std::optional<bool> truth_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto begins = [&](std::string_view whole) {
    return starts_with_ignoring_case(whole, text);
  };
  if (begins("true") || begins("yes") || text == "1") return true;
  if (begins("false") || begins("no") || text == "0") return false;
  if (text.size() < 2) return std::nullopt;
  if (begins("on")) return true;
  if (begins("off")) return false;
  return std::nullopt;
}

}  // namespace migrator

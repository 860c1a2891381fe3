#include "engine/sql/script_variables.h"

#include <algorithm>

#include "engine/base/text.h"

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

/// As PQescapeLiteral: with backslashes, an E'' whose backslashes are doubled.
std::string as_literal(std::string_view value) {
  const std::string literal = quoted(value, '\'');
  if (value.find('\\') == std::string_view::npos) return literal;
  std::string escaped = " E";
  for (const char c : literal) escaped.append(c == '\\' ? 2 : 1, c);
  return escaped;
}

}  // namespace

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

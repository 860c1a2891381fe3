// psql's variables: their values, how they are written into SQL (:name, :'name', :"name"), and what
// counts as true. What a value says is not judged here.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/veil.h"

namespace migrator {

using ScriptVariables = std::map<std::string, std::string, std::less<>>;

/// A statement's text with the values in it, and the way from its offsets back to those of the
/// text that was written.
class Expansion {
 public:
  /// Appends text that stands as it was written, at `written`.
  void keep(std::string_view text, std::size_t written);
  /// Appends a value that stands for `length` bytes at `written`.
  void replace(std::string_view value, std::size_t written);

  const std::string& text() const { return text_; }

  /// Where the byte at `offset` of text() comes from; inside a value, where its variable stands.
  std::size_t written_at(std::size_t offset) const;

 private:
  struct Piece {
    std::size_t begin = 0;    ///< in text_
    std::size_t written = 0;  ///< in the text that was written
    bool verbatim = true;
  };
  std::string text_;
  std::vector<Piece> pieces_;
};

/// A reference to a variable at the front of `text`, which begins with ":".
struct Reference {
  enum class Form { plain, literal, name, test } form = Form::plain;
  std::string_view variable;
  std::size_t length = 0;  ///< bytes, the colon included
};
std::optional<Reference> reference_at(std::string_view text);

/// What stands for a reference: the value as it is, as a literal, as a quoted name; TRUE or FALSE
/// for :{?name}. Nothing for a variable that is not set: psql then leaves the text as it is.
std::optional<std::string> value_of(const Reference& reference, const ScriptVariables& variables);

/// The value as a literal of SQL, as PQescapeLiteral writes it.
std::string as_literal(std::string_view value);

/// What stands for a plain reference, with the variables that its value mentions put in, and those
/// of theirs: psql reads a value as if it were written in its place. A variable inside its own
/// value stays as it is. `budget` is counted down for each reference; at 0 the rest stays as it is.
std::string nested_value_of(std::string_view variable, const ScriptVariables& variables,
                            std::size_t& budget);

/// Over their values, which may be secrets.
Veil veil_of(const ScriptVariables& variables);

/// A boolean as psql reads it: true, false, yes, no, on, off, 1, 0, and unique beginnings.
std::optional<bool> truth_of(std::string_view text);

}  // namespace migrator

// ${NAME} in the text of a file that asks for it, and what its value is written as where it stands
// in SQL: inside of quotes it stays inside of them, outside it is a literal. Never raw text: no
// value can become SQL.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/scanner.h"

namespace migrator {

/// "NAME" where the text begins with "${NAME}".
std::optional<std::string_view> placeholder_at(std::string_view text);

struct Placeholder {
  /// What is around it; `unfit` is what has no one way to write a value: dollar quotes, U&, B, X,
  /// and bare against a string.
  enum class Around { nothing, literal, escape_literal, name, unfit };

  std::string_view name;
  std::size_t offset = 0;  ///< in the text that holds the token
  std::size_t length = 0;
  Around around = Around::nothing;
  bool is_plain = false;  ///< $${NAME}: stands for ${NAME} itself
};

/// Those that stand in a token of `text`, or begin with it.
std::vector<Placeholder> placeholders_in(std::string_view text, const Token& token,
                                         StringStyle style);

/// What stands for it. Precondition: it is not unfit.
std::string written_value(const Placeholder& placeholder, std::string_view value);

}  // namespace migrator

// Keeps track of standard_conforming_strings while a script is read: what the server will hold it
// for when it reads the next statement. Sees SET, RESET, DISCARD and set_config(); what a function
// body does, and what ROLLBACK TO SAVEPOINT takes back, stays unknown.
#pragma once

#include <optional>
#include <string_view>

#include "engine/sql/scanner.h"

namespace migrator {

class StringStyleTracker {
 public:
  StringStyle current() const { return local_.value_or(session_); }

  /// Takes note of one statement of the script.
  void follow(std::string_view statement);

 private:
  void apply(std::string_view value, bool local);

  StringStyle session_ = StringStyle::standard_conforming;
  std::optional<StringStyle> before_ = std::nullopt;  ///< session_ when BEGIN was read
  std::optional<StringStyle> local_ = std::nullopt;   ///< SET LOCAL: until the transaction ends
};

}  // namespace migrator

// The pieces of a connection text: a postgres:// URL or libpq's "key=value" form, read after
// libpq's documented rules, but stricter: what libpq would read otherwise than its writer meant (an
// unencoded "@" in a password) is refused. Refusals never quote what may be part of a secret.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

/// One parameter, under the name that libpq gives it ("user", "password", "dbname", ...).
struct ConnectionPiece {
  std::string key;
  std::size_t offset = 0;  ///< bytes, of the value as written (with its quotes)
  std::size_t length = 0;
  std::string value = {};  ///< decoded

  bool is_secret() const;
};

enum class ConnectionForm { url, key_value };

struct ConnectionText {
  ConnectionForm form = ConnectionForm::url;
  std::vector<ConnectionPiece> pieces;
  std::size_t path_offset = 0;   ///< url: where "/dbname" is or would be
  std::size_t query_offset = 0;  ///< url: where "?..." is or would be
};

/// Throws Error(configuration) with the id "url-invalid".
ConnectionText read_connection_text(std::string_view text);

/// Is it a word that libpq takes as a connection parameter?
bool is_connection_keyword(std::string_view word);

/// The connection parameter that was likely meant.
std::optional<std::string> nearest_connection_keyword(std::string_view word);

/// Percent-encodes all but letters, digits and "-._~".
std::string percent_encode(std::string_view text);

/// A value for the "key=value" form, in quotes where needed.
std::string quote_connection_value(std::string_view value);

}  // namespace migrator

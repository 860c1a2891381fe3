// DatabaseUrl holds where the database is, password included, and cannot print it: the only way to
// the secret is reveal(), for engine/pg and for `migrator local url`, whose server has no password.
// Everything else gets redacted(). Also redacts texts of others, such as libpq's messages, that
// might quote the secret.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace migrator {

class DatabaseUrl {
 public:
  DatabaseUrl() = default;  ///< empty: libpq's own PG* variables decide, as in psql

  /// A postgres:// or postgresql:// URL, libpq's "key=value" form, "embedded", or empty. Throws
  /// Error(configuration) when it is none of these or does not parse; the message never quotes
  /// anything that could be a part of the password.
  static DatabaseUrl parse(std::string_view text);

  bool is_embedded() const { return embedded_; }
  bool is_empty() const { return secret_.empty() && !embedded_; }

  /// For libpq only. Never print, log or put on a command line.
  const std::string& reveal() const { return secret_; }

  /// For people: "postgres://andrew:***@db.example:5432/app?sslmode=require". Password-like query
  /// parameters (password, sslpassword, passfile stays) are redacted as well.
  std::string redacted() const;

  /// text with every occurrence of the password (as given, percent-decoded, percent-encoded) cut
  /// out.
  std::string scrub(std::string_view text) const;

  /// Same server and settings, another database: for `setup`, which connects to "postgres" first.
  DatabaseUrl with_database(std::string_view name) const;

  /// The name of the database, when the URL says one.
  std::optional<std::string> database() const;

 private:
  std::string secret_;
  bool embedded_ = false;
};

/// redacted(), so that no stream (nor GoogleTest, which would print raw bytes) shows the secret.
std::ostream& operator<<(std::ostream& stream, const DatabaseUrl& url);

}  // namespace migrator

#include "engine/project/database_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/project/connection_text.h"

namespace migrator {
namespace {

constexpr std::string_view veil = "***";

/// "%2F" as "%2f": both spellings are in use.
std::string with_lower_case_digits(std::string encoded) {
  for (std::size_t at = encoded.find('%'); at != encoded.npos; at = encoded.find('%', at + 1))
    encoded.replace(at, 3, to_lower_ascii(encoded.substr(at, 3)));
  return encoded;
}

/// A text that must not be seen, and what is seen instead.
struct Spelling {
  std::string text;
  std::string shown = std::string(veil);
};

/// The secrets in each spelling in which a message could quote them, longest first.
std::vector<Spelling> spellings_of_secrets(std::string_view text) {
  const ConnectionText connection = read_connection_text(text);
  std::vector<Spelling> spellings;
  for (const ConnectionPiece& piece : connection.pieces) {
    if (!piece.is_secret() || piece.value.empty()) continue;
    const std::string raw(text.substr(piece.offset, piece.length));
    // A password that equals a name shown beside it (postgres:postgres@) is no secret where that
    // name stands; only where it is recognizable as the password.
    const bool is_shown = std::ranges::any_of(connection.pieces, [&](const ConnectionPiece& other) {
      return !other.is_secret() && other.value == piece.value;
    });
    if (is_shown) {
      spellings.push_back({fmt::format(":{}@", raw), fmt::format(":{}@", veil)});
      spellings.push_back({fmt::format("password={}", raw), fmt::format("password={}", veil)});
      continue;
    }
    const std::string encoded = percent_encode(piece.value);
    for (const std::string& spelling : {raw, piece.value, encoded, with_lower_case_digits(encoded),
                                        quote_connection_value(piece.value)})
      spellings.push_back({spelling});
  }
  std::ranges::stable_sort(spellings, std::ranges::greater{},
                           [](const Spelling& spelling) { return spelling.text.size(); });
  return spellings;
}

}  // namespace

DatabaseUrl DatabaseUrl::parse(std::string_view text) {
  DatabaseUrl url;
  if (text.empty()) return url;
  if (text == "embedded") {
    url.embedded_ = true;
    return url;
  }
  read_connection_text(text);
  url.secret_ = std::string(text);
  return url;
}

std::string DatabaseUrl::redacted() const {
  if (embedded_) return "embedded";
  if (secret_.empty()) return {};
  std::string shown;
  std::size_t position = 0;
  for (const ConnectionPiece& piece : read_connection_text(secret_).pieces) {
    if (!piece.is_secret() || piece.length == 0) continue;
    shown.append(secret_, position, piece.offset - position).append(veil);
    position = piece.offset + piece.length;
  }
  return shown.append(secret_, position);
}

std::string DatabaseUrl::scrub(std::string_view text) const {
  if (secret_.empty()) return std::string(text);
  const std::vector<Spelling> spellings = spellings_of_secrets(secret_);
  std::string clean;
  while (!text.empty()) {
    const auto found = std::ranges::find_if(
        spellings, [&](const Spelling& spelling) { return text.starts_with(spelling.text); });
    if (found == spellings.end()) {
      clean += text.front();
      text.remove_prefix(1);
    } else {
      clean += found->shown;
      text.remove_prefix(found->text.size());
    }
  }
  return clean;
}

DatabaseUrl DatabaseUrl::with_database(std::string_view name) const {
  if (embedded_) return *this;
  DatabaseUrl other;
  if (secret_.empty()) {
    other.secret_ = "dbname=" + quote_connection_value(name);
    return other;
  }
  const ConnectionText connection = read_connection_text(secret_);
  const std::string_view text = secret_;
  if (connection.form == ConnectionForm::key_value) {
    for (const ConnectionPiece& piece : connection.pieces)
      if (piece.key != "dbname")
        other.secret_ += piece.key + "=" + quote_connection_value(piece.value) + " ";
    other.secret_ += "dbname=" + quote_connection_value(name);
    return other;
  }
  other.secret_ =
      fmt::format("{}/{}", text.substr(0, connection.path_offset), percent_encode(name));
  char separator = '?';
  for (const ConnectionPiece& piece : connection.pieces) {
    // A dbname among the query parameters would win over the path.
    if (piece.offset <= connection.query_offset || piece.key == "dbname") continue;
    other.secret_ +=
        fmt::format("{}{}={}", separator, piece.key, text.substr(piece.offset, piece.length));
    separator = '&';
  }
  return other;
}

std::optional<std::string> DatabaseUrl::database() const {
  if (secret_.empty()) return std::nullopt;
  std::optional<std::string> name;
  for (const ConnectionPiece& piece : read_connection_text(secret_).pieces)
    if (piece.key == "dbname" && !piece.value.empty()) name = piece.value;
  return name;
}

std::ostream& operator<<(std::ostream& stream, const DatabaseUrl& url) {
  return stream << url.redacted();
}

}  // namespace migrator

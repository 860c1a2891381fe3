// SHA-256 over bytes; the door to OpenSSL. What is hashed is decided elsewhere (FORMATS.md).
#pragma once

#include <string>
#include <string_view>

namespace migrator {

/// SHA-256 in 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

/// The two checksums by which a file and its history row are compared. Equal bytes: the same.
/// Other bytes but equal canonical: a cosmetic change. Else: changed.
struct Checksums {
  std::string bytes;
  std::string canonical;

  bool operator==(const Checksums&) const = default;
};

/// Checksums of a part's text: of its bytes, and of canonical_script(text).
Checksums checksums_of(std::string_view text);

}  // namespace migrator

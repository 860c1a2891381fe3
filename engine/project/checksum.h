// SHA-256 over bytes, and the two checksums of a part; the door to OpenSSL. What is hashed is
// pinned in FORMATS.md ("Checksums").
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/sql/part.h"

namespace migrator {

/// SHA-256 piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// 64 lower-case hexadecimal digits. What is added afterwards is another text.
  std::string digits();

 private:
  struct Context;

  void begin();

  std::unique_ptr<Context> context_;
  bool has_begun_ = false;
};

/// SHA-256 in 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

/// The two checksums by which a file and its history row are compared. Equal bytes: the same.
/// Other bytes but equal canonical: a cosmetic change. Else: changed.
struct Checksums {
  std::string bytes;
  std::string canonical;

  bool operator==(const Checksums&) const = default;
};

/// Of a part's text and of the files that it includes.
Checksums checksums_of(const Part& part);

/// Of a text that includes nothing.
Checksums checksums_of(std::string_view text);

}  // namespace migrator

#include "engine/project/checksum.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "engine/sql/canonical.h"

namespace migrator {

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  // Fails only without memory, or where a policy of the machine forbids SHA-256 altogether.
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL refused to compute SHA-256");

  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(std::size_t{length} * 2);
  for (unsigned int i = 0; i < length; ++i) {
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 0x0FU];
  }
  return text;
}

Checksums checksums_of(std::string_view text) {
  return {.bytes = sha256(text), .canonical = sha256(canonical_script(text))};
}

}  // namespace migrator

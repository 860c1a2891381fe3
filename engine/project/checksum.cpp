#include "engine/project/checksum.h"

#include <openssl/evp.h>

#include <array>
#include <future>
#include <stdexcept>
#include <utility>

#include "engine/sql/canonical.h"

namespace migrator {
namespace {

constexpr std::string_view kNul("\0", 1);

void add_bytes(Sha256& hash, const Content& content) {
  for_each_piece(content, [&](std::string_view piece, std::size_t) { hash.add(piece); });
}

/// False when the text cannot be split; what was added is then void.
bool add_canonical(Sha256& hash, const Source& source) {
  return write_canonical(source, [&](std::string_view piece) { hash.add(piece); });
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}

// What is initialized without a fetched method fetches one each time, which costs more than the
// hash of a small file. It fails only without memory, or where a policy of the machine forbids
// SHA-256.
void Sha256::begin() {
  if (std::exchange(has_begun_, true)) return;
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> method(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
  if (!method || EVP_DigestInit_ex(context_->handle, method.get(), nullptr) != 1)
    throw std::runtime_error("OpenSSL refused to compute SHA-256");
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(context_->handle);
}

void Sha256::add(std::string_view bytes) {
  begin();
  EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size());
}

std::string Sha256::digits() {
  begin();
  has_begun_ = false;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(context_->handle, digest.data(), &length);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(std::size_t{length} * 2);
  for (unsigned int i = 0; i < length; ++i) {
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 0x0FU];
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.digits();
}

namespace {

/// Of a part of megabytes, the two are made side by side.
bool is_large(const Part& part) {
  constexpr std::size_t large = std::size_t{8} << 20U;
  std::size_t size = part.text.size();
  for (const Included& included : part.included) size += included.text.size();
  return size >= large;
}

std::string digits_of_bytes(const Part& part) {
  Sha256 hash;
  add_bytes(hash, part.text);
  for (const Included& included : part.included) {
    hash.add(kNul);
    add_bytes(hash, included.text);
  }
  return hash.digits();
}

std::string digits_of_canonical(const Part& part) {
  Sha256 hash;
  bool splits = add_canonical(hash, part.source());
  for (std::size_t i = 0; i < part.included.size(); ++i) {
    const Included& included = part.included[i];
    hash.add(kNul);
    if (included.is_data)
      add_bytes(hash, included.text);
    else
      splits = add_canonical(hash, part.source(i + 1)) && splits;
  }
  return splits ? hash.digits() : sha256(canonical_tokens(part.text));
}

}  // namespace

Checksums checksums_of(const Part& part) {
  if (!is_large(part)) return {digits_of_bytes(part), digits_of_canonical(part)};
  auto bytes = std::async(std::launch::async, [&part] { return digits_of_bytes(part); });
  std::string canonical = digits_of_canonical(part);
  return {bytes.get(), std::move(canonical)};
}

Checksums checksums_of(std::string_view text) {
  return {.bytes = sha256(text), .canonical = sha256(canonical_script(text))};
}

}  // namespace migrator

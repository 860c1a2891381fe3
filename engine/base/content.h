// The bytes of a file, or of a string: read-only and as they were when they were read. A small file
// is kept in memory; a large one is mapped, and what a reader has passed can be let go of, so that
// a file of gigabytes needs little memory. Knows nothing of encodings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace migrator {

/// A file's bytes in the address space of the process; a copy maps the same file again.
class Mapping {
 public:
  /// Maps the whole file behind the descriptor. Throws std::system_error.
  Mapping(int descriptor, std::size_t size);
  Mapping(const Mapping& other);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping other) noexcept;
  ~Mapping();

  std::string_view bytes() const { return {data_, size_}; }

  /// Lets the memory of a stretch go; a later look reads it from the file again.
  void let_go(std::size_t offset, std::size_t length) const;

  /// False when the file was written to or cut short since it was mapped.
  bool is_unchanged() const;

 private:
  int descriptor_ = -1;
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::int64_t written_at_ = 0;  ///< nanoseconds
};

class Content {
 public:
  /// A file of so many bytes or more is mapped.
  static constexpr std::size_t kMappedFrom = std::size_t{4} << 20U;

  Content() = default;
  Content(std::string bytes) : bytes_(std::move(bytes)), length_(bytes_.size()) {}
  Content(const char* bytes) : Content(std::string(bytes)) {}

  /// Reads or maps a file. Throws Error(configuration) as read_file does.
  static Content of_file(const std::filesystem::path& path);

  /// Maps an open file, which may be closed then. Throws std::system_error.
  static Content of_descriptor(int descriptor);

  std::string_view view() const {
    return std::string_view(mapping_ ? mapping_->bytes() : bytes_).substr(offset_, length_);
  }
  operator std::string_view() const { return view(); }
  std::size_t size() const { return length_; }
  bool empty() const { return length_ == 0; }
  bool is_mapped() const { return mapping_.has_value(); }
  friend bool operator==(const Content& content, std::string_view bytes) {
    return content.view() == bytes;
  }

  /// A part of it, with memory of its own.
  Content stretch(std::size_t offset, std::size_t length) const;

  /// A hint that nothing before this offset is looked at soon.
  void passed(std::size_t offset) const;

  /// False when a mapped file was written to since: its bytes are no longer those that were read.
  bool is_unchanged() const { return !mapping_ || mapping_->is_unchanged(); }

 private:
  std::string bytes_ = {};
  std::optional<Mapping> mapping_ = std::nullopt;
  std::size_t offset_ = 0;
  std::size_t length_ = 0;
};

/// Calls `look` with consecutive pieces of a content, each at most a few megabytes, and lets go of
/// each: `look(piece, offset)`.
template <typename Look>
void for_each_piece(const Content& content, const Look& look) {
  constexpr std::size_t piece = std::size_t{4} << 20U;
  const std::string_view all = content.view();
  for (std::size_t at = 0; at < all.size(); at += piece) {
    look(all.substr(at, piece), at);
    content.passed(at + piece);
  }
}

}  // namespace migrator

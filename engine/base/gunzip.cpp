#include "engine/base/gunzip.h"

#include <zlib.h>

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "engine/base/scratch.h"

namespace migrator {
namespace {

constexpr int kGzipOnly = 15 + 16;  // zlib: the largest window, with gzip's header

class Inflater {
 public:
  Inflater() { is_open_ = inflateInit2(&stream_, kGzipOnly) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (is_open_) inflateEnd(&stream_);
  }

  bool is_open() const { return is_open_; }
  bool is_at_end() const { return result_ == Z_STREAM_END; }

  /// False when that is no gzip.
  bool take(std::string_view piece, Scratch& out) {
    // zlib does not write what it reads, but says so only if asked when it is built.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    while (stream_.avail_in > 0) {
      if (is_at_end() && inflateReset(&stream_) != Z_OK) return false;
      do {
        stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
        stream_.avail_out = static_cast<uInt>(buffer_.size());
        result_ = inflate(&stream_, Z_NO_FLUSH);
        if (result_ != Z_OK && result_ != Z_STREAM_END && result_ != Z_BUF_ERROR) return false;
        out.add({buffer_.data(), buffer_.size() - stream_.avail_out});
      } while (stream_.avail_out == 0 && !is_at_end());
    }
    return true;
  }

 private:
  z_stream stream_ = {};
  std::array<char, std::size_t{64} << 10U> buffer_ = {};
  int result_ = Z_OK;
  bool is_open_ = false;
};

}  // namespace

Gunzipped gunzip(const Content& packed) {
  const auto inflater = std::make_unique<Inflater>();
  if (!inflater->is_open()) return {.problem = "there is no memory to unpack it"};
  Scratch out;
  bool is_gzip = !packed.empty();
  for_each_piece(packed, [&](std::string_view piece, std::size_t) {
    is_gzip = is_gzip && inflater->take(piece, out);
  });
  if (!is_gzip) return {.problem = "it is no gzip file, or damaged"};
  if (!inflater->is_at_end()) return {.problem = "it is cut short"};
  return {.bytes = std::move(out).content()};
}

}  // namespace migrator

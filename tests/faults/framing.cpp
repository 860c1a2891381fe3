#include "tests/faults/framing.h"

#include <cstddef>
#include <cstdint>
#include <ostream>

namespace migrator {
namespace {

constexpr std::uint32_t kCancelRequest = 80877102;
constexpr std::uint32_t kSslRequest = 80877103;
constexpr std::uint32_t kGssRequest = 80877104;

std::uint32_t number_at(std::string_view bytes, std::size_t offset) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return number;
}

}  // namespace

std::string name_of(Direction direction) {
  return direction == Direction::to_server ? "ToTheServer" : "ToTheClient";
}

void PrintTo(Direction direction, std::ostream* out) {
  *out << name_of(direction);
}

std::optional<std::string> Framing::next() {
  const std::size_t type = typed_ ? 1 : 0;
  std::size_t size = 1;
  if (!single_byte_) {
    if (bytes_.size() < type + 4) return std::nullopt;
    size = type + number_at(bytes_, type);
  }
  if (bytes_.size() < size) return std::nullopt;
  std::string message = bytes_.substr(0, size);
  bytes_.erase(0, size);
  if (!typed_ && opening_of(message) == Opening::startup) typed_ = true;
  single_byte_ = false;
  return message;
}

Opening opening_of(std::string_view message) {
  const std::uint32_t code = message.size() < 8 ? 0 : number_at(message, 4);
  if (code == kCancelRequest) return Opening::cancel;
  return code == kSslRequest || code == kGssRequest ? Opening::encryption : Opening::startup;
}

}  // namespace migrator

#include "engine/run/run_id.h"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace migrator {

std::string make_run_id() {
  std::random_device entropy;
  std::uniform_int_distribution<std::uint64_t> any;
  const std::uint64_t high = (any(entropy) & 0xFFFFFFFFFFFF0FFF) | 0x4000;
  const std::uint64_t low = (any(entropy) & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xFFFF,
                     high & 0xFFFF, low >> 48, low & 0xFFFFFFFFFFFF);
}

}  // namespace migrator

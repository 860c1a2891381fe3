// The version of a migration: the digits that its file name begins with, as one ordered number, so
// that 1, 0007 and 20261122103000 may stand in one folder.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migrator {

struct Version {
  std::uint64_t number = 0;  ///< at most 2^63 - 1: PostgreSQL's bigint

  auto operator<=>(const Version&) const = default;
};

/// All of text must be digits. Nothing for an empty text, other characters or a number too large.
std::optional<Version> parse_version(std::string_view text);

inline std::string to_string(Version version) {
  return std::to_string(version.number);
}

}  // namespace migrator

// Versions as people type them: "20261122100000", "1", "0007".
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/project/version.h"

namespace migrator {

/// Throws Error(usage) when it is no version.
inline Version version_of(const std::string& text) {
  if (const auto version = parse_version(text)) return *version;
  throw Error(ErrorKind::usage, {.id = "usage",
                                 .message = fmt::format("\"{}\" is no version", text),
                                 .next = "a version is the digits that a file name begins with; "
                                         "migrator status lists them"});
}

inline std::optional<Version> version_or_none(const std::optional<std::string>& text) {
  return text ? std::optional(version_of(*text)) : std::nullopt;
}

}  // namespace migrator

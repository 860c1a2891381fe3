// The two readers behind read_connection_text, and the one way in which they refuse.
#pragma once

#include <string_view>

#include "engine/project/connection_text.h"

namespace migrator {

ConnectionText read_connection_url(std::string_view text);
ConnectionText read_connection_pairs(std::string_view text);

/// Throws Error(configuration), id "url-invalid". The reason must not quote the text.
[[noreturn]] void refuse_connection_text(std::string_view reason, std::string_view hint);

inline bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace migrator

// One text as JSON writes it, for documents that are put together elsewhere.
#pragma once

#include <string>
#include <string_view>

namespace migrator {

/// In double quotes, escaped; bytes that are no UTF-8 are replaced.
std::string json_text(std::string_view text);

}  // namespace migrator

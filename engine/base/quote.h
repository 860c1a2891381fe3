// Names and texts as SQL reads them back, for statements of our own that cannot take parameters.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace migrator {

/// In double quotes, doubled inside.
std::string quote_name(std::string_view name);

/// In single quotes, doubled inside. Where standard_conforming_strings is on.
std::string quote_literal(std::string_view text);

/// A text array as PostgreSQL reads it: {"a","b"}.
std::string array_literal(std::span<const std::string> items);

}  // namespace migrator

// A question that only a person can answer, at a terminal. Decides nothing.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace migrator {

/// Asks on standard error and reads a line of standard input. Nothing where no one is there to
/// answer: standard input or standard error is no terminal; and when a stop is requested.
std::optional<std::string> ask(std::string_view question, const std::stop_token& stop);

}  // namespace migrator

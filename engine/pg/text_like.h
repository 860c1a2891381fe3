// A short text that a regular expression takes, for made-up rows: the first of alternatives, as
// little as is asked for. A guess, which the server judges; it knows no look-around and no
// references back.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace migrator {

/// For the n-th row, from 1: another one for each as far as the pattern has characters to choose
/// from. Nothing where the text is no pattern, or one that it does not know.
std::optional<std::string> text_like(std::string_view pattern, std::size_t n);

}  // namespace migrator

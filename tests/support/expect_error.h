// What tests of failures ask: the Finding of the Error that an action has to throw, and whether a
// text holds another (for EXPECT_PRED2, which shows both).
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "engine/base/error.h"

namespace migrator {

template <typename Action>
Finding expect_error(ErrorKind kind, const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(kind)) << error.what();
    return error.finding();
  }
  ADD_FAILURE() << "no Error was thrown";
  return {.id = "none", .message = ""};
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline bool lacks(std::string_view text, std::string_view part) {
  return !contains(text, part);
}

}  // namespace migrator

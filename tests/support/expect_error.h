// expect_error(kind, action): the Finding of the Error that the action has to throw.
#pragma once

#include <gtest/gtest.h>

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

}  // namespace migrator

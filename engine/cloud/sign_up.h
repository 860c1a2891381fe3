// The row of a user who signed up. What fails here is told without the user's data: the server
// quotes it in its messages.
#pragma once

#include <string_view>

#include "engine/cloud/cognito_event.h"
#include "engine/pg/connection.h"

namespace migrator {

enum class SignUpOutcome {
  inserted,
  already_there,  ///< Cognito calls again when it got no answer in time
  ignored,        ///< no sign-up: a forgotten password was confirmed, or the like
};
std::string_view to_text(SignUpOutcome outcome);

/// Inserts the row into public.users, once for each cognito_user_id however often it is called.
/// Throws Error(migration): "handle-taken", "email-taken" by another user, "sign-up-refused" for
/// whatever else the server says no to; Error(connection) when the session is lost.
SignUpOutcome sign_up(Connection& connection, const CognitoEvent& event);

}  // namespace migrator

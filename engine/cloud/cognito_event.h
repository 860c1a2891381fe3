// The event that Amazon Cognito sends after a confirmation, read for what a new user's row needs.
// Its values are personal: no message of this file quotes one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migrator {

/// What becomes a row of `users`.
struct SignUp {
  std::string display_name;     ///< the attribute "name"
  std::string email;            ///< "email"
  std::string handle;           ///< "preferred_username"
  std::string cognito_user_id;  ///< "sub"
};

struct CognitoEvent {
  std::string trigger;            ///< "PostConfirmation_ConfirmSignUp"
  std::optional<SignUp> sign_up;  ///< absent for every other trigger
};

/// Throws Error(configuration): "event-invalid" for what is no such event, "event-incomplete" that
/// names the attributes that are missing or blank.
CognitoEvent read_cognito_event(std::string_view json);

}  // namespace migrator

#include "engine/cloud/sign_up.h"

#include <string>
#include <vector>

#include "engine/base/error.h"

namespace migrator {
namespace {

constexpr std::string_view kInsert = R"(
insert into public.users (display_name, email, handle, cognito_user_id)
values ($1, $2, $3, $4)
on conflict (cognito_user_id) do nothing
returning uuid)";

constexpr std::string_view kFind = "select from public.users where cognito_user_id = $1";

constexpr std::string_view kUniqueViolation = "23505";

bool is_there(Connection& connection, const SignUp& user) {
  const Field id = user.cognito_user_id;
  return !connection.query(kFind, {&id, 1}).empty();
}

bool names(const Error& error, std::string_view constraint) {
  return error.finding().message.find(constraint) != std::string::npos;
}

/// Without the server's own words, which may be made of the user's.
Error without_data(const Error& error) {
  Finding finding{.id = "sign-up-refused",
                  .message = "the server refused the user's row",
                  .sqlstate = error.finding().sqlstate,
                  .next =
                      "the server's log has its reason; migrator status tells whether the "
                      "table is as the migrations say"};
  if (finding.sqlstate == kUniqueViolation && names(error, "users_handle_key")) {
    finding.id = "handle-taken";
    finding.message = "another user has that handle";
    finding.next = "let the user choose another preferred_username";
  } else if (finding.sqlstate == kUniqueViolation && names(error, "users_email_key")) {
    finding.id = "email-taken";
    finding.message = "another user has that e-mail address";
    finding.next = "look for the account that has it";
  }
  return Error(error.kind(), std::move(finding));
}

}  // namespace

std::string_view to_text(SignUpOutcome outcome) {
  switch (outcome) {
    case SignUpOutcome::inserted:
      return "inserted";
    case SignUpOutcome::already_there:
      return "already-there";
    case SignUpOutcome::ignored:
      return "ignored";
  }
  return "";
}

SignUpOutcome sign_up(Connection& connection, const CognitoEvent& event) {
  if (!event.sign_up) return SignUpOutcome::ignored;
  const SignUp& user = *event.sign_up;
  const std::vector<Field> row{user.display_name, user.email, user.handle, user.cognito_user_id};
  try {
    return connection.query(kInsert, row).empty() ? SignUpOutcome::already_there
                                                  : SignUpOutcome::inserted;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::migration) throw;
    // Of two calls at once, the second may meet the handle of the first before its id.
    const bool is_second = error.finding().sqlstate == kUniqueViolation;
    if (is_second && is_there(connection, user)) return SignUpOutcome::already_there;
    throw without_data(error);
  }
}

}  // namespace migrator

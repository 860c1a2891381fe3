#include "engine/cloud/cognito_event.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace migrator {
namespace {

std::string event(const std::string& trigger, const std::string& attributes) {
  return R"({"triggerSource": ")" + trigger + R"(", "request": {"userAttributes": )" + attributes +
         "}}";
}

constexpr const char* kSignUp = "PostConfirmation_ConfirmSignUp";

TEST(CognitoEvent, ASignUpHasTheFourAttributes) {
  const CognitoEvent read = read_cognito_event(event(
      kSignUp, R"({"name": "A \"B\"", "email": "a@b", "preferred_username": "ä", "sub": "1"})"));
  ASSERT_TRUE(read.sign_up);
  EXPECT_EQ(read.sign_up->display_name, "A \"B\"");
  EXPECT_EQ(read.sign_up->email, "a@b");
  EXPECT_EQ(read.sign_up->handle, "ä");
  EXPECT_EQ(read.sign_up->cognito_user_id, "1");
}

TEST(CognitoEvent, OtherTriggersAreNoSignUp) {
  for (const char* trigger : {"PostConfirmation_ConfirmForgotPassword", "PreSignUp_SignUp"})
    EXPECT_FALSE(read_cognito_event(event(trigger, "{}")).sign_up) << trigger;
}

TEST(CognitoEvent, MissingAttributesAreNamedAndNoValueIs) {
  const Finding finding = expect_error(ErrorKind::configuration, [] {
    read_cognito_event(event(kSignUp, R"({"name": "Ada", "email": " ", "sub": 1})"));
  });
  EXPECT_EQ(finding.id, "event-incomplete");
  EXPECT_EQ(finding.message, "request.userAttributes has no email, preferred_username, sub");
}

TEST(CognitoEvent, WhatIsNoJsonIsToldByItsPlaceAndNotQuoted) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "this is no JSON: it is empty"},
      {" \n", "this is no JSON: it is empty"},
      {"ada@example.com", "this is no JSON from line 1, column 1 on"},
      {"{\"a\": 1,\n \"b\": ada@example.com}", "this is no JSON from line 2, column 7 on"},
      {"{\"a\": 1", "this is no JSON from line 1, column 7 on"},
      {"{\"a\": 1}\n{}", "this is no JSON from line 2, column 1 on"}};
  for (const auto& [text, message] : cases)
    EXPECT_EQ(expect_error(ErrorKind::configuration, [&] { read_cognito_event(text); }).message,
              message)
        << text;
}

TEST(CognitoEvent, WhatIsNoEventIsRefused) {
  for (const char* text : {"", "[]", "nonsense", "{}", R"({"triggerSource": 1})", "\xff"})
    EXPECT_EQ(expect_error(ErrorKind::configuration, [&] { read_cognito_event(text); }).id,
              "event-invalid")
        << text;
  const std::string nul =
      event(kSignUp,
            "{\"name\": \"a\\u0000b\", \"email\": \"e\", \"preferred_username\": \"p\", \"sub\": "
            "\"s\"}");
  EXPECT_EQ(expect_error(ErrorKind::configuration, [&] { read_cognito_event(nul); }).id,
            "event-invalid");
}

}  // namespace
}  // namespace migrator

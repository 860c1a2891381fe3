#include "engine/cloud/cognito_event.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace migrator {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSignUp = "PostConfirmation_ConfirmSignUp";

[[noreturn]] void fail(std::string id, std::string message, std::string next) {
  throw Error(ErrorKind::configuration,
              {.id = std::move(id), .message = std::move(message), .next = std::move(next)});
}

/// Empty where there is no such text.
std::string text_in(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& member(const Json& object, const char* key) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

SignUp sign_up_in(const Json& event) {
  const Json& attributes = member(member(event, "request"), "userAttributes");
  SignUp sign_up;
  std::vector<std::string> missing;
  for (const auto& [name, target] :
       {std::pair{"name", &sign_up.display_name}, std::pair{"email", &sign_up.email},
        std::pair{"preferred_username", &sign_up.handle},
        std::pair{"sub", &sign_up.cognito_user_id}}) {
    *target = text_in(attributes, name);
    if (trim(*target).empty()) missing.emplace_back(name);
    if (target->find('\0') != std::string::npos)
      fail("event-invalid", fmt::format("the attribute {} holds a NUL byte", name), "");
  }
  if (!missing.empty())
    fail("event-incomplete",
         fmt::format("request.userAttributes has no {}", fmt::join(missing, ", ")),
         "let the user pool require these attributes, and its client read them");
  return sign_up;
}

/// nlohmann's own words quote what they choke on, which may be personal.
Json parse(std::string_view json) {
  try {
    return Json::parse(json);
  } catch (const Json::parse_error& error) {
    const std::string_view before = json.substr(0, std::min(error.byte, json.size()));
    const std::size_t line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
    const std::size_t column = before.size() - (before.rfind('\n') + 1);
    fail("event-invalid",
         trim(json).empty() ? "this is no JSON: it is empty"
                            : fmt::format("this is no JSON from line {}, column {} on", line,
                                          std::max<std::size_t>(column, 1)),
         "give the event as Cognito sent it");
  }
}

}  // namespace

CognitoEvent read_cognito_event(std::string_view json) {
  const Json event = parse(json);
  const std::string trigger = text_in(event, "triggerSource");
  if (trigger.empty())
    fail("event-invalid", "this is no event of a Cognito trigger: it has no triggerSource",
         "make this function the post confirmation trigger of the user pool");
  CognitoEvent read{.trigger = trigger, .sign_up = {}};
  if (trigger == kSignUp) read.sign_up = sign_up_in(event);
  return read;
}

}  // namespace migrator

#include "engine/http/access.h"

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/base/text.h"

namespace migrator {
namespace {

/// Takes the same time wherever the two differ.
bool is_same(std::string_view given, std::string_view token) {
  unsigned difference = given.size() == token.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i)
    difference |=
        static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(token[i % token.size()]);
  return difference == 0;
}

std::string from_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) break;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xFF);
  }
  return bytes;
}

/// "Bearer TOKEN", or what a browser asks a person for: any name, and the token as password.
std::string token_in(std::string_view authorization) {
  constexpr std::string_view kBearer = "bearer ";
  constexpr std::string_view kBasic = "basic ";
  if (starts_with_ignoring_case(authorization, kBearer))
    return std::string(trim(authorization.substr(kBearer.size())));
  if (!starts_with_ignoring_case(authorization, kBasic)) return {};
  const std::string pair = from_base64(trim(authorization.substr(kBasic.size())));
  const std::size_t colon = pair.find(':');
  return colon == std::string::npos ? "" : pair.substr(colon + 1);
}

/// A page of somebody else's may have its own name resolved to this machine; the browser then
/// says that name.
bool is_name_of_this_machine(std::string_view host) {
  if (host.empty()) return true;  // no browser
  const std::size_t end = host.starts_with('[') ? host.find(']') + 1 : host.find(':');
  const std::string_view name = host.substr(0, end);
  // 127.0.0.1.example.com is a name, and anybody's.
  const bool is_address = name.find_first_not_of("0123456789.") == std::string_view::npos;
  return name == "localhost" || name == "[::1]" || (is_address && name.starts_with("127."));
}

}  // namespace

std::optional<Response> refusal(const Request& request, const AccessPolicy& policy) {
  if (!policy.token.empty()) {
    if (is_same(token_in(request.authorization), policy.token)) return std::nullopt;
    return Response{.status = 401,
                    .body = "a token is needed\n",
                    .headers = {{"WWW-Authenticate", "Bearer realm=\"migrator\""},
                                {"WWW-Authenticate", "Basic realm=\"migrator\""}}};
  }
  if (policy.is_public || is_name_of_this_machine(request.host)) return std::nullopt;
  return Response{.status = 403,
                  .body =
                      "this address is for this machine alone: ask for localhost, or give "
                      "migrator serve a token or --public\n"};
}

}  // namespace migrator

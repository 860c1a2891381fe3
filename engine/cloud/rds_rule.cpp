#include "engine/cloud/rds_rule.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/child_process.h"
#include "engine/report/json_text.h"

namespace migrator {
namespace {

[[noreturn]] void fail(ErrorKind kind, std::string id, std::string message, std::string next) {
  throw Error(kind, {.id = std::move(id), .message = std::move(message), .next = std::move(next)});
}

[[noreturn]] void refuse(std::string message, std::string next) {
  fail(ErrorKind::configuration, "rds-rule-invalid", std::move(message), std::move(next));
}

bool is_id(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  const bool fits = text.size() == 8 || text.size() == 17;
  return fits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

/// What EC2 documents for descriptions of rules.
bool is_description(std::string_view text) {
  constexpr std::size_t longest = 255;
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*";
  return text.size() <= longest && text.find_first_not_of(allowed) == text.npos;
}

void validate(const RdsRule& rule) {
  if (!is_id(rule.security_group, "sg-"))
    refuse(rule.security_group.empty()
               ? "no security group is given"
               : fmt::format("\"{}\" is no id of a security group", rule.security_group),
           "DB_SG_ID=sg-..., or security_group of [rds]");
  if (!is_id(rule.rule, "sgr-"))
    refuse(rule.rule.empty() ? "no rule of the security group is given"
                             : fmt::format("\"{}\" is no id of a rule", rule.rule),
           "DB_SG_RULE_ID=sgr-..., or rule of [rds]");
  if (!is_port(rule.port)) refuse(fmt::format("\"{}\" is no port", rule.port), "port of [rds]");
  if (!is_description(rule.description))
    refuse("EC2 takes no such description", "up to 255 letters, digits and ._-:/()#,@[]+=&;{}!$*");
  const bool is_url = rule.endpoint.empty() || rule.endpoint.starts_with("https://") ||
                      rule.endpoint.starts_with("http://127.0.0.1:");
  if (!is_url) refuse("the endpoint is no HTTPS address", "endpoint_url of [rds]: https://...");
}

using Bytes = std::array<unsigned char, sizeof(in6_addr)>;

std::string text_of(int family, const unsigned char* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, bytes, text.data(), text.size());
}

/// What is nobody's address as another machine sees it; empty for the rest, private ones too: from
/// inside the VPC it is these that come.
std::string_view nobodys_v4(const unsigned char* bytes) {
  if (bytes[0] == 0) return "an unspecified address";
  if (bytes[0] == 127) return "a loopback address";
  if (bytes[0] == 169 && bytes[1] == 254) return "a link-local address";
  if (bytes[0] >= 224 && bytes[0] < 240) return "a multicast address";
  if (std::all_of(bytes, bytes + 4, [](unsigned char byte) { return byte == 255; }))
    return "the broadcast address";
  return bytes[0] >= 240 ? "a reserved address" : "";
}

std::string_view nobodys_v6(const Bytes& bytes) {
  const bool is_low = std::all_of(bytes.begin(), bytes.end() - 1, [](auto byte) { return !byte; });
  if (is_low && bytes.back() <= 1)
    return bytes.back() == 0 ? "an unspecified address" : "a loopback address";
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) return "a link-local address";
  return bytes[0] == 0xff ? "a multicast address" : "";
}

[[noreturn]] void refuse_address(std::string_view address, std::string_view what) {
  fail(ErrorKind::configuration, "address-invalid", fmt::format("\"{}\" is {}", address, what),
       "write it like 203.0.113.7 or 2001:db8::1, without a mask");
}

std::string cidr_of_v4(std::string_view address, const unsigned char* bytes) {
  if (const auto what = nobodys_v4(bytes); !what.empty())
    refuse_address(address, fmt::format("{}, which lets nobody in", what));
  return text_of(AF_INET, bytes) + "/32";
}

struct Complaint {
  std::string_view sign;  ///< in what `aws` prints
  ErrorKind kind;
  const char* id;
  const char* message;
  const char* next;
};

constexpr auto kComplaints = std::to_array<Complaint>({
    {"Unable to locate credentials", ErrorKind::configuration, "aws-credentials",
     "aws has no credentials", "aws configure, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
    {"Partial credentials", ErrorKind::configuration, "aws-credentials",
     "aws has only a part of its credentials", "give both key and secret"},
    {"ExpiredToken", ErrorKind::configuration, "aws-credentials", "aws's credentials have expired",
     "log in again: aws sso login, or new keys"},
    {"RequestExpired", ErrorKind::configuration, "aws-credentials",
     "aws's request has expired before it arrived", "set the clock of this machine"},
    {"AuthFailure", ErrorKind::configuration, "aws-credentials", "EC2 knows no such credentials",
     "aws sts get-caller-identity tells whose they are"},
    {"InvalidClientTokenId", ErrorKind::configuration, "aws-credentials",
     "EC2 knows no such credentials", "aws sts get-caller-identity tells whose they are"},
    {"You must specify a region", ErrorKind::configuration, "aws-region", "aws has no region",
     "AWS_REGION=..., or aws configure"},
    {"UnauthorizedOperation", ErrorKind::configuration, "aws-refused",
     "these credentials may not change the rule",
     "allow them ec2:ModifySecurityGroupRules on that security group"},
    {".NotFound", ErrorKind::configuration, "aws-refused", "there is no such group or rule",
     "correct DB_SG_ID and DB_SG_RULE_ID, or the region"},
    {"RequestLimitExceeded", ErrorKind::connection, "aws-throttled",
     "EC2 takes no more calls for now", "try again in a minute"},
    {"Throttling", ErrorKind::connection, "aws-throttled", "EC2 takes no more calls for now",
     "try again in a minute"},
    {"Could not connect to the endpoint", ErrorKind::connection, "aws-failed",
     "EC2 cannot be reached", "look at the network, the region and its proxies"},
});

std::string last_line(const std::string& output) {
  std::string last;
  for (const std::string_view line : split_lines(output))
    if (!trim(line).empty()) last = std::string(trim(line));
  return last;
}

ChildCommand command_for(const RdsRule& rule, std::string_view address,
                         const std::map<std::string, std::string>& variables) {
  ChildCommand command;
  const auto path = variables.find("PATH");
  const auto program = find_program("aws", path == variables.end() ? "" : path->second);
  if (!program)
    fail(ErrorKind::configuration, "aws-missing", "the command aws is not installed here",
         "install it (Debian: apt-get install awscli)");
  command.arguments = aws_arguments(rule, address);
  command.arguments.insert(command.arguments.begin(), program->string());
  std::map<std::string, std::string> for_aws = variables;
  // Nobody is there to leaf through it. Version 1 of aws knows no option for that, and reads the
  // region under its old name alone.
  for_aws["AWS_PAGER"] = "";
  const auto region = variables.find("AWS_REGION");
  if (region != variables.end() && !region->second.empty())
    for_aws["AWS_DEFAULT_REGION"] = region->second;
  command.variables = environment_block(for_aws);
  return command;
}

}  // namespace

std::string cidr_of(std::string_view address) {
  Bytes bytes{};
  const std::string text(address);
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return cidr_of_v4(address, bytes.data());
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1)
    refuse_address(address, "no address of a host");
  // ::ffff:203.0.113.7 is how a socket for both shows the other kind.
  constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin()))
    return cidr_of_v4(address, bytes.data() + mapped.size());
  if (const auto what = nobodys_v6(bytes); !what.empty())
    refuse_address(address, fmt::format("{}, which lets nobody in", what));
  return text_of(AF_INET6, bytes.data()) + "/128";
}

std::vector<std::string> aws_arguments(const RdsRule& rule, std::string_view address) {
  validate(rule);
  const std::string cidr = cidr_of(address);
  const char* kind = cidr.ends_with("/128") ? "CidrIpv6" : "CidrIpv4";
  const std::string changes = fmt::format(
      R"([{{"SecurityGroupRuleId":{},"SecurityGroupRule":{{"IpProtocol":"tcp","FromPort":{},"ToPort":{},"{}":{},"Description":{}}}}}])",
      json_text(rule.rule), rule.port, rule.port, kind, json_text(cidr),
      json_text(rule.description));
  std::vector<std::string> words{"ec2",
                                 "modify-security-group-rules",
                                 "--group-id",
                                 rule.security_group,
                                 "--security-group-rules",
                                 changes,
                                 "--output",
                                 "json"};
  if (!rule.endpoint.empty()) words.insert(words.end(), {"--endpoint-url", rule.endpoint});
  return words;
}

void require_changed(int exit_code, const std::string& output) {
  if (exit_code == 0 && output.find("\"Return\": true") != output.npos) return;
  for (const Complaint& complaint : kComplaints)
    if (output.find(complaint.sign) != output.npos)
      throw Error(complaint.kind, {.id = complaint.id,
                                   .message = complaint.message,
                                   .detail = last_line(output),
                                   .next = complaint.next});
  throw Error(
      ErrorKind::connection,
      {.id = "aws-failed",
       .message = fmt::format("aws did not say that the rule is changed (exit code {})", exit_code),
       .detail = last_line(output)});
}

void allow_address(const RdsRule& rule, std::string_view address,
                   const std::map<std::string, std::string>& variables,
                   std::chrono::milliseconds limit, std::stop_token stop) {
  ChildCommand command = command_for(rule, address, variables);
  command.limit = limit;
  command.stop = std::move(stop);
  const Outcome outcome = run(command);
  if (outcome.was_stopped)
    fail(ErrorKind::connection, "aws-timeout",
         fmt::format("aws was not done within {} ms and was ended", limit.count()),
         "whether the rule is changed is not known; try again, or allow it more time: timeout of "
         "[rds]");
  require_changed(outcome.exit_code, outcome.output);
}

}  // namespace migrator

// One address let into a rule of an Amazon RDS security group, by the command `aws`: an argument
// vector of validated values, no shell, within a time limit. Keeps no credentials: `aws` finds its
// own.
#pragma once

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

struct RdsRule {
  std::string security_group;  ///< sg-0123456789abcdef0
  std::string rule;            ///< sgr-0123456789abcdef0
  std::string port = "5432";
  std::string description;
  std::string endpoint = {};  ///< another than Amazon's; empty: none
};

/// "203.0.113.7/32", "2001:db8::1/128". Throws Error(configuration, "address-invalid") for what is
/// no single address, and for one by which no other machine sees a host (loopback, link-local,
/// multicast, ...). Private ones are taken: from inside the VPC it is these that come.
std::string cidr_of(std::string_view address);

/// The words after the program's name. Throws Error(configuration, "rds-rule-invalid") for a value
/// that EC2 could not take.
std::vector<std::string> aws_arguments(const RdsRule& rule, std::string_view address);

/// What became of the call of `aws`, from what it printed; throws Error unless the rule is changed:
/// "aws-credentials", "aws-region", "aws-refused", "aws-throttled", "aws-failed".
void require_changed(int exit_code, const std::string& output);

/// Calls `aws`. Throws as these, and "aws-missing", "aws-timeout".
void allow_address(const RdsRule& rule, std::string_view address,
                   const std::map<std::string, std::string>& variables,
                   std::chrono::milliseconds limit, std::stop_token stop);

}  // namespace migrator

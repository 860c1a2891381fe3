#include "engine/cloud/rds_rule.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace migrator {
namespace {

const RdsRule good{.security_group = "sg-0123456789abcdef0",
                   .rule = "sgr-0123456789abcdef0",
                   .description = "workspace",
                   .endpoint = {}};

TEST(RdsRule, AnAddressIsOneHost) {
  EXPECT_EQ(cidr_of("203.0.113.7"), "203.0.113.7/32");
  EXPECT_EQ(cidr_of("2001:DB8:0::1"), "2001:db8::1/128");
  for (const char* text : {"", "0.0.0.0", "::", "10.0.0.0/8", "1.2.3", "1.2.3.4 ", "$(id)", "a.b"})
    EXPECT_EQ(expect_error(ErrorKind::configuration, [&] { cidr_of(text); }).id, "address-invalid")
        << text;
}

TEST(RdsRule, AnAddressThatLetsNobodyInIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases{{"0.0.0.0", "an unspecified"},
                                                               {"0.1.2.3", "an unspecified"},
                                                               {"127.0.0.1", "a loopback"},
                                                               {"127.9.9.9", "a loopback"},
                                                               {"169.254.169.254", "a link-"},
                                                               {"224.0.0.1", "a multicast"},
                                                               {"239.1.1.1", "a multicast"},
                                                               {"255.255.255.255", "the broadcast"},
                                                               {"240.0.0.1", "a reserved"},
                                                               {"::", "an unspecified"},
                                                               {"::1", "a loopback"},
                                                               {"fe80::1", "a link-local"},
                                                               {"febf::1", "a link-local"},
                                                               {"ff02::1", "a multicast"},
                                                               {"::ffff:127.0.0.1", "a loopback"}};
  for (const auto& [text, what] : cases) {
    const Finding finding = expect_error(ErrorKind::configuration, [&] { cidr_of(text); });
    EXPECT_EQ(finding.id, "address-invalid") << text;
    EXPECT_EQ(finding.message.find("\"" + text + "\" is " + what), 0U) << finding.message;
  }
}

TEST(RdsRule, PrivateAddressesAreTakenAndMappedOnesAreOfIPv4) {
  for (const char* text : {"10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"})
    EXPECT_EQ(cidr_of(text), std::string(text) + "/32");
  EXPECT_EQ(cidr_of("fd00::1"), "fd00::1/128");
  EXPECT_EQ(cidr_of("::2"), "::2/128");
  EXPECT_EQ(cidr_of("::ffff:203.0.113.7"), "203.0.113.7/32");
}

TEST(RdsRule, TheArgumentsAreAVectorWithOneDocument) {
  const auto words = aws_arguments(good, "203.0.113.7");
  EXPECT_EQ(words[0], "ec2");
  EXPECT_EQ(words[3], good.security_group);
  EXPECT_EQ(
      words[5],
      "[{\"SecurityGroupRuleId\":\"sgr-0123456789abcdef0\",\"SecurityGroupRule\":{\"IpProtocol\":"
      "\"tcp\",\"FromPort\":5432,\"ToPort\":5432,\"CidrIpv4\":\"203.0.113.7/32\","
      "\"Description\":\"workspace\"}}]");
}

TEST(RdsRule, WhatEc2CouldNotTakeIsRefusedBeforehand) {
  const auto refused = [](RdsRule rule) {
    return expect_error(ErrorKind::configuration, [&] { aws_arguments(rule, "203.0.113.7"); }).id;
  };
  for (const char* group :
       {"", "sg-", "sg-1;id", "sgr-0123456789abcdef0", "sg-0123456789ABCDEF0"}) {
    RdsRule rule = good;
    rule.security_group = group;
    EXPECT_EQ(refused(rule), "rds-rule-invalid") << group;
  }
  for (const char* port : {"0", "65536", "5432x", "-1", ""}) {
    RdsRule rule = good;
    rule.port = port;
    EXPECT_EQ(refused(rule), "rds-rule-invalid") << port;
  }
  RdsRule rule = good;
  rule.description = "it's \"mine\"";
  EXPECT_EQ(refused(rule), "rds-rule-invalid");
  rule = good;
  rule.endpoint = "http://example.com";
  EXPECT_EQ(refused(rule), "rds-rule-invalid");
}

TEST(RdsRule, WhatAwsPrintsIsUnderstood) {
  require_changed(0, "{\n    \"Return\": true\n}\n");
  const auto id_of = [](int code, const std::string& output, ErrorKind kind) {
    return expect_error(kind, [&] { require_changed(code, output); }).id;
  };
  EXPECT_EQ(id_of(253, "Unable to locate credentials.", ErrorKind::configuration),
            "aws-credentials");
  EXPECT_EQ(id_of(254, "An error occurred (UnauthorizedOperation) when", ErrorKind::configuration),
            "aws-refused");
  EXPECT_EQ(id_of(254, "An error occurred (RequestLimitExceeded) when", ErrorKind::connection),
            "aws-throttled");
  EXPECT_EQ(id_of(253, "You must specify a region.", ErrorKind::configuration), "aws-region");
  EXPECT_EQ(id_of(0, "{\"Return\": false}", ErrorKind::connection), "aws-failed");
}

}  // namespace
}  // namespace migrator

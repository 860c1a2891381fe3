#include "cmd/rds_access.h"

#include "cmd/commands.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "engine/cloud/public_address.h"
#include "engine/cloud/rds_rule.h"

namespace migrator {

std::string allow_own_address(const World& world, const Config& config) {
  const RdsConfig& rds = config.rds;
  const RdsRule rule{.security_group = rds.security_group.value,
                     .rule = rds.rule.value,
                     .port = std::to_string(rds.port.value),
                     .description = rds.description.value,
                     .endpoint = rds.endpoint_url.value};
  std::string address = rds.ip.value;
  // What is wrong with the rule is told before anybody is asked for anything.
  aws_arguments(rule, address.empty() ? "192.0.2.1" : address);
  if (address.empty()) address = public_address(rds.ip_service.value, rds.timeout.value);
  allow_address(rule, address, world.variables, rds.timeout.value, world.stop);
  return cidr_of(address);
}

int command_rds_allow_ip(const World& world) {
  const Config config = settle_config(world);
  const std::string cidr = allow_own_address(world, config);
  FactsReport report{.head = {world.arguments.command, config.environment.value},
                     .sentence = "let " + cidr + " into " + config.rds.rule.value,
                     .facts = {{"cidr", cidr},
                               {"security_group", config.rds.security_group.value},
                               {"rule", config.rds.rule.value}}};
  return print(world, report);
}

}  // namespace migrator

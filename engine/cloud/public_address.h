// The address under which the internet sees this machine, asked of a service that answers with it.
#pragma once

#include <chrono>
#include <string>

namespace migrator {

/// `service` is an https:// address (http:// on this machine alone). Throws Error(connection,
/// "address-unknown") when it does not answer with an address in time.
std::string public_address(const std::string& service, std::chrono::milliseconds limit);

}  // namespace migrator

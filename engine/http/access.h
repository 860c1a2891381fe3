// Who may see more than the probes: whoever knows the token, or, on an address of this machine
// alone, whoever speaks to it by a name of this machine. What it does not do: TLS, which is a
// proxy's work.
#pragma once

#include <optional>
#include <string>

#include "engine/http/message.h"

namespace migrator {

struct AccessPolicy {
  std::string token = {};  ///< empty: none is asked for
  bool is_public = false;  ///< asked for: everybody may see everything
};

/// The response of one that may not; nothing for one that may.
std::optional<Response> refusal(const Request& request, const AccessPolicy& policy);

}  // namespace migrator

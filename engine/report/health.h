// What probes are told: whether the schema is what the files say (ready), and whether a migration
// gets on (started), each as a list of checks with reasons. Reasons hold counts, versions and
// times, never a file's text, a name of the project, a host or a secret: anybody may ask a probe.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/outcome.h"

namespace migrator {

/// One look at files and database, good or not.
struct Sight {
  StatusReport status;                          ///< its head also when there was an error
  std::optional<Finding> error = std::nullopt;  ///< why nothing could be seen
  std::chrono::system_clock::time_point when = {};
  std::chrono::milliseconds motionless{0};  ///< since something was last seen to move
  /// For how long migrators waited for locks of others, as far as looks have seen it.
  std::chrono::duration<double> waited_for_locks{0};
};

struct HealthPolicy {
  bool strict = false;  ///< notes count as well: a database that is ahead, pending seeds
  std::chrono::milliseconds stalled_after = std::chrono::minutes(5);
};

enum class Verdict { good, note, bad };

struct HealthCheck {
  std::string_view name;  ///< "pending"
  Verdict verdict = Verdict::good;
  std::string reason = {};  ///< of a note or of what is bad

  bool operator==(const HealthCheck&) const = default;
};

using HealthChecks = std::vector<HealthCheck>;

/// Every check each time, in an order that does not change.
HealthChecks readiness(const Sight& sight, const HealthPolicy& policy);
HealthChecks startup(const Sight& sight, const HealthPolicy& policy);

/// What both say of a database that has not answered for so long.
HealthChecks unanswered(std::chrono::milliseconds waited);

bool is_good(const HealthChecks& checks);

/// "[+]database ok", "[-]pending failed: 2 migrations ...", and "readyz check passed" or "failed".
std::string to_text(const HealthChecks& checks, std::string_view probe);

/// The reasons of what is bad, a line each; "ok" where nothing is.
std::string reasons_text(const HealthChecks& checks);

/// Those of a standing, without seeds.
std::size_t count_migrations(const StatusReport& report, Standing standing);
std::size_t count_seeds(const StatusReport& report, Standing standing);

}  // namespace migrator

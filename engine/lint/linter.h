// Reads all migrations in order, keeps the model of the schema, and judges the statements of those
// that are to be reported by the rules. Pure: whatever a database or git knows comes in as values.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/lint/observation.h"
#include "engine/lint/rule.h"
#include "engine/lint/table_sizes.h"
#include "engine/project/project.h"

namespace migrator {

/// What belongs to one deployment: tables that it makes itself have no users yet.
enum class Deployment {
  each_file,  ///< nothing tells what is deployed: each file comes by itself, after those before it
  together,   ///< the files that are reported are deployed together
};

struct LintOptions {
  Deployment deployment = Deployment::each_file;
  std::set<std::string> reported = {};       ///< ids; for each_file, none means all
  std::map<std::string, Level> levels = {};  ///< [check.rules]
  std::chrono::milliseconds lock_timeout{1000};
  std::chrono::milliseconds statement_timeout{0};
  int server_version = 0;  ///< 0: not known
  /// Statements that would make what the database has (engine/pg/schema_statements). For `together`
  /// that is what the files that are not reported have made.
  std::optional<std::vector<std::string>> live = std::nullopt;
  std::optional<DatabaseStats> stats = std::nullopt;
  double speed = 100;                     ///< see estimate()
  const ObservedRun* observed = nullptr;  ///< the run of the statements, where there was one
};

struct LintReport {
  std::vector<Finding> plan = {};  ///< of the transaction plan of up parts
  std::vector<Finding> findings = {};
  std::set<std::string> judged = {};  ///< files, as shown
};

/// Reads each statement once, and keeps none of them.
LintReport lint(const Project& project, const LintOptions& options);

}  // namespace migrator

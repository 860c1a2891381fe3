// Reads all migrations in order, keeps the model of the schema, and judges the statements of those
// that are to be reported by the rules. Pure: whatever a database or git knows comes in as values.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/lint/rule.h"
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
};

std::vector<Finding> lint(const Project& project, const LintOptions& options);

}  // namespace migrator

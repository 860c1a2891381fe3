// Error is the one exception of the program: a Finding that nothing but the top can act on, with
// the kind that decides the exit code. Each door (libpq, toml++, CLI11, ...) translates its
// library's exceptions into it. Complaints that a user asked for are Findings, returned, not
// thrown.
#pragma once

#include <stdexcept>
#include <utility>

#include "engine/base/finding.h"

namespace migrator {

/// Why the program cannot go on. FORMATS.md lists the exit code of each.
enum class ErrorKind {
  usage,          ///< the command line
  configuration,  ///< configuration or the files of the project
  connection,     ///< the server could not be reached, or went away
  lock,           ///< the migrators' lock was not got in time
  migration,      ///< a migration or a seed failed
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, Finding finding)
      : std::runtime_error(finding.message), kind_(kind), finding_(std::move(finding)) {}

  ErrorKind kind() const { return kind_; }
  const Finding& finding() const { return finding_; }

 private:
  ErrorKind kind_;
  Finding finding_;
};

}  // namespace migrator

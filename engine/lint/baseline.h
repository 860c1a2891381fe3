// Old findings that `check` is not to report: a file with a line for each, which says the rule, the
// statement (by its canonical form) and the file, and no line numbers, so that it stays right when
// other things change, and compares well. FORMATS.md, "Baseline of findings".
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"

namespace migrator {

/// Of the findings that rules made of statements; others are never passed over. `kept`: lines.
std::string write_baseline(const std::vector<Finding>& findings,
                           const std::vector<std::string>& kept = {});

class Baseline {
 public:
  /// Throws Error(configuration, "baseline-invalid") with the line. `file` is shown.
  Baseline(std::string_view text, std::string file);

  /// The lines about files that are there and were not judged.
  std::vector<std::string> lines_of_others(const std::set<std::string>& judged,
                                           const std::set<std::string>& known) const;

  /// Takes out what it has. What it has too much is a finding itself ("unused-baseline"), unless it
  /// is of a file that was not judged: `judged` are those that were, `known` all there are.
  void apply(std::vector<Finding>& findings, const std::set<std::string>& judged,
             const std::set<std::string>& known) const;

 private:
  struct Entry {
    std::string file;
    std::string rule;
    std::string fingerprint;

    auto operator<=>(const Entry&) const = default;
  };

  std::string file_;
  std::map<Entry, std::vector<std::size_t>> lines_;  ///< by entry, which may be there twice
};

}  // namespace migrator

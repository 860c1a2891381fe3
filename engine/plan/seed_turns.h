// When the seeds of a plan have their turn among its migrations: one that requires a version right
// behind that, all others behind the last one; and behind the seeds that they are to run after.
// What it does not do: the order that foreign keys ask for (engine/run/step_order).
#pragma once

#include <set>
#include <vector>

#include "engine/plan/comparison.h"

namespace migrator {

class SeedTurns {
 public:
  /// `pending` are entries of seeds, in their order; those of a circle lose nothing but theirs.
  explicit SeedTurns(std::vector<const Entry*> pending);

  /// Takes those out that have their turn before this version, when `applied` have been.
  std::vector<const Entry*> before(Version version, const std::set<Version>& applied);
  /// Those that required something, and have it at last.
  std::vector<const Entry*> behind_the_last(const std::set<Version>& applied);
  /// The others, where nothing that they require is missing.
  std::vector<const Entry*> at_the_end(const std::set<Version>& applied);
  /// Those that still wait, and each for the first version that is missing.
  struct Waiting {
    const Entry* seed;
    Version version;
  };
  std::vector<Waiting> left(const std::set<Version>& applied) const;

 private:
  struct Turn {
    const Entry* seed = nullptr;
    std::set<Version> needs = {};  ///< its own, and those of the seeds before it
    bool at_the_end = false;       ///< it, or one before it, requires nothing
  };

  template <typename Predicate>
  std::vector<const Entry*> take(const Predicate& is_meant);

  std::vector<Turn> turns_ = {};
};

}  // namespace migrator

// What the statements of a plan, one after the other, will lock of what is there already: the
// expected locks of each (engine/sql) without those on relations that the plan itself makes, and
// with what an earlier statement of the same transaction still holds. Asks no database, so "there
// already" means: not seen to be made.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/expected_locks.h"
#include "engine/sql/relation_changes.h"

namespace migrator {

/// A lock that is kept until the transaction ends.
struct HeldLock {
  LockMode mode{};
  Place since;  ///< the statement that took it
};

struct ForecastLock {
  ExpectedLock lock;
  /// The strongest lock that this transaction has on the same by then, when that is no weaker: what
  /// the statement does, it does under that one.
  std::optional<HeldLock> held = std::nullopt;
};

struct StatementForecast {
  std::vector<ForecastLock> locks = {};
  std::string unknown = {};  ///< as in StatementLocks
};

class LockForecast {
 public:
  /// A file begins: in a session as new, with its own search_path and temporary tables.
  void begin_file();

  /// A transaction begins, or statements that run alone and keep nothing.
  void begin_segment(bool transactional);

  /// The next statement, and where it stands.
  StatementForecast next(std::string_view sql, const Place& place);
  /// The same of one that was read already.
  StatementForecast next(StatementLocks expected, const RelationChanges& changes,
                         const Place& place);

 private:
  ObjectName resolve(ObjectName name) const;
  bool is_new(const ObjectName& resolved) const;
  bool is_about_new(ExpectedLock& lock) const;
  ForecastLock with_held(ExpectedLock lock, const Place& place);
  void apply(const RelationChanges& changes);
  void make(const RelationChanges::Made& made);
  void move(const ObjectName& from, const ObjectName& to);
  void forget(const ObjectName& name);

  std::set<ObjectName> made_;                 ///< relations that the plan makes
  std::map<ObjectName, ObjectName> indexes_;  ///< ... and indexes, with their tables
  std::set<ObjectName> gone_;                 ///< that it dropped or renamed
  std::set<std::string> made_schemas_;
  std::set<std::string> temporary_;  ///< of the file
  std::string first_schema_;         ///< where unqualified names are looked for
  bool transactional_ = true;
  std::map<std::pair<ObjectName, LockTarget>, HeldLock> held_;
};

}  // namespace migrator

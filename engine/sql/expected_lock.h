// A lock that a statement is expected to take, as far as its text tells: what `plan` says before
// anything runs. What depends on the database's contents is said to depend, and on what.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/sql/lock_mode.h"
#include "engine/sql/object_name.h"

namespace migrator {

/// What is locked: the relation that is named, or others that stand in some relation to the thing
/// that is named, and whose own names the text does not tell.
enum class LockTarget {
  relation,             ///< a table, view, sequence of that name
  index,                ///< an index of that name
  indexes,              ///< those of the table of that name
  table_of_index,       ///< the table of the index of that name
  table_of_statistics,  ///< the table of the statistics object of that name
  referenced_tables,    ///< those that the foreign keys of that table refer to
  referencing_tables,   ///< those whose foreign keys refer to that table
  default_partition,    ///< that of the partitioned table of that name
  tables_of_domain,     ///< those with a column of the domain of that name
  tables_of_schema,     ///< those in the schema of that name
  every_table,          ///< of the database; there is no name
};

/// "table of index": as FORMATS.md names it.
std::string_view to_text(LockTarget target);

enum class Answer {
  no,
  perhaps,  ///< depends on what the text does not tell
  yes,
};

/// "no", "perhaps", "yes"
std::string_view to_text(Answer answer);

/// An answer, and the reason for it, or what decides: "if the default is volatile".
struct Effect {
  Effect(Answer said = Answer::no, std::string because = {})
      : answer(said), why(std::move(because)) {}

  Answer answer;
  std::string why;

  bool is_ruled_out() const { return answer == Answer::no; }
  auto operator<=>(const Effect&) const = default;

  /// This one or the other, whichever says more; both reasons where they say the same.
  void merge(const Effect& other);
};

struct ExpectedLock {
  ObjectName name = {};
  LockTarget target = LockTarget::relation;
  LockMode mode = LockMode::access_exclusive;
  Effect taken = Answer::yes;
  Effect rewrite = Answer::no;  ///< of the whole table, under this lock
  Effect scan = Answer::no;     ///< of the whole table, under this lock

  bool operator==(const ExpectedLock&) const = default;
};

/// The locks of one statement, each target once: with the strongest mode and all that is done under
/// it. Two that agree are one.
class LockList {
 public:
  void add(ExpectedLock lock);
  std::vector<ExpectedLock> take() { return std::move(locks_); }

 private:
  std::vector<ExpectedLock> locks_;
};

}  // namespace migrator

// Which steps of a plan may travel to the server together with others, in one message: those that
// are one transaction of statements that take no time, whatever the tables hold. It goes by words,
// and by the tree where a table is changed that is there already. What it cannot tell takes time.
// What it does not do: decide what is run, or in which order.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "engine/plan/planner.h"

namespace migrator {

enum class Pace {
  slow,
  quick,           ///< it may leave something in its session: a setting, a temporary table
  quick_and_tidy,  ///< the catalog alone is changed
};

class QuickSteps {
 public:
  /// Asked of all steps, in their order: the tables that quick ones make are small to the next.
  Pace take(const Step& step);

 private:
  Pace pace_of(const Part& part);
  bool is_quick(std::string_view sql);

  std::set<std::string> made_ = {};  ///< names as they are written, in lower case
};

}  // namespace migrator

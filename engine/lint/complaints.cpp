// All rules, one after the other, on one statement.
#include "engine/lint/check.h"

namespace migrator {

Complaints complaints_about(const Situation& now) {
  Complaints all;
  for (const Action& action : now.actions) {
    const std::size_t first = all.size();
    check_columns(now, action, all);
    check_constraints(now, action, all);
    check_indexes(now, action, all);
    check_tables(now, action, all);
    check_destructive(now, action, all);
    check_rows(now, action, all);
    check_design(now, action, all);
    for (std::size_t i = first; i < all.size(); ++i) all[i].action = &action;
  }
  check_statement(now, all);
  return all;
}

}  // namespace migrator

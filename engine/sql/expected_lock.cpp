#include "engine/sql/expected_lock.h"

#include <algorithm>

namespace migrator {

std::string_view to_text(LockTarget target) {
  switch (target) {
    case LockTarget::relation:
      return "relation";
    case LockTarget::index:
      return "index";
    case LockTarget::indexes:
      return "indexes";
    case LockTarget::table_of_index:
      return "table of index";
    case LockTarget::table_of_statistics:
      return "table of statistics";
    case LockTarget::referenced_tables:
      return "referenced tables";
    case LockTarget::referencing_tables:
      return "referencing tables";
    case LockTarget::default_partition:
      return "default partition";
    case LockTarget::tables_of_domain:
      return "tables of domain";
    case LockTarget::tables_of_schema:
      return "tables of schema";
    case LockTarget::every_table:
      return "every table";
  }
  return "";
}

std::string_view to_text(Answer answer) {
  switch (answer) {
    case Answer::no:
      return "no";
    case Answer::perhaps:
      return "perhaps";
    case Answer::yes:
      return "yes";
  }
  return "";
}

void Effect::merge(const Effect& other) {
  if (answer != other.answer) {
    if (answer < other.answer) *this = other;
  } else if (why.find(other.why) == std::string::npos) {
    why += (why.empty() ? "" : "; ") + other.why;
  }
}

void LockList::add(ExpectedLock lock) {
  const auto same = std::ranges::find_if(locks_, [&](const ExpectedLock& known) {
    return known.name == lock.name && known.target == lock.target;
  });
  if (same == locks_.end()) {
    locks_.push_back(std::move(lock));
    return;
  }
  same->mode = std::max(same->mode, lock.mode);
  same->taken.merge(lock.taken);
  same->rewrite.merge(lock.rewrite);
  same->scan.merge(lock.scan);
}

}  // namespace migrator

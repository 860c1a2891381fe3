#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/lint/check.h"
#include "engine/sql/added_column.h"

namespace migrator {
namespace {

void check_default(const Situation& now, const Action& action, Complaints& out) {
  for (const ObjectName& call : action.columns.front().default_value.calls) {
    const KnownFunction* known = now.model.function(call);
    const bool is_volatile = known ? known->is_volatile : may_be_volatile(call);
    if (!is_volatile) continue;
    return out.push_back(
        {"add-column-volatile-default",
         fmt::format("the default {}() of {} is volatile: all of {} is written anew, closed to "
                     "reads and writes",
                     to_text(call), name_text(action.column), to_text(action.name))});
  }
}

void check_added(const Situation& now, const Action& action, Complaints& out) {
  const ColumnFacts& column = action.columns.front();
  const std::string table = to_text(action.name);
  const KnownRelation* known = now.model.find(action.name);
  if (known && known->column(column.name)) return;
  if (column.serial || column.identity)
    out.push_back({"add-column-auto-increment",
                   fmt::format("each row of {} gets a number in {}: all of it is written anew, "
                               "closed to reads and writes",
                               table, name_text(column.name))});
  else
    check_default(now, action, out);
  if (column.stored)
    out.push_back({"add-column-stored-generated",
                   fmt::format("{} is computed and stored for each row of {}, which is written "
                               "anew, closed to reads and writes",
                               name_text(column.name), table)});
  const KnownDomain* domain = now.model.domain(column.type.name);
  if (domain && domain->constrained && !column.type.array)
    out.push_back({"add-column-constrained-domain",
                   fmt::format("the type {} of {} is a domain with a constraint: all of {} is "
                               "written anew, closed to reads and writes",
                               to_text(column.type), name_text(column.name), table)});
  if (column.not_null && !column.has_default && !column.identity && !column.stored &&
      !column.serial)
    out.push_back({"add-column-not-null-no-default",
                   fmt::format("{} is NOT NULL and has no default: it fails as soon as {} has a "
                               "row (23502)",
                               name_text(column.name), table)});
}

void check_type(const Situation& now, const Action& action, Complaints& out) {
  const KnownRelation* table = now.model.find(action.name);
  const KnownColumn* column = table ? table->column(action.column) : nullptr;
  if (column && now.model.is_new(*column)) return;
  const std::string place = to_text(action.name) + "." + name_text(action.column);
  const TypeChange change = type_change(column, action, now.model);
  if (change == TypeChange::rewrites)
    out.push_back({"change-column-type",
                   fmt::format("{} becomes {}: the table is written anew, closed to reads and "
                               "writes",
                               place, to_text(action.type))});
  if (change == TypeChange::by_time_zone)
    out.push_back({"change-column-type",
                   fmt::format("{} becomes {}: unless TimeZone is UTC the table is written anew, "
                               "closed to reads and writes",
                               place, to_text(action.type))});
  if (change == TypeChange::unknown)
    out.push_back({"change-column-type",
                   fmt::format("{} becomes {}: no migration tells its old type, which decides "
                               "whether the table is written anew",
                               place, to_text(action.type)),
                   Level::warning});
}

void check_not_null(const Situation& now, const Action& action, Complaints& out) {
  const KnownRelation* table = now.model.find(action.name);
  if (table && table->proves_not_null(action.column)) return;
  out.push_back({"set-not-null",
                 fmt::format("all rows of {} are read for NULL in {}, while it is closed to reads "
                             "and writes: no valid CHECK proves that there is none",
                             to_text(action.name), name_text(action.column))});
  out.push_back(
      {"data-dependent-change", fmt::format("it fails if a row of {} has no {}",
                                            to_text(action.name), name_text(action.column))});
}

void check_views(const Situation& now, const Action& action, Complaints& out) {
  const bool drops = action.kind == ActionKind::drop_column;
  if (drops && action.cascade) return;
  const auto views = now.model.views_on(action.name, action.column);
  if (views.empty()) return;
  out.push_back(
      {"blocked-by-dependent",
       fmt::format("the server refuses it ({}): the view {} reads {}", drops ? "2BP01" : "0A000",
                   to_text(views.front()), name_text(action.column))});
}

}  // namespace

void check_columns(const Situation& now, const Action& action, Complaints& out) {
  if (action.kind == ActionKind::change_type || action.kind == ActionKind::drop_column)
    check_views(now, action, out);
  if (now.model.is_new(action.name)) return;
  if (action.kind == ActionKind::add_column) check_added(now, action, out);
  if (action.kind == ActionKind::change_type) check_type(now, action, out);
  if (action.kind == ActionKind::set_not_null) check_not_null(now, action, out);
  if (action.kind == ActionKind::drop_not_null)
    out.push_back(
        {"drop-not-null", fmt::format("programs that read {}.{} have to expect NULL from now on",
                                      to_text(action.name), name_text(action.column))});
}

}  // namespace migrator

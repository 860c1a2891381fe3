// Which changes of type leave the rows as they are: measured on PostgreSQL 14 to 18.
#include "engine/lint/check.h"

namespace migrator {
namespace {

bool is(const TypeFacts& type, std::string_view name) {
  return type.name.schema.empty() && type.name.name == name;
}

/// varchar(10) -> varchar(20), varbit; no length means no limit.
bool widens(const TypeFacts& from, const TypeFacts& to) {
  if (to.modifiers.empty()) return true;
  return !from.modifiers.empty() && from.modifiers.front() <= to.modifiers.front();
}

bool is_harmless_number(const TypeFacts& from, const TypeFacts& to) {
  if (to.modifiers.empty()) return true;
  if (from.modifiers.empty()) return false;
  const auto scale = [](const TypeFacts& type) {
    return type.modifiers.size() > 1 ? type.modifiers[1] : 0;
  };
  return scale(from) == scale(to) && from.modifiers.front() <= to.modifiers.front();
}

bool is_harmless(const TypeFacts& from, const TypeFacts& to) {
  if (from == to) return true;
  if (from.array || to.array) return false;
  if (is(to, "text")) return is(from, "varchar") || is(from, "xml") || is(from, "text");
  if (is(to, "varchar"))
    return (is(from, "text") && to.modifiers.empty()) || (is(from, "varchar") && widens(from, to));
  if (from.name != to.name) return is(from, "cidr") && is(to, "inet");
  if (is(to, "numeric")) return is_harmless_number(from, to);
  if (is(to, "varbit") || is(to, "timestamp") || is(to, "timestamptz") || is(to, "time") ||
      is(to, "timetz"))
    return widens(from, to);
  return false;
}

}  // namespace

TypeChange type_change(const KnownColumn* column, const Action& action, const SchemaModel& model) {
  if (action.computes || action.collates) return TypeChange::rewrites;
  if (!column) return TypeChange::unknown;
  TypeFacts from = column->type;
  TypeFacts to = action.type;
  if (from == to) return TypeChange::harmless;
  if (const KnownDomain* domain = model.domain(from.name)) from = domain->base;
  if (const KnownDomain* domain = model.domain(to.name)) {
    if (domain->constrained) return TypeChange::rewrites;
    to = domain->base;
  }
  const bool zones = (is(from, "timestamp") && is(to, "timestamptz")) ||
                     (is(from, "timestamptz") && is(to, "timestamp"));
  if (zones) return TypeChange::by_time_zone;
  return is_harmless(from, to) ? TypeChange::harmless : TypeChange::rewrites;
}

}  // namespace migrator

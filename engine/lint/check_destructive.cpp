#include <fmt/format.h>

#include "engine/lint/check.h"

namespace migrator {
namespace {

void check_dropped(const Situation& now, const Action& action, Complaints& out) {
  const std::string name = to_text(action.name);
  const bool relation = action.object == "TABLE" || action.object == "VIEW" ||
                        action.object == "MATVIEW" || action.object == "FOREIGN_TABLE";
  const bool is_new = (relation && now.model.is_new(action.name)) ||
                      (action.object == "SCHEMA" && now.model.is_new_schema(action.name.name));
  if (is_new) return;
  if (action.object == "TABLE")
    out.push_back({"drop-table", fmt::format("all rows of {} are lost", name)});
  if (action.object == "SCHEMA")
    out.push_back({"drop-schema", fmt::format("{} and what is in it are lost", name)});
  if (action.object == "DATABASE")
    out.push_back({"drop-database", fmt::format("the database {} is lost", name)});
  if (action.object == "VIEW" || action.object == "MATVIEW")
    out.push_back({"drop-view", fmt::format("programs that read {} fail", name)});
  if (!action.cascade) return;
  const auto views = now.model.views_on(action.name);
  const auto tables = now.model.referring_to(action.name);
  std::string also;
  for (const ObjectName& view : views) also += ", the view " + to_text(view);
  for (const ObjectName& table : tables) also += ", foreign keys of " + to_text(table);
  out.push_back({"drop-cascade", also.empty() ? "whatever depends on it goes with it, unnamed"
                                              : fmt::format("with it go{}", also.substr(1))});
}

void check_renamed(const Situation& now, const Action& action, Complaints& out) {
  const std::string name = to_text(action.name);
  const bool relation =
      action.object == "TABLE" || action.object == "VIEW" || action.object == "MATVIEW";
  if (action.object == "SCHEMA" && !now.model.is_new_schema(action.name.name))
    out.push_back({"rename-schema", fmt::format("programs that use the schema {} fail", name)});
  if (action.object == "COLUMN") {
    const KnownRelation* table = now.model.find(action.name);
    const KnownColumn* column = table ? table->column(action.column) : nullptr;
    if (!now.model.is_new(action.name) && !(column && now.model.is_new(*column)))
      out.push_back({"rename-column", fmt::format("programs that use {}.{} fail from the commit on",
                                                  name, name_text(action.column))});
  }
  if (!relation || now.model.is_new(action.name)) return;
  // A view of the old name keeps programs going that still use it.
  out.push_back({.rule = action.kind == ActionKind::move ? "move-table-schema" : "rename-table",
                 .message = fmt::format("programs that use {} fail from the commit on", name),
                 .unless = Excuse{.view = now.model.resolve(action.name)}});
}

void check_column(const Situation& now, const Action& action, Complaints& out) {
  const KnownRelation* table = now.model.find(action.name);
  const KnownColumn* column = table ? table->column(action.column) : nullptr;
  if (now.model.is_new(action.name) || (column && now.model.is_new(*column))) return;
  out.push_back(
      {"drop-column", fmt::format("what is in {}.{} is lost, and programs that use it fail",
                                  to_text(action.name), name_text(action.column))});
  if (action.cascade)
    out.push_back({"drop-cascade", "whatever depends on the column goes with it, unnamed"});
}

}  // namespace

void check_destructive(const Situation& now, const Action& action, Complaints& out) {
  switch (action.kind) {
    case ActionKind::drop:
      return check_dropped(now, action, out);
    case ActionKind::drop_column:
      return check_column(now, action, out);
    case ActionKind::rename:
    case ActionKind::move:
      return check_renamed(now, action, out);
    case ActionKind::truncate:
      if (now.model.is_new(action.name)) return;
      out.push_back(
          {"truncate-table", fmt::format("all rows of {} are lost", to_text(action.name))});
      if (action.cascade)
        out.push_back(
            {"truncate-cascade", "and those of every table that refers to it, and to those"});
      return;
    case ActionKind::rename_label:
      if (!now.model.is_new_type(action.name))
        out.push_back({"rename-enum-value",
                       fmt::format("programs that use the label '{}' fail", action.column)});
      return;
    default:
      return;
  }
}

}  // namespace migrator

#include "engine/lint/down_losses.h"

#include <fmt/format.h>

#include <string>

#include "engine/sql/action.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/parse_tree.h"

namespace migrator {
namespace {

/// "the rows of likes"; empty for what loses none.
std::string lost_by(const Action& action) {
  const std::string name = to_text(action.name);
  switch (action.kind) {
    case ActionKind::drop:
      if (action.object == "TABLE" || action.object == "FOREIGN_TABLE")
        return "the rows of " + name;
      if (action.object == "SCHEMA" && action.cascade) return "all that is in the schema " + name;
      if ((action.object == "TYPE" || action.object == "DOMAIN") && action.cascade)
        return "the columns of the type " + name;
      return "";
    case ActionKind::drop_column:
      return fmt::format("the values of {}.{}", name, name_text(action.column));
    case ActionKind::truncate:
      return "the rows of " + name;
    case ActionKind::change_rows:
      return action.what == "DELETE" ? "rows of " + name : "";
    default:
      return "";
  }
}

}  // namespace

std::vector<Finding> losses_of(const Part& down) {
  std::vector<Finding> findings;
  CommandReader reader(down);
  while (const auto command = next_sent(reader)) {
    const std::string_view sql = sql_of(down, *command);
    if (sql.size() > kLongestParsed) continue;
    for (const Action& action : actions_of(ParseTree::of(sql).statement())) {
      const std::string lost = lost_by(action);
      if (lost.empty()) continue;
      findings.push_back({.severity = Severity::note,
                          .id = "down-loses-data",
                          .message = fmt::format("undoing this loses {}", lost),
                          .place = place_of(down, *command)});
    }
  }
  return findings;
}

}  // namespace migrator

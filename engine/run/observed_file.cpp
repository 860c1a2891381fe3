#include "engine/run/observed_file.h"

#include "engine/sql/action.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/statement_words.h"

namespace migrator {

StatementPlace place_in_file(const Part& part, const Command& command) {
  return {std::string(part.source(command.text).file), command.statement.line,
          command.statement.column};
}

ObservedFile::ObservedFile(const Part& part) : name_(part.file) {
  CommandReader reader(part);
  while (const auto command = next_sent(reader)) {
    last_ = place_in_file(part, *command);
    const std::string_view sql = sql_of(part, *command);
    if (!StatementWords(sql).is_one_of(0, {"set", "select"}) || sql.size() > kLongestParsed)
      continue;
    const ParseTree tree = ParseTree::of(sql);
    for (const Action& action : actions_of(tree.statement()))
      if (action.kind == ActionKind::set_value)
        (action.local ? local_ : kept_).insert(action.name.name);
  }
}

std::vector<std::string> ObservedFile::left_set(
    const std::map<std::string, std::string>& before,
    const std::map<std::string, std::string>& after) const {
  std::vector<std::string> left;
  for (const auto& [name, value] : after) {
    const auto old = before.find(name);
    if (old != before.end() && old->second == value) continue;
    if (!local_.contains(name) || kept_.contains(name)) left.push_back(name);
  }
  return left;
}

bool is_about_the_server(std::string_view sql) {
  const StatementWords words(sql);
  return words.is_one_of(0, {"create", "drop", "alter"}) &&
         (words.is_one_of(1, {"database", "tablespace", "system"}));
}

}  // namespace migrator

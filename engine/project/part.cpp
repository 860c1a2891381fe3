#include "engine/project/part.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "engine/base/text.h"
#include "engine/project/marks.h"
#include "engine/project/project.h"
#include "engine/project/text_file.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/words.h"
#include "engine/sql/written_out.h"

namespace migrator {
namespace {

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
  std::ranges::move(more, std::back_inserter(findings));
}

/// Whether the name stands in the text that the part runs. A text of megabytes is not looked at.
bool mentions(const Part& part, std::string_view name) {
  constexpr std::size_t large = std::size_t{1} << 20U;
  const auto stands_in = [&](const Content& text) {
    return text.size() > large || text.view().find(name) != std::string_view::npos;
  };
  return stands_in(part.text) || std::ranges::any_of(part.included, [&](const Included& file) {
           return !file.is_data && stands_in(file.text);
         });
}

/// A value may mention further variables.
ScriptVariables used_in(const Part& part) {
  ScriptVariables used;
  ScriptVariables others = part.variables;
  const auto is_used = [&](const auto& variable) {
    const std::string_view name = variable.first;
    return mentions(part, name) || std::ranges::any_of(used, [&](const auto& one) {
             return one.second.find(name) != std::string::npos;
           });
  };
  for (auto next = others.begin(); (next = std::ranges::find_if(others, is_used)) != others.end();)
    used.insert(others.extract(next));
  return used;
}

/// Reads all commands once: counts them, loads what they include, finds what is wrong.
void read_commands(Part& part, const IncludedFiles& included, std::vector<Finding>& findings) {
  const Source source = part.source();
  const std::size_t before = findings.size();
  DirectivesResult head = read_directives(source);
  part.directives = head.directives;
  append(findings, std::move(head.findings));
  CommandReader reader(
      part, [&](const IncludeRequest& request) { return included.load(request, part, findings); });
  while (const auto command = reader.next())
    if (command->is_sent()) ++part.statement_count;
  part.links = reader.new_links();
  part.long_data = reader.new_long_data();
  append(findings, reader.findings());
  for (const std::size_t offset : reader.marked_comments()) {
    Scanner scanner(source.text);
    scanner.jump_to(offset);
    if (auto allow = read_allow(text_of(source.text, scanner.next())))
      part.allowances.push_back({std::move(allow->rule), std::move(allow->reason), offset});
  }
  append(findings, late_directives(source, reader.marked_comments(), head.end));
  part.used = used_in(part);
  veil_of(part.used).cover(std::span(findings).subspan(before));
}

}  // namespace

Part make_part(std::string file, Content text, std::size_t first_line,
               const IncludedFiles& included, std::vector<Finding>& findings) {
  Part part{.file = std::move(file),
            .text = std::move(text),
            .first_line = first_line,
            .variables = included.variables()};
  read_commands(part, included, findings);
  return part;
}

std::string standing_alone(const Part& part) {
  std::string text = written_out(part);
  const bool says_so =
      read_directives(part.source()).directives.transaction == part.directives.transaction;
  return says_so ? text : "-- migrator: transaction off\n" + text;
}

bool is_blank(const Part& part) {
  return part.text.size() < 4096 && trim(part.text.view()).empty();
}

Part part_from_text(std::string file, Content text, const IncludedFiles& included,
                    std::vector<Finding>& findings) {
  if (!make_text(text, file, findings)) return {.file = std::move(file), .text = {}};
  return make_part(std::move(file), std::move(text), 1, included, findings);
}

}  // namespace migrator

#include "engine/project/part.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/text.h"
#include "engine/project/project.h"
#include "engine/project/text_file.h"

namespace migrator {
namespace {

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
  std::ranges::move(more, std::back_inserter(findings));
}

Finding refused_command(const Source& source, const Statement& statement) {
  const std::string_view text = text_of(source, statement);
  const std::string_view command = text.substr(0, text.find_first_of(" \t\r\n"));
  return {.severity = Severity::error,
          .id = "meta-command",
          .message = fmt::format("{} is a command of psql, which is not supported yet", command),
          .place = place_of(source, statement.offset),
          .next = "remove it, or write what it does in SQL"};
}

}  // namespace

Part make_part(std::string file, std::string text, std::size_t first_line,
               std::vector<Finding>& findings) {
  Part part{.file = std::move(file), .text = std::move(text), .first_line = first_line};
  const Source source = part.source();
  DirectivesResult directives = read_directives(source);
  SplitResult split_text = split(source);
  part.directives = directives.directives;
  append(findings, std::move(directives.findings));
  append(findings, std::move(split_text.findings));
  for (const Statement& statement : split_text.statements)
    if (statement.form == StatementForm::meta_command)
      findings.push_back(refused_command(source, statement));
  part.statements = std::move(split_text.statements);
  return part;
}

std::string standing_alone(const Part& part) {
  const bool says_so =
      read_directives(part.source()).directives.transaction == part.directives.transaction;
  return says_so ? part.text : "-- migrator: transaction off\n" + part.text;
}

bool is_blank(const Part& part) {
  return trim(part.text).empty();
}

Part part_from_text(std::string file, std::string text, std::vector<Finding>& findings) {
  if (!make_text(text, file, findings)) return {.file = std::move(file), .text = {}};
  return make_part(std::move(file), std::move(text), 1, findings);
}

}  // namespace migrator

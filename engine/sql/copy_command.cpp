#include "engine/sql/copy_command.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/sql/scanner.h"
#include "engine/sql/splitter.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kNameEnds = " \t\r;";

/// The first FROM or TO outside of parentheses.
Token find_direction(std::string_view rest) {
  std::size_t depth = 0;
  for (Scanner scanner(rest); !scanner.at_end();) {
    const Token token = scanner.next();
    const std::string_view word = text_of(rest, token);
    if (word == "(") ++depth;
    if (word == ")" && depth > 0) --depth;
    if (depth == 0 && (is_keyword(word, "from") || is_keyword(word, "to"))) return token;
  }
  return {.offset = rest.size(), .length = 0};
}

/// Cuts the SQL to its statement, without the semicolon and the comment that psql sends along.
void keep_statement(CopyCommand& command) {
  const std::string text = command.sql + "\n;\n\\.\n";
  const Source source{.file = {}, .text = text};
  const SplitResult whole = split(source);
  for (const Finding& finding : whole.findings) {
    command.is_binary = command.is_binary || finding.id == "binary-copy-data";
    if (finding.id != "binary-copy-data") command.problem = "\\copy: " + finding.message;
  }
  if (whole.statements.empty() || whole.statements[0].form != StatementForm::copy_data)
    command.problem = "\\copy: this makes no COPY of it";
  if (command.problem.empty()) command.sql = text_of(source, whole.statements[0]);
}

}  // namespace

CopyCommand read_copy_command(std::string_view rest) {
  const Token direction = find_direction(rest);
  if (direction.length == 0) return {.problem = "\\copy needs FROM and the name of a file"};
  if (is_keyword(text_of(rest, direction), "to"))
    return {.problem = "\\copy ... to writes a file, which a migration should not"};
  const std::size_t behind = direction.offset + direction.length;
  const std::size_t begin = std::min(rest.find_first_not_of(kBlanks, behind), rest.size());
  if (begin == rest.size()) return {.problem = "\\copy needs the name of a file behind FROM"};

  std::size_t end = std::min(rest.find_first_of(kNameEnds, begin), rest.size());
  CopyCommand command;
  if (rest[begin] == '\'') {
    Scanner scanner(rest);
    scanner.jump_to(begin);
    const Token name = scanner.next();
    if (!name.terminated) return {.problem = "the file's name has no closing quote"};
    command.file = unquoted(rest, name);
    end = name.offset + name.length;
  } else {
    command.file = rest.substr(begin, end - begin);
    if (is_keyword(command.file, "program"))
      return {.problem = "\\copy ... from program runs a command of the shell"};
    if (is_keyword(command.file, "pstdin"))
      return {.problem = "\\copy ... from pstdin reads what is typed, and nobody is there"};
    if (is_keyword(command.file, "stdin")) command.file.clear();
  }
  command.sql = "COPY " + std::string(trim(rest.substr(0, behind))) + " STDIN" +
                std::string(rest.substr(end));
  keep_statement(command);
  return command;
}

}  // namespace migrator

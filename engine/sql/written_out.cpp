#include "engine/sql/written_out.h"

#include "engine/sql/command_reader.h"

namespace migrator {
namespace {

/// A line of \echo that prints the text again.
std::string echo_line(const Command& command) {
  std::string line = command.stream == EchoStream::error ? "\\warn '" : "\\echo '";
  for (const char c : command.echo) {
    if (c == '\'' || c == '\\') line += '\\';
    if (c != '\n') line += c;
  }
  return line + "'\n";
}

void append(std::string& text, const Part& part, const Command& command) {
  if (!command.is_sent()) {
    text += echo_line(command);
    return;
  }
  text += sql_of(part, command);
  text += command.runs_its_result() ? "\n\\gexec\n" : ";\n";
  if (command.kind != CommandKind::copy) return;
  const std::string_view data = data_of(part, command);
  text += data;
  if (!data.empty() && !data.ends_with('\n')) text += '\n';
  text += "\\.\n";
}

/// Whether its commands are just the statements that stand in it.
bool is_plain(const Part& part) {
  if (part.directives.variables) return false;
  StatementReader reader(part.source());
  while (const auto statement = reader.next())
    if (statement->mentions_variables || text_of(reader.source(), *statement).starts_with('\\'))
      return false;
  return true;
}

}  // namespace

std::optional<std::string> text_with_included(const Part& part, std::size_t limit) {
  std::size_t size = part.text.size();
  for (const Included& included : part.included) size += included.text.size();
  if (size > limit) return std::nullopt;
  std::string text(part.text.view());
  for (const Included& included : part.included) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += "-- included: " + included.file + "\n";
    text += included.text.view();
  }
  return text;
}

std::string written_out(const Part& part) {
  if (is_plain(part)) return std::string(part.text.view());
  // What stands at the top of the file are its directives.
  const auto first = StatementReader(part.source()).next();
  std::string text(part.text.view().substr(0, first ? first->offset : 0));
  CommandReader reader(part);
  while (const auto command = reader.next()) append(text, part, *command);
  return text;
}

}  // namespace migrator

// A Command is one thing that a part does: a statement for the server, rows for a COPY, a line to
// print. It is a value that points into its Part, which must be there to read it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/sql/part.h"
#include "engine/sql/script_variables.h"
#include "engine/sql/splitter.h"

namespace migrator {

enum class CommandKind {
  statement,  ///< SQL for the server
  copy,       ///< COPY ... FROM STDIN and its data, from the script or from a file
  echo,       ///< \echo, \qecho, \warn
};

/// Where \echo and its like print.
enum class EchoStream { output, error };

struct Command {
  CommandKind kind = CommandKind::statement;
  std::size_t text = 0;  ///< number of the text in which it stands (part.h)
  Statement statement;   ///< where, in that text
  std::optional<Expansion> expansion = std::nullopt;  ///< what is sent, where that is other text
  std::size_t data_text = 0;                          ///< copy: the text that holds the data ...
  std::size_t data_offset = 0;
  std::size_t data_length = 0;  ///< ... and where in it
  std::string echo = {};
  EchoStream stream = EchoStream::output;

  bool is_sent() const { return kind != CommandKind::echo; }
  bool runs_its_result() const { return statement.ending == Ending::gexec; }
};

/// What is sent to the server.
inline std::string_view sql_of(const Part& part, const Command& command) {
  if (command.expansion) return command.expansion->text();
  return text_of(part.source(command.text), command.statement);
}

/// Where the byte at `offset` of sql_of stands in the file.
inline Place place_of(const Part& part, const Command& command, std::size_t offset = 0) {
  if (part.is_generated()) return Place{.file = part.file, .source_line = {}};
  const std::size_t written =
      command.expansion ? command.expansion->written_at(offset) : command.statement.offset + offset;
  return place_of(part.source(command.text), written);
}

/// The rows of a COPY.
inline std::string_view data_of(const Part& part, const Command& command) {
  return part.source(command.data_text).text.substr(command.data_offset, command.data_length);
}

}  // namespace migrator

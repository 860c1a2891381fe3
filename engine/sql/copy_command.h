// What psql does about COPY: \copy, which is SQL with a file's name in the place where the server
// has STDIN, and the line "\." that ends data.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/sql/source.h"

namespace migrator {

struct CopyCommand {
  std::string sql = {};   ///< COPY ... FROM STDIN ...
  std::string file = {};  ///< empty: the data stands in the script, behind the command
  bool is_binary = false;
  std::string problem = {};  ///< why it cannot be done; empty: it can
};

/// `rest` is what follows "\copy" on its line.
CopyCommand read_copy_command(std::string_view rest);

/// Where COPY data ends that begins at `from`, and where what follows it begins.
struct EndOfData {
  std::size_t data = 0;
  std::size_t next = 0;
  bool marked = false;  ///< by a line "\.", not just by the end of the text
};
EndOfData find_end_of_data(std::string_view text, std::size_t from, Trail& trail);

}  // namespace migrator

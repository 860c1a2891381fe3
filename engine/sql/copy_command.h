// What psql does about \copy, which is SQL with a file's name in the place where the server has
// STDIN. Opens no file.
#pragma once

#include <string>
#include <string_view>

namespace migrator {

struct CopyCommand {
  std::string sql = {};   ///< COPY ... FROM STDIN ...
  std::string file = {};  ///< empty: the data stands in the script, behind the command
  bool is_binary = false;
  std::string problem = {};  ///< why it cannot be done; empty: it can
};

/// `rest` is what follows "\copy" on its line.
CopyCommand read_copy_command(std::string_view rest);

}  // namespace migrator

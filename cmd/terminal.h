// What the standard streams can show, and writing to them. A reader that went away is no reason to
// stop a migration: main looks whether all was written when the command is done.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/project/config.h"
#include "engine/report/style.h"

namespace migrator {

struct Terminal {
  Style out;                  ///< standard output
  Style err;                  ///< standard error
  bool err_in_place = false;  ///< a line of standard error can be written over

  /// Colour where a stream is a terminal, unless NO_COLOR, TERM=dumb or --no-color says otherwise.
  static Terminal detect(const EnvironmentVariables& variables, bool no_color);
};

/// Columns of the terminal that standard error is, at this moment; 80 where it does not say.
std::size_t columns_of_err();

/// False when it could not be written: the reader went away, the disk is full.
bool write_out(std::string_view text);
bool write_err(std::string_view text);

/// Whether all that was written to standard output so far got there.
bool out_is_whole();

}  // namespace migrator

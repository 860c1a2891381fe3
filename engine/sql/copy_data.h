// Where the data of a COPY ends in a script: before a line "\.". To find that out, all of the data
// is looked at; what was found in long data is kept with its text, so that a file of gigabytes is
// looked through once, and not by every reader. Knows nothing of the data's format.
#pragma once

#include <cstddef>
#include <map>

namespace migrator {

struct Source;
class Trail;

/// Where COPY data ends that begins at some offset, and where what follows it begins.
struct EndOfData {
  std::size_t data = 0;
  std::size_t next = 0;
  std::size_t lines = 0;  ///< line ends before `next`
  bool marked = false;    ///< by a line "\.", not just by the end of the text
};

/// The ends of a text's long data, by the offset at which the data begins.
using LongData = std::map<std::size_t, EndOfData>;

/// Takes the end from what is known of the source's long data, if it is.
EndOfData find_end_of_data(const Source& source, std::size_t from, Trail& trail);

/// Keeps an end for those who read the text after us, if that spares them much.
void keep_end_of_data(LongData& known, std::size_t from, const EndOfData& end);

}  // namespace migrator

// The three standard streams are there, or stand for nothing: a process that is started without one
// would get its next file or socket in that place, and text for a person would go into it.
#pragma once

namespace migrator {

/// Opens /dev/null for each of them that is closed. Before anything else is opened.
void occupy_standard_streams();

}  // namespace migrator

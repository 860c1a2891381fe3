// Where PostgreSQL's own programs are on this machine, and of which version.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/pg/local_server.h"

namespace migrator {

struct ServerBinaries {
  std::filesystem::path bindir;
  std::string version;  ///< "15.18"
};

/// The number before the first point: "15".
std::string major_of(const std::string& version);

/// The binaries that `wanted_major` asks for where there are several, else the first found. Throws
/// Error(configuration) that says where it looked.
ServerBinaries find_server_binaries(const LocalServerOptions& options,
                                    const std::optional<std::string>& wanted_major);

}  // namespace migrator

#include "engine/base/build.h"

namespace migrator {

std::string_view program_version() {
  return MIGRATOR_VERSION;
}

}  // namespace migrator

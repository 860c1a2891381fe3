// Reads what gzip wrote.
#pragma once

#include <string>

#include "engine/base/content.h"

namespace migrator {

struct Gunzipped {
  Content bytes = {};
  std::string problem = {};  ///< why it could not be read; empty: it could
};

/// All members of a gzip file, one after the other. Throws as Scratch.
Gunzipped gunzip(const Content& packed);

}  // namespace migrator

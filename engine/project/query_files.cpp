#include "engine/project/query_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/project/shown_path.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

bool stays_inside(const fs::path& name) {
  return name.is_relative() && std::ranges::find(name, fs::path("..")) == name.end();
}

}  // namespace

BoundQuery query_template(const fs::path& folder, std::string_view name,
                          const fs::path& working_folder) {
  const fs::path relative(name);
  if (stays_inside(relative) && !name.empty()) {
    for (const fs::path& file : {folder / relative, folder / fs::path(relative).concat(".sql")}) {
      std::error_code ignored;
      if (!fs::is_regular_file(file, ignored)) continue;
      const std::string shown = shown_path(file, working_folder);
      return bind_query(read_file(file), shown);
    }
  }
  throw Error(ErrorKind::configuration,
              {.id = "query-missing",
               .message = fmt::format("there is no query \"{}\" in {}", name,
                                      shown_path(folder, working_folder)),
               .next = "[queries] dir names the folder; its files end in .sql"});
}

}  // namespace migrator

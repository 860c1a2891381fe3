#include "engine/project/included_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "engine/base/text.h"
#include "engine/project/marks.h"
#include "engine/project/shown_path.h"
#include "engine/project/text_file.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::ranges::mismatch(folder, path);
  return end == folder.end() || (end->empty() && std::next(end) == folder.end());
}

}  // namespace

bool IncludedFiles::is_inside(const fs::path& path) const {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  if (error) return false;
  const auto holds = [&](const fs::path& folder) {
    return !folder.empty() && is_below(real, fs::weakly_canonical(folder, error));
  };
  return holds(root_) || std::ranges::any_of(folders_, holds);
}

/// \ir looks beside its file; \i and \copy from the project's folder, as psql would when it is
/// started there, and else beside the file.
std::optional<fs::path> IncludedFiles::find(const IncludeRequest& request, const Part& part,
                                            IncludeAnswer& answer) const {
  const fs::path including = working_folder_ / std::string(part.source(request.from).file);
  const fs::path beside = (including.parent_path() / request.name).lexically_normal();
  const fs::path from_root = (root_ / request.name).lexically_normal();
  if (request.beside_file || beside == from_root) {
    if (is_file(beside)) return beside;
  } else {
    const bool in_root = is_file(from_root), here = is_file(beside);
    if (in_root && here) {
      answer = {.problem = fmt::format("{} could be {} or {}", request.name,
                                       shown_path(from_root, working_folder_),
                                       shown_path(beside, working_folder_)),
                .next =
                    "write \\ir for the one beside this file, or the path from the project's "
                    "folder"};
      return std::nullopt;
    }
    if (in_root) return from_root;
    if (here) return beside;
  }
  answer = {.problem = fmt::format("there is no file {}", shown_path(beside, working_folder_)),
            .next = request.beside_file
                        ? "\\ir takes paths from the folder of this file"
                        : "paths are taken from the folder of the project, then of this file"};
  return std::nullopt;
}

IncludeAnswer IncludedFiles::load(const IncludeRequest& request, Part& part,
                                  std::vector<Finding>& findings) const {
  IncludeAnswer answer;
  const auto path = find(request, part, answer);
  if (!path) return answer;
  if (!is_inside(*path))
    return {.problem = fmt::format("{} lies outside the project", request.name),
            .next = "move it into the project's folder: what is run must be under its control"};
  const std::string shown = shown_path(*path, working_folder_);
  const auto is_it = [&](std::size_t number) { return part.source(number).file == shown; };
  if (!request.is_data && std::ranges::any_of(request.open, is_it))
    return {.problem = fmt::format("{} includes itself", shown), .next = "remove one of the \\i"};
  for (std::size_t i = 0; i < part.included.size(); ++i)
    if (part.included[i].file == shown && part.included[i].is_data == request.is_data)
      return {.text = i + 1};

  auto content = request.is_data ? read_data_file(*path, shown, findings)
                                 : read_text_file(*path, shown, findings);
  if (!content) return {.problem = fmt::format("{} cannot be used", shown)};
  part.included.push_back({shown, std::move(*content), request.is_data});
  const Source source = part.source(part.included.size());
  if (!request.is_data) {
    const auto take = [&](std::vector<Finding> more) {
      std::ranges::move(more, std::back_inserter(findings));
    };
    take(refuse_marks(source, "an included file has no parts"));
    take(refuse_foreign_marks(source));
  }
  return {.text = part.included.size()};
}

}  // namespace migrator

#include "engine/project/complaint.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/error.h"

namespace migrator {

Finding complaint(std::string id, std::string message, std::string file, std::size_t line) {
  Finding finding{.id = std::move(id), .message = std::move(message)};
  if (!file.empty()) {
    finding.place.emplace();
    finding.place->file = std::move(file);
    finding.place->line = line;
  }
  return finding;
}

void throw_if_any(std::vector<Finding> complaints) {
  if (complaints.empty()) return;
  Finding first = std::move(complaints.front());
  for (std::size_t i = 1; i < complaints.size(); ++i) {
    const Finding& other = complaints[i];
    if (!first.detail.empty()) first.detail += '\n';
    if (other.place) first.detail += fmt::format("{}:{}: ", other.place->file, other.place->line);
    first.detail += other.message;
    if (!other.hint.empty()) first.detail += fmt::format(" ({})", other.hint);
  }
  fail(std::move(first));
}

void fail(Finding complaint) {
  throw Error(ErrorKind::configuration, std::move(complaint));
}

}  // namespace migrator

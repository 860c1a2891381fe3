#include "engine/lint/observation.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace migrator {
namespace {

constexpr std::size_t kMostNamed = 4;

void add(std::string& text, const std::string& more) {
  if (more.empty()) return;
  text += (text.empty() ? "" : "; ") + more;
}

std::string names(const std::vector<std::string>& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size() && i < kMostNamed; ++i)
    text += (i == 0 ? "" : ", ") + all[i];
  if (all.size() > kMostNamed) text += fmt::format(" and {} more", all.size() - kMostNamed);
  return text;
}

std::string listed(const std::vector<ObjectName>& relations, std::string_view what) {
  if (relations.empty()) return {};
  std::vector<std::string> all;
  for (const ObjectName& name : relations) all.push_back(to_short_text(name));
  return fmt::format("{} {}", names(all), what);
}

std::string shown(const SeenRelation& relation) {
  return (relation.kind == "table" ? "" : relation.kind + " ") + to_short_text(relation.name);
}

/// The strongest first, each mode with those it was taken in.
std::string of_locks(const std::vector<SeenLock>& locks) {
  std::string text;
  for (int mode = 8; mode > 1; --mode) {
    std::vector<std::string> all;
    for (const SeenLock& lock : locks)
      if (static_cast<int>(lock.mode) == mode) all.push_back(shown(lock.relation));
    if (all.empty()) continue;
    add(text, fmt::format("{} on {}", to_text(static_cast<LockMode>(mode)), names(all)));
  }
  return text;
}

std::string of_rows(const std::vector<SeenRows>& rows) {
  std::string text;
  for (const SeenRows& seen : rows) {
    std::string counts;
    const auto count = [&](std::uint64_t n, std::string_view done) {
      if (n > 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", n, done);
    };
    count(seen.inserted, "inserted");
    count(seen.updated, "updated");
    count(seen.deleted, "deleted");
    add(text, fmt::format("rows of {}: {}", to_short_text(seen.table), counts));
  }
  return text;
}

std::string of_losses(const std::vector<SeenLoss>& losses) {
  if (losses.empty()) return {};
  std::vector<std::string> all;
  for (const SeenLoss& loss : losses)
    all.push_back(fmt::format("{} {}{}", loss.kind, to_short_text(loss.name),
                              loss.of.empty() ? "" : " of " + loss.of));
  return "gone: " + names(all);
}

}  // namespace

std::string to_text(const Observation& seen) {
  std::string text = of_locks(seen.locks);
  add(text, listed(seen.rewritten, "written anew"));
  add(text, listed(seen.scanned, "read to the end"));
  add(text, listed(seen.emptied, "emptied"));
  add(text, listed(seen.refreshed, "computed anew"));
  add(text, listed(seen.rebuilt, "built anew"));
  add(text, of_rows(seen.rows));
  add(text, of_losses(seen.losses));
  add(text, listed(seen.invalid_indexes, "left invalid"));
  if (!seen.settings.empty()) add(text, "settings kept: " + names(seen.settings));
  return text;
}

}  // namespace migrator

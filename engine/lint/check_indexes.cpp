#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/check.h"

namespace migrator {
namespace {

void check_created(const Situation& now, const Action& action, Complaints& out) {
  const KnownRelation* table = now.model.find(action.table);
  const bool partitioned = table && table->partitioned;
  const std::string name = to_text(action.table);
  if (action.concurrent && partitioned && !action.only)
    out.push_back(
        {"concurrent-index-on-partitioned",
         fmt::format("{} is partitioned: the server refuses CONCURRENTLY there (0A000)", name)});
  const bool harmless = action.concurrent || (action.only && partitioned);
  if (!harmless && !now.model.is_new(action.table))
    out.push_back({"create-index-not-concurrent",
                   fmt::format("{} takes no writes while the index is built", name)});
  if (action.unique && !now.model.is_new(action.table))
    out.push_back({"data-dependent-change",
                   fmt::format("it fails if rows of {} have the same values", name)});
  if (action.concurrent && action.if_exists) {
    out.push_back({"concurrent-if-not-exists",
                   "an invalid index of that name, left by a build that was broken off, makes it "
                   "succeed and stays invalid"});
  }
  constexpr int kMended = 140004;
  if (action.concurrent && now.server_version >= 140000 && now.server_version < kMended)
    out.push_back({"index-corruption-14",
                   "the server is PostgreSQL 14.0 to 14.3, where CONCURRENTLY may leave rows out "
                   "of the index"});
}

void check_dropped(const Situation& now, const Action& action, Complaints& out) {
  if (action.concurrent && (action.cascade || (action.only || now.actions.size() > 1))) {
    if (!action.only)
      out.push_back({"drop-index-concurrently-invalid",
                     "the server takes CONCURRENTLY for one index only, and without CASCADE "
                     "(0A000)"});
    return;
  }
  if (action.concurrent) return;
  const auto place = now.model.find_index(action.name);
  if (place && now.model.is_new(place->table->name)) return;
  out.push_back({"drop-index-not-concurrent",
                 fmt::format("{} is closed to reads and writes until all who use it are through",
                             place ? to_text(place->table->name) : "its table")});
}

}  // namespace

void check_indexes(const Situation& now, const Action& action, Complaints& out) {
  if (action.kind == ActionKind::create_index) check_created(now, action, out);
  if (action.kind == ActionKind::drop && action.object == "INDEX") check_dropped(now, action, out);
  if (action.kind != ActionKind::reindex || action.concurrent) return;
  if (action.object == "TABLE" && now.model.is_new(action.name)) return;
  if (const auto place = now.model.find_index(action.name);
      place && action.object == "INDEX" && now.model.is_new(place->table->name))
    return;
  out.push_back({"reindex-not-concurrent",
                 "the table takes no writes while its index is built anew, and who would read by "
                 "that index waits"});
}

}  // namespace migrator

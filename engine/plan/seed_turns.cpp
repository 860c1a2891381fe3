#include "engine/plan/seed_turns.h"

#include <algorithm>
#include <utility>

namespace migrator {
namespace {

bool waits_for(const Entry& one, const Entry& other) {
  return std::ranges::find(one.seed->after, other.id) != one.seed->after.end();
}

/// Each behind those that it waits for, else as they are.
std::vector<const Entry*> in_order(std::vector<const Entry*> seeds) {
  std::vector<const Entry*> order;
  while (!seeds.empty()) {
    const auto is_free = [&](const Entry* one) {
      return std::ranges::none_of(seeds,
                                  [&](const Entry* other) { return waits_for(*one, *other); });
    };
    auto next = std::ranges::find_if(seeds, is_free);
    if (next == seeds.end()) next = seeds.begin();  // a circle: an error of its own
    order.push_back(*next);
    seeds.erase(next);
  }
  return order;
}

bool has_all(const std::set<Version>& applied, const std::set<Version>& needs) {
  return std::ranges::includes(applied, needs);
}

}  // namespace

SeedTurns::SeedTurns(std::vector<const Entry*> pending) {
  for (const Entry* seed : in_order(std::move(pending))) {
    Turn turn{.seed = seed};
    const auto& needed = seed->part()->directives.needed_version;
    turn.at_the_end = !needed.has_value();
    if (needed) turn.needs.insert(Version{*needed});
    for (const Turn& before : turns_) {
      if (!waits_for(*seed, *before.seed)) continue;
      turn.needs.insert(before.needs.begin(), before.needs.end());
      turn.at_the_end = turn.at_the_end || before.at_the_end;
    }
    turns_.push_back(std::move(turn));
  }
}

template <typename Predicate>
std::vector<const Entry*> SeedTurns::take(const Predicate& is_meant) {
  std::vector<const Entry*> taken;
  std::erase_if(turns_, [&](const Turn& turn) {
    if (!is_meant(turn)) return false;
    taken.push_back(turn.seed);
    return true;
  });
  return taken;
}

std::vector<const Entry*> SeedTurns::before(Version version, const std::set<Version>& applied) {
  return take([&](const Turn& turn) {
    return !turn.at_the_end && *turn.needs.rbegin() < version && has_all(applied, turn.needs);
  });
}

std::vector<const Entry*> SeedTurns::behind_the_last(const std::set<Version>& applied) {
  return take([&](const Turn& turn) { return !turn.at_the_end && has_all(applied, turn.needs); });
}

std::vector<const Entry*> SeedTurns::at_the_end(const std::set<Version>& applied) {
  return take([&](const Turn& turn) { return has_all(applied, turn.needs); });
}

std::vector<SeedTurns::Waiting> SeedTurns::left(const std::set<Version>& applied) const {
  std::vector<Waiting> waiting;
  for (const Turn& turn : turns_) {
    const auto missing = std::ranges::find_if(
        turn.needs, [&](const Version& version) { return !applied.contains(version); });
    if (missing != turn.needs.end()) waiting.push_back({turn.seed, *missing});
  }
  return waiting;
}

}  // namespace migrator

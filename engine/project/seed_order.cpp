#include "engine/project/seed_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/text.h"
#include "engine/project/complaint.h"

namespace migrator {
namespace {

/// Of the set of a seed: "dev/" of "dev/30_fake.sql".
std::string_view folder_of(std::string_view name) {
  return name.substr(0, name.rfind('/') + 1);
}

const Seed* find(const Project& project, const std::string& name) {
  const auto found = std::ranges::find(project.seeds, name, &Seed::name);
  return found == project.seeds.end() ? nullptr : &*found;
}

class Order {
 public:
  Order(const ProjectFolders& folders, Project& project) : folders_(folders), project_(project) {}

  void settle() {
    for (Seed& seed : project_.seeds)
      for (const std::string& name : seed.part.directives.after) settle(seed, name);
    for (const Seed& seed : project_.seeds) {
      path_.clear();
      seen_.clear();
      if (leads_back(seed, seed)) return complain_about_circle();
    }
  }

 private:
  /// Of its own set first.
  void settle(Seed& seed, const std::string& name) {
    const Seed* other = find(project_, std::string(folder_of(seed.name)) + name);
    if (other == nullptr) other = find(project_, name);
    if (other != nullptr) return seed.after.push_back(other->id());
    std::error_code ignored;
    if (std::filesystem::is_regular_file(folders_.seeds / name, ignored)) return;
    std::vector<std::string_view> names;
    for (const Seed& one : project_.seeds) names.push_back(one.name);
    const auto meant = nearest(name, names);
    complain(seed, fmt::format("{} is to run after {}, which is no seed", seed.part.file, name),
             meant ? fmt::format("did you mean {}?", *meant)
                   : "name a file of the seeds: 10_users.sql, dev/30_fake.sql");
  }

  /// path_ is what it goes through then.
  bool leads_back(const Seed& from, const Seed& to) {
    path_.push_back(&from);
    for (const std::string& id : from.after) {
      if (id == to.id()) return true;
      const auto next = std::ranges::find(project_.seeds, id, &Seed::id);
      if (seen_.insert(&*next).second && leads_back(*next, to)) return true;
    }
    path_.pop_back();
    return false;
  }

  void complain_about_circle() {
    std::string circle;
    for (const Seed* seed : path_) circle += seed->name + " after ";
    complain(*path_.front(),
             fmt::format("seeds wait for each other: {}{}", circle, path_.front()->name),
             "take one of these away");
  }

  void complain(const Seed& seed, std::string message, std::string next) {
    project_.findings.push_back(complaint("seed-order", std::move(message), seed.part.file));
    project_.findings.back().next = std::move(next);
  }

  const ProjectFolders& folders_;
  Project& project_;
  std::vector<const Seed*> path_ = {};
  std::set<const Seed*> seen_ = {};
};

}  // namespace

void settle_order(const ProjectFolders& folders, Project& project) {
  Order(folders, project).settle();
}

}  // namespace migrator

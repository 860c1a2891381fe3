// What is known of a file before its statements are observed: its last statement, behind which it
// is looked what it leaves set, and which settings it means to leave.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/sql/command.h"

namespace migrator {

/// Where a statement stands: file, line, column.
using StatementPlace = std::tuple<std::string, std::size_t, std::size_t>;
StatementPlace place_in_file(const Part& part, const Command& command);

class ObservedFile {
 public:
  explicit ObservedFile(const Part& part);

  const std::string& name() const { return name_; }
  bool is_last(const StatementPlace& place) const { return place == last_; }

  /// Settings of the session that differ and that no SET LOCAL accounts for: "search_path".
  std::vector<std::string> left_set(const std::map<std::string, std::string>& before,
                                    const std::map<std::string, std::string>& after) const;

 private:
  std::string name_;
  StatementPlace last_ = {};
  std::set<std::string> local_ = {};
  std::set<std::string> kept_ = {};
};

/// Whether it is about more than its database: CREATE DATABASE, ALTER SYSTEM, tablespaces.
bool is_about_the_server(std::string_view sql);

}  // namespace migrator

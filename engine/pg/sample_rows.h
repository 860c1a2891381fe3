// A few rows in every table that has none, so that a run on a scratch database meets rows as
// production would: by types, foreign keys and CHECKs as far as they can be guessed, in the order
// of the foreign keys. They are only good for that. A table for which no row can be made is told
// with the reason.
#pragma once

#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/lint/observation.h"
#include "engine/pg/connection.h"
#include "engine/pg/sample_columns.h"
#include "engine/sql/object_name.h"

namespace migrator {

class SampleRows {
 public:
  /// `ignored`: the history table.
  explicit SampleRows(ObjectName ignored) : ignored_(std::move(ignored)) {}

  /// Tables that it has not tried before. Precondition: no transaction is open.
  void fill(Connection& connection, const std::stop_token& stop = {});

  /// Empties those that it filled and that are still there, with what refers to them, and forgets
  /// them. False when there is none.
  bool remove(Connection& connection);
  /// Fills again what was emptied so, and nothing else.
  void fill_again(Connection& connection, const std::stop_token& stop = {});

  /// Tables that were given rows, also where those are gone again.
  std::size_t filled() const { return ever_filled_.size(); }
  /// Tables for which none could be made up, but for those that have got some otherwise; as far as
  /// that can be asked, where the session is lost.
  std::vector<EmptyTable> empty(Connection& connection) const;

 private:
  struct Failed {
    std::string oid;
    EmptyTable table;
  };
  void fill(Connection& connection, std::vector<SampleTable> tables, const std::stop_token& stop);

  ObjectName ignored_;
  std::set<std::string> tried_ = {};   ///< oids
  std::set<std::string> filled_ = {};  ///< oids
  std::set<std::string> removed_ = {};
  std::set<std::string> ever_filled_ = {};
  std::set<std::string> had_rows_ = {};  ///< with the partitioned tables
  std::vector<Failed> failed_ = {};
};

}  // namespace migrator

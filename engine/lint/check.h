// What finds the rules' cases: functions from the situation of a statement to complaints. They read
// values alone; which complaint counts, and as what, is the linter's to say.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/lint/observation.h"
#include "engine/lint/rule.h"
#include "engine/lint/schema_model.h"
#include "engine/plan/lock_forecast.h"

namespace migrator {

/// What takes a complaint back when a later statement makes it.
struct Excuse {
  ObjectName view = {};                   ///< a view of that name, in the same file
  ObjectName table = {};                  ///< an index of that table, in any file, ...
  std::vector<std::string> columns = {};  ///< ... that begins with these
};

struct Complaint {
  std::string_view rule;
  std::string message;
  std::optional<Level> at_most = std::nullopt;  ///< where it is less than usual
  std::string detail = {};                      ///< what the run says to it
  std::optional<Excuse> unless = std::nullopt;
  const Action* action = nullptr;  ///< of the statement, that it is about
};

/// What the transaction has done before a statement.
struct TransactionSoFar {
  struct Strong {
    ObjectName table;
    LockMode mode{};
    std::size_t line = 0;
  };
  std::vector<Strong> strong = {};  ///< locks that block, on relations that were there
  std::set<std::pair<ObjectName, std::string>> not_validated = {};  ///< constraints it added
  std::set<ObjectName> passed = {};  ///< tables whose rows an ALTER TABLE went through
  bool many_said = false;
};

struct Situation {
  std::string_view sql;
  std::span<const Action> actions;  ///< of the statement
  const SchemaModel& model;         ///< before it
  const StatementForecast& forecast;
  const TransactionSoFar& so_far;
  bool transactional = true;
  bool alone = false;  ///< one of several statements of a file that run each by itself
  std::chrono::milliseconds lock_timeout{1000};
  std::chrono::milliseconds statement_timeout{0};
  int server_version = 0;  ///< 0: not known
  bool is_generated = false;
};

using Complaints = std::vector<Complaint>;

/// Whether an index of the table begins with the columns.
bool has_index(const KnownRelation& table, const std::vector<std::string>& columns);

/// All that the rules say of a statement.
Complaints complaints_about(const Situation& now);

void check_columns(const Situation& now, const Action& action, Complaints& out);
void check_constraints(const Situation& now, const Action& action, Complaints& out);
void check_indexes(const Situation& now, const Action& action, Complaints& out);
void check_tables(const Situation& now, const Action& action, Complaints& out);
void check_destructive(const Situation& now, const Action& action, Complaints& out);
void check_design(const Situation& now, const Action& action, Complaints& out);
void check_rows(const Situation& now, const Action& action, Complaints& out);
/// Whether an ALTER TABLE goes through all rows in a pass that another one could share: for a new
/// file of the table, or a CHECK; not for an index or a foreign key, which have passes of their own.
bool passes_through(const Situation& now, const Complaints& complaints);
/// What is about the statement as a whole and its transaction.
void check_statement(const Situation& now, Complaints& out);

/// Holds the complaints about a statement against what it did: the run wins, and both are told.
/// What nobody had foreseen becomes a complaint of its own.
void weigh(const Situation& now, const Observation& seen, Complaints& complaints);

/// Whether the old type becomes the new one without a rewrite of the table.
enum class TypeChange { harmless, by_time_zone, rewrites, unknown };
TypeChange type_change(const KnownColumn* column, const Action& action, const SchemaModel& model);

}  // namespace migrator

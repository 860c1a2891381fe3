// The commands that only look: status, plan, check. They hold no lock and write nothing.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/lint/baseline.h"
#include "engine/lint/linter.h"
#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/plan/planner.h"
#include "engine/report/outcome.h"

namespace migrator {

StatusReport status(Connection& connection, const HistoryTable& table, const Project& project,
                    OrderPolicy order);

PlanReport plan(Connection& connection, const HistoryTable& table, const Project& project,
                const UpTarget& target);

/// How `check` judges: which levels the rules have, and what is deployed already.
struct CheckOptions {
  LintOptions lint = {};
  /// By git: ids of what is new since the base; absent: the history tells, or nothing.
  std::optional<std::set<std::string>> new_since_base = std::nullopt;
  std::vector<Finding> since_base = {};  ///< what git has to say
  Severity fail_on = Severity::warning;
  std::optional<Baseline> baseline = std::nullopt;
  /// Runs what is judged on a scratch database (engine/run/observe); empty: nothing is run.
  std::function<ObservedRun(const LintOptions&, std::vector<Finding>&)> observe = {};
  /// Else only where something is deployed, and something is new.
  bool observe_all = true;
};

/// The files alone: what loading found, and statements that the transaction plan refuses.
CheckReport check_files(const Project& project, const CheckOptions& options = {});

/// The files, and how the database stands to them.
CheckReport check(Connection& connection, const HistoryTable& table, const Project& project,
                  OrderPolicy order, const CheckOptions& options = {});

/// kFound when one of them is as bad as that, else kDone.
int exit_code_of(const std::vector<Finding>& findings, Severity fail_on);

/// Throws Error(connection, "server-too-old") for a server older than PostgreSQL 13; `version` as
/// Connection::server_version gives it.
void require_supported(int version);

/// What reports say of the database. `url` is the configured one ("embedded" stays that); it is
/// redacted.
DatabaseFacts facts_of(const Connection& connection, const DatabaseUrl& url);

}  // namespace migrator

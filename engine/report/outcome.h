// What commands report, as plain values: the same for text, JSON and whatever comes later. Made by
// engine/run and cmd, printed by to_text and to_json. FORMATS.md, "JSON", names every field.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/finding.h"
#include "engine/lint/observation.h"
#include "engine/plan/catalog.h"
#include "engine/plan/comparison.h"
#include "engine/plan/lock_forecast.h"
#include "engine/plan/segments.h"
#include "engine/project/config.h"
#include "engine/report/at_work.h"
#include "engine/report/progress.h"

namespace migrator {

/// The database a command spoke to. The URL is redacted before it gets here.
struct DatabaseFacts {
  std::string url;
  std::string name;
  std::string user;
  std::string server;  ///< host:port, "socket FOLDER", or "embedded"
  int server_version = 0;
};

/// DatabaseFacts::server of the server that migrator manages itself.
constexpr std::string_view kEmbedded = "embedded";

/// What every report begins with.
struct Head {
  std::string command;
  std::string environment = {};
  std::optional<DatabaseFacts> database = std::nullopt;
  int exit_code = 0;
};

enum class StepOutcome {
  applied,
  undone,
  already_done,  ///< another migrator did it meanwhile
  tried,         ///< by a dry run, and rolled back
  rolled_back,   ///< a later step of the same transaction failed
  failed,
};

/// What a seed of data found and did.
struct RowChanges {
  std::uint64_t created = 0;
  std::uint64_t updated = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t deleted = 0;

  bool operator==(const RowChanges&) const = default;
};

struct StepResult {
  StepAction action = StepAction::apply;
  StepKind kind = StepKind::versioned;
  std::string id;
  std::string name;
  std::string file;
  StepOutcome outcome = StepOutcome::applied;
  std::size_t statements = 0;  ///< run by this step
  std::size_t retries = 0;     ///< times that it was rolled back for a lock and tried again
  std::chrono::microseconds duration{0};  ///< by the server's clock
  std::vector<Finding> notices = {};      ///< what the server said, with the statement's place
  std::optional<RowChanges> rows = std::nullopt;  ///< of a seed of data
};

/// up, down, redo, seed, setup, baseline, repair.
struct RunReport {
  Head head;
  std::vector<StepResult> results = {};
  std::vector<Finding> findings = {};
  std::optional<Finding> error = std::nullopt;  ///< why the run stopped
  bool database_created = false;
  bool others_worked = false;  ///< it waited, and another migrator did the work meanwhile
};

struct StatusLine {
  std::string id;
  StepKind kind = StepKind::versioned;
  std::string name;
  std::string file;
  Standing standing = Standing::pending;
  std::string applied_at = {};
  std::optional<std::chrono::microseconds> duration = std::nullopt;
  std::string applied_by = {};
  std::string application_host = {};
  std::string migrator_version = {};
  std::string run_id = {};
  std::string note = {};
  std::size_t statements_done = 0;
  std::size_t statements_total = 0;
};

struct StatusReport {
  Head head;
  std::vector<StatusLine> lines = {};
  std::vector<Finding> findings = {};
  std::optional<AtWork> running = std::nullopt;  ///< a migrator that is at work meanwhile
};

struct PlannedStatement {
  std::size_t line = 0;
  std::size_t column = 0;
  std::string what;     ///< "CREATE TABLE"
  std::string sql;      ///< what is sent, without the values of variables, which may be secret
  bool copies = false;  ///< COPY ... FROM STDIN
  std::string_view data = {};  ///< its data lines, which stay in the Project
  std::string file = {};       ///< where it is not the step's own, but one that that reads
  StatementForecast forecast = {};
  std::string written = {};  ///< as the file has it
};

struct PlannedSegment {
  bool transactional = true;
  std::string why;
  std::vector<PlannedStatement> statements;
};

struct PlannedStep {
  StepAction action = StepAction::apply;
  StepKind kind = StepKind::versioned;
  std::string id;
  std::string name;
  std::string file;
  std::size_t first_statement = 0;
  std::vector<PlannedSegment> segments;
  std::vector<std::string> variables = {};  ///< that it may use
};

struct PlanReport {
  Head head;
  bool single_transaction = false;  ///< all steps in one
  std::vector<PlannedStep> steps = {};
  std::vector<Finding> findings = {};
};

struct CheckReport {
  Head head;
  std::size_t migrations = 0;
  std::size_t seeds = 0;
  std::vector<Finding> findings = {};
  /// How the database differs from what the migrations make; absent: not looked for.
  std::optional<std::vector<CatalogDifference>> drift = std::nullopt;
  std::vector<std::string> proved = {};  ///< sentences: what trials on a scratch server found true
  std::set<std::string> files = {};      ///< of migrations, with those that they include
  std::set<std::string> judged = {};     ///< those of them that the rules were to report on
  std::optional<ObservedRun> observed = std::nullopt;  ///< --observe
};

struct ConfigReport {
  Head head;
  std::vector<ConfigLine> lines = {};
  std::vector<Finding> findings = {};
};

/// A session of the server as `db sessions` shows it.
struct ServerSession {
  OtherSession session;
  std::string database = {};
  std::optional<std::chrono::seconds> statement_age = std::nullopt;
  std::string waits_for = {};        ///< "Lock: relation", as the server names it
  std::vector<int> blocked_by = {};  ///< 0: a prepared transaction
  std::size_t depth = 0;             ///< 1: it waits for the one that stands above it
};

struct SessionsReport {
  Head head;
  std::vector<ServerSession> sessions = {};
  std::vector<Finding> findings = {};
};

/// What the server made of a query: JSON as it wrote it, to the byte.
struct QueryReport {
  Head head;
  std::string result = {};
  std::vector<Finding> findings = {};
};

using FactValue = std::variant<std::string, bool, std::int64_t, std::vector<std::string>>;

/// new, wait, local, version, db create, drop and connect, and the bare migrator: a sentence, and
/// the same in fields.
struct FactsReport {
  Head head;
  std::string sentence = {};
  std::vector<std::pair<std::string, FactValue>> facts = {};
  std::vector<Finding> findings = {};
};

/// A command that could not begin: its error is all there is to tell.
struct ErrorReport {
  Head head;
  Finding error;
};

}  // namespace migrator

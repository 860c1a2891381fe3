#include "engine/lint/linter.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/check.h"
#include "engine/plan/segments.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/parse_tree.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

Severity severity_of(Level level) {
  return level == Level::error     ? Severity::error
         : level == Level::warning ? Severity::warning
                                   : Severity::note;
}

/// A statement of a part with what it does.
struct Read {
  Command command;
  std::vector<Action> actions;
  bool parsed = true;
};

/// A file of so many statements is data: its INSERTs are not parsed, each of which fills a table
/// with rows that stand there.
constexpr std::size_t kMostParsed = 10'000;

bool is_worth_parsing(const Part& part, std::string_view sql) {
  if (sql.size() > kLongestParsed) return false;
  return part.statement_count < kMostParsed || !StatementWords(sql).is(0, "insert");
}

std::vector<Read> read_part(const Part& part) {
  std::vector<Read> statements;
  CommandReader reader(part);
  while (auto command = next_sent(reader)) {
    const std::string_view sql = sql_of(part, *command);
    Read read{.command = std::move(*command), .actions = {}};
    if (is_worth_parsing(part, sql)) {
      const ParseTree tree = ParseTree::of(sql);
      read.parsed = bool(tree.statement());
      read.actions = actions_of(tree.statement());
    }
    statements.push_back(std::move(read));
  }
  return statements;
}

/// The comments "-- migrator: allow RULE reason" of a part, and which of them were of use.
class Allowances {
 public:
  explicit Allowances(const Part& part) : part_(part), used_(part.allowances.size(), false) {}

  bool allow(std::string_view rule, const Command& command) {
    if (command.text != 0) return false;
    const Statement& statement = command.statement;
    for (std::size_t i = 0; i < part_.allowances.size(); ++i) {
      const Allowance& allowance = part_.allowances[i];
      if (allowance.rule != rule || allowance.offset < begin_ ||
          allowance.offset >= end_of(statement))
        continue;
      used_[i] = true;
      return true;
    }
    return false;
  }

  /// The next statement's comments begin behind this one, and behind its line.
  void passed(const Command& command) {
    if (command.text == 0) begin_ = end_of(command.statement);
  }

  void complain(std::vector<Finding>& findings) const {
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const Allowance& allowance = part_.allowances[i];
      const Place place = place_of(part_.source(), allowance.offset);
      if (find_rule(allowance.rule) == nullptr)
        findings.push_back({.id = "unknown-rule",
                            .message = fmt::format("there is no rule \"{}\"", allowance.rule),
                            .place = place,
                            .next = "migrator explain lists the rules"});
      else if (!used_[i])
        findings.push_back({.severity = Severity::warning,
                            .id = "unused-allow",
                            .message = fmt::format("nothing here is found by {}", allowance.rule),
                            .place = place,
                            .next = "remove the comment"});
    }
  }

 private:
  std::size_t end_of(const Statement& statement) const {
    const std::size_t end = statement.offset + statement.length;
    const std::size_t line = part_.text.view().find('\n', end);
    return line == std::string_view::npos ? part_.text.view().size() : line;
  }

  const Part& part_;
  std::vector<bool> used_;
  std::size_t begin_ = 0;
};

class Linter {
 public:
  Linter(const Project& project, const LintOptions& options)
      : project_(project), options_(options) {}

  std::vector<Finding> run() {
    std::vector<std::vector<Read>> parts;
    for (const Migration& migration : project_.migrations)
      for (const Read& read : parts.emplace_back(read_part(migration.up)))
        for (const Action& action : read.actions)
          if (action.kind == ActionKind::create_index) indexes_.push_back(action);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Migration& migration = project_.migrations[i];
      const std::vector<Read>& statements = parts[i];
      const bool each = options_.deployment == Deployment::each_file;
      const bool all = each && options_.reported.empty();
      const bool reported = all || options_.reported.contains(migration.id());
      if (each) {
        model_.begin_deployment();
        locks_ = {};
      }
      model_.begin_file(reported);
      if (reported)
        judge_part(migration.up, statements);
      else
        for (const Read& read : statements) apply(read);
    }
    return std::move(findings_);
  }

 private:
  void apply(const Read& read) {
    for (const Action& action : read.actions) model_.apply(action);
  }

  void judge_part(const Part& part, const std::vector<Read>& statements) {
    Allowances allowances(part);
    std::vector<Action> all;
    for (const Read& read : statements)
      all.insert(all.end(), read.actions.begin(), read.actions.end());
    std::span<const Action> later = all;
    locks_.begin_file();
    lock_timeout_ = part.directives.lock_timeout.value_or(options_.lock_timeout);
    statement_timeout_ = part.directives.statement_timeout.value_or(options_.statement_timeout);
    std::size_t index = 0;
    for (const Segment& segment : cut_segments(part).segments) {
      locks_.begin_segment(segment.transactional);
      so_far_ = {};
      for (; index < segment.first + segment.count && index < statements.size(); ++index) {
        const Read& read = statements[index];
        later = later.subspan(read.actions.size());
        judge(part, read, later, segment, allowances);
        allowances.passed(read.command);
        apply(read);
      }
    }
    allowances.complain(findings_);
  }

  void judge(const Part& part, const Read& read, std::span<const Action> later,
             const Segment& segment, Allowances& allowances) {
    const std::string_view sql = sql_of(part, read.command);
    // Not by place_of, which counts the lines from the first: a file may hold a million statements.
    const Place place{.file = std::string(part.source(read.command.text).file),
                      .line = read.command.statement.line,
                      .column = read.command.statement.column};
    const StatementForecast forecast = locks_.next(sql, place);
    take_timeouts(read.actions);
    const Situation now{.sql = sql,
                        .actions = read.actions,
                        .model = model_,
                        .forecast = forecast,
                        .so_far = so_far_,
                        .later = later,
                        .indexes = indexes_,
                        .transactional = segment.transactional,
                        .alone = !segment.transactional && segment.count > 1,
                        .lock_timeout = lock_timeout_,
                        .statement_timeout = statement_timeout_,
                        .server_version = options_.server_version};
    Complaints complaints;
    if (!read.parsed)
      complaints.push_back({"syntax-error-for-parser",
                            "the parser of PostgreSQL 15 does not know this; the server decides"});
    for (const Action& action : read.actions) {
      check_columns(now, action, complaints);
      check_constraints(now, action, complaints);
      check_indexes(now, action, complaints);
      check_tables(now, action, complaints);
      check_destructive(now, action, complaints);
      check_rows(now, action, complaints);
      check_design(now, action, complaints);
    }
    check_statement(now, complaints);
    for (const Complaint& complaint : complaints) report(complaint, part, read.command, allowances);
    remember(now, place);
  }

  void report(const Complaint& complaint, const Part& part, const Command& command,
              Allowances& allowances) {
    const Rule& rule = *find_rule(complaint.rule);
    const auto chosen = options_.levels.find(std::string(rule.id));
    Level level = chosen == options_.levels.end() ? rule.level : chosen->second;
    // Asked for only where our own runner would not take care of it.
    const bool unlimited = rule.id == "missing-lock-timeout" && level == Level::off;
    if (unlimited && chosen == options_.levels.end()) level = Level::error;
    if (allowances.allow(rule.id, command) || level == Level::off) return;
    if (complaint.at_most) level = std::min(level, *complaint.at_most);
    findings_.push_back(
        {.severity = severity_of(level),
         .id = std::string(rule.id),
         .message = complaint.message,
         .place = place_of(part, command),
         .hint = level == Level::note ? "" : std::string(rule.safe),
         .next = level == Level::note ? "" : fmt::format("migrator explain {}", rule.id)});
  }

  void take_timeouts(const std::vector<Action>& actions) {
    for (const Action& action : actions) {
      if (action.kind != ActionKind::set_value || action.what == "RESET") continue;
      const auto value = parse_duration(action.value);
      if (action.name.name == "lock_timeout" && value) lock_timeout_ = *value;
      if (action.name.name == "statement_timeout" && value) statement_timeout_ = *value;
    }
  }

  void remember(const Situation& now, const Place& place) {
    if (!now.transactional) return;
    for (const ForecastLock& forecast : now.forecast.locks) {
      const ExpectedLock& lock = forecast.lock;
      if (lock.target != LockTarget::relation || lock.taken.answer != Answer::yes) continue;
      if (blocked_by(lock.mode) < Blocked::writes || model_.is_new(lock.name)) continue;
      const ObjectName table = model_.resolve(lock.name);
      const bool known = std::ranges::any_of(so_far_.strong,
                                             [&](const auto& held) { return held.table == table; });
      if (known) continue;
      if (!so_far_.strong.empty()) so_far_.many_said = true;
      so_far_.strong.push_back({table, lock.mode, place.line});
    }
    for (const Action& action : now.actions) {
      const ObjectName table = model_.resolve(action.name);
      if (action.kind >= ActionKind::add_column && action.kind <= ActionKind::alter_other &&
          !action.not_valid)
        so_far_.altered.insert(table);
      for (const ConstraintFacts& facts : action.constraints)
        if (facts.not_valid) so_far_.not_validated.insert({table, constraint_name(table, facts)});
    }
  }

  const Project& project_;
  const LintOptions& options_;
  std::vector<Action> indexes_;
  SchemaModel model_;
  LockForecast locks_;
  TransactionSoFar so_far_;
  std::chrono::milliseconds lock_timeout_{0};
  std::chrono::milliseconds statement_timeout_{0};
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lint(const Project& project, const LintOptions& options) {
  return Linter(project, options).run();
}

}  // namespace migrator

#include "engine/lint/linter.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "engine/lint/allowances.h"
#include "engine/lint/check.h"
#include "engine/lint/estimate.h"
#include "engine/lint/safe_way.h"
#include "engine/plan/segments.h"
#include "engine/project/checksum.h"
#include "engine/sql/canonical.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/statement_facts.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

Severity severity_of(Level level) {
  return level == Level::error     ? Severity::error
         : level == Level::warning ? Severity::warning
                                   : Severity::note;
}

/// A file of so many statements is data: its INSERTs are not parsed, each of which fills a table
/// with rows that stand there.
constexpr std::size_t kMostParsed = 10'000;

StatementFacts facts_of(const Part& part, std::string_view sql) {
  const bool parses = part.statement_count < kMostParsed || !StatementWords(sql).is(0, "insert");
  return parses ? read_statement(sql) : read_words(sql);
}

/// A statement that is judged, where it stands.
struct Spot {
  const Part& part;
  const Command& command;
  Allowances& allowances;

  std::string_view sql() const { return sql_of(part, command); }
  // Not by place_of, which counts the lines from the first: a file may hold a million statements.
  Place place() const {
    return {.file = std::string(part.source(command.text).file),
            .line = command.statement.line,
            .column = command.statement.column};
  }
};

class Linter {
 public:
  Linter(const Project& project, const LintOptions& options)
      : project_(project), options_(options) {
    if (options.observed == nullptr) return;
    for (const Observation& seen : options.observed->statements)
      observed_[{seen.file, seen.line, seen.column}] = &seen;
  }

  LintReport run() {
    const bool each = options_.deployment == Deployment::each_file;
    if (options_.live) begin_with(*options_.live);
    for (const Migration& migration : project_.migrations) {
      const bool all = each && options_.reported.empty();
      if (each) {
        model_.begin_deployment();
        locks_ = {};
      }
      read_part(migration.up, all || options_.reported.contains(migration.id()));
    }
    excuse([&](const Excuse& excuse) {
      const KnownRelation* table = model_.find(excuse.table);
      return table && has_index(*table, excuse.columns);
    });
    std::erase_if(report_.findings, [](const Finding& finding) { return finding.id.empty(); });
    return std::move(report_);
  }

 private:
  void begin_with(const std::vector<std::string>& live) {
    model_.begin_file(false);
    for (const std::string& sql : live) apply(read_statement(sql));
  }

  void read_part(const Part& part, bool reported) {
    Allowances allowances(part);
    model_.begin_file(reported);
    if (reported) begin_part(part);
    const bool is_in_database = options_.live && options_.deployment == Deployment::together;
    SegmentCutter cutter(part);
    std::size_t segments = 0;
    CommandReader reader(part);
    while (const auto command = next_sent(reader)) {
      const StatementFacts facts = facts_of(part, sql_of(part, *command));
      cutter.take(*command, facts.transaction);
      // Nothing is to be said of a file's own BEGIN and COMMIT.
      if (const Segment* segment = cutter.segment(); reported && segment) {
        if (cutter.result().segments.size() != segments) begin_segment(*segment);
        segments = cutter.result().segments.size();
        judge({part, *command, allowances}, facts, *segment);
      }
      if (reported) allowances.passed(*command);
      if (reported || !is_in_database) apply(facts);
    }
    std::ranges::move(cutter.result().findings, std::back_inserter(report_.plan));
    if (!reported) return;
    excuse([&](const Excuse& excuse) { return views_.contains(excuse.view); });
    allowances.complain(report_.findings, options_.observed == nullptr ? Allowances::Run::none
                                                                       : Allowances::Run::observed);
  }

  void begin_part(const Part& part) {
    report_.judged.insert(part.file);
    for (const Included& included : part.included) report_.judged.insert(included.file);
    views_.clear();
    locks_.begin_file();
    lock_timeout_ = part.directives.lock_timeout.value_or(options_.lock_timeout);
    statement_timeout_ = part.directives.statement_timeout.value_or(options_.statement_timeout);
  }

  void begin_segment(const Segment& segment) {
    locks_.begin_segment(segment.transactional);
    so_far_ = {};
  }

  void apply(const StatementFacts& facts) {
    for (const Action& action : facts.actions) {
      if (action.kind == ActionKind::create_view) views_.insert(model_.resolve(action.name));
      model_.apply(action);
    }
  }

  void judge(const Spot& spot, const StatementFacts& facts, const Segment& segment) {
    const Place place = spot.place();
    const StatementForecast forecast = locks_.next(facts.locks, facts.changes, place);
    take_timeouts(facts.actions);
    const Situation now{.sql = spot.sql(),
                        .actions = facts.actions,
                        .model = model_,
                        .forecast = forecast,
                        .so_far = so_far_,
                        .transactional = segment.transactional,
                        .alone = !segment.transactional && segment.count > 1,
                        .lock_timeout = lock_timeout_,
                        .statement_timeout = statement_timeout_,
                        .server_version = options_.server_version};
    Complaints complaints = complaints_about(now);
    if (facts.refused)
      complaints.insert(complaints.begin(),
                        {"syntax-error-for-parser",
                         "the parser of PostgreSQL 15 does not know this; the server decides"});
    if (const Observation* seen = observed(place)) weigh(now, *seen, complaints);
    if (is_refused(spot, complaints)) std::erase_if(complaints, is_about_doings);
    const Costs costs = costs_of(now, complaints);
    for (const Complaint& complaint : complaints) report(now, complaint, spot, costs);
    tell_costs(spot, costs);
    remember(now, complaints, place);
  }

  /// What the server refuses does none of what else would be said of it.
  bool is_refused(const Spot& spot, const Complaints& complaints) const {
    return std::ranges::any_of(complaints, [&](const Complaint& complaint) {
      const Rule& rule = *find_rule(complaint.rule);
      return rule.witness == Witness::refusal && level_of(rule, complaint) > Level::note &&
             !spot.allowances.allow(rule.id, spot.command);
    });
  }

  static bool is_about_doings(const Complaint& complaint) {
    const Witness witness = find_rule(complaint.rule)->witness;
    return witness == Witness::rewrite || witness == Witness::scan || witness == Witness::lock ||
           witness == Witness::held || witness == Witness::rows || witness == Witness::loss;
  }

  /// What a statement is estimated to cost, and whether a finding has said so.
  struct Costs {
    std::optional<Estimate> estimate = std::nullopt;
    bool said = false;
  };

  Costs costs_of(const Situation& now, const Complaints& complaints) const {
    if (!options_.stats) return {};
    const bool sized = std::ranges::any_of(
        complaints, [](const Complaint& complaint) { return is_sized(complaint.rule); });
    return {estimate(now, *options_.stats, options_.speed, sized), sized};
  }

  /// What takes a while is told also where no rule minds.
  void tell_costs(const Spot& spot, const Costs& costs) {
    if (!costs.estimate || costs.said || costs.estimate->seconds < 1) return;
    report_.findings.push_back({.severity = Severity::note,
                                .id = "estimate",
                                .message = to_text(*costs.estimate),
                                .place = place_of(spot.part, spot.command)});
  }

  Level level_of(const Rule& rule, const Complaint& complaint) const {
    const auto chosen = options_.levels.find(std::string(rule.id));
    Level level = chosen == options_.levels.end() ? rule.level : chosen->second;
    // Asked for only where our own runner would not take care of it.
    const bool unlimited = rule.id == "missing-lock-timeout" && level == Level::off;
    if (unlimited && chosen == options_.levels.end()) level = Level::error;
    return complaint.at_most && level != Level::off ? std::min(level, *complaint.at_most) : level;
  }

  void report(const Situation& now, const Complaint& complaint, const Spot& spot,
              const Costs& costs) {
    const Rule& rule = *find_rule(complaint.rule);
    const Level usual = level_of(rule, complaint);
    if (spot.allowances.allow(rule.id, spot.command) || usual == Level::off) return;
    SizedLevel level{usual};
    std::string detail = complaint.detail;
    if (costs.estimate && is_sized(rule.id)) {
      level = sized(usual, *costs.estimate);
      detail += (detail.empty() ? "" : "\n") + to_text(*costs.estimate);
      if (!level.why.empty())
        detail +=
            fmt::format("; {} instead of {} ({})", to_text(level.level), to_text(usual), level.why);
    }
    const bool is_note = level.level == Level::note;
    std::string hint = is_note ? "" : std::string(rule.safe);
    if (const std::string sql = is_note ? "" : safe_way(now, complaint); !sql.empty())
      hint += "\n" + sql;
    report_.findings.push_back(
        veil_of(spot.part.used)
            .over(Finding{.severity = severity_of(level.level),
                          .id = std::string(rule.id),
                          .message = complaint.message,
                          .place = place_of(spot.part, spot.command),
                          .detail = std::move(detail),
                          .hint = std::move(hint),
                          .next = is_note ? "" : fmt::format("migrator explain {}", rule.id),
                          .fingerprint = fingerprint_of(spot.sql())}));
    if (complaint.unless) {
      views_.erase(complaint.unless->view);
      pending_.push_back({report_.findings.size() - 1, *complaint.unless});
    }
  }

  static std::string fingerprint_of(std::string_view sql) {
    constexpr std::size_t kDigits = 16;
    return sha256(canonical_statement(sql)).substr(0, kDigits);
  }

  /// Takes back the findings whose excuse has come; they go at the end, for others are counted.
  void excuse(auto&& holds) {
    for (const Pending& pending : pending_)
      if (holds(pending.excuse)) report_.findings[pending.finding].id.clear();
    std::erase_if(pending_,
                  [](const Pending& pending) { return pending.excuse.table.name.empty(); });
  }

  const Observation* observed(const Place& place) const {
    const auto seen = observed_.find({place.file, place.line, place.column});
    return seen == observed_.end() ? nullptr : seen->second;
  }

  void take_timeouts(const std::vector<Action>& actions) {
    for (const Action& action : actions) {
      if (action.kind != ActionKind::set_value || action.what == "RESET") continue;
      const auto value = parse_duration(action.value);
      if (action.name.name == "lock_timeout" && value) lock_timeout_ = *value;
      if (action.name.name == "statement_timeout" && value) statement_timeout_ = *value;
    }
  }

  void remember(const Situation& now, const Complaints& complaints, const Place& place) {
    if (!now.transactional) return;
    if (passes_through(now, complaints))
      so_far_.passed.insert(model_.resolve(now.actions.front().name));
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
      for (const ConstraintFacts& facts : action.constraints)
        if (facts.not_valid) so_far_.not_validated.insert({table, constraint_name(table, facts)});
    }
  }

  const Project& project_;
  const LintOptions& options_;
  SchemaModel model_;
  LockForecast locks_;
  TransactionSoFar so_far_;
  std::chrono::milliseconds lock_timeout_{0};
  std::chrono::milliseconds statement_timeout_{0};
  struct Pending {
    std::size_t finding;
    Excuse excuse;
  };
  std::vector<Pending> pending_;
  std::set<ObjectName> views_;  ///< that the file has made so far
  LintReport report_;
  std::map<std::tuple<std::string, std::size_t, std::size_t>, const Observation*> observed_;
};

}  // namespace

LintReport lint(const Project& project, const LintOptions& options) {
  return Linter(project, options).run();
}

}  // namespace migrator

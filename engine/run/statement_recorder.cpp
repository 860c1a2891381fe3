#include "engine/run/statement_recorder.h"

#include <algorithm>

#include "engine/sql/statement_words.h"
#include "engine/sql/token_rules.h"

namespace migrator {
namespace {

constexpr const char* kPassedSince = "unforeseen-failure";

}  // namespace

StatementWitness StatementRecorder::witness() {
  return {.before = [this](Connection& connection, const Part& part,
                           const Command& command) { return before(connection, part, command); },
          .after = [this](Connection& connection) { after(connection); },
          .failed = [this](const Error& error) { failed(error); },
          .heard =
              [this](const Notice& notice) {
                recorder_.heard(notice);
                return notice.severity.starts_with("DEBUG");
              }};
}

bool StatementRecorder::before(Connection& connection, const Part& part, const Command& command) {
  if (!file_ || file_->name() != part.file) {
    if (before_ == Before::each_file) recorder_.begin(connection);
    file_.emplace(part);
    begun_.insert(part.file);
    settings_ = left_ = session_settings(connection);
  }
  connection_ = &connection;
  at_ = place_in_file(part, command);
  const std::string_view sql = sql_of(part, command);
  what_ = describe(StatementWords(sql));
  if (!runs_all_ && is_about_the_server(sql)) {
    keep({.skipped = true});
    return false;
  }
  recorder_.before(connection, trace_of(sql));
  if (recorder_.transaction() != transaction_) {
    in_transaction_.clear();
    pass_over_settings_of_the_run(connection);
  }
  transaction_ = recorder_.transaction();
  return true;
}

/// What has changed since the last statement, no statement has set: limits of the next transaction.
void StatementRecorder::pass_over_settings_of_the_run(Connection& connection) {
  auto now = session_settings(connection);
  for (const auto& [name, value] : now)
    if (const auto left = left_.find(name); left == left_.end() || left->second != value)
      settings_[name] = value;
  left_ = std::move(now);
}

void StatementRecorder::after(Connection& connection) {
  Observation seen = recorder_.after(connection);
  left_ = session_settings(connection);
  if (file_->is_last(at_)) seen.settings = file_->left_set(settings_, left_);
  seen.locked_for = seen.duration;
  for (const StatementPlace& earlier : in_transaction_) seen_[earlier].locked_for += seen.duration;
  if (seen.transactional) in_transaction_.push_back(at_);
  keep(std::move(seen));
}

void StatementRecorder::failed(const Error& error) {
  Observation seen = recorder_.failed(*connection_);
  seen.failure = error.finding();
  failed_at_ = at_;
  keep(std::move(seen));
}

void StatementRecorder::keep(Observation seen) {
  // What it does is seen only where it passes; that it failed with rows stays.
  if (settled_.contains(at_)) {
    if (seen.failure) return;
    seen.failure = seen_[at_].failure;
    seen.failure->id = kPassedSince;
  }
  std::tie(seen.file, seen.line, seen.column) = at_;
  seen.what = what_;
  if (!seen_.contains(at_)) order_.push_back(at_);
  seen_[at_] = std::move(seen);
}

bool StatementRecorder::has_passed_since(const StatementPlace& place) const {
  const auto seen = seen_.find(place);
  return seen != seen_.end() && seen->second.failure && seen->second.failure->id == kPassedSince;
}

std::vector<Observation> StatementRecorder::take() {
  std::vector<Observation> all;
  for (const StatementPlace& place : order_) all.push_back(std::move(seen_[place]));
  return all;
}

}  // namespace migrator

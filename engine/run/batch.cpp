#include "engine/run/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/pg/settings.h"
#include "engine/run/file_session.h"
#include "engine/run/step_words.h"
#include "engine/run/whole_step.h"
#include "engine/sql/command_reader.h"

namespace migrator {
namespace {

constexpr std::size_t kMostSteps = 250;
constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
/// Who waits longer for a lock is to say for whom.
constexpr std::chrono::seconds kLongestLockTimeout{5};

StepResult result_of(const Step& step) {
  return {.action = step.action,
          .kind = step.kind,
          .id = step.id,
          .name = step.name,
          .file = step.part->file,
          .outcome = StepOutcome::applied,
          .statements = step.part->statement_count};
}

}  // namespace

Batch::Batch(const RunSite& site, ProgressWatch& watch, std::span<const Step> plan)
    : site_(site), watch_(watch), plan_(plan), limits_(site.connection, site.options) {
  // Seeds that change places go one by one.
  has_order_ = std::ranges::any_of(plan, [](const Step& step) { return !step.after.empty(); });
  QuickSteps quick;
  for (const Step& step : plan) {
    const Pace pace = quick.take(step);
    paces_.push_back(may_go(step) ? pace : Pace::slow);
  }
}

bool Batch::may_go(const Step& step) const {
  if (has_order_ && step.kind == StepKind::seed) return false;
  const auto lock_timeout = limits_.lock_timeout(step);
  return lock_timeout.count() > 0 && lock_timeout <= kLongestLockTimeout &&
         !limits_.lacks_transaction_timeout(step);
}

std::span<const Step> Batch::together(std::size_t first) const {
  std::size_t bytes = 0;
  std::size_t end = first;
  for (; end < std::min(plan_.size(), first + kMostSteps); ++end) {
    const Step& step = plan_[end];
    if (paces_[end] == Pace::slow || is_changed(*step.part)) break;
    bytes += step.part->text.size();
    if (bytes > kMostBytes || limits_.settings(step) != limits_.settings(plan_[first])) break;
  }
  return plan_.subspan(first, end - first);
}

BatchEnd Batch::run(std::size_t first) {
  steps_ = together(first);
  if (steps_.empty() || site_.stop.stop_requested()) return {};
  begin_message();
  for (const Step& step : steps_) add(step, &step == &steps_.back());
  for (Query& query : session_reset(site_.connection))
    add({.step = results_.size()}, std::move(query));
  const PipelineEnd end = send();
  const std::size_t count = done(end);
  if (end.failure && end.failure->kind() == ErrorKind::connection)
    return {.lost = end.failure, .in_doubt = std::move(results_)};
  try {
    if (end.failure) clean_up(count);
  } catch (const Error& error) {
    return {.lost = error, .in_doubt = std::move(results_)};
  }
  results_.resize(count);
  // What stands behind the last COMMIT may fail as well.
  return {.done = std::move(results_), .failed = end.failure && count < steps_.size()};
}

void Batch::begin_message() {
  queries_.clear();
  sent_.clear();
  rows_.clear();
  commits_.clear();
  results_.clear();
  prepared_.clear();
}

/// What holds for all of the message. A setting of the session ends with the transaction that makes
/// it, if that fails; what stays is reset behind the last one.
void Batch::add_settings(std::size_t index) {
  std::vector<ServerSetting> settings = limits_.settings(steps_.front());
  settings.push_back(limits_.name_of(steps_.front()));
  settings.push_back({"synchronous_commit", "off"});
  for (Query& query : setting(settings, SettingScope::session))
    add({.step = index, .ours = kItsRow}, std::move(query));
}

void Batch::add(const Step& step, bool is_last) {
  const std::size_t index = results_.size();
  const bool is_tidy =
      paces_[static_cast<std::size_t>(&step - plan_.data())] == Pace::quick_and_tidy;
  results_.push_back(result_of(step));
  add({.step = index, .ours = kItsRow}, {"BEGIN"});
  if (index == 0) add_settings(index);
  // What is there already has to end the message.
  add_prepared({.step = index, .ours = kItsRow}, site_.table.inserting(step, site_.options.runner));
  CommandReader reader(*step.part);
  std::size_t number = 0;
  while (const auto command = next_sent(reader))
    add({.step = index, .command = command, .number = number++},
        {std::string(sql_of(*step.part, *command))});
  if (!is_tidy) {
    add({.step = index, .ours = kDeferredConstraints}, check_of_deferred());
    for (Query& query : reset_between_files())
      add({.step = index, .ours = "COMMIT"}, std::move(query));
    if (!is_last) add_settings(index);
  } else if (is_last) {
    add({.step = index, .ours = "COMMIT"}, {"RESET synchronous_commit"});
  }
  add_prepared({.step = index, .ours = "COMMIT"},
               site_.table.finishing(step, site_.options.runner));
  rows_.push_back(queries_.size() - 1);
  commits_.push_back(queries_.size());
  add({.step = index, .ours = "COMMIT"}, {"COMMIT"});
}

void Batch::add(Sent what, Query query) {
  sent_.push_back(std::move(what));
  queries_.push_back(std::move(query));
}

/// The server reads and plans each such text once for the message.
void Batch::add_prepared(Sent what, Query query) {
  const auto [known, is_new] =
      prepared_.try_emplace(query.sql, fmt::format("migrator_{}", prepared_.size()));
  if (is_new) add(what, {.sql = query.sql, .prepared = known->second});
  query.sql.clear();
  query.prepared = known->second;
  add(std::move(what), std::move(query));
}

PipelineEnd Batch::send() {
  std::optional<ProgressWatch::Watching> watching;
  site_.connection.on_notice([this](const Notice& notice) { hear(notice); });
  const auto waiting = [&](std::size_t index) {
    watching.reset();
    if (index < sent_.size() && sent_[index].step < steps_.size())
      watching.emplace(watch_, watched(sent_[index]));
  };
  PipelineEnd end = run_pipeline(site_.connection, queries_,
                                 {.stop = site_.stop,
                                  .awaited = [this](std::size_t index) { awaited_ = index; },
                                  .waiting = waiting});
  site_.connection.on_notice({});
  return end;
}

void Batch::hear(const Notice& notice) {
  if (awaited_ >= sent_.size() || !sent_[awaited_].command) return;
  const Sent& sent = sent_[awaited_];
  const Part& part = *steps_[sent.step].part;
  results_[sent.step].notices.push_back(
      veiled(finding_of(notice, part, *sent.command), part, veil_of(part.used)));
}

WatchedStatement Batch::watched(const Sent& sent) const {
  const Step& step = steps_[sent.step];
  if (!sent.command) return {.file = step.part->file, .sql = sent.ours};
  return migrator::watched(*step.part, *sent.command, sent.number, limits_.lock_timeout(step));
}

/// Those whose COMMIT was answered.
std::size_t Batch::done(const PipelineEnd& end) {
  std::size_t count = 0;
  for (; count < commits_.size() && commits_[count] < end.replies.size(); ++count)
    results_[count].duration = HistoryTable::finished(end.replies[rows_[count]].rows);
  return count;
}

/// Throws Error(connection) when nobody knows any more what is kept.
void Batch::clean_up(std::size_t done) {
  std::vector<Query> queries = session_reset(site_.connection);
  if (site_.connection.in_transaction()) queries.insert(queries.begin(), {"ROLLBACK"});
  if (done > 0) queries.push_back(site_.table.flushing(results_[done - 1].id));
  run_together(site_.connection, queries);
}

}  // namespace migrator

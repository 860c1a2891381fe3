#include "engine/run/tend.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <iterator>

#include "engine/base/error.h"
#include "engine/pg/pause.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/run/file_session.h"
#include "engine/run/owners.h"
#include "engine/run/reading.h"
#include "engine/run/run_lock.h"
#include "engine/run/run_steps.h"
#include "engine/run/turn.h"

namespace migrator {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};

[[noreturn]] void refuse(std::string id, std::string message, std::string next = "") {
  throw Error(ErrorKind::usage, {.id = std::move(id),
                                 .message = std::move(message),
                                 .kept = "nothing was changed",
                                 .next = std::move(next)});
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

/// "1" and "0001", and "0001_users.sql" though that file is gone.
bool means_version(const std::string& target, const Entry& entry) {
  const std::string name = file_name(target);
  const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  if (!entry.version || parse_version(name.substr(0, digits)) != entry.version) return false;
  const std::string rest = name.substr(digits), stem = "_" + entry.name;
  return rest.empty() || rest == stem || rest == stem + ".sql" || rest == stem + ".up.sql" ||
         rest == stem + ".down.sql";
}

/// The entry that "1", "0001_users.sql", "migrations/1_users.up.sql", "R__view" or
/// "seed/10_users.sql" mean. What names it most exactly goes before what only resembles it.
const Entry& find_entry(const Comparison& comparison, const std::string& target) {
  const std::array<std::function<bool(const Entry&)>, 4> ways{
      [&](const Entry& entry) { return entry.id == target; },
      [&](const Entry& entry) { return entry.part() && entry.part()->file == target; },
      [&](const Entry& entry) {
        return entry.part() && file_name(entry.part()->file) == file_name(target);
      },
      [&](const Entry& entry) { return means_version(target, entry); }};
  for (const auto& is_meant : ways) {
    const auto found = std::ranges::find_if(comparison.entries, is_meant);
    if (found == comparison.entries.end()) continue;
    const auto other = std::find_if(std::next(found), comparison.entries.end(), is_meant);
    if (other == comparison.entries.end()) return *found;
    refuse("unknown-id",
           fmt::format("\"{}\" could be {} or {}", target, found->shown(), other->shown()),
           fmt::format("say which by its id: {} or {}", found->id, other->id));
  }
  refuse("unknown-id", fmt::format("there is no migration or seed \"{}\"", target),
         "migrator status lists them");
}

Refresh refresh_of(const Entry& entry) {
  if (!entry.part()) refuse("file-missing", fmt::format("{} has no file to accept", entry.shown()));
  return {entry.id, *entry.checksums(), kept_text_of(*entry.part())};
}

const AppliedMigration& row_of(const Entry& entry) {
  if (!entry.applied)
    refuse("not-applied", fmt::format("the history has nothing of {}", entry.shown()));
  return *entry.applied;
}

/// A row for what somebody did by hand.
void insert_applied(const RunSite& site, const Entry& entry) {
  if (!entry.part()) refuse("file-missing", fmt::format("{} has no file", entry.shown()));
  const Part* down = entry.migration && entry.migration->down ? &*entry.migration->down : nullptr;
  const Step step{.kind = entry.kind,
                  .id = entry.id,
                  .version = entry.version,
                  .name = entry.name,
                  .part = entry.part(),
                  .down = down,
                  .checksums = *entry.checksums(),
                  .segments = {}};
  if (site.table.begin(site.connection, step, site.options.runner))
    site.table.finish(site.connection, step, site.options.runner);
}

/// All of the file as it stands on disk is in the database, whatever was run before it was mended.
void mark_applied(const RunSite& site, const Entry& entry, const std::string& reason) {
  const std::optional<Refresh> on_disk =
      entry.part() ? std::optional(refresh_of(entry)) : std::nullopt;
  const auto write = [&] {
    if (!entry.applied) insert_applied(site, entry);
    site.table.mark_applied(site.connection, entry.id, on_disk, reason);
  };
  // Behind a pooler one is open.
  site.connection.in_transaction() ? write() : write_as_ourselves(site.connection, write);
}

void resume_at(const RunSite& site, const Entry& entry, const RepairRequest& request) {
  const AppliedMigration& row = row_of(entry);
  if (row.state == StepState::applied)
    refuse("not-half-done", fmt::format("{} is not half done", entry.shown()));
  // What stands in the file now is what was done, says who repairs; without a file, the row is all.
  const StepAction action = row.undoing() ? StepAction::undo : StepAction::apply;
  const Part* part =
      row.undoing() ? entry.migration && entry.migration->down ? &*entry.migration->down : nullptr
                    : entry.part();
  const std::vector<std::string> journal =
      part ? journal_of(*part, cut_segments(*part).segments, action) : row.journal;
  if (request.statement < 1 || request.statement > journal.size() + 1)
    refuse("bad-statement",
           fmt::format("{} has the statements 1 to {}", entry.shown(), journal.size()));
  site.table.resume_at(site.connection, entry.id, request.statement - 1, journal, request.reason);
}

void carry_out(const RunSite& site, const Entry& entry, const RepairRequest& request) {
  switch (request.repair) {
    case Repair::accept_file:
      if (row_of(entry).state != StepState::applied)
        refuse("half-done", fmt::format("{} is half done", entry.shown()),
               "say what is true with --mark-applied, --resume-at N or --forget");
      return site.table.accept_text(site.connection, refresh_of(entry), request.reason);
    case Repair::mark_applied:
      return mark_applied(site, entry, request.reason);
    case Repair::resume_at:
      return resume_at(site, entry, request);
    case Repair::forget:
      row_of(entry);
      return site.table.forget(site.connection, entry.id);
  }
}

std::string sentence_of(const Entry& entry, const RepairRequest& request) {
  switch (request.repair) {
    case Repair::accept_file:
      return entry.shown() + " is accepted as it stands on disk";
    case Repair::mark_applied:
      return entry.shown() + " is marked as applied";
    case Repair::resume_at:
      return fmt::format("{} goes on at statement {}", entry.shown(), request.statement);
    case Repair::forget:
      return entry.shown() + " is forgotten: the history has no row of it";
  }
  return "";
}

RunReport report_of(std::string id, std::string sentence) {
  RunReport report;
  report.findings.push_back(
      {.severity = Severity::note, .id = std::move(id), .message = std::move(sentence)});
  return report;
}

/// While no run is at work: under the lock, or, behind a pooler, in a transaction that has it for
/// itself, when the history is still what was read.
RunReport in_order(const RunSite& site, const Project& project,
                   const std::function<RunReport(const Reading&)>& work) {
  const RunLock lock(site);
  const bool is_pooled = site.connection.is_pooled();
  for (;;) {
    bool waited = false;
    const auto read = read_when_free(site, project, waited);
    read->require_writable();
    if (!is_pooled) return work(*read);
    site.table.ensure(site.connection);
    Turn turn(site.connection, site.table, site.options, site.observer, site.stop);
    turn.expect(premise_of(read->history()));
    try {
      turn.begin();
      RunReport report = work(*read);
      commit(site.connection, site.stop);
      return report;
    } catch (const Error& error) {
      if (site.connection.in_transaction()) run_quick_command(site.connection, "ROLLBACK");
      if (!is_overtaken(error)) throw;
      if (!pause(kBetweenLooks, site.stop)) throw;
    }
  }
}

RunReport baseline(const RunSite& site, const Reading& reading, const Project& project,
                   Version version, const std::string& reason) {
  const auto migration = std::ranges::find_if(project.migrations, [&](const Migration& m) {
    return !m.repeatable && m.version == version;
  });
  if (migration == project.migrations.end())
    refuse("unknown-version", fmt::format("there is no migration {}", to_string(version)),
           "name the newest migration that the database has already");
  for (const AppliedMigration& row : reading.history().rows)
    if (row.version && *row.version >= version)
      refuse("baseline-too-old", fmt::format("the history has {} already", to_string(*row.version)),
             "a baseline is for a database that migrator has not migrated yet");
  site.table.ensure(site.connection);
  site.table.record_baseline(site.connection, version, migration->name, migration->checksums,
                             reason, site.options.runner);
  return report_of("baseline", fmt::format("the database counts as having everything up to {}",
                                           migration->up.file));
}

}  // namespace

RunReport baseline(const RunSite& site, const Project& project, Version version,
                   const std::string& reason) {
  return in_order(site, project, [&](const Reading& reading) {
    return baseline(site, reading, project, version, reason);
  });
}

RunReport repair(const RunSite& site, const Project& project, const RepairRequest& request) {
  return in_order(site, project, [&](const Reading& reading) {
    const Entry& entry = find_entry(reading.comparison(), request.target);
    site.table.ensure(site.connection);
    carry_out(site, entry, request);
    return report_of("repaired", sentence_of(entry, request));
  });
}

}  // namespace migrator

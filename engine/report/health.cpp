#include "engine/report/health.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

constexpr std::size_t kNamedVersions = 5;

bool is_seed(const StatusLine& line) {
  return line.kind == StepKind::seed;
}

/// "2 migrations are not applied (20261122101500, 20261122103000)"
std::string reason_of(const StatusReport& report, Standing standing, std::string_view one,
                      std::string_view several) {
  std::string ids;
  std::size_t count = 0;
  for (const StatusLine& line : report.lines) {
    if (is_seed(line) || line.standing != standing) continue;
    if (++count > kNamedVersions) continue;
    // A repeatable has its name for an id, and names are nobody's business here.
    const std::string id = line.kind == StepKind::repeatable ? "a repeatable" : line.id;
    ids += (ids.empty() ? "" : ", ") + id;
  }
  if (count > kNamedVersions) ids += ", ...";
  return fmt::format("{} {} ({})", counted(count, "migration"), count == 1 ? one : several, ids);
}

HealthCheck check_standing(const StatusReport& report, std::string_view name, Standing standing,
                           Verdict verdict, std::string_view one, std::string_view several) {
  if (count_migrations(report, standing) == 0) return {.name = name};
  return {.name = name, .verdict = verdict, .reason = reason_of(report, standing, one, several)};
}

bool concerns_database(const Finding& error) {
  return !error.place && error.id != "migrations-missing" && error.id != "folder-unreadable" &&
         error.id != "file-unreadable" && error.id != "seeds-missing" &&
         error.id != "seed-set-missing";
}

/// Of an error: what may be said of it to anybody.
std::string reason_of(const Finding& error) {
  if (error.id == "foreign-history-table" || error.id == "history-damaged" ||
      error.id == "newer-history")
    return "the history table cannot be read: " + error.id;
  return "it cannot be asked: " + error.id;
}

HealthCheck check_database(const Sight& sight) {
  if (!sight.error || !concerns_database(*sight.error)) return {.name = "database"};
  return {.name = "database", .verdict = Verdict::bad, .reason = reason_of(*sight.error)};
}

HealthCheck check_files(const Sight& sight) {
  HealthCheck check{.name = "files"};
  const auto fail = [&](std::string reason) {
    check = {.name = "files", .verdict = Verdict::bad, .reason = std::move(reason)};
  };
  if (sight.error && !concerns_database(*sight.error))
    fail("they cannot be read: " + sight.error->id);
  for (const Finding& finding : sight.status.findings)
    if (finding.id == "migrations-empty") fail("there is no migration on disk to compare with");
  return check;
}

/// Errors in the findings that no standing of a migration tells of: files that are wrong.
HealthCheck check_findings(const StatusReport& report) {
  constexpr auto told = std::to_array<std::string_view>(
      {"late", "changed", "half-done", "in-doubt", "done-statement-changed"});
  std::size_t count = 0;
  for (const Finding& finding : report.findings)
    if (finding.severity == Severity::error && std::ranges::find(told, finding.id) == told.end())
      ++count;
  if (count == 0) return {.name = "project"};
  return {.name = "project",
          .verdict = Verdict::bad,
          .reason = counted(count, "error") + " in the files: migrator check names them"};
}

HealthCheck check_seeds(const StatusReport& report, Verdict verdict) {
  const std::size_t count = count_seeds(report, Standing::pending);
  if (count == 0) return {.name = "seeds"};
  return {.name = "seeds",
          .verdict = verdict,
          .reason = counted(count, "seed") + " to be run: migrator seed"};
}

HealthChecks standings(const Sight& sight, Verdict noted) {
  const StatusReport& report = sight.status;
  return {
      check_standing(report, "pending", Standing::pending, Verdict::bad, "is not applied",
                     "are not applied"),
      check_standing(report, "late", Standing::late, Verdict::bad,
                     "is below the newest one and not applied",
                     "are below the newest one and not applied"),
      check_standing(report, "failed", Standing::half_done, Verdict::bad,
                     report.running ? "is being run" : "is half done",
                     report.running ? "are being run, or half done" : "are half done"),
      check_standing(report, "checksums", Standing::changed, Verdict::bad,
                     "was changed after it was applied", "were changed after they were applied"),
      check_standing(report, "ahead", Standing::ahead, noted, "of a newer release is applied",
                     "of a newer release are applied"),
      check_standing(report, "missing", Standing::missing, noted, "is applied and has no file",
                     "are applied and have no file"),
      check_seeds(report, noted)};
}

/// Not those: they are about the database, which may be more than this release wants.
bool hinders(const HealthCheck& check) {
  return check.verdict == Verdict::bad;
}

std::string whole_seconds(std::chrono::milliseconds time) {
  return fmt::format("{} s", std::chrono::floor<std::chrono::seconds>(time).count());
}

HealthCheck check_motion(const Sight& sight, const HealthPolicy& policy) {
  HealthCheck check{.name = "migration", .verdict = Verdict::note};
  if (!sight.status.running)
    check = {.name = "migration", .verdict = Verdict::bad, .reason = "nobody is at work on it"};
  else if (sight.motionless < policy.stalled_after)
    check.reason =
        "a migrator is at work; it last moved " + whole_seconds(sight.motionless) + " ago";
  else
    check = {
        .name = "migration",
        .verdict = Verdict::bad,
        .reason = "a migrator is at work and has not moved for " + whole_seconds(sight.motionless)};
  return check;
}

}  // namespace

std::size_t count_migrations(const StatusReport& report, Standing standing) {
  return static_cast<std::size_t>(std::ranges::count_if(report.lines, [&](const StatusLine& line) {
    return !is_seed(line) && line.standing == standing;
  }));
}

std::size_t count_seeds(const StatusReport& report, Standing standing) {
  return static_cast<std::size_t>(std::ranges::count_if(report.lines, [&](const StatusLine& line) {
    return is_seed(line) && line.standing == standing;
  }));
}

HealthChecks readiness(const Sight& sight, const HealthPolicy& policy) {
  HealthChecks checks{check_database(sight), check_files(sight)};
  if (sight.error) return checks;
  checks.push_back(check_findings(sight.status));
  std::ranges::move(standings(sight, policy.strict ? Verdict::bad : Verdict::note),
                    std::back_inserter(checks));
  return checks;
}

HealthChecks startup(const Sight& sight, const HealthPolicy& policy) {
  HealthChecks checks{check_database(sight), check_files(sight)};
  if (sight.error) return checks;
  const HealthChecks all = readiness(sight, policy);
  if (std::ranges::any_of(all, hinders))
    checks.push_back(check_motion(sight, policy));
  else
    checks.push_back({.name = "migration"});
  return checks;
}

HealthChecks unanswered(std::chrono::milliseconds waited) {
  return {{.name = "database",
           .verdict = Verdict::bad,
           .reason = "it has not answered for " + whole_seconds(waited)}};
}

bool is_good(const HealthChecks& checks) {
  return std::ranges::none_of(checks, hinders);
}

std::string to_text(const HealthChecks& checks, std::string_view probe) {
  std::string text;
  for (const HealthCheck& check : checks) {
    const bool bad = hinders(check);
    text += fmt::format("[{}]{} {}", bad ? '-' : '+', check.name, bad ? "failed" : "ok");
    if (!check.reason.empty()) text += ": " + check.reason;
    text += "\n";
  }
  return text + fmt::format("{} check {}\n", probe, is_good(checks) ? "passed" : "failed");
}

std::string reasons_text(const HealthChecks& checks) {
  std::string text;
  for (const HealthCheck& check : checks)
    if (hinders(check)) text += fmt::format("{}: {}\n", check.name, check.reason);
  return text.empty() ? "ok\n" : text;
}

}  // namespace migrator

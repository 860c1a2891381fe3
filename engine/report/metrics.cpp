#include "engine/report/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "engine/base/build.h"

namespace migrator {
namespace {

void describe(std::string& text, std::string_view name, std::string_view type,
              std::string_view help) {
  text += fmt::format("# HELP migrator_{0} {1}\n# TYPE migrator_{0} {2}\n", name, help, type);
}

void add(std::string& text, std::string_view name, std::string_view help, double value) {
  describe(text, name, "gauge", help);
  text += fmt::format("migrator_{} {}\n", name, value);
}

/// As the format wants it between double quotes.
std::string label(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return escaped;
}

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// "2026-11-22T10:00:00.123Z", as HistoryTable reads it from the server.
double seconds_of(std::string_view iso) {
  if (iso.size() < 23) return 0;
  const std::chrono::sys_days day = std::chrono::year(number(iso.substr(0, 4))) /
                                    number(iso.substr(5, 2)) / number(iso.substr(8, 2));
  const auto time = std::chrono::hours(number(iso.substr(11, 2))) +
                    std::chrono::minutes(number(iso.substr(14, 2))) +
                    std::chrono::seconds(number(iso.substr(17, 2))) +
                    std::chrono::milliseconds(number(iso.substr(20, 3)));
  return std::chrono::duration<double>(day.time_since_epoch() + time).count();
}

bool is_done(const StatusLine& line) {
  return line.standing != Standing::pending && line.standing != Standing::late &&
         line.standing != Standing::half_done;
}

double count_if(const StatusReport& report, auto&& is_meant) {
  return static_cast<double>(std::ranges::count_if(report.lines, is_meant));
}

void add_migrations(std::string& text, const StatusReport& report) {
  const auto count = [&](auto... standings) {
    return count_if(report, [&](const StatusLine& line) {
      return line.kind != StepKind::seed && ((line.standing == standings) || ...);
    });
  };
  add(text, "migrations_applied", "Migrations that are applied.",
      count_if(report, [](const StatusLine& line) {
        return line.kind != StepKind::seed && is_done(line) && line.standing != Standing::baseline;
      }));
  add(text, "migrations_pending", "Migrations on disk that are not applied, late ones too.",
      count(Standing::pending, Standing::late));
  add(text, "migrations_failed", "Migrations that are half done.", count(Standing::half_done));
  add(text, "migrations_changed", "Files that were changed after they were applied.",
      count(Standing::changed));
  add(text, "migrations_ahead", "Applied migrations of a newer release.", count(Standing::ahead));
  add(text, "seeds_pending", "Seeds that are new or changed.",
      static_cast<double>(count_seeds(report, Standing::pending)));
  add(text, "last_success_timestamp_seconds", "When a migration or seed was last done.",
      last_success(report));
}

void add_durations(std::string& text, const StatusReport& report) {
  describe(text, "migration_duration_seconds", "gauge",
           "How long each applied migration took, by the server's clock.");
  for (const StatusLine& line : report.lines) {
    if (!line.duration || line.kind == StepKind::seed || !is_done(line)) continue;
    text += fmt::format("migrator_migration_duration_seconds{{version=\"{}\",name=\"{}\"}} {}\n",
                        label(line.id), label(line.name),
                        std::chrono::duration<double>(*line.duration).count());
  }
}

void add_running(std::string& text, const StatusReport& report) {
  const auto& running = report.running;
  add(text, "running", "Whether a migrator is at work in the database.", running ? 1 : 0);
  if (!running) return;
  add(text, "running_statement_seconds", "For how long its statement has been running.",
      std::chrono::duration<double>(running->elapsed).count());
  if (running->share)
    add(text, "running_progress_ratio", "How far the phase of that statement is, 0 to 1.",
        *running->share);
  add(text, "running_blockers", "Sessions that it waits for.",
      static_cast<double>(running->blockers.size()));
}

void add_looks(std::string& text, const LookTimes& looks) {
  describe(text, "probe_duration_seconds", "histogram", "How long a look at the database took.");
  for (std::size_t i = 0; i < LookTimes::kBounds.size(); ++i)
    text += fmt::format("migrator_probe_duration_seconds_bucket{{le=\"{}\"}} {}\n",
                        LookTimes::kBounds[i], looks.counts()[i]);
  const std::uint64_t all = looks.counts().back();
  text += fmt::format("migrator_probe_duration_seconds_bucket{{le=\"+Inf\"}} {}\n", all);
  text += fmt::format("migrator_probe_duration_seconds_sum {}\n", looks.sum());
  text += fmt::format("migrator_probe_duration_seconds_count {}\n", all);
}

void add_requests(std::string& text, const RequestCounts& requests) {
  describe(text, "http_requests_total", "counter", "Requests that were answered.");
  for (const auto& [which, count] : requests)
    text += fmt::format("migrator_http_requests_total{{path=\"{}\",code=\"{}\"}} {}\n",
                        label(which.first), which.second, count);
}

}  // namespace

void LookTimes::add(std::chrono::duration<double> time) {
  for (std::size_t i = 0; i < kBounds.size(); ++i)
    if (time.count() <= kBounds[i]) ++counts_[i];
  ++counts_.back();
  sum_ += time.count();
}

double last_success(const StatusReport& report) {
  double last = 0;
  for (const StatusLine& line : report.lines) {
    if (!is_done(line) || line.applied_at.empty()) continue;
    const std::chrono::duration<double> took = line.duration.value_or(std::chrono::microseconds(0));
    last = std::max(last, seconds_of(line.applied_at) + took.count());
  }
  return last;
}

std::string to_prometheus(const Metrics& metrics) {
  const Sight& sight = metrics.sight;
  std::string text;
  describe(text, "build_info", "gauge", "The version of migrator that says this.");
  text += fmt::format("migrator_build_info{{version=\"{}\"}} 1\n", label(program_version()));
  add(text, "database_up", "Whether the database could be asked.", sight.error ? 0 : 1);
  add(text, "ready", "Whether /readyz answers 200.", metrics.is_ready ? 1 : 0);
  if (!sight.error) {
    add_migrations(text, sight.status);
    add_durations(text, sight.status);
    add_running(text, sight.status);
  }
  describe(text, "lock_wait_seconds_total", "counter",
           "For how long migrators were seen waiting for locks of others.");
  text += fmt::format("migrator_lock_wait_seconds_total {}\n", sight.waited_for_locks.count());
  add_looks(text, metrics.looks);
  add_requests(text, metrics.requests);
  return text;
}

}  // namespace migrator

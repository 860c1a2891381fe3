#include "engine/pg/activity.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "engine/pg/blockers.h"

namespace migrator {
namespace {

constexpr int kCopyView = 140000;

// Blocks and tuples count anew in each phase, so only the counter of the phase that runs is read.
constexpr std::string_view kViews = R"(
select pid, phase,
       case when phase like 'waiting%' then lockers_done
            when phase like '%tuples%' and tuples_total > 0 then tuples_done
            when phase like '%scanning%' then blocks_done else 0 end as done,
       case when phase like 'waiting%' then lockers_total
            when phase like '%tuples%' and tuples_total > 0 then tuples_total
            when phase like '%scanning%' then blocks_total else 0 end as total,
       0 as rows
from pg_catalog.pg_stat_progress_create_index
union all
select pid, phase,
       case phase when 'scanning heap' then heap_blks_scanned
                  when 'vacuuming heap' then heap_blks_vacuumed else 0 end,
       case when phase in ('scanning heap', 'vacuuming heap') then heap_blks_total else 0 end,
       0
from pg_catalog.pg_stat_progress_vacuum
union all
select pid, phase, heap_blks_scanned,
       case phase when 'seq scanning heap' then heap_blks_total else 0 end, 0
from pg_catalog.pg_stat_progress_cluster
union all
select pid, phase, sample_blks_scanned,
       case phase when 'acquiring sample rows' then sample_blks_total else 0 end, 0
from pg_catalog.pg_stat_progress_analyze)";

constexpr std::string_view kCopyViewSql = R"(
union all
select pid, '', bytes_processed, bytes_total, tuples_processed
from pg_catalog.pg_stat_progress_copy)";

std::uint64_t number_in(const Field& field) {
  std::uint64_t number = 0;
  const std::string text = field.value_or("");
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

constexpr std::string_view kAnswering = R"(
select a.state is null or a.state not like 'idle%'
       or pg_catalog.clock_timestamp() - a.state_change < interval '5 seconds'
from pg_catalog.pg_stat_activity a where a.pid = $1::pg_catalog.int4)";

}  // namespace

Answering answering(Connection& watcher, int pid) {
  const Field parameter = std::to_string(pid);
  const auto rows = watcher.query(kAnswering, {&parameter, 1});
  if (rows.empty()) return Answering::absent;
  return rows.front().at(0) == "f" ? Answering::nothing : Answering::something;
}

Activity activity_of(Connection& watcher, int pid) {
  const Field parameter = std::to_string(pid);
  const auto progress = watcher.query(
      fmt::format("select phase, done, total, rows from ({}{}) p where pid = $1::pg_catalog.int4",
                  kViews, watcher.server_version() >= kCopyView ? kCopyViewSql : ""),
      {&parameter, 1});
  Activity activity;
  if (!progress.empty()) {
    const Row& row = progress.front();
    activity.phase = row[0].value_or("");
    activity.rows = number_in(row[3]);
    if (const std::uint64_t total = number_in(row[2]); total > 0)
      activity.share = static_cast<double>(number_in(row[1])) / static_cast<double>(total);
  }
  activity.blockers = blockers_of(watcher, pid);
  return activity;
}

}  // namespace migrator

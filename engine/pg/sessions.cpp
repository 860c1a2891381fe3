#include "engine/pg/sessions.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>
#include <string>

#include "engine/pg/other_session.h"
#include "engine/pg/pause.h"

namespace migrator {
namespace {

constexpr std::string_view kRest = R"(,
  pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)),
  pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp() - a.query_start)),
  coalesce(a.wait_event_type || ': ' || a.wait_event, ''),
  coalesce(a.datname, ''),
  pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(a.pid), ' ')
from pg_catalog.pg_stat_activity a
where a.backend_type = 'client backend' and a.pid <> pg_catalog.pg_backend_pid()
  and (a.datname = pg_catalog.current_database()
       or a.pid in (select pg_catalog.unnest(pg_catalog.pg_blocking_pids(b.pid))
                    from pg_catalog.pg_stat_activity b
                    where b.datname = pg_catalog.current_database()
                      and b.wait_event_type = 'Lock'))
order by a.backend_start, a.pid)";

std::optional<std::chrono::seconds> age_in(const Field& field) {
  if (!field) return std::nullopt;
  long long seconds = 0;
  std::from_chars(field->data(), field->data() + field->size(), seconds);
  return std::chrono::seconds(std::max(seconds, 0LL));
}

std::vector<int> numbers_in(const std::string& text) {
  std::vector<int> numbers;
  for (const char* at = text.data(); at != text.data() + text.size();) {
    int number = 0;
    at = std::from_chars(at, text.data() + text.size(), number).ptr;
    if (std::ranges::find(numbers, number) == numbers.end()) numbers.push_back(number);
    if (at != text.data() + text.size()) ++at;
  }
  return numbers;
}

/// Puts each behind the one that it waits for. Whoever waits for several stands behind the first,
/// and a circle, which the server is about to break, is entered once.
class Tree {
 public:
  explicit Tree(const std::vector<ServerSession>& all) : all_(all) {}

  std::vector<ServerSession> ordered() {
    for (const ServerSession& session : all_)
      if (!waits_for_one_of_them(session)) take(session, 0);
    for (const ServerSession& session : all_) take(session, 0);
    return std::move(ordered_);
  }

 private:
  bool waits_for_one_of_them(const ServerSession& session) const {
    return std::ranges::any_of(session.blocked_by, [&](int pid) {
      return std::ranges::any_of(
          all_, [&](const ServerSession& other) { return other.session.pid == pid; });
    });
  }

  void take(const ServerSession& session, std::size_t depth) {
    if (!taken_.insert(session.session.pid).second) return;
    ordered_.push_back(session);
    ordered_.back().depth = depth;
    for (const ServerSession& other : all_)
      if (std::ranges::find(other.blocked_by, session.session.pid) != other.blocked_by.end())
        take(other, depth + 1);
  }

  const std::vector<ServerSession>& all_;
  std::set<int> taken_ = {};
  std::vector<ServerSession> ordered_ = {};
};

}  // namespace

std::vector<ServerSession> sessions_of(Connection& connection) {
  OtherSessions found = query_other_sessions(connection, kRest, {});
  std::vector<ServerSession> all;
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    const Row& row = found.rows[i];
    ServerSession& session = all.emplace_back();
    session.session = std::move(found.sessions[i]);
    session.session.transaction_age = age_in(row[0]);
    session.statement_age = age_in(row[1]);
    session.waits_for = row[2].value_or("");
    session.database = row[3].value_or("");
    session.blocked_by = numbers_in(row[4].value_or(""));
  }
  return Tree(all).ordered();
}

bool end_session(Connection& connection, int pid) {
  const Field parameter = std::to_string(pid);
  const auto is_there = [&] {
    return !connection
                .query(
                    "select from pg_catalog.pg_stat_activity where pid = $1 and backend_type = "
                    "'client backend'",
                    {&parameter, 1})
                .empty();
  };
  if (!is_there()) return false;
  connection.query("select pg_catalog.pg_terminate_backend($1)", {&parameter, 1});
  constexpr int most_looks = 50;
  for (int look = 0; look < most_looks && is_there(); ++look)
    if (!pause(std::chrono::milliseconds(100), {})) break;
  return true;
}

}  // namespace migrator

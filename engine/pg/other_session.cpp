#include "engine/pg/other_session.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <utility>

namespace migrator {
namespace {

constexpr std::string_view kColumns = R"(
  a.pid,
  coalesce(a.usename::text, ''),
  coalesce(a.application_name, ''),
  case when a.query = '<insufficient privilege>' then ''
       else coalesce(pg_catalog.host(a.client_addr), 'local') end,
  coalesce(a.state, ''),
  coalesce(pg_catalog.to_char(a.query_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
  case when a.query = '<insufficient privilege>' then ''
       else coalesce(pg_catalog.left(pg_catalog.regexp_replace(a.query, '\s+', ' ', 'g'), 120),
                     '') end)";

constexpr std::ptrdiff_t kCount = 7;

OtherSession session_of(const Row& row) {
  OtherSession session{.user = row[1].value_or(""),
                       .application_name = row[2].value_or(""),
                       .client = row[3].value_or(""),
                       .state = row[4].value_or(""),
                       .since = row[5].value_or(""),
                       .statement = row[6].value_or("")};
  const std::string pid = row[0].value_or("");
  std::from_chars(pid.data(), pid.data() + pid.size(), session.pid);
  return session;
}

}  // namespace

OtherSessions query_other_sessions(Connection& connection, std::string_view rest,
                                   std::span<const Field> parameters, std::string_view with) {
  OtherSessions found;
  for (Row& row :
       connection.query(fmt::format("{} select {}{}", with, kColumns, rest), parameters)) {
    found.sessions.push_back(session_of(row));
    if (!connection.shows_queries()) found.sessions.back().statement.clear();
    row.erase(row.begin(), row.begin() + kCount);
    found.rows.push_back(std::move(row));
  }
  return found;
}

}  // namespace migrator

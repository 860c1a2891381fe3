#include "engine/pg/other_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include "engine/sql/statement_words.h"

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

constexpr std::string_view kOurName = "migrator ";

/// What kind of statement it is, in its own words: "ALTER TABLE". No value stands among them.
std::string kind_of(std::string_view sql) {
  const StatementWords words(sql);
  const std::string first = words.upper(0);
  const bool has_object = words.is_one_of(0, {"alter", "create", "drop", "refresh", "insert"});
  const std::string second = has_object ? words.upper(1) : "";
  return second.empty() ? first : first + " " + second;
}

/// Up to the first password, which whoever looks at locks has no business with.
std::string before_password(std::string sql) {
  constexpr std::string_view kPassword = "password";
  const auto at = std::ranges::search(sql, kPassword, {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (at.empty()) return sql;
  sql.erase(at.end(), sql.end());
  return sql + " ...";
}

OtherSession session_of(const Row& row) {
  OtherSession session{.user = row[1].value_or(""),
                       .application_name = row[2].value_or(""),
                       .client = row[3].value_or(""),
                       .state = row[4].value_or(""),
                       .since = row[5].value_or(""),
                       .statement = row[6].value_or("")};
  const std::string pid = row[0].value_or("");
  std::from_chars(pid.data(), pid.data() + pid.size(), session.pid);
  session.statement = before_password(std::move(session.statement));
  if (session.application_name.starts_with(kOurName)) hide_text(session);
  return session;
}

}  // namespace

void hide_text(OtherSession& session) {
  session.statement = kind_of(session.statement);
}

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

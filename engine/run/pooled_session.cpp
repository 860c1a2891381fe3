#include "engine/run/pooled_session.h"

#include <algorithm>
#include <string>

#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

constexpr std::string_view kDirectly = "give migrator a URL that leads to the server itself";

// A row of this transaction, or of a part of it, is not older than the transaction itself.
constexpr std::string_view kLeft = R"(
select what from (
  select 'a temporary object' from pg_catalog.pg_class c
  where c.relnamespace = pg_catalog.pg_my_temp_schema() and pg_catalog.age(c.xmin) <= 0
  union all
  select 'a temporary function' from pg_catalog.pg_proc p
  where p.pronamespace = pg_catalog.pg_my_temp_schema() and pg_catalog.age(p.xmin) <= 0
  union all
  select 'a prepared statement' from pg_catalog.pg_prepared_statements s
  where s.from_sql and s.prepare_time >= pg_catalog.now()
  union all
  select 'a cursor' from pg_catalog.pg_cursors k
  where k.is_holdable and k.creation_time >= pg_catalog.now()) left_over (what)
limit 1)";

/// What a statement leaves in its session for later ones of its file; empty: nothing. A file of one
/// transaction has all of its session to itself but for what a rollback leaves.
std::string left_in_session(std::string_view sql, bool has_segments) {
  const StatementWords words(sql);
  if (words.is(0, "prepare") && !words.is(1, "transaction")) return "a prepared statement";
  if (!has_segments) return "";
  if (words.is(0, "listen")) return "LISTEN";
  const bool creates = words.is(0, "create");
  const std::size_t first = creates && words.is_one_of(1, {"local", "global"}) ? 2 : 1;
  if (creates && words.is_one_of(first, {"temp", "temporary"})) return "a temporary object";
  if (words.is(0, "declare") && words.find("hold", 1) < words.size()) return "a cursor";
  return "";
}

[[noreturn]] void throw_lost(Place place, const std::string& what) {
  throw Error(ErrorKind::migration,
              {.id = "pooler-session",
               .message = "behind a pooler each transaction has another session, and this would "
                          "leave something in its own: " +
                          what,
               .place = std::move(place),
               .next = std::string(kDirectly) + ", or write the file without it"});
}

bool has_time_limits(const Step& step, const RunOptions& options) {
  const Directives& directives = step.part->directives;
  return directives.lock_timeout || directives.transaction_timeout ||
         directives.statement_timeout.value_or(options.statement_timeout).count() > 0;
}

/// The statements that run outside a transaction, with their place.
template <typename Each>
void each_outside(const Step& step, const Each& each) {
  CommandReader reader(*step.part);
  std::size_t number = 0;
  while (const auto command = next_sent(reader)) {
    const auto holds = [&](const Segment& segment) {
      return number >= segment.first && number < segment.first + segment.count;
    };
    const auto segment = std::ranges::find_if(step.segments, holds);
    if (segment != step.segments.end() && !segment->transactional) each(*command);
    ++number;
  }
}

}  // namespace

void refuse_lost_state(const Step& step) {
  CommandReader reader(*step.part);
  while (const auto command = next_sent(reader)) {
    const std::string what =
        left_in_session(sql_of(*step.part, *command), step.segments.size() > 1);
    if (!what.empty()) throw_lost(place_of(*step.part, *command), what);
  }
  for (const Segment& segment : step.segments) {
    if (segment.transactional) continue;
    const auto settings = settings_before(*step.part, segment.first + segment.count - 1);
    if (!settings.empty())
      throw_lost(place_of(*step.part, settings.front()),
                 "a setting, which the statements that run outside a transaction would not have");
  }
}

std::optional<Finding> left_state(Connection& connection, const Step& step,
                                  const Segment& segment) {
  const std::size_t end = segment.first + segment.count;
  if (end >= step.part->statement_count) return std::nullopt;
  const auto rows = connection.query(kLeft);
  if (rows.empty()) return std::nullopt;
  return Finding{.severity = Severity::warning,
                 .id = "pooler-session",
                 .message = "behind a pooler, the statements from number " +
                            std::to_string(end + 1) +
                            " on do not have what one before has made: " + rows[0][0].value_or(""),
                 .place = Place{.file = step.part->file},
                 .next = std::string(kDirectly)};
}

std::vector<Finding> warnings_behind_pooler(const Step& step, const RunOptions& options) {
  std::vector<Finding> warnings;
  const auto warn = [&](std::string id, std::string message, Place place) {
    warnings.push_back({.severity = Severity::warning,
                        .id = std::move(id),
                        .message = std::move(message),
                        .place = std::move(place),
                        .next = std::string(kDirectly)});
  };
  bool has_outside = false;
  each_outside(step, [&](const Command& command) {
    has_outside = true;
    if (!StatementWords(sql_of(*step.part, command)).is_one_of(0, {"call", "do"})) return;
    warn("pooler-session",
         "behind a pooler, what this sets or locks for its session stays in one of the pooler's",
         place_of(*step.part, command));
  });
  if (has_outside && has_time_limits(step, options))
    warn("timeout-unsupported",
         "behind a pooler the time limits do not hold for the statements of this file that run "
         "outside a transaction",
         Place{.file = step.part->file});
  return warnings;
}

}  // namespace migrator

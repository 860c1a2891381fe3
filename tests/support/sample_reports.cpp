#include "tests/support/sample_reports.h"

#include <gtest/gtest.h>

#include "engine/base/diff.h"
#include "engine/sql/source.h"
#include "engine/sql/summary.h"

namespace migrator {
namespace {

using std::chrono::microseconds;

Head head_of(std::string command, int exit_code) {
  return {.command = std::move(command),
          .environment = "dev",
          .database = DatabaseFacts{.url = "postgresql://app:***@db.example.org/app",
                                    .name = "app",
                                    .user = "app",
                                    .server = "db.example.org:5432",
                                    .server_version = 150018},
          .exit_code = exit_code};
}

/// Where `word` stands in a text of the file.
Place place_in(std::string_view file, std::string_view text, std::string_view word) {
  return place_of({file, text}, text.find(word));
}

Finding note(std::string id, std::string message) {
  return {.severity = Severity::note, .id = std::move(id), .message = std::move(message)};
}

Finding server_error() {
  return {.id = "server-error",
          .message = "relation \"nope\" does not exist",
          .place = place_in("migrations/3_c.sql", "create table c ();\n\tselect *\tfrom nope;\n",
                            "nope"),
          .detail = "A detail of the server.",
          .hint =
              "Perhaps you meant to reference the table \"public.hope\", which was there "
              "yesterday and has gone for a walk since.",
          .sqlstate = "42P01",
          .context = "PL/pgSQL function f(integer) line 3 at RAISE\nSQL statement \"select f(1)\"",
          .kept = "nothing of migrations/3_c.sql; the 2 steps before it in this run are done",
          .next = "mend the statement, then: migrator up"};
}

Finding long_line() {
  std::string sql = "insert into t values (";
  for (int i = 0; i < 60; ++i) sql += "'item number " + std::to_string(i) + "', ";
  sql += "oops, 'the end');";
  return {.id = "server-error",
          .message = "column \"oops\" does not exist",
          .place = place_in("migrations/4_d.sql", sql, "oops"),
          .sqlstate = "42703"};
}

Finding middle_of_a_line() {
  const std::string sql =
      "select 'some words before the fault that is far from the front', oops, 'and some words "
      "after it, so that both ends are cut'";
  return {.id = "server-error",
          .message = "column \"oops\" does not exist",
          .place = place_in("migrations/4_d.sql", sql, "oops")};
}

Finding in_other_scripts() {
  return {.severity = Severity::warning,
          .id = "server-notice",
          .message = "die Größe von „Straße“ paßt nicht",
          .place = place_in("migrations/5_größe.sql", "select 'äöü€ß', größe, x from straße;",
                            "x from")};
}

Finding changed_file() {
  const std::string before = "create table a ();\nselect 1;\nselect 2;\n";
  const std::string after = "create table a (x int);\nselect 1;\nselect 2;\n";
  return {.id = "changed",
          .message = "migrations/1_a.sql was changed after it was applied",
          .detail = unified_diff(before, "applied", after, "migrations/1_a.sql"),
          .next =
              "undo the edit, and put the change into a new migration:\n  migrator new NAME\n"
              "or, if the database already is as the file says:\n"
              "  migrator repair 1 --accept-file --reason WHY"};
}

StepResult step(std::string id, std::string name, StepKind kind, StepOutcome outcome,
                microseconds duration) {
  return {.action = outcome == StepOutcome::undone ? StepAction::undo : StepAction::apply,
          .kind = kind,
          .id = id,
          .name = name,
          .file = "migrations/" + id + "_" + name + ".sql",
          .outcome = outcome,
          .statements = 2,
          .duration = duration};
}

std::vector<SampleReport> runs() {
  StepResult retried = step("20261122101500", "activities", StepKind::versioned,
                            StepOutcome::applied, microseconds(3'400'000));
  retried.retries = 2;
  retried.notices = {note("server-notice", "table \"x\" does not exist, skipping")};
  const std::vector<StepResult> results{
      step("20261122100000", "users", StepKind::versioned, StepOutcome::applied,
           microseconds(12'345)),
      retried,
      step("R__home_timeline", "home_timeline", StepKind::repeatable, StepOutcome::already_done,
           microseconds(0)),
      step("seed/10_users.sql", "10_users.sql", StepKind::seed, StepOutcome::applied,
           microseconds(850))};
  RunReport applied{.head = head_of("setup", 0), .results = results, .database_created = true};
  applied.findings = {note("cosmetic", "1_a.sql differs from what was applied in comments only")};
  RunReport failed{.head = head_of("up", 4), .results = results, .error = server_error()};
  failed.results.push_back(
      step("3", "c", StepKind::versioned, StepOutcome::failed, microseconds(0)));
  return {
      {"run_applied", applied},
      {"run_failed", failed},
      {"run_refused", RunReport{.head = head_of("up", 1), .findings = {changed_file()}}},
      {"run_redo_refused", RunReport{.head = head_of("redo", 1),
                                     .results = {step("3", "c", StepKind::versioned,
                                                      StepOutcome::undone, microseconds(5'000))},
                                     .findings = {changed_file()}}},
      {"run_nothing_to_do", RunReport{.head = head_of("up", 0)}},
      {"run_by_another", RunReport{.head = head_of("up", 0), .others_worked = true}},
      {"run_undone", RunReport{.head = head_of("down", 0),
                               .results = {step("3", "c", StepKind::versioned, StepOutcome::undone,
                                                microseconds(125'000'000))}}},
      {"run_repaired",
       RunReport{.head = head_of("repair", 0),
                 .findings = {note("repaired", "migrations/1_a.sql is marked as applied")}}}};
}

StatusLine line(std::string id, std::string name, StepKind kind, Standing standing) {
  return {.id = id,
          .kind = kind,
          .name = name,
          .file = "migrations/" + name + ".sql",
          .standing = standing,
          .applied_at = standing == Standing::pending || standing == Standing::late
                            ? ""
                            : "2026-11-22T10:00:00.123Z",
          .duration =
              standing == Standing::applied ? std::optional(microseconds(12'345)) : std::nullopt,
          .statements_done = 1,
          .statements_total = 3};
}

std::vector<SampleReport> statuses() {
  StatusReport every{.head = head_of("status", 1)};
  constexpr auto versioned = StepKind::versioned;
  every.lines = {
      line("1", "baseline", StepKind::baseline, Standing::baseline),
      line("2", "applied", versioned, Standing::applied),
      line("3", "cosmetic", versioned, Standing::cosmetic),
      line("4", "late", versioned, Standing::late),
      line("5", "changed", versioned, Standing::changed),
      line("6", "missing", versioned, Standing::missing),
      line("7", "größenänderung", versioned, Standing::applied),
      line("20261122103000", "half_done_with_a_rather_long_name", versioned, Standing::half_done),
      line("20261122104500", "pending", versioned, Standing::pending),
      line("20261122110000", "ahead", versioned, Standing::ahead),
      line("R__home_timeline", "home_timeline", StepKind::repeatable, Standing::applied),
      line("seed/10_users.sql", "10_users.sql", StepKind::seed, Standing::applied),
      line("seed/20_activities.sql", "20_activities.sql", StepKind::seed, Standing::pending)};
  every.findings = {{.severity = Severity::warning,
                     .id = "pending",
                     .message = "migrations/20261122104500_pending.sql is not applied",
                     .next = "migrator up"},
                    changed_file()};
  return {{"status_every_standing", every},
          {"status_empty", StatusReport{.head = head_of("status", 0)}}};
}

/// A file that locks in every way that is told.
PlannedStep locking_step() {
  const std::string file = "migrations/20261122103000_locks.sql";
  LockForecast locks;
  locks.begin_file();
  PlannedStep step{.id = "20261122103000", .name = "locks", .file = file, .segments = {}};
  std::size_t line = 0;
  const auto add = [&](bool transactional, const std::vector<std::string>& statements) {
    locks.begin_segment(transactional);
    PlannedSegment& segment =
        step.segments.emplace_back(PlannedSegment{.transactional = transactional,
                                                  .why = transactional ? "" : "it must be alone",
                                                  .statements = {}});
    for (const std::string& sql : statements) {
      PlannedStatement& statement = segment.statements.emplace_back();
      statement.line = ++line;
      statement.column = 1;
      statement.what = summarize(sql).what;
      statement.sql = statement.written = sql;
      if (line == 3) statement.file = "migrations/lib/shared.sql";
      statement.forecast =
          locks.next(sql, {.file = statement.file.empty() ? file : statement.file, .line = line});
    }
  };
  add(true, {"alter table users add constraint adult check (age > 17) not valid",
             "alter table users validate constraint adult", "alter table users add unique (handle)",
             "create table posts (user_id int references users)", "create index on posts (user_id)",
             "drop table likes, shop.\"Follows\"", "update users set born = null",
             "do $$ begin execute 'drop table users'; end $$"});
  add(false, {"create index concurrently on users (born)", "reindex table users"});
  add(true,
      {"alter table users alter column id type bigint",
       "alter table events attach partition events_2027 for values from (1) to (2)",
       "alter table users set (fillfactor = 70)", "comment on table orgs is 'who works where'",
       "create or replace view names as select handle from users"});
  return step;
}

std::vector<SampleReport> plans() {
  const std::string file = "migrations/20261122101500_activities.up.sql";
  PlanReport plan{.head = head_of("plan", 0)};
  plan.steps = {
      {.id = "20261122101500",
       .name = "activities",
       .file = file,
       .segments = {{true,
                     "",
                     {{1, 1, "CREATE TABLE",
                       "create table activities (\n  uuid uuid,\n"
                       "  message text not null,\n  n int\n)"},
                      {5, 1, "COPY", "copy t from stdin", true, "1\tone\n2\ttwo\n"}}},
                    {false,
                     "CREATE INDEX CONCURRENTLY cannot run in a transaction",
                     {{120, 1, "CREATE INDEX CONCURRENTLY",
                       "create index concurrently i on activities (message)"}}}}},
      {.kind = StepKind::seed,
       .id = "seed/10_users.sql",
       .name = "10_users.sql",
       .file = "seeds/10_users.sql",
       .first_statement = 2,
       .segments = {{true, "", {{9, 1, "INSERT", "insert into users values ('größe')"}}}}}};
  for (PlannedStep& step : plan.steps)
    for (PlannedSegment& segment : step.segments)
      for (PlannedStatement& statement : segment.statements) statement.written = statement.sql;
  plan.steps.push_back(locking_step());
  plan.findings = {note("own-transaction",
                        "the file's own BEGIN ... COMMIT became the transaction of its history "
                        "row")};
  PlanReport refused = plan;
  refused.head.exit_code = 1;
  refused.findings = {changed_file()};
  return {{"plan", plan},
          {"plan_refused", refused},
          {"plan_empty", PlanReport{.head = head_of("plan", 0)}}};
}

/// Each kind of thing that a run can see.
ObservedRun observed_run() {
  const SeenRelation users{.name = {"public", "users"}};
  const SeenRelation index{
      .name = {"app", "orgs_name"}, .kind = "index", .belongs_to = {"app", "orgs"}};
  Observation alter{.file = "migrations/2_more.sql", .line = 3, .column = 1, .what = "ALTER TABLE"};
  alter.locks = {{users, LockMode::access_exclusive}, {index, LockMode::access_exclusive}};
  alter.held = {{{.name = {"app", "orgs"}}, LockMode::share}};
  alter.rewritten = alter.scanned = {users.name};
  alter.rebuilt = {index.name};
  alter.losses = {{"view", {"public", "emails"}, ""}, {"column", {"", "age"}, "users"}};
  alter.wal_bytes = 8192;
  alter.duration = std::chrono::microseconds(12'000);
  alter.locked_for = std::chrono::microseconds(15'000);
  Observation update{.file = "migrations/2_more.sql", .line = 5, .column = 1, .what = "UPDATE"};
  update.rows = {{users.name, 1, 2, 3}};
  update.settings = {"search_path"};
  update.duration = update.locked_for = std::chrono::microseconds(900);
  Observation failed{.file = "migrations/3_x.sql", .line = 1, .column = 1, .what = "ALTER TABLE"};
  failed.transactional = false;
  failed.failure = Finding{.id = "statement-failed",
                           .message = "column \"a\" contains null values",
                           .sqlstate = "23502"};
  Observation skipped{.file = "migrations/3_x.sql", .line = 2, .column = 1, .what = "ALTER SYSTEM"};
  skipped.skipped = true;
  return {.server_version = 150018,
          .time_zone = "Etc/UTC",
          .filled = 2,
          .empty = {{"public.never", "it breaks its CHECK"}},
          .statements = {alter, update, failed, skipped}};
}

std::vector<SampleReport> rest() {
  CheckReport findings{.head = {.command = "check", .environment = "dev", .exit_code = 1},
                       .migrations = 5,
                       .seeds = 1};
  findings.findings = {server_error(), long_line(), middle_of_a_line(), in_other_scripts(),
                       note("migrations-empty", "the folder migrations holds no migrations")};
  CheckReport observed{.head = {.command = "check", .environment = "dev", .exit_code = 1},
                       .migrations = 2};
  observed.observed = observed_run();
  const ConfigReport config{
      .head = {.command = "config", .environment = "dev"},
      .lines = {{"file", "migrator.toml", ""},
                {"url", "postgresql://app:***@db.example.org/app?sslmode=verify-full",
                 ".env:3 (CONNECTION_URL)"},
                {"statement_timeout", "0ms", "default"}},
      .findings = {note("url-not-used", "DATABASE_URL is set too, and is not used")}};
  FactsReport facts{.head = {.command = "new", .environment = "dev"},
                    .sentence = "made migrations/7_x.up.sql and migrations/7_x.down.sql"};
  facts.facts = {{"file", "migrations/7_x.up.sql"}, {"down_file", "migrations/7_x.down.sql"}};
  return {
      {"check_findings", findings},
      {"check_observed", observed},
      {"check_clean", CheckReport{.head = head_of("check", 0), .migrations = 1, .seeds = 2}},
      {"config", config},
      {"facts", facts},
      {"error", ErrorReport{.head = {.command = "up", .exit_code = 4}, .error = server_error()}}};
}

}  // namespace

std::vector<SampleReport> sample_reports() {
  std::vector<SampleReport> all = runs();
  for (const auto& more : {statuses(), plans(), rest()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::vector<std::string> sample_names() {
  return {"run_applied",
          "run_failed",
          "run_by_another",
          "run_nothing_to_do",
          "run_redo_refused",
          "run_refused",
          "run_repaired",
          "run_undone",
          "status_every_standing",
          "status_empty",
          "plan",
          "plan_refused",
          "plan_empty",
          "check_findings",
          "check_clean",
          "check_observed",
          "config",
          "facts",
          "error"};
}

SampleReport sample(std::string_view name) {
  for (const SampleReport& known : sample_reports())
    if (known.name == name) return known;
  ADD_FAILURE() << "no sample " << name;
  return {};
}

}  // namespace migrator

#include "tests/support/kill_scene.h"

#include <fmt/format.h>

#include <stdexcept>

#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/fingerprint.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

// SET CONSTRAINTS of the migrator would fire the late gate before COMMIT.
constexpr std::string_view kGates = R"(
create function gates.wait() returns trigger language plpgsql as $$
begin
  if tg_when = 'BEFORE' then set constraints public.late deferred; end if;
  perform pg_catalog.pg_advisory_xact_lock_shared(
    tg_argv[0]::int + new.statements_done + case new.state when 'applied' then 1000 else 0 end);
  return new;
end $$;
create trigger early before insert or update on public.schema_migrations
  for each row execute function gates.wait('100');
create constraint trigger late after insert or update on public.schema_migrations
  deferrable initially deferred for each row execute function gates.wait('200');
)";

std::string and_of_migrators(std::string_view condition) {
  return fmt::format(
      "from pg_stat_activity where datname = current_database() "
      "and application_name like 'migrator %' and {}",
      condition);
}

}  // namespace

KillScene::KillScene(std::string base)
    : base_(std::move(base)), eye_(database_.connect("eye")), holder_(database_.connect("holder")) {
  // The next migrator has to come while the killed one's server process still waits for a lock;
  // five seconds are the most with which migrations still travel together.
  folder_.write("migrator.toml", "[run]\nlock_timeout = \"5s\"\n");
  begin_anew();
}

void KillScene::begin_anew() {
  sql("set client_min_messages = warning; drop schema if exists gates cascade;"
      "drop schema public cascade; create schema public; create schema gates");
  HistoryTable("public", "schema_migrations").ensure(eye_);
  sql(kGates);
  if (!base_.empty()) sql(base_);
}

void KillScene::write(std::string_view name, std::string_view text) const {
  folder_.write("migrations/" + std::string(name), text);
}

MigratorProcess KillScene::start(std::vector<std::string> arguments) const {
  return {std::move(arguments), folder_.path(), database_.url()};
}

ShellResult KillScene::run(std::vector<std::string> arguments) const {
  return start(std::move(arguments)).wait();
}

void KillScene::hold(std::string_view sql) {
  run_command(holder_, fmt::format("begin; {}", sql));
}

void KillScene::let_go() {
  run_command(holder_, "rollback");
}

int KillScene::wait_for(std::string_view statement) {
  const std::string query =
      "select pid " +
      and_of_migrators(fmt::format("query like '{}' and {} = any(pg_blocking_pids(pid))", statement,
                                   holder_.backend_pid()));
  std::string pid;
  wait_until([&] { return !(pid = value(query)).empty(); });
  return pid.empty() ? 0 : std::stoi(pid);
}

void KillScene::terminate(int pid) {
  sql(fmt::format("select pg_terminate_backend({})", pid));
  wait_until([&] { return !is_there(pid); });
}

void KillScene::terminate_all_migrators() {
  sql("select pg_terminate_backend(pid) " + and_of_migrators("true"));
  wait_until([&] { return value("select 1 " + and_of_migrators("true")).empty(); });
}

bool KillScene::is_there(int pid) {
  return !value(fmt::format("select 1 from pg_stat_activity where pid = {}", pid)).empty();
}

void KillScene::sql(std::string_view text) {
  run_command(eye_, text);
}

std::string KillScene::value(std::string_view query) {
  const auto rows = eye_.query(query);
  return rows.empty() ? "" : rows[0].at(0).value_or("NULL");
}

std::string KillScene::state() {
  return fingerprint_of(eye_);
}

ShellResult run_killed_at(KillScene& scene, const KillPoint& point, ServerProcess server,
                          const std::vector<std::string>& command) {
  std::vector<std::string> arguments = command;
  arguments.push_back("--json");
  scene.hold(point.holding);
  MigratorProcess victim = scene.start(arguments);
  const int pid = scene.wait_for(point.statement);
  victim.kill();
  if (pid == 0) throw std::runtime_error("it did not come there:\n" + victim.output());
  if (server == ServerProcess::is_ended) {
    scene.terminate(pid);
    scene.let_go();
    return scene.run(arguments);
  }
  MigratorProcess next = scene.start(arguments);
  wait_until([&] { return contains(next.output(), "waiting for another migrator"); });
  scene.let_go();
  return next.wait();
}

void expect_same_end(KillScene& scene, const std::vector<KillPoint>& points,
                     const std::vector<std::string>& command,
                     const std::vector<std::string>& before) {
  const auto expect_done = [](const ShellResult& result) {
    EXPECT_EQ(result.exit_code, 0) << result.output;
  };
  if (!before.empty()) expect_done(scene.run(before));
  expect_done(scene.run(command));
  const std::string undisturbed = scene.state();
  for (const KillPoint& point : points)
    for (const ServerProcess server : {ServerProcess::goes_on, ServerProcess::is_ended}) {
      const bool goes_on = server == ServerProcess::goes_on;
      SCOPED_TRACE(fmt::format("at \"{}\", and the server process {}", point.name,
                               goes_on ? "goes on" : "is ended"));
      scene.begin_anew();
      if (!before.empty()) expect_done(scene.run(before));
      const ShellResult result = run_killed_at(scene, point, server, command);
      expect_done(result);
      EXPECT_EQ(scene.state(), undisturbed) << result.output;
      EXPECT_PRED2(contains, result.output, goes_on ? point.when_finished : point.when_broken);
    }
}

}  // namespace migrator

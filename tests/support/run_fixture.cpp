#include "tests/support/run_fixture.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "engine/pg/script.h"

namespace migrator {
namespace {

std::string_view outcome_word(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::applied:
      return "applied";
    case StepOutcome::undone:
      return "undone";
    case StepOutcome::already_done:
      return "already-done";
    case StepOutcome::tried:
      return "tried";
    case StepOutcome::rolled_back:
      return "rolled-back";
    case StepOutcome::failed:
      return "failed";
  }
  return "";
}

}  // namespace

std::string unique_run_id() {
  static std::atomic<unsigned> count = 0;
  return fmt::format("00000000-0000-4000-8000-{:08x}{:04x}", static_cast<unsigned>(getpid()),
                     ++count);
}

RunFixture::RunFixture(std::string schema, std::string table)
    : table_(std::move(schema), std::move(table)),
      options_{.runner = {unique_run_id(), "test-host"},
               .lock_wait = std::chrono::seconds(20),
               .first_pause = std::chrono::milliseconds(20)},
      connection_(database_.connect()),
      eye_(database_.connect("eye")) {
  std::filesystem::create_directory(folder_.path() / "migrations");
}

void RunFixture::write(std::string_view name, std::string_view text) const {
  folder_.write("migrations/" + std::string(name), text);
}

void RunFixture::write_seed(std::string_view name, std::string_view text) const {
  folder_.write("seeds/" + std::string(name), text);
}

void RunFixture::remove(std::string_view name) const {
  std::filesystem::remove(folder_.path() / "migrations" / name);
}

ProjectFolders RunFixture::folders() const {
  return {.migrations = folder_.path() / "migrations",
          .seeds = folder_.path() / "seeds",
          .seed_sets = {"common"},
          .working_folder = folder_.path(),
          .root = folder_.path(),
          .variables = variables_};
}

Project RunFixture::project() const {
  return load_project(folders());
}

RunSite RunFixture::site() {
  options_.runner.run_id = unique_run_id();
  return {connection_,       table_,           options_,     listener_,
          stop_.get_token(), connect_watcher_, connect_anew_};
}

void RunFixture::allow_reconnecting() {
  connect_anew_ = [this](std::chrono::milliseconds, const std::stop_token&) { return connect(); };
}

std::jthread RunFixture::terminate_at(std::string statement) const {
  return std::jthread([this, statement = std::move(statement)] {
    Connection look = connect();
    const std::vector<Field> pattern{statement + "%"};
    wait_until([&] {
      return !look.query(
                      "select pg_terminate_backend(pid) from pg_stat_activity where state = "
                      "'active' and datname = current_database() and query like $1",
                      pattern)
                  .empty();
    });
  });
}

RunReport RunFixture::up(const UpTarget& target) {
  return migrator::up(site(), project(), target);
}

RunReport RunFixture::seed(bool again) {
  return up({.migrations = false, .seeds = true, .seeds_again = again});
}

RunReport RunFixture::down(const DownTarget& target) {
  return migrator::down(site(), project(), target);
}

RunReport RunFixture::redo(std::size_t steps) {
  return migrator::redo(site(), project(), steps, OrderPolicy::strict);
}

RunReport RunFixture::repair(const RepairRequest& request) {
  return migrator::repair(site(), project(), request);
}

RunReport RunFixture::baseline(std::uint64_t version) {
  return migrator::baseline(site(), project(), Version{version}, "it was here before");
}

void RunFixture::sql(std::string_view text) {
  run_command(eye_, text);
}

std::string RunFixture::value(std::string_view query) {
  const auto rows = eye_.query(query);
  return rows.empty() ? "" : rows[0].at(0).value_or("NULL");
}

bool RunFixture::exists(std::string_view relation) {
  return value(fmt::format("select to_regclass('{}') is not null", relation)) == "t";
}

std::vector<std::string> RunFixture::history() {
  std::vector<std::string> lines;
  for (const AppliedMigration& row : table_.read(eye_).history.rows)
    lines.push_back(fmt::format("{} {} {}/{}", row.id, to_text(row.state), row.statements_done,
                                row.statements_total));
  return lines;
}

std::vector<std::string> steps_of(const RunReport& report) {
  std::vector<std::string> steps;
  for (const StepResult& result : report.results)
    steps.push_back(fmt::format("{} {}", result.id, outcome_word(result.outcome)));
  return steps;
}

std::vector<std::string> ids_of(const std::vector<Finding>& findings) {
  std::vector<std::string> ids;
  for (const Finding& finding : findings) ids.push_back(finding.id);
  return ids;
}

void expect_done(const RunReport& report, const std::vector<std::string>& steps) {
  if (report.error)
    ADD_FAILURE() << report.error->message << " " << report.error->sqlstate << "\n"
                  << report.error->detail << "\n"
                  << report.error->context;
  for (const Finding& finding : report.findings)
    if (finding.severity == Severity::error) ADD_FAILURE() << finding.id << ": " << finding.message;
  EXPECT_EQ(report.head.exit_code, 0);
  EXPECT_EQ(steps_of(report), steps);
}

Finding error_of(const RunReport& report) {
  if (report.error) return *report.error;
  ADD_FAILURE() << "the run did not fail";
  return {.id = "none", .message = ""};
}

Finding find_finding(const std::vector<Finding>& findings, std::string_view id) {
  for (const Finding& finding : findings)
    if (finding.id == id) return finding;
  ADD_FAILURE() << "no finding " << id << " among " << ::testing::PrintToString(ids_of(findings));
  return {.id = "none", .message = ""};
}

void wait_until(const std::function<bool()>& is_true, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end) {
      ADD_FAILURE() << "waited in vain";
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace migrator

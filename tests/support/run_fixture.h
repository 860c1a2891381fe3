// What a test of a run needs: a project in a folder of its own, a database of its own, the session
// of the run, a second session that looks on (the eye), and an Observer that remembers. Every call
// of a command loads the project anew and has a run id of its own, as a process would.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/run/tend.h"
#include "engine/run/up.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_server.h"

namespace migrator {

/// Remembers what it is told.
class Listener : public Observer {
 public:
  void noticed(const Finding& finding) override { notices.push_back(finding); }
  void echoed(std::string_view text, EchoStream) override { echoes += text; }
  void waiting(std::string_view for_what) override {
    waits.emplace_back(for_what);
    ++times_waited;
  }
  void retrying(const Retry& retry) override {
    retries.push_back(retry);
    waiting(to_text(retry));
  }
  std::chrono::milliseconds progress_interval() const override { return interval; }
  void progressing(const StatementProgress& told) override {
    const std::lock_guard lock(mutex_);
    progress_.push_back(told);
  }
  void progress_over() override {
    ++times_over;
    interval = interval_after_the_first;
  }

  /// What was told so far; for any thread.
  std::vector<StatementProgress> progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
  }

  std::vector<Finding> notices;
  std::string echoes;
  std::vector<std::string> waits;
  std::vector<Retry> retries;
  std::atomic<std::size_t> times_waited = 0;  ///< for other threads
  std::chrono::milliseconds interval = std::chrono::seconds(10);
  std::chrono::milliseconds interval_after_the_first = std::chrono::seconds(10);
  std::atomic<std::size_t> times_over = 0;

 private:
  mutable std::mutex mutex_;
  std::vector<StatementProgress> progress_;
};

class RunFixture : public ::testing::Test {
 protected:
  explicit RunFixture(std::string schema = "public", std::string table = "schema_migrations");

  void write(std::string_view name, std::string_view text) const;
  void write_seed(std::string_view name, std::string_view text) const;
  void remove(std::string_view name) const;
  ProjectFolders folders() const;
  Project project() const;
  const std::filesystem::path& project_folder() const { return folder_.path(); }

  RunReport up(const UpTarget& target = {});
  RunReport up_to(std::uint64_t version) { return up({.to = Version{version}}); }
  RunReport seed(bool again = false);
  RunReport down(const DownTarget& target = {});
  RunReport down_to(std::uint64_t version) { return down({.to = Version{version}}); }
  RunReport redo(std::size_t steps = 1);
  RunReport repair(const RepairRequest& request);
  RunReport baseline(std::uint64_t version);

  /// SQL of the eye: nothing but text.
  void sql(std::string_view text);
  /// The first field, "NULL" for null, "" for no row.
  std::string value(std::string_view query);
  bool exists(std::string_view relation);
  /// "1 applied 2/2" for each row, by version, then by id.
  std::vector<std::string> history();

  Connection connect() const { return database_.connect(); }
  /// A new session for the runs that follow, as a new process would have.
  void reconnect() { connection_ = connect(); }
  Connection& connection() { return connection_; }
  Connection& eye() { return eye_; }
  const HistoryTable& table() const { return table_; }
  const TestDatabase& database() const { return database_; }
  RunOptions& options() { return options_; }
  Listener& listener() { return listener_; }
  std::stop_source& stop() { return stop_; }
  ScriptVariables& variables() { return variables_; }
  std::function<Connection(std::stop_token)>& connect_watcher() { return connect_watcher_; }
  /// Lets runs go on after a lost session.
  void allow_reconnecting();
  /// Ends the run's session, once, in a statement that begins so.
  std::jthread terminate_at(std::string statement) const;
  /// Everything a run needs, with a run id that no other has.
  RunSite site();

 private:
  TempFolder folder_;
  TestDatabase database_;
  HistoryTable table_;
  RunOptions options_;
  Listener listener_;
  std::stop_source stop_;
  ScriptVariables variables_;
  std::function<Connection(std::stop_token)> connect_watcher_;
  std::function<Connection(std::chrono::milliseconds, std::stop_token)> connect_anew_;
  Connection connection_;
  Connection eye_;
};

/// "1 applied", "2 failed" for each step of the report.
std::vector<std::string> steps_of(const RunReport& report);

/// The ids of the findings, in order.
std::vector<std::string> ids_of(const std::vector<Finding>& findings);

/// Fails the test, and shows the error, unless the run ended well with these steps.
void expect_done(const RunReport& report, const std::vector<std::string>& steps);

/// The error of a run that had to fail; fails the test where there is none.
Finding error_of(const RunReport& report);

/// The finding with this id; fails the test where there is none.
Finding find_finding(const std::vector<Finding>& findings, std::string_view id);

/// Asks every few milliseconds; fails the test when the limit is over.
void wait_until(const std::function<bool()>& is_true,
                std::chrono::milliseconds limit = std::chrono::seconds(10));

std::string unique_run_id();

}  // namespace migrator

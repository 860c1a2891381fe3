#include "tests/support/heal_fixture.h"

#include <fmt/format.h>

#include <utility>

#include "engine/pg/script.h"

namespace migrator {

HealFixture::HealFixture() {
  options().tries = 1;  // what a failed try leaves is for the next run
  sql("create table a(n int, m int); insert into a values (1, 1), (2, 2)");
}

std::string HealFixture::valid(std::string_view index) {
  return value(
      fmt::format("select indisvalid from pg_index where indexrelid = to_regclass('{}')", index));
}

std::string HealFixture::oid(std::string_view relation) {
  return value(fmt::format("select to_regclass('{}')::oid", relation));
}

Connection HealFixture::hold(std::string_view sql) const {
  Connection holder = database().connect("holder");
  run_command(holder, fmt::format("begin; {}", sql));
  return holder;
}

std::jthread HealFixture::when_waiting_in(std::string statement, std::function<void()> act) {
  const int pid = connection().backend_pid();
  return std::jthread([this, pid, statement = std::move(statement), act = std::move(act)] {
    Connection look = connect();
    wait_until([&] {
      return !look.query(fmt::format("select from pg_stat_activity where query ilike '{0}%' and "
                                     "pg_blocking_pids({1}) && array(select pid from "
                                     "pg_stat_activity where application_name = 'holder') and "
                                     "pid = {1}",
                                     statement, pid))
                  .empty();
    });
    act();
  });
}

std::jthread HealFixture::terminate_when_waiting_in(std::string statement) {
  const int pid = connection().backend_pid();
  return when_waiting_in(std::move(statement), [this, pid] {
    connect().query(fmt::format("select pg_terminate_backend({})", pid));
  });
}

std::jthread HealFixture::when_told_to_wait(std::function<void()> act) {
  return std::jthread([this, act = std::move(act)] {
    wait_until([&] { return listener().times_waited > 0; });
    act();
  });
}

Finding HealFixture::fail(int exit_code) {
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, exit_code);
  return error_of(report);
}

void HealFixture::expect_healed(const std::vector<std::string>& messages) {
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  ASSERT_FALSE(report.results.empty());
  std::vector<std::string> said;
  for (const Finding& notice : report.results[0].notices) {
    said.push_back(notice.message);
    EXPECT_TRUE(notice.place) << notice.message;
  }
  EXPECT_EQ(said, messages);
}

}  // namespace migrator

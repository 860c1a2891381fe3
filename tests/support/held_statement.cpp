#include "tests/support/held_statement.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/pg/script.h"
#include "tests/support/run_fixture.h"

namespace migrator {

HeldStatement::HeldStatement(const TestDatabase& database, std::string_view sql,
                             std::string_view holding)
    : control_(database.connect("control")),
      holder_(database.connect("holder")),
      worker_(database.connect("worker")),
      pid_(worker_.backend_pid()) {
  run_command(holder_, fmt::format("begin; {}", holding));
  thread_ = std::jthread([this, text = std::string(sql)] {
    try {
      run_command(worker_, text);
    } catch (const Error& error) {
      failure_ = error.finding();
    }
  });
  // Not just for any lock: it may wait for the snapshot of this very query.
  wait_until([this] {
    return !control_
                .query(fmt::format("select where {} = any(pg_blocking_pids({}))",
                                   holder_.backend_pid(), pid_))
                .empty();
  });
}

HeldStatement::~HeldStatement() {
  release();
}

void HeldStatement::release() {
  if (holder_.in_transaction()) run_command(holder_, "rollback");
  if (thread_.joinable()) thread_.join();
}

void HeldStatement::terminate() {
  end("pg_terminate_backend");
  wait_until([this] {
    return control_.query(fmt::format("select from pg_stat_activity where pid = {}", pid_)).empty();
  });
}

void HeldStatement::cancel() {
  end("pg_cancel_backend");
}

void HeldStatement::end(std::string_view function) {
  control_.query(fmt::format("select {}({})", function, pid_));
  thread_.join();
  release();
}

}  // namespace migrator

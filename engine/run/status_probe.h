// Looks at files and database again and again, over one session that its pool keeps, and has it
// made anew when it was lost; every failure is a value. It takes no lock, writes nothing, and never
// migrates. For one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/pg/pool.h"
#include "engine/project/config.h"
#include "engine/project/project_watch.h"
#include "engine/report/health.h"

namespace migrator {

struct ProbeSite {
  ProjectFolders folders;
  HistoryTable table;
  OrderPolicy order = OrderPolicy::strict;
  std::string environment;
  DatabaseUrl url;  ///< as it is configured: redacted in what is reported
  std::function<Connection(std::stop_token)> connect;  ///< may throw Error
};

class StatusProbe {
 public:
  explicit StatusProbe(ProbeSite site);

  Sight look(const std::stop_token& stop);

 private:
  using Clock = std::chrono::steady_clock;

  StatusReport ask(const std::stop_token& stop);
  void note_motion(const StatusReport& report);
  void note_waiting(const StatusReport& report);

  ProbeSite site_;
  ProjectWatch files_;
  Pool pool_;
  std::optional<DatabaseFacts> facts_ = std::nullopt;  ///< the last that were known
  std::string motion_ = {};
  Clock::time_point moved_at_ = Clock::now();
  std::optional<Clock::time_point> blocked_since_ = std::nullopt;
  std::chrono::duration<double> waited_{0};
};

}  // namespace migrator

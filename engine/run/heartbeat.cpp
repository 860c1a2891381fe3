#include "engine/run/heartbeat.h"

#include <exception>
#include <optional>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/pause.h"

namespace migrator {

Heartbeat::Heartbeat(const HistoryTable& table, const Step& step, const Runner& runner,
                     std::chrono::milliseconds lease, Connect connect, const std::stop_token& stop)
    : table_(table),
      step_(step),
      runner_(runner),
      lease_(lease),
      connect_(std::move(connect)),
      thread_([this](const std::stop_token& ended) { beat(ended); }),
      ended_by_(stop, [this] { thread_.request_stop(); }) {}

void Heartbeat::beat(const std::stop_token& stop) {
  std::optional<Connection> connection;
  while (pause(lease_ / 4, stop)) {
    try {
      if (!connection) {
        connection = connect_(stop);
        connection->set_patience(lease_ / 4);
      }
      // Whoever has the row then: the next write of the run itself finds out.
      if (!table_.renew(*connection, step_, runner_, lease_)) return;
    } catch (const std::exception&) {
      // There are three more tries before the lease is over; and then the row tells.
      connection.reset();
    }
  }
}

}  // namespace migrator

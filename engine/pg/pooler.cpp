#include "engine/pg/pooler.h"

#include <charconv>
#include <string>

namespace migrator {

int serving_process(Connection& connection) {
  const auto rows = connection.query("select pg_catalog.pg_backend_pid()");
  const std::string text = rows.at(0).at(0).value_or("");
  int pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

void detect_pooler(Connection& connection) {
  connection.set_pooled(serving_process(connection) != connection.backend_pid());
}

}  // namespace migrator

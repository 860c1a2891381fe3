// Which path says what: the probes, /status, /metrics, the page and the SQL of a migration. Pure
// but for the file that /sql reads; sockets and time are others' business.
#pragma once

#include <mutex>

#include "engine/http/access.h"
#include "engine/http/lookout.h"
#include "engine/http/message.h"

namespace migrator {

struct RoutesOptions {
  AccessPolicy access = {};
  std::string working_folder = {};  ///< files are named relative to it
};

class Routes {
 public:
  Routes(Lookout& lookout, RoutesOptions options);

  Response answer(const Request& request);

 private:
  Response route(const Request& request);
  Response probe(const Request& request);
  Response metrics();
  Response sql(const Request& request);
  void count(const Request& request, const Response& response);

  Lookout& lookout_;
  const RoutesOptions options_;
  std::mutex mutex_ = {};
  RequestCounts counts_ = {};
};

}  // namespace migrator

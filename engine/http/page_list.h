// The timeline of the page: a table of migrations, newest first, with how long each took, and
// the seeds. Part of engine/http/status_page.
#pragma once

#include <string>

#include "engine/report/health.h"

namespace migrator {

std::string timeline_html(const StatusReport& report, bool all);
std::string seeds_html(const StatusReport& report);

}  // namespace migrator

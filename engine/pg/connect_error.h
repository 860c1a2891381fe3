// Why a connection could not be opened: libpq tells it as text, this tells the cases apart and says
// what to do in each. Nothing here shows the secret of the URL.
#pragma once

#include <chrono>
#include <string_view>

#include "engine/base/error.h"
#include "engine/project/database_url.h"

struct pg_conn;

namespace migrator {

/// Throws Error(configuration) for a URL that no server has to be asked about.
void check_connectable(const DatabaseUrl& url);

/// For a handle that failed to connect; `timed_out_after` is not 0 when some address was silent.
Error connect_error(const DatabaseUrl& url, const pg_conn* handle,
                    std::chrono::milliseconds timed_out_after);

Error connect_cancelled(const DatabaseUrl& url);

/// Whether trying again may help: not with a wrong password or a missing database.
bool may_pass(const Error& error);

}  // namespace migrator

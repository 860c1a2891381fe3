// A schema as pg_dump writes it, without what differs between two dumps of equal schemas: versions
// of server and program, random keys, settings of the session, comments, what only repeats a
// server's defaults, and the order in which objects were made. The statements stay as they are
// written, but for a prefix that views have from older servers alone. FORMATS.md, "schema.sql".
#pragma once

#include <string>
#include <string_view>

namespace migrator {

/// Of a dump without owners, tablespaces and rows. Throws Error(migration, "pg-dump-unreadable")
/// for text that cannot be cut into statements.
std::string canonical_schema(std::string_view dump);

}  // namespace migrator

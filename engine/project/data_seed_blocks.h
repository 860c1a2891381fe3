// The PL/pgSQL by which a seed of data asks the server about its table, and merges its rows. Text
// with {names} to be filled in, or none; what is filled in is data_seed_script's to say.
#pragma once

#include <string_view>

namespace migrator {

/// For fmt: table, names, ref_tables, ref_columns, key, keep, mode, filter, share, triggers,
/// straight, order, numbered.
std::string_view seed_declarations();

/// Makes pg_temp.migrator_seed; or, where nothing is to be compared, says with a notice
/// (kIntoNotice) into which table the rows go at once.
std::string_view seed_prepare();

/// Writes what differs, and tells how many rows that were (kRowsNotice).
std::string_view seed_merge();

/// For fmt: columns, values, line, json. Of pg_temp.migrator_lines, which hold JSON, makes rows.
std::string_view seed_read_lines();

}  // namespace migrator

// The PL/pgSQL that finds the rows of a file of data which its table does not take. It is run when
// the load has failed, and writes nothing: whatever it finds, the seed has failed. Beside
// data_seed_blocks, whose declarations stand in front of it.
#pragma once

#include <string_view>

namespace migrator {

/// Makes kCheckTable: the columns of the file, with what the table asks of each row by itself.
std::string_view seed_row_check();

/// Of pg_temp.migrator_seed: fails with the rows (MGR15) that are null where that may not be, or
/// break a check, a foreign key or a unique constraint; up to a hundred.
std::string_view seed_row_search();

}  // namespace migrator

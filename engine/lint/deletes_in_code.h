// What the code that a statement runs says of deleting rows: DO, and the functions and procedures
// that are called, as far as the migrations have their text. Reads each DELETE by itself, also in
// the literals that code puts statements together from; not when it comes to run, nor how often.
#pragma once

#include "engine/lint/check.h"

namespace migrator {

/// Whether that a table was left without rows may be by chance, since those that were there met a
/// condition: each DELETE of it has one, or, where none names it, each that there is.
bool deletes_by_condition(const Situation& now, const ObjectName& table);

}  // namespace migrator

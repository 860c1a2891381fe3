// What the words of a statement tell without a grammar: its name for people, and its transaction
// need where libpg_query's grammar is older than the server, or the statement too long to parse.
// The rules agree with the tree wherever both can tell; a test holds them to it.
#pragma once

#include <string>
#include <string_view>

#include "engine/sql/statement_words.h"
#include "engine/sql/summary.h"

namespace migrator {

/// "CREATE INDEX CONCURRENTLY", "ALTER TABLE": the verb and the kind of object, in upper case.
std::string describe(const StatementWords& words);

/// Whether it is a query or a change of rows: what may run in a transaction, whatever it says.
bool is_plain_query(const StatementWords& words);

/// Whether the words leave no doubt that it may run in a transaction: what most files hold, for
/// which nobody has to parse it.
bool needs_no_look(const StatementWords& words);

/// The transaction need by words alone. The body of a DO block is not looked into.
TransactionNeed need_by_words(const StatementWords& words);

/// Whether a statement is a DO block in PL/pgSQL that commits or rolls back.
bool is_committing_do(std::string_view statement);

}  // namespace migrator

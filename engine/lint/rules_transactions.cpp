// Rules about transactions, the runner and the rows that a migration changes.
#include <array>

#include "engine/lint/rule.h"

namespace migrator {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {"missing-lock-timeout", Level::off,
     "a strong lock that is waited for without limit; an error where the configuration, the file "
     "or a SET makes lock_timeout 0",
     "Who waits for ACCESS EXCLUSIVE stops everyone behind it. migrator sets lock_timeout to 1 s "
     "and tries again, unless it is told otherwise.",
     "leave lock_timeout as it is, or make it some seconds",
     "-- migrator: lock-timeout 0\nalter table users add a1 text;",
     "-- migrator: lock-timeout 2s\nalter table users add a1 text;"},
    {"missing-statement-timeout", Level::off, "a strong lock with no limit on the statement",
     "A statement that takes longer than thought keeps its table closed.",
     "statement-timeout at the top of the file", "alter table users add a1 text;",
     "-- migrator: statement-timeout 10s\nalter table users add a1 text;"},
    {"statement-needs-no-transaction", Level::error,
     "a statement that refuses a transaction, where the file asks for one",
     "The server refuses it (25001). Without \"transaction on\" migrator runs it alone.",
     "leave out \"-- migrator: transaction on\""},
    {"enum-label-uncommitted", Level::warning,
     "a new label of an enum that is used before it is committed, where the file asks for one "
     "transaction",
     "The server refuses it (55P04). Without \"transaction on\" migrator commits in between.",
     "leave out \"-- migrator: transaction on\""},
    {"transaction-control", Level::error,
     "BEGIN, COMMIT or ROLLBACK inside of migrator's transaction",
     "COMMIT would end the transaction that holds the history row.",
     "remove it, or put \"-- migrator: transaction off\" at the top"},
    {"transaction-open", Level::error, "a BEGIN that nothing ends",
     "What it did is lost with the session.", "COMMIT at the end of the file"},
    {"concurrent-if-not-exists", Level::warning, "CREATE INDEX CONCURRENTLY IF NOT EXISTS",
     "A build that was broken off leaves an invalid index of that name: IF NOT EXISTS passes over "
     "it, and it stays invalid.",
     "leave out IF NOT EXISTS: migrator itself finds and removes what a broken-off build left",
     "create index concurrently if not exists users_age on users (age);",
     "create index concurrently users_age on users (age);"},
    {"set-local-outside-transaction", Level::warning, "SET LOCAL where there is no transaction",
     "It has no effect.", "SET without LOCAL: migrator resets it behind the file",
     "-- migrator: transaction off\nset local lock_timeout = '2s';\nvacuum users;",
     "-- migrator: transaction off\nset lock_timeout = '2s';\nvacuum users;"},
    {"session-setting-leak", Level::off, "SET without LOCAL",
     "With other tools the next migration runs under it. migrator resets the session behind each "
     "file.",
     "SET LOCAL", "set statement_timeout = '5s';", "set local statement_timeout = '5s';"},
    {"non-idempotent-without-transaction", Level::note,
     "DO or CALL among statements that run each by itself",
     "When the client dies in the middle of it, neither migrator's journal nor the catalog can "
     "tell whether it was done. Of all others one of them can.",
     "a migration of its own, that may be run twice",
     "-- migrator: transaction off\nvacuum users;\ndo $$ begin perform 1; end $$;",
     "vacuum users;\n-- next file\ndo $$ begin perform 1; end $$;"},
    {"dynamic-sql", Level::note, "DO with EXECUTE, or a call of a function that has it",
     "What it runs is in no text: these rules are blind to it.", "plain statements",
     "select wipe();", "select 1;"},
    {"copy-from-stdin", Level::off, "COPY ... FROM STDIN",
     "Its rows are no SQL. Other tools cannot send them; migrator does.",
     "a seed of data, if it is no change of the schema",
     "copy logs (id, message) from stdin;\n1\tone\n\\.\n", "insert into logs values (1, 'one');"},
    {"unbounded-update", Level::warning, "UPDATE or DELETE without WHERE, or with a constant one",
     "All rows stay locked to the end of the transaction, and each leaves a dead copy.",
     "batches of some thousand rows, each its own transaction", "update users set age = 0;",
     "update users set age = 0 where id between 1 and 1000;"},
    {"backfill-with-ddl", Level::warning,
     "rows that are written in a transaction with a strong lock",
     "The table is closed to reads and writes for as long as the rows take.",
     "rows in a migration of their own",
     "alter table users add a1 text;\nupdate users set a1 = email where age > 3;",
     "alter table users add a1 text;\n-- next file\nupdate users set a1 = email where age > 3;"},
    {"duplicate-column-assignment", Level::error, "a column that is set twice in one UPDATE",
     "The server refuses it (42601).", "set it once",
     "update users set age = 1, age = 2 where id = 1;", "update users set age = 2 where id = 1;"},
});

}  // namespace

std::span<const Rule> transaction_rules() {
  return kRules;
}

}  // namespace migrator

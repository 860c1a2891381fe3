// Rules about what is locked while rows are read: constraints, indexes, partitions.
#include <array>

#include "engine/lint/rule.h"

namespace migrator {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {"set-not-null", Level::error, "SET NOT NULL on a column that no valid CHECK proves",
     "Every row is read while the table is closed to reads and writes. PostgreSQL 12 and later "
     "skip that where a valid CHECK (column IS NOT NULL) is there.",
     "add the CHECK NOT VALID, validate it in another transaction, then SET NOT NULL and drop the "
     "CHECK",
     "alter table users alter age set not null;",
     "alter table users add constraint age_there check (age is not null) not valid;\n"
     "-- next file\nalter table users validate constraint age_there;\n"
     "-- next file\nalter table users alter age set not null;\n"
     "alter table users drop constraint age_there;"},
    {"add-check-constraint", Level::error, "a valid CHECK on a table that is there",
     "Every row is checked while the table is closed to reads and writes.",
     "add it NOT VALID, and VALIDATE it in another transaction, which lets writes go on",
     "alter table users add constraint age_positive check (age > 0);",
     "alter table users add constraint age_positive check (age > 0) not valid;\n"
     "-- next file\nalter table users validate constraint age_positive;"},
    {"add-foreign-key", Level::error, "a valid foreign key on a table that is there",
     "Both tables take no writes while each row is looked up.",
     "add it NOT VALID, and VALIDATE it in another transaction",
     "alter table logs add constraint logs_user foreign key (id) references users;",
     "alter table logs add constraint logs_user foreign key (id) references users not valid;\n"
     "-- next file\nalter table logs validate constraint logs_user;"},
    {"add-unique-constraint", Level::error, "UNIQUE that builds its index",
     "The index is built while the table is closed to reads and writes.",
     "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT ... UNIQUE USING INDEX",
     "alter table users add constraint users_age unique (age);",
     "create unique index concurrently users_age on users (age);\n"
     "-- next file\nalter table users add constraint users_age unique using index users_age;"},
    {"add-primary-key", Level::error, "PRIMARY KEY that builds its index",
     "The index is built, and every row read for NULL, while the table is closed to reads and "
     "writes.",
     "build a unique index CONCURRENTLY, prove NOT NULL, then ADD PRIMARY KEY USING INDEX",
     "alter table logs add primary key (id);",
     "create unique index concurrently logs_id on logs (id);\n"
     "alter table logs add constraint id_there check (id is not null) not valid;\n"
     "-- next file\nalter table logs validate constraint id_there;\n"
     "-- next file\nalter table logs alter id set not null;\n"
     "alter table logs add primary key using index logs_id;"},
    {"primary-key-using-nullable-index", Level::warning,
     "PRIMARY KEY USING INDEX whose columns may be NULL",
     "Every row is read for NULL while the table is closed to reads and writes.",
     "SET NOT NULL first, with a valid CHECK as its proof",
     "create unique index concurrently logs_id on logs (id);\n"
     "-- next file\nalter table logs add primary key using index logs_id;",
     "alter table users drop constraint users_pkey;\n"
     "-- next file\ncreate unique index concurrently users_again on users (id);\n"
     "-- next file\nalter table users add primary key using index users_again;"},
    {"add-exclusion-constraint", Level::error, "EXCLUDE on a table that is there",
     "Its index is built while the table is closed to reads and writes, and there is no concurrent "
     "way.",
     "make a new table with the constraint and move over, in a quiet hour",
     "alter table events_new add constraint one_kind exclude (kind with =);",
     "create table slots (at timestamptz primary key, kind text,\n"
     "  constraint one_kind exclude (kind with =));"},
    {"validate-in-same-transaction", Level::error,
     "VALIDATE CONSTRAINT in the transaction that added it NOT VALID",
     "The lock of ADD CONSTRAINT is kept to the end: all rows are read under that one.",
     "put VALIDATE into a migration of its own",
     "alter table users add constraint age_positive check (age > 0) not valid;\n"
     "alter table users validate constraint age_positive;",
     "alter table users add constraint age_positive check (age > 0) not valid;\n"
     "-- next file\nalter table users validate constraint age_positive;"},
    {"create-index-not-concurrent", Level::error, "CREATE INDEX on a table that is there",
     "The table takes no writes until the index is built.",
     "CREATE INDEX CONCURRENTLY; of a partitioned table ON ONLY it, then CONCURRENTLY on each "
     "partition and ATTACH",
     "create index users_age on users (age);",
     "create index concurrently users_age on users (age);\n"
     "create index events_kind on only events (kind);\n"
     "create index concurrently events_old_kind on events_old (kind);\n"
     "alter index events_kind attach partition events_old_kind;"},
    {"drop-index-not-concurrent", Level::warning, "DROP INDEX",
     "Short, but it closes the table, and all who come meanwhile wait behind it.",
     "DROP INDEX CONCURRENTLY", "drop index users_org;", "drop index concurrently users_org;"},
    {"drop-index-concurrently-invalid", Level::error,
     "DROP INDEX CONCURRENTLY of several indexes, or with CASCADE",
     "The server refuses it (0A000).", "one statement for each index, without CASCADE",
     "drop index concurrently users_org, users_email;",
     "drop index concurrently users_org;\ndrop index concurrently users_email;"},
    {"concurrent-index-on-partitioned", Level::error,
     "CREATE INDEX CONCURRENTLY on a partitioned table", "The server refuses it (0A000).",
     "ON ONLY the parent, CONCURRENTLY on each partition, then ATTACH",
     "create index concurrently events_kind on events (kind);",
     "create index events_kind on only events (kind);\n"
     "create index concurrently events_old_kind on events_old (kind);\n"
     "alter index events_kind attach partition events_old_kind;"},
    {"reindex-not-concurrent", Level::error, "REINDEX without CONCURRENTLY",
     "The table takes no writes, and who would read by the index waits.",
     "REINDEX ... CONCURRENTLY", "reindex index users_org;",
     "reindex index concurrently users_org;"},
    {"attach-partition-scan", Level::warning,
     "ATTACH PARTITION whose rows have to be read, or those of the default partition",
     "The partition, and the default partition, are closed to reads and writes and read to the "
     "end.",
     "first give the partition a valid CHECK of its bounds and NOT NULL on the key; and the "
     "default partition a CHECK that excludes them",
     "alter table events attach partition events_new\n"
     "  for values from ('2025-01-01') to ('2026-01-01');",
     "alter table events_new add constraint bounds\n"
     "  check (at >= '2025-01-01' and at < '2026-01-01') not valid;\n"
     "-- next file\nalter table events_new validate constraint bounds;\n"
     "-- next file\nalter table events attach partition events_new\n"
     "  for values from ('2025-01-01') to ('2026-01-01');"},
    {"detach-partition-not-concurrent", Level::error, "DETACH PARTITION without CONCURRENTLY",
     "The parent and the partition are closed to reads and writes.",
     "DETACH PARTITION ... CONCURRENTLY (PostgreSQL 14 and later)",
     "alter table events detach partition events_old;",
     "alter table events detach partition events_old concurrently;"},
    {"concurrent-detach-with-default", Level::error,
     "DETACH PARTITION CONCURRENTLY where there is a default partition",
     "The server refuses it (55000).", "a plain DETACH under a short lock_timeout",
     "alter table visits detach partition visits_old concurrently;",
     "alter table visits detach partition visits_old;"},
    {"create-partition-of", Level::note, "CREATE TABLE ... PARTITION OF a table that is there",
     "The parent is closed for a moment; a default partition is closed and read to the end.",
     "make the table by itself, with a CHECK of its bounds, and ATTACH it",
     "create table events_2026 partition of events\n"
     "  for values from ('2026-01-01') to ('2027-01-01');",
     "create table events_2026 (at timestamptz not null, kind text,\n"
     "  check (at >= '2026-01-01' and at < '2027-01-01'));\n"
     "alter table events attach partition events_2026\n"
     "  for values from ('2026-01-01') to ('2027-01-01');"},
    {"alter-domain-constraint", Level::warning, "ALTER DOMAIN that adds a valid constraint",
     "Each table with a column of the domain takes no writes while all of it is read.",
     "ADD CONSTRAINT ... NOT VALID, then VALIDATE CONSTRAINT in a quiet hour",
     "alter domain percent add constraint not_zero check (value <> 0);",
     "alter domain percent add constraint not_zero check (value <> 0) not valid;"},
    {"create-trigger-lock", Level::note, "CREATE TRIGGER or DROP TRIGGER on a table that is there",
     "The table takes no writes (DROP: no reads either) for a moment; who waits for that stops "
     "others.",
     "keep the transaction short; migrator's lock_timeout bounds the wait",
     "create trigger users_same before update on users\n"
     "  for each row execute function suppress_redundant_updates_trigger();",
     "create table fresh (id bigint primary key);\n"
     "create trigger fresh_same before update on fresh\n"
     "  for each row execute function suppress_redundant_updates_trigger();"},
    {"explicit-lock", Level::warning, "LOCK TABLE in a mode that blocks writes",
     "It is kept until the transaction ends.", "a weaker mode, or no LOCK at all",
     "lock table users in share mode;", "lock table users in row exclusive mode;"},
    {"disable-trigger", Level::warning, "DISABLE TRIGGER ALL or USER",
     "ALL also switches off the triggers that enforce foreign keys: rows that refer to nothing "
     "stay.",
     "disable the one trigger by its name", "alter table users disable trigger user;",
     "create table fresh (id bigint primary key);\nalter table fresh disable trigger user;"},
    {"locks-many-tables", Level::warning, "a transaction that locks several tables that are there",
     "A program that takes them the other way round makes a deadlock, and each wait adds to the "
     "queue.",
     "one table for each migration",
     "alter table users add a1 text;\nalter table orgs add a1 text;",
     "alter table users add a1 text;\n-- next file\nalter table orgs add a1 text;"},
    {"statement-after-access-exclusive", Level::warning,
     "a statement that takes long behind a strong lock on another table",
     "The first table stays closed for as long as the second statement takes.", "two migrations",
     "alter table users add a1 text;\ncreate index logs_id on logs (id);",
     "alter table users add a1 text;\n-- next file\ncreate index concurrently logs_id on logs "
     "(id);"},
    {"mergeable-alter-table", Level::note,
     "several ALTER TABLE of one transaction that each go through all rows of a table",
     "It is closed for each of the passes, and one ALTER TABLE makes a single one for all its "
     "actions.",
     "one ALTER TABLE with several actions; never NOT VALID together with VALIDATE",
     "alter table users alter age type bigint;\nalter table users alter age set not null;",
     "alter table users alter age type bigint, alter age set not null;"},
});

}  // namespace

std::span<const Rule> lock_rules() {
  return kRules;
}

}  // namespace migrator

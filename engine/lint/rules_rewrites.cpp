// Rules about what writes a whole table anew.
#include <array>

#include "engine/lint/rule.h"

namespace migrator {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {"add-column-volatile-default", Level::error, "ADD COLUMN with a default that is volatile",
     "Table and indexes are written anew, closed to reads and writes. Defaults that are not "
     "volatile, now() too, cost nothing.",
     "add the column without it, SET DEFAULT, and fill the rows in batches",
     "alter table users add token uuid default gen_random_uuid();",
     "alter table users add token uuid;\n"
     "alter table users alter token set default gen_random_uuid();"},
    {"add-column-auto-increment", Level::error, "ADD COLUMN of a serial type or an identity",
     "Each row gets a number: the table is written anew, closed to reads and writes.",
     "add a plain bigint with a sequence as its default, fill it in batches, then make it an "
     "identity",
     "alter table logs add number bigserial;",
     "create sequence logs_number;\nalter table logs add number bigint;\n"
     "alter table logs alter number set default nextval('logs_number');"},
    {"add-column-stored-generated", Level::error, "ADD COLUMN ... GENERATED ... STORED",
     "The table is written anew, closed to reads and writes. PostgreSQL 18 has VIRTUAL, which is "
     "not stored.",
     "a plain column, a trigger that fills it, and batches for the rows that are there",
     "alter table users add twice integer generated always as (age * 2) stored;",
     "alter table users add twice integer;"},
    {"add-column-constrained-domain", Level::error,
     "ADD COLUMN of a domain that has a CHECK or NOT NULL",
     "The table is written anew even without a default, closed to reads and writes.",
     "the domain's base type, and a CHECK that is NOT VALID first",
     "alter table users add share percent;",
     "alter table users add share integer;\n"
     "alter table users add constraint share_percent check (share between 0 and 100) not valid;"},
    {"add-column-not-null-no-default", Level::error, "ADD COLUMN ... NOT NULL without a default",
     "It fails with 23502 as soon as the table has a row, as production has and a test has not.",
     "a default that is not volatile; or nullable first, filled in batches, then a validated CHECK "
     "and SET NOT NULL",
     "alter table users add country text not null;",
     "alter table users add country text not null default '';"},
    {"change-column-type", Level::error, "a change of type that writes the table anew",
     "Table and indexes are written anew, closed to reads and writes; foreign keys are checked "
     "again. A longer varchar, varchar to text and the like cost nothing and are not found.",
     "a second column, kept in step by a trigger, filled in batches, then taken over",
     "alter table users alter age type bigint;", "alter table events_new alter kind type varchar;"},
    {"table-rewrite-command", Level::error,
     "VACUUM FULL, CLUSTER, SET LOGGED or UNLOGGED, SET TABLESPACE, SET ACCESS METHOD",
     "The table is closed to reads and writes until a full copy is made.",
     "a tool of the kind of pg_repack; plain VACUUM", "alter table users set unlogged;",
     "vacuum users;"},
    {"refresh-not-concurrent", Level::error, "REFRESH MATERIALIZED VIEW without CONCURRENTLY",
     "Who reads it waits until it is computed.",
     "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index",
     "refresh materialized view totals;", "refresh materialized view concurrently totals;"},
});

}  // namespace

std::span<const Rule> rewrite_rules() {
  return kRules;
}

}  // namespace migrator

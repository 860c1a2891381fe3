// What a run on a scratch database adds to the rules: those that it alone finds, and what it tells
// of the others.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/lint/rule.h"

namespace migrator {
namespace {

constexpr auto kRules = std::to_array<Rule>(
    {{.id = "unforeseen-rewrite",
      .level = Level::error,
      .what = "a table that the run wrote anew, and no rule had said so",
      .why = "Table and indexes are closed to reads and writes until a full copy is made.",
      .safe = "a second column or table that is filled in batches, then taken over",
      .witness = Witness::hidden},
     {.id = "unforeseen-scan",
      .level = Level::warning,
      .what = "a table that the run read to the end while it was closed to writes, and no rule had "
              "said so",
      .why = "It stays closed for as long as all of its rows take.",
      .safe = "NOT VALID and VALIDATE, CONCURRENTLY, or a CHECK that proves it beforehand",
      .witness = Witness::hidden},
     {.id = "unforeseen-lock",
      .level = Level::warning,
      .what = "a table that the run locked against writes, or reads, and no rule had said so; a "
              "note where the statement names it",
      .why = "Code in DO and functions, the other table of a foreign key, default partitions and "
             "what depends on a type are in no text.",
      .safe = "keep the transaction short, and take the locks of tables in the order in which "
              "programs do",
      .witness = Witness::hidden},
     {.id = "unforeseen-loss",
      .level = Level::warning,
      .what = "something that was gone after the run, and the statement does not name it; of code, "
              "also what it names, and all rows of a table",
      .why = "CASCADE and code take with them what nobody thought of.",
      .safe = "say it in a statement of its own, and move rows that may still be asked for",
      .witness = Witness::hidden},
     {.id = "unforeseen-failure",
      .level = Level::warning,
      .what =
          "a statement that failed in the run where tables had rows, and passed without them; a "
          "note where a CHECK or bounds refuse the made-up ones",
      .why = "Production has rows, and an empty test database has none.",
      .safe = "what holds for any rows: a default, a backfill before the constraint, ON CONFLICT",
      .witness = Witness::hidden},
     {.id = "invalid-index-left",
      .level = Level::error,
      .what = "an index that the run left invalid",
      .why = "It is written and not read; a unique one may or may not be enforced.",
      .safe = "DROP INDEX CONCURRENTLY, then build it again",
      .witness = Witness::hidden}});

using Id = std::string_view;
using Told = std::pair<Witness, Id>;

constexpr auto kWitnesses = std::to_array<Told>({
    {Witness::rewrite, "add-column-volatile-default"},
    {Witness::rewrite, "add-column-auto-increment"},
    {Witness::rewrite, "add-column-stored-generated"},
    {Witness::rewrite, "add-column-constrained-domain"},
    {Witness::rewrite, "change-column-type"},
    {Witness::rewrite, "table-rewrite-command"},
    {Witness::scan, "set-not-null"},
    {Witness::scan, "add-check-constraint"},
    {Witness::scan, "add-foreign-key"},
    {Witness::scan, "add-unique-constraint"},
    {Witness::scan, "add-primary-key"},
    {Witness::scan, "primary-key-using-nullable-index"},
    {Witness::scan, "add-exclusion-constraint"},
    {Witness::scan, "validate-in-same-transaction"},
    {Witness::scan, "attach-partition-scan"},
    {Witness::scan, "alter-domain-constraint"},
    {Witness::lock, "create-index-not-concurrent"},
    {Witness::lock, "drop-index-not-concurrent"},
    {Witness::lock, "reindex-not-concurrent"},
    {Witness::lock, "refresh-not-concurrent"},
    {Witness::lock, "detach-partition-not-concurrent"},
    {Witness::lock, "create-partition-of"},
    {Witness::lock, "create-trigger-lock"},
    {Witness::lock, "explicit-lock"},
    {Witness::lock, "disable-trigger"},
    {Witness::lock, "missing-lock-timeout"},
    {Witness::refusal, "drop-index-concurrently-invalid"},
    {Witness::refusal, "concurrent-index-on-partitioned"},
    {Witness::refusal, "concurrent-detach-with-default"},
    {Witness::refusal, "duplicate-column-assignment"},
    {Witness::refusal, "blocked-by-dependent"},
    {Witness::data, "add-column-not-null-no-default"},
    {Witness::data, "data-dependent-change"},
    {Witness::loss, "drop-table"},
    {Witness::loss, "drop-schema"},
    {Witness::loss, "drop-view"},
    {Witness::loss, "drop-column"},
    {Witness::loss, "drop-cascade"},
    {Witness::loss, "drop-constraint"},
    {Witness::loss, "drop-primary-key"},
    {Witness::loss, "truncate-table"},
    {Witness::loss, "truncate-cascade"},
    {Witness::rows, "unbounded-update"},
    {Witness::held, "statement-after-access-exclusive"},
    {Witness::held, "locks-many-tables"},
    {Witness::scan, "mergeable-alter-table"},
    {Witness::held, "backfill-with-ddl"},
    {Witness::leftover, "concurrent-if-not-exists"},
    {Witness::leftover, "session-setting-leak"},
    {Witness::hidden, "dynamic-sql"},
    {Witness::hidden, "syntax-error-for-parser"},
});

}  // namespace

std::span<const Rule> observed_rules() {
  return kRules;
}

Witness witness_of(std::string_view id) {
  const auto known = std::ranges::find(kWitnesses, id, &Told::second);
  return known == kWitnesses.end() ? Witness::none : known->first;
}

}  // namespace migrator

// What statements that run outside a transaction act on, out of their words.
#include "engine/sql/outside_by_words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace migrator {
namespace {

struct Case {
  std::string sql;
  OutsideAction action;
};

TEST(OutsideByWords, ReadsKindNamesAndTolerance) {
  const std::vector<Case> cases = {
      {"CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
       {OutsideKind::create_index, {"", "i"}, {"", "t"}, false}},
      {"create index concurrently if not exists \"I \"\"x\" on only S.\"T\" using gin (a)",
       {OutsideKind::create_index, {"", "I \"x"}, {"s", "T"}, true}},
      {"create index concurrently on t (a)", {OutsideKind::create_index, {}, {"", "t"}, false}},
      {"create index i on t (a)", {}},
      {"drop index concurrently if exists s.i", {OutsideKind::drop_index, {"s", "i"}, {}, true}},
      {"reindex index concurrently i", {OutsideKind::reindex_index, {"", "i"}, {}, false}},
      {"reindex (verbose, concurrently) table s.t",
       {OutsideKind::reindex_table, {"s", "t"}, {}, false}},
      {"reindex schema concurrently s", {OutsideKind::reindex_all, {"", "s"}, {}, false}},
      {"reindex database", {OutsideKind::reindex_all, {}, {}, false}},
      {"alter table if exists only p detach partition s.q concurrently",
       {OutsideKind::detach_partition, {"s", "q"}, {"", "p"}, false}},
      {"alter table p detach partition q", {}},
      {"create database d", {OutsideKind::create_database, {"", "d"}, {}, false}},
      {"drop database if exists d with (force)", {OutsideKind::drop_database, {"", "d"}, {}, true}},
      {"create tablespace x location '/x'", {OutsideKind::create_tablespace, {"", "x"}, {}, false}},
      {"commit prepared 'it''s'", {OutsideKind::end_prepared, {"", "it's"}, {}, false}},
      {"rollback prepared 'x'", {OutsideKind::end_prepared, {"", "x"}, {}, false}},
      {"vacuum full t", {OutsideKind::repeatable, {}, {}, false}},
      {"alter system set work_mem = '1MB'", {OutsideKind::repeatable, {}, {}, false}},
      {"alter database d set tablespace x", {OutsideKind::repeatable, {}, {}, false}},
      {"do $$ begin commit; end $$", {}},
      {"alter subscription s refresh publication", {}},
      {"", {}},
  };
  for (const Case& c : cases) EXPECT_EQ(outside_action_of(c.sql), c.action) << c.sql;
}

}  // namespace
}  // namespace migrator

// What the catalog says became of a statement that ran outside a transaction: each fate of each
// kind, and sensible answers where nothing is there.
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <ostream>

#include "engine/pg/examine.h"
#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/held_statement.h"
#include "tests/support/run_fixture.h"

namespace migrator {

static std::ostream& operator<<(std::ostream& out, Fate fate) {
  constexpr std::array names{"done", "not_done", "broken", "repeatable", "unknown"};
  return out << names.at(static_cast<std::size_t>(fate));
}

namespace {

class Examine : public RunFixture {
 protected:
  Examination look(const OutsideAction& action) { return examine(connection(), action); }
  Fate fate(const OutsideAction& action) { return look(action).fate; }
  /// As a build that was broken off leaves it.
  void invalidate(std::string_view index) {
    sql(fmt::format("update pg_index set indisvalid = false where indexrelid = '{}'::regclass",
                    index));
  }
};

OutsideAction create(ObjectName table, const std::string& index = "") {
  return {.kind = OutsideKind::create_index, .object = {.name = index}, .table = std::move(table)};
}

OutsideAction on(OutsideKind kind, ObjectName object, ObjectName table = {}) {
  return {.kind = kind, .object = std::move(object), .table = std::move(table)};
}

TEST_F(Examine, CreateIndex) {
  sql("create table a(n int)");
  EXPECT_EQ(fate(create({.name = "a"}, "i")), Fate::not_done);
  sql("create index i on a(n)");
  const Examination done = look(create({.name = "a"}, "i"));
  EXPECT_EQ(done.fate, Fate::done);
  EXPECT_EQ(done.detail, "index public.i exists and is valid");
  invalidate("i");
  const Examination broken = look(create({.name = "a"}, "i"));
  EXPECT_EQ(broken.fate, Fate::broken);
  EXPECT_EQ(broken.detail, "index public.i exists and is invalid");
}

TEST_F(Examine, CreateIndexCutOffByAKilledServerProcess) {
  sql("create table a(n int)");
  HeldStatement held(database(), "create index concurrently i on a(n)");
  held.terminate();
  EXPECT_EQ(fate(create({.name = "a"}, "i")), Fate::broken);
}

TEST_F(Examine, AnIndexBelongsToTheSchemaOfItsTable) {
  sql("create schema s; create table s.a(n int); create table a(n int); create index i on a(n)");
  EXPECT_EQ(fate(create({.schema = "s", .name = "a"}, "i")), Fate::not_done);
  sql("create index i on s.a(n)");
  EXPECT_EQ(look(create({.schema = "s", .name = "a"}, "i")).detail,
            "index s.i exists and is valid");
  // The same name on another table is not this index.
  sql("create table b(n int)");
  EXPECT_EQ(fate(create({.name = "b"}, "i")), Fate::not_done);
}

TEST_F(Examine, NamesAreFoundByTheSearchPathAndMayNeedQuotes) {
  sql("create schema \"S x\"; create table \"S x\".\"T\"\"q\"(n int);"
      "create index \"I.i\" on \"S x\".\"T\"\"q\"(n)");
  EXPECT_EQ(fate(create({.name = "T\"q"}, "I.i")), Fate::not_done);
  run_command(connection(), "set search_path = \"S x\"");
  EXPECT_EQ(look(create({.name = "T\"q"}, "I.i")).detail,
            "index \"S x\".\"I.i\" exists and is valid");
  EXPECT_EQ(fate(on(OutsideKind::drop_index, {.name = "I.i"})), Fate::not_done);
  // pg_dump's, which finds nothing without its schema, and a name that the server cuts.
  run_command(connection(), "select pg_catalog.set_config('search_path', '', false)");
  EXPECT_EQ(fate(create({.schema = "S x", .name = "T\"q"}, "I.i")), Fate::done);
  const std::string name(70, 'x');
  sql(fmt::format("create index {} on \"S x\".\"T\"\"q\"(n)", name));
  EXPECT_EQ(fate(create({.schema = "S x", .name = "T\"q"}, name)), Fate::done);
}

TEST_F(Examine, CreateIndexWithoutAName) {
  sql("create table a(n int, m int); create index mine on a(n)");
  EXPECT_EQ(fate(create({.name = "a"})), Fate::not_done);
  sql("create index on a(n)");
  EXPECT_EQ(fate(create({.name = "a"})), Fate::unknown);
  sql("create index on a(n)");
  invalidate("a_n_idx1");
  const Examination broken = look(create({.name = "a"}));
  EXPECT_EQ(broken.fate, Fate::broken);
  EXPECT_EQ(broken.detail, "index public.a_n_idx1 exists and is invalid");
}

TEST_F(Examine, CreateIndexWithoutANameOnATableWithALongName) {
  const std::string table(60, 't');
  sql(
      fmt::format("create table {0}(a_column_with_a_name_of_its_own int);"
                  "create index on {0}(a_column_with_a_name_of_its_own)",
                  table));
  EXPECT_EQ(fate(create({.name = table})), Fate::unknown);
}

TEST_F(Examine, DropIndex) {
  sql("create table a(n int); create index i on a(n)");
  EXPECT_EQ(fate(on(OutsideKind::drop_index, {.name = "i"})), Fate::not_done);
  // As a drop that was broken off between its transactions leaves it.
  sql("update pg_index set indisvalid = false where indexrelid = 'i'::regclass");
  EXPECT_EQ(value("select indisvalid from pg_index where indexrelid = 'i'::regclass"), "f");
  const Examination half = look(on(OutsideKind::drop_index, {.name = "i"}));
  EXPECT_EQ(half.fate, Fate::not_done);
  EXPECT_PRED2(contains, half.detail, "invalid by now");
  sql("drop index concurrently i");
  EXPECT_EQ(fate(on(OutsideKind::drop_index, {.schema = "public", .name = "i"})), Fate::done);
}

TEST_F(Examine, Reindex) {
  const std::vector<OutsideAction> actions{
      on(OutsideKind::reindex_index, {.name = "i"}), on(OutsideKind::reindex_table, {.name = "a"}),
      on(OutsideKind::reindex_all, {.name = "public"}),
      on(OutsideKind::reindex_all, {.name = database().name()}), on(OutsideKind::reindex_all, {})};
  sql("create table a(n int); create index i on a(n); create index j on a(n)");
  for (const OutsideAction& action : actions) EXPECT_EQ(fate(action), Fate::repeatable);
  HeldStatement held(database(), "reindex index concurrently i");
  held.terminate();
  for (const OutsideAction& action : actions) {
    const Examination broken = look(action);
    EXPECT_EQ(broken.fate, Fate::broken);
    EXPECT_EQ(broken.detail, "the invalid index public.i_ccnew was left behind");
  }
  EXPECT_EQ(fate(on(OutsideKind::reindex_index, {.name = "j"})), Fate::repeatable);
  EXPECT_EQ(fate(on(OutsideKind::reindex_all, {.name = "pg_catalog"})), Fate::repeatable);
}

TEST_F(Examine, DetachPartition) {
  const OutsideAction detach = on(OutsideKind::detach_partition, {.name = "p1"}, {.name = "p"});
  EXPECT_EQ(fate(detach), Fate::unknown);
  sql("create table p(n int) partition by list (n)");
  EXPECT_EQ(fate(detach), Fate::unknown);
  sql("create table p1 partition of p for values in (1)");
  EXPECT_EQ(fate(detach), Fate::not_done);
  if (connection().server_version() >= 140000) {  // older ones have no CONCURRENTLY here
    HeldStatement held(database(), "alter table p detach partition p1 concurrently",
                       "select from p");
    held.terminate();
    const Examination broken = look(detach);
    EXPECT_EQ(broken.fate, Fate::broken);
    EXPECT_EQ(broken.detail, "detaching p1 from p was begun and not finished");
    sql("alter table p detach partition p1 finalize");
  } else {
    sql("alter table p detach partition p1");
  }
  EXPECT_EQ(fate(detach), Fate::done);
}

TEST_F(Examine, DatabasesAndTablespaces) {
  const ObjectName here{.name = database().name()};
  const ObjectName nowhere{.name = "nowhere"};
  EXPECT_EQ(fate(on(OutsideKind::create_database, here)), Fate::done);
  EXPECT_EQ(fate(on(OutsideKind::drop_database, here)), Fate::not_done);
  EXPECT_EQ(fate(on(OutsideKind::create_database, nowhere)), Fate::not_done);
  EXPECT_EQ(fate(on(OutsideKind::drop_database, nowhere)), Fate::done);
  EXPECT_EQ(fate(on(OutsideKind::create_tablespace, {.name = "pg_default"})), Fate::done);
  EXPECT_EQ(fate(on(OutsideKind::drop_tablespace, {.name = "pg_default"})), Fate::not_done);
  EXPECT_EQ(fate(on(OutsideKind::create_tablespace, nowhere)), Fate::not_done);
  EXPECT_EQ(fate(on(OutsideKind::drop_tablespace, nowhere)), Fate::done);
}

TEST_F(Examine, ADatabaseDroppedByHalf) {
  const TestDatabase other;
  sql(fmt::format("update pg_database set datconnlimit = -2 where datname = '{}'", other.name()));
  EXPECT_EQ(fate(on(OutsideKind::create_database, {.name = other.name()})), Fate::broken);
  EXPECT_EQ(fate(on(OutsideKind::drop_database, {.name = other.name()})), Fate::not_done);
}

TEST(ExaminePrepared, IsDoneWhenItIsGone) {
  const ServerFolder folder;
  std::ofstream(folder.path() / "data" / "postgresql.auto.conf", std::ios::app)
      << "max_prepared_transactions = 2\n";
  LocalServer server(folder.options());
  server.start();
  Connection connection = Connection::open(server.url().with_database("postgres"), {});
  const OutsideAction action = on(OutsideKind::end_prepared, {.name = "it's one"});
  EXPECT_EQ(examine(connection, action).fate, Fate::done);
  run_command(connection, "begin; create table a(); prepare transaction 'it''s one'");
  EXPECT_EQ(examine(connection, action).fate, Fate::not_done);
  run_command(connection, "commit prepared 'it''s one'");
  EXPECT_EQ(examine(connection, action).fate, Fate::done);
}

TEST_F(Examine, WhatTheCatalogCannotTell) {
  EXPECT_EQ(fate(on(OutsideKind::repeatable, {})), Fate::repeatable);
  EXPECT_EQ(fate(on(OutsideKind::unknown, {})), Fate::unknown);
}

TEST_F(Examine, MissingObjectsAreAnswers) {
  for (const std::string schema : {"", "no schema", "public"}) {
    const ObjectName none{.schema = schema, .name = "no\" such"};
    EXPECT_EQ(fate(create(none, "i")), Fate::not_done);
    EXPECT_EQ(fate(create(none)), Fate::not_done);
    EXPECT_EQ(fate(on(OutsideKind::drop_index, none)), Fate::done);
    EXPECT_EQ(fate(on(OutsideKind::reindex_index, none)), Fate::repeatable);
    EXPECT_EQ(fate(on(OutsideKind::reindex_table, none)), Fate::repeatable);
    EXPECT_EQ(fate(on(OutsideKind::detach_partition, none, none)), Fate::unknown);
  }
  EXPECT_EQ(fate(on(OutsideKind::reindex_all, {.name = "no\". such"})), Fate::repeatable);
}

}  // namespace
}  // namespace migrator

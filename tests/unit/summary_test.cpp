#include "engine/sql/summary.h"

#include <gtest/gtest.h>
#include <pg_query.h>

#include <array>
#include <random>
#include <string>

#include "engine/sql/token_rules.h"

namespace migrator {

void PrintTo(const StatementSummary& s, std::ostream* out) {
  *out << s.what << ", transaction " << static_cast<int>(s.transaction) << ", "
       << (s.understood ? "understood" : "not understood");
}

namespace {

using enum TransactionNeed;

struct Case {
  std::string_view statement;
  std::string_view what;
  TransactionNeed transaction;
  bool understood = true;
};

constexpr auto kCases = std::to_array<Case>({
    // SAFETY 4.1: what refuses a transaction block.
    {"create database d", "CREATE DATABASE", forbidden},
    {"DROP DATABASE IF EXISTS d", "DROP DATABASE", forbidden},
    {"alter database d set tablespace t", "ALTER DATABASE", forbidden},
    {"alter database d set work_mem = '1MB'", "ALTER DATABASE", any},
    {"alter database d rename to e", "ALTER DATABASE", any},
    {"alter database d refresh collation version", "ALTER DATABASE", any},
    {"create tablespace t location '/x'", "CREATE TABLESPACE", forbidden},
    {"drop tablespace t", "DROP TABLESPACE", forbidden},
    {"alter tablespace t rename to u", "ALTER TABLESPACE", any},
    {"vacuum", "VACUUM", forbidden},
    {"vacuum (full, analyze) t", "VACUUM", forbidden},
    {"analyze t", "ANALYZE", any},
    {"cluster", "CLUSTER", forbidden},
    {"cluster verbose", "CLUSTER", forbidden},
    {"cluster t using i", "CLUSTER", any},
    {"cluster (verbose) t", "CLUSTER", any},
    {"reindex schema s", "REINDEX SCHEMA", forbidden},
    {"reindex (verbose) database d", "REINDEX DATABASE", forbidden},
    {"reindex system d", "REINDEX SYSTEM", forbidden},
    {"reindex table t", "REINDEX TABLE", any},
    {"reindex index concurrently i", "REINDEX INDEX CONCURRENTLY", forbidden},
    {"reindex (concurrently) table t", "REINDEX TABLE", forbidden},
    {"reindex (verbose, concurrently on) table t", "REINDEX TABLE", forbidden},
    {"reindex (concurrently false) table t", "REINDEX TABLE", any},
    {"reindex (concurrently 0, verbose) table t", "REINDEX TABLE", any},
    {"reindex (concurrently 1) table t", "REINDEX TABLE", forbidden},
    {"create index concurrently on t (a)", "CREATE INDEX CONCURRENTLY", forbidden},
    {"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "CREATE INDEX CONCURRENTLY",
     forbidden},
    {"create index /* concurrently */ i on t (a)", "CREATE INDEX", any},
    {"create index \"concurrently\" on t (a)", "CREATE INDEX", any},
    {"drop index concurrently if exists i", "DROP INDEX CONCURRENTLY", forbidden},
    {"drop index i", "DROP INDEX", any},
    {"alter table t detach partition p concurrently", "ALTER TABLE DETACH PARTITION CONCURRENTLY",
     forbidden},
    {"alter table t detach partition p finalize", "ALTER TABLE", any},
    {"alter table t detach partition p", "ALTER TABLE", any},
    {"alter system set work_mem = '1MB'", "ALTER SYSTEM", forbidden},
    {"create subscription s connection 'x' publication p", "CREATE SUBSCRIPTION", forbidden},
    {"create subscription s connection 'x' publication p, q with (create_slot = false)",
     "CREATE SUBSCRIPTION", any},
    {"create subscription s connection 'x' publication p with (enabled, connect = 'off')",
     "CREATE SUBSCRIPTION", any},
    {"create subscription s connection 'x' publication p with (connect = off)",
     "CREATE SUBSCRIPTION", any},
    {"create subscription s connection 'x' publication p with (create_slot, slot_name = connect)",
     "CREATE SUBSCRIPTION", forbidden},
    {"alter subscription s refresh publication", "ALTER SUBSCRIPTION", forbidden},
    {"alter subscription s set publication p", "ALTER SUBSCRIPTION", forbidden},
    {"alter subscription s add publication p with (refresh = true)", "ALTER SUBSCRIPTION",
     forbidden},
    {"alter subscription s drop publication p with (refresh = false)", "ALTER SUBSCRIPTION", any},
    {"alter subscription s set (failover = true)", "ALTER SUBSCRIPTION", forbidden},
    {"alter subscription s set (two_phase = false)", "ALTER SUBSCRIPTION", forbidden},
    {"alter subscription s set (two_phase = true)", "ALTER SUBSCRIPTION", any},
    {"alter subscription s disable", "ALTER SUBSCRIPTION", any},
    {"drop subscription s", "DROP SUBSCRIPTION", forbidden},
    {"discard all", "DISCARD ALL", forbidden},
    {"discard plans", "DISCARD PLANS", any},
    {"commit prepared 'x'", "COMMIT PREPARED", forbidden},
    {"rollback prepared 'x'", "ROLLBACK PREPARED", forbidden},
    {"do $$ begin perform 1; commit; end $$", "DO", forbidden},
    {"do language plpgsql 'begin if true then rollback and chain; end if; end'", "DO", forbidden},
    {"do $$ <<l>> begin -- commit;\n perform 'commit;'; end $$", "DO", any},
    {"do $$ declare commit int; begin commit := 1; end $$", "DO", any},
    {"do language plpython3u 'plpy.commit()'", "DO", any},
    {"do $$ begin this is no plpgsql; commit; end $$ language plpgsql", "DO", forbidden},

    // What begins or ends transactions itself.
    {"begin", "BEGIN", control},
    {"BEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN", control},
    {"start transaction read only", "START TRANSACTION", control},
    {"commit and chain", "COMMIT", control},
    {"end work", "END", control},
    {"rollback", "ROLLBACK", control},
    {"abort", "ABORT", control},
    {"prepare transaction 'x'", "PREPARE TRANSACTION", control},
    {"prepare transaction as select 1", "PREPARE", any},
    {"savepoint a", "SAVEPOINT", any},
    {"release savepoint a", "RELEASE", any},
    {"rollback to a", "ROLLBACK TO SAVEPOINT", any},
    {"rollback work to savepoint a", "ROLLBACK TO SAVEPOINT", any},

    // What the list does not name.
    {"create table if not exists t (a int)", "CREATE TABLE", any},
    {"create temp table t (a int)", "CREATE TABLE", any},
    {"create or replace view v as select 1", "CREATE VIEW", any},
    {"create materialized view v as select 1", "CREATE MATERIALIZED VIEW", any},
    {"create or replace function f() returns int language sql as 'commit'", "CREATE FUNCTION", any},
    {"create constraint trigger a after insert on t for each row execute function f()",
     "CREATE TRIGGER", any},
    {"create text search dictionary d (template = simple)", "CREATE TEXT SEARCH DICTIONARY", any},
    {"create foreign data wrapper w", "CREATE FOREIGN DATA WRAPPER", any},
    {"create role r", "CREATE ROLE", any},
    {"create extension pgcrypto", "CREATE EXTENSION", any},
    {"alter type e add value 'x'", "ALTER TYPE", any},
    {"alter default privileges grant select on tables to r", "ALTER DEFAULT PRIVILEGES", any},
    {"alter table t add column a int", "ALTER TABLE", any},
    {"alter table t add column detach int, add concurrently int", "ALTER TABLE", any, false},
    {"refresh materialized view concurrently v", "REFRESH MATERIALIZED VIEW CONCURRENTLY", any},
    {"comment on table t is 'create database d'", "COMMENT", any},
    {"truncate t", "TRUNCATE", any},
    {"lock table t", "LOCK", any},
    {"call p()", "CALL", any},
    {"set search_path = a", "SET", any},
    {"grant select on t to r", "GRANT", any},
    {"reassign owned by a to b", "REASSIGN OWNED", any},
    {"import foreign schema s from server x into y", "IMPORT FOREIGN SCHEMA", any},
    {"checkpoint", "CHECKPOINT", any},
    {"explain analyze select 1", "EXPLAIN", any},

    // Queries and changes of rows are not parsed.
    {"select 1", "SELECT", any},
    {"(select 1) union (select 2)", "SELECT", any},
    {"with a as (select 1) insert into t select * from a", "WITH", any},
    {"insert into t values ('vacuum')", "INSERT", any},
    {"copy t from stdin", "COPY", any},
    {"values (1)", "VALUES", any},
    {"merge into t using u on true when matched then delete returning *", "MERGE", any},

    // Newer than the grammar, or wrong: words decide.
    {"repack", "REPACK", forbidden, false},
    {"repack (concurrently) t", "REPACK", forbidden, false},
    {"repack t", "REPACK", any, false},
    {"wait for lsn '0/1'", "WAIT FOR", forbidden, false},
    {"vacum t", "VACUM", any, false},
    {"vacuum full t and then some", "VACUUM", forbidden, false},
    {"create index concurrently on t (a) with new syntax", "CREATE INDEX CONCURRENTLY", forbidden,
     false},
    {"", "", any},
    {"-- nothing", "", any},
    {"\"quoted\" x", "", any, false},
    {"1", "", any, false},
});

TEST(Summary, TellsWhatAStatementIs) {
  for (const Case& c : kCases) {
    EXPECT_EQ(summarize(c.statement),
              (StatementSummary{std::string(c.what), c.transaction, c.understood}))
        << c.statement;
  }
}

TEST(Summary, NeedsNoGrammarWhereTheWordsLeaveNoDoubt) {
  for (const Case& c : kCases)
    EXPECT_EQ(transaction_need(c.statement), c.transaction) << c.statement;
  EXPECT_TRUE(needs_no_look(StatementWords("create unique index i on t (a)")));
  EXPECT_FALSE(needs_no_look(StatementWords("alter table t detach partition p concurrently")));
  EXPECT_FALSE(needs_no_look(StatementWords("drop index concurrently i")));
  std::string many = "alter table t add a int";
  for (int i = 0; i < 100; ++i) many += ", add a int";
  EXPECT_FALSE(needs_no_look(StatementWords(many + ", detach partition p concurrently")));
}

TEST(Summary, TellsByWordsWhatTheTreeTells) {
  for (const Case& c : kCases) {
    const TransactionNeed by_words = need_by_words(StatementWords(c.statement));
    const bool commits = is_committing_do(c.statement);
    EXPECT_EQ(commits ? forbidden : by_words, c.transaction) << c.statement;
  }
}

TEST(Summary, SeesACommitInADoBlockAsItsParserDoes) {
  constexpr auto bodies = std::to_array<std::string_view>({
      "begin commit; end",
      "begin perform 1; /* x */ ROLLBACK ; end",
      "begin commit and chain; end",
      "begin if true then commit; end if; end",
      "begin if true then perform 1; else rollback and no chain; end if; end",
      "begin if true then perform 1; elsif false then commit; end if; end",
      "begin case 1 when 1 then commit; else perform 1; end case; end",
      "begin case 1 when 1 then perform 1; else commit; end case; end",
      "begin for i in 1..2 loop commit; end loop; end",
      "begin loop perform 1; exit when true; commit; end loop; end",
      "begin begin perform 1; exception when others then rollback; end; end",
      "<<a>> begin <<b>> begin commit; end; end",
      "declare r record; begin for r in select 1 loop rollback; end loop; end",
      "begin perform 'x; commit;'; end",
      "begin execute $x$ commit; $x$; end",
      "begin -- commit;\n perform 1; end",
      "declare commit int; begin commit := 1; perform commit; end",
      "declare rollback int := 1; begin perform 1 + rollback; end",
      "begin raise notice 'commit'; end",
  });
  for (const std::string_view body : bodies) {
    const std::string statement = "do $do$ " + std::string(body) + " $do$";
    PgQueryPlpgsqlParseResult result = pg_query_parse_plpgsql(statement.c_str());
    ASSERT_EQ(result.error, nullptr) << statement;
    const std::string tree = result.plpgsql_funcs;
    pg_query_free_plpgsql_parse_result(result);
    const bool commits = tree.find("\"PLpgSQL_stmt_commit\"") != std::string::npos ||
                         tree.find("\"PLpgSQL_stmt_rollback\"") != std::string::npos;
    EXPECT_EQ(is_committing_do(statement), commits) << statement;
  }
}

TEST(Summary, KnowsNewSyntaxWithAndWithoutAGrammarForIt) {
  // libpg_query 15 refuses these, 17 takes some.
  EXPECT_EQ(summarize("reindex database").transaction, forbidden);
  EXPECT_EQ(summarize("reindex (concurrently) system").transaction, forbidden);
  EXPECT_EQ(summarize("cluster (verbose)").transaction, forbidden);
  EXPECT_EQ(summarize("create table t (a int storage plain)").transaction, any);
  EXPECT_EQ(summarize("alter table t alter a set expression as (1_000)").transaction, any);
}

TEST(Summary, SeesThroughCommentsAndBlanks) {
  EXPECT_EQ(summarize("/* a */ Create -- b\n\tINDEX\r\nConcurrently i on t(a)").transaction,
            forbidden);
}

TEST(Summary, DoesNotParseWhatIsLong) {
  const std::string padding(300'000, ' ');
  EXPECT_EQ(summarize("create index concurrently i on t (a" + padding + ")"),
            (StatementSummary{"CREATE INDEX CONCURRENTLY", forbidden, false}));
  EXPECT_EQ(summarize("do $$ begin" + padding + " commit; end $$").transaction, forbidden);
  std::string deep = "create view v as select 1";
  for (int i = 0; i < 200'000; ++i) deep += "+1";
  EXPECT_EQ(summarize(deep), (StatementSummary{"CREATE VIEW", any, false}));
}

TEST(Summary, StopsNotAtANulByte) {
  using namespace std::string_view_literals;
  EXPECT_FALSE(summarize("create table t (\0 a int)"sv).understood);
}

TEST(Summary, TakesAnyText) {
  constexpr auto pieces = std::to_array<std::string_view>({"create ",   "alter ",
                                                           "do ",       "subscription ",
                                                           "index ",    "concurrently ",
                                                           "with ",     "(",
                                                           ")",         "= ",
                                                           "'",         "$$",
                                                           "\"",        "commit; ",
                                                           "language ", "reindex ",
                                                           "table ",    "x ",
                                                           ",",         ";",
                                                           "to "});
  std::mt19937 random(23);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (auto n = random() % 10; n > 0; --n) text += pieces[random() % pieces.size()];
    const StatementSummary first = summarize(text);
    ASSERT_EQ(summarize(text), first) << text;
  }
}

}  // namespace
}  // namespace migrator

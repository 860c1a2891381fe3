// schema.sql as text: its canonical form, the lines about the migrations, and what is wrong with a
// file that was cut short or written by somebody else.
#include "engine/project/schema_file.h"

#include <gtest/gtest.h>

#include "engine/sql/canonical_schema.h"
#include "engine/sql/plain_view.h"
#include "tests/support/expect_error.h"

namespace migrator {
namespace {

const std::string kSum(64, 'a');
const std::string kOther(64, 'b');

std::string entry(const std::string& name, const std::string& type, const std::string& sql,
                  const std::string& schema = "public") {
  return "--\n-- Name: " + name + "; Type: " + type + "; Schema: " + schema + "; Owner: -\n--\n\n" +
         sql + "\n\n\n";
}

TEST(CanonicalSchema, LeavesOutWhatDiffersBetweenEqualSchemas) {
  const std::string dump =
      "--\n-- PostgreSQL database dump\n--\n\n\\restrict k3Y\n\n"
      "-- Dumped from database version 15.18\n\nSET statement_timeout = 0;\n"
      "SELECT pg_catalog.set_config('search_path', '', false);\n\n" +
      entry("app", "SCHEMA", "CREATE SCHEMA app;", "-") +
      entry("public", "SCHEMA", "-- *not* creating schema, since initdb creates it", "-") +
      entry("EXTENSION pg_trgm", "COMMENT", "COMMENT ON EXTENSION pg_trgm IS 'of 1.6';", "-") +
      "SET default_tablespace = '';\n\nSET default_table_access_method = heap;\n\n" +
      entry("a", "TABLE", "CREATE TABLE public.a (\n    id integer -- Name: x; Type: y\n);") +
      entry("SCHEMA public", "ACL",
            "REVOKE USAGE ON SCHEMA public FROM PUBLIC;\nGRANT ALL ON SCHEMA public TO PUBLIC;",
            "-") +
      "\\unrestrict k3Y\n";
  EXPECT_EQ(canonical_schema(dump),
            "CREATE SCHEMA IF NOT EXISTS app;\n\n"
            "CREATE TABLE public.a (\n    id integer -- Name: x; Type: y\n);\n\n");
}

TEST(CanonicalSchema, KnowsNoOrderOfCreation) {
  const std::string b = entry("b b_fk", "FK CONSTRAINT", "ALTER TABLE ONLY public.b ADD 1;");
  const std::string a = entry("a b_fk", "FK CONSTRAINT", "ALTER TABLE ONLY public.a ADD 1;");
  EXPECT_EQ(canonical_schema(b + a), canonical_schema(a + b));
  const std::string table = "TABLE a", grants = "REVOKE ALL ON TABLE a FROM x;\n";
  const std::string x = "GRANT SELECT ON TABLE a TO x;", y = "GRANT SELECT ON TABLE a TO y;";
  EXPECT_EQ(canonical_schema(entry(table, "ACL", grants + x + "\n" + y)),
            canonical_schema(entry(table, "ACL", grants + y + "\n" + x)));
  // Functions may need one another.
  const std::string f = entry("f", "FUNCTION", "CREATE FUNCTION f() AS $$ ; $$;");
  const std::string g = entry("e", "FUNCTION", "CREATE FUNCTION e() AS $$ ; $$;");
  EXPECT_NE(canonical_schema(f + g), canonical_schema(g + f));
}

TEST(CanonicalSchema, SetsTheAccessMethodWhereItChanges) {
  const std::string heap = "SET default_table_access_method = heap;\n\n";
  const std::string other = "SET default_table_access_method = columnar;\n\n";
  EXPECT_EQ(canonical_schema(heap + entry("a", "TABLE", "CREATE TABLE a ();") + other +
                             entry("v", "VIEW", "CREATE VIEW v AS SELECT 1;") +
                             entry("b", "TABLE", "CREATE TABLE b ();") + heap +
                             entry("c", "TABLE", "CREATE TABLE c ();")),
            "CREATE TABLE a ();\n\nCREATE VIEW v AS SELECT 1;\n\n" + other +
                "CREATE TABLE b ();\n\n" + heap + "CREATE TABLE c ();\n\n");
}

TEST(PlainView, IsThatOfServersSince16) {
  const std::pair<const char*, const char*> cases[] = {
      {"CREATE VIEW v AS\n SELECT users.id,\n    users.name\n   FROM public.users\n  WHERE "
       "(users.id > 3)",
       "CREATE VIEW v AS\n SELECT id,\n    name\n   FROM public.users\n  WHERE (id > 3)"},
      {"CREATE MATERIALIZED VIEW m AS\n SELECT \"U\".id\n   FROM public.users \"U\"\n  WITH NO "
       "DATA",
       "CREATE MATERIALIZED VIEW m AS\n SELECT id\n   FROM public.users \"U\"\n  WITH NO DATA"},
      // Several tables, a query inside, a whole row, a name that the result has as well.
      {"CREATE VIEW v AS SELECT a.x FROM a, b", "CREATE VIEW v AS SELECT a.x FROM a, b"},
      {"CREATE VIEW v AS SELECT a.x FROM a WHERE (EXISTS ( SELECT 1 FROM b WHERE (b.y = a.x)))",
       "CREATE VIEW v AS SELECT x FROM a WHERE (EXISTS ( SELECT 1 FROM b WHERE (b.y = a.x)))"},
      {"CREATE VIEW v AS SELECT a.*::a AS a FROM a", "CREATE VIEW v AS SELECT a.*::a AS a FROM a"},
      {"CREATE VIEW v AS SELECT (- a.x) AS x FROM a ORDER BY a.x",
       "CREATE VIEW v AS SELECT (- x) AS x FROM a ORDER BY a.x"},
      {"CREATE VIEW v AS SELECT a.x FROM a UNION SELECT b.x FROM b",
       "CREATE VIEW v AS SELECT a.x FROM a UNION SELECT b.x FROM b"},
      {"CREATE VIEW v AS SELECT a.x FROM (a JOIN b USING (x))",
       "CREATE VIEW v AS SELECT a.x FROM (a JOIN b USING (x))"},
      {"CREATE VIEW v AS SELECT lower(a.x) AS x FROM a ORDER BY (lower(a.x))",
       "CREATE VIEW v AS SELECT lower(x) AS x FROM a ORDER BY (lower(x))"},
      {"CREATE VIEW v AS SELECT a.x FROM a TABLESAMPLE system (10)",
       "CREATE VIEW v AS SELECT x FROM a TABLESAMPLE system (10)"},
      {"CREATE VIEW v AS nonsense", "CREATE VIEW v AS nonsense"},
  };
  for (const auto& [written, plain] : cases) EXPECT_EQ(plain_view(written), plain);
}

TEST(SchemaFile, HoldsTheVersionsThatItWasGiven) {
  const std::vector<SchemaVersion> versions{
      {"baseline", "1", "old one", 0, {kSum, kOther}},
      {"versioned", "20261122100000", "users%_a", 3, {kSum, kSum}},
      {"repeatable", "R__view", "view", 1, {kOther, kSum}}};
  const std::string text =
      schema_file("CREATE FUNCTION f() AS $$\n-- migrator history\n$$;\n\n", versions);
  EXPECT_TRUE(is_schema_file(text));
  EXPECT_EQ(versions_in(text, "schema.sql"), versions);
  EXPECT_NE(text.find("-- baseline 1_old%20one 0 " + kSum + " " + kOther + "\n"), text.npos);
  EXPECT_EQ(versions_in("select 1;", "other.sql"), std::vector<SchemaVersion>{});
  EXPECT_FALSE(is_schema_file("select 1;"));
}

TEST(SchemaFile, OneThatIsNotWholeIsRefused) {
  const std::string whole = schema_file("", {{"versioned", "1", "a", 1, {kSum, kSum}}});
  const auto refused = [](const std::string& text) {
    return expect_error(ErrorKind::configuration, [&] { versions_in(text, "schema.sql"); });
  };
  for (const std::string& text : {whole.substr(0, whole.size() - 10), whole.substr(0, 60),
                                  "-- migrator schema, format 2" + whole.substr(28)})
    EXPECT_EQ(refused(text).id, "schema-file-damaged") << text;
  std::string changed = whole;
  changed.replace(changed.find(" 1 aaa"), 3, " x ");
  const Finding finding = refused(changed);
  EXPECT_EQ(finding.id, "schema-file-damaged");
  ASSERT_TRUE(finding.place);
  EXPECT_EQ(finding.place->source_line, "-- versioned 1_a x " + kSum + " " + kSum);
}

}  // namespace
}  // namespace migrator

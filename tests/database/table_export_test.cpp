// What is exported loads back identical: of every type of the core, as CSV and as JSON Lines.
#include "engine/pg/table_export.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

/// A column of each type, with a value that is easily lost.
struct Sample {
  std::string_view type;
  std::string_view value;  ///< SQL
};

constexpr Sample kSamples[] = {
    {"smallint", "-32768"},
    {"bigint", "9223372036854775807"},
    {"numeric", "'12345678901234567890.12345678901234567890'"},
    {"numeric(20, 4)", "'NaN'"},
    {"real", "0.1"},
    {"double precision", "'1e-300'"},
    {"float8", "'-Infinity'"},
    {"boolean", "false"},
    {"text", "E'a,\"b\"\\n\\\\c\\t\\r\\n \\u00e9'"},
    {"varchar(5)", "''"},
    {"char(5)", "'ab'"},
    {"name", "'a name'"},
    {"\"char\"", "'x'"},
    {"bytea", "'\\x00ff5c27'"},
    {"uuid", "'00000000-0000-4000-8000-00000000abcd'"},
    {"date", "'infinity'"},
    {"date", "'0044-03-15 BC'"},
    {"time(6)", "'23:59:59.123456'"},
    {"timetz", "'10:00:00+05:30'"},
    {"timestamp", "'2026-11-26 10:00:00.000001'"},
    {"timestamptz", "'2026-11-26 10:00:00.123456+02'"},
    {"interval", "'1 year -2 mons 3 days -04:05:06.7'"},
    {"json", "'{\"b\": 1,  \"a\": [null, 1.10]}'"},
    {"jsonb", "'{\"a\": 12345678901234567890.5, \"\\\\u00e9\": \"\\\"\"}'"},
    {"jsonpath", "'$.a[*] ? (@ > 1)'"},
    {"xml", "'<a b=\"c\">&lt;</a>'"},
    {"inet", "'10.0.0.1/8'"},
    {"cidr", "'2001:db8::/32'"},
    {"macaddr", "'08:00:2b:01:02:03'"},
    {"macaddr8", "'08:00:2b:01:02:03:04:05'"},
    {"bit(5)", "B'10110'"},
    {"bit varying", "B'1'"},
    {"point", "'(0.1,-2)'"},
    {"line", "'{1,2,3}'"},
    {"lseg", "'[(0,0),(1,1)]'"},
    {"box", "'(1,1),(0,0)'"},
    {"path", "'((0,0),(1,1),(2,0))'"},
    {"polygon", "'((0,0),(1,1),(2,0))'"},
    {"circle", "'<(0,0),2>'"},
    {"tsvector", "'''a'':1A ''b c'':2'"},
    {"tsquery", "'''a'' & !''b'''"},
    {"int4range", "'[1,10)'"},
    {"tstzrange", "'(,2026-01-01 00:00+00]'"},
    {"int8multirange", "'{[1,3),[5,7)}'"},
    {"text[]", "array['a,b', null, '', 'null', E'\"\\\\\\n']"},
    {"int[]", "'[0:1][1:2]={{1,2},{3,4}}'"},
    {"numeric[]", "'{}'"},
    {"oid", "4294967295"},
    {"regclass", "'pg_class'"},
    {"pg_lsn", "'16/B374D848'"},
    {"xid8", "'18446744073709551615'"},
    {"money", "'12.34'"},
    {"mood", "'so so'"},
    {"place", "row('a \"street\"', 7)"},
    {"positive", "3"},
};

class TableExportTest : public RunFixture {
 protected:
  TableExportTest() {
    write("1_x.sql", "select 1;\n");
    up();
  }

  std::string exported(const TableExport& what) {
    std::string text;
    export_table(connection(), what, [&](std::string_view rows) { text += rows; }, {});
    return text;
  }

  void expect_same_again(ExportFormat format, const std::string& file) {
    const std::string text = exported({.table = "every", .format = format});
    const std::string before = value("select string_agg(t::text, E'\\n' order by id) from every t");
    sql("truncate every");
    write_seed(file, text);
    const RunReport report = seed();
    ASSERT_FALSE(report.error) << report.error->message << "\n" << text;
    EXPECT_EQ(value("select string_agg(t::text, E'\\n' order by id) from every t"), before);
    EXPECT_EQ(exported({.table = "every", .format = format}), text);
  }
};

TEST_F(TableExportTest, EveryTypeLoadsBackIdentical) {
  sql("create type mood as enum ('so so'); create type place as (street text, number int); "
      "create domain positive as int check (value > 0)");
  std::string columns, values;
  for (std::size_t i = 0; i < std::size(kSamples); ++i) {
    columns += fmt::format(", c{} {}", i, kSamples[i].type);
    values += fmt::format(", {}", kSamples[i].value);
  }
  sql(
      fmt::format("create table every (id int generated always as identity primary key{}, "
                  "twice int generated always as (id * 2) stored)",
                  columns));
  sql(fmt::format("insert into every values (default{})", values));
  sql("insert into every default values");
  expect_same_again(ExportFormat::csv, "every.csv");
  std::filesystem::remove(project_folder() / "seeds/every.csv");
  // JSON has no dimensions that do not begin at 1.
  sql("update every set c45 = null");
  expect_same_again(ExportFormat::json_lines, "every.jsonl");
}

TEST_F(TableExportTest, TakesColumnsAndConditionsAndReferences) {
  sql("create table u (id int primary key, handle text unique)");
  sql("create table p (id int primary key, u_id int references u, title text)");
  sql("insert into u values (1, 'ann'), (2, 'bob'); insert into p values (3, 2, 'c'), (1, 1, 'a'), "
      "(2, null, 'b')");
  EXPECT_EQ(exported({.table = "p", .references = {"u_id@u.handle"}}),
            "id,u_id@u.handle,title\n1,ann,a\n2,,b\n3,bob,c\n");
  EXPECT_EQ(exported({.table = "p", .columns = {"title", "id"}, .where = "t.id > 1 -- two"}),
            "title,id\nb,2\nc,3\n");
  EXPECT_EQ(exported({.table = "u", .where = "false"}), "id,handle\n");
  EXPECT_EQ(expect_error(ErrorKind::migration,
                         [&] {
                           exported({.table = "p", .columns = {"id", "nix"}});
                         })
                .message,
            "p has no column nix that takes values");
  EXPECT_EQ(expect_error(ErrorKind::migration, [&] { exported({.table = "nix"}); }).sqlstate,
            "42P01");
}

TEST_F(TableExportTest, ReadsNoMoreWhenNobodyTakesIt) {
  sql("create table n as select generate_series(1, 200000) as i");
  std::size_t pieces = 0;
  const auto refuse = [&](std::string_view) {
    if (++pieces == 2) throw Error(ErrorKind::configuration, {.id = "full", .message = "full"});
  };
  EXPECT_EQ(expect_error(ErrorKind::configuration,
                         [&] { export_table(connection(), {.table = "n"}, refuse, {}); })
                .id,
            "full");
  EXPECT_EQ(pieces, 2U);
  EXPECT_FALSE(connection().is_alive());
}

TEST_F(TableExportTest, OrdersByBytesWhateverTheServersLanguage) {
  sql("create table w (word text primary key)");
  sql("insert into w values ('b'), ('B'), ('a'), ('_')");
  EXPECT_EQ(exported({.table = "w"}), "word\nB\n_\na\nb\n");
  sql("create table k (a text, b json)");
  sql("insert into k values ('z', '1'), ('y', '2')");
  EXPECT_EQ(exported({.table = "k"}), "a,b\ny,2\nz,1\n");
}

}  // namespace
}  // namespace migrator

// Rules of design and style.
#include <array>

#include "engine/lint/rule.h"

namespace migrator {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {"prefer-bigint-key", Level::warning, "a primary key of integer or smallint",
     "It runs out at 2,147,483,647, and changing it later writes the table anew.", "bigint",
     "create table a1 (id integer primary key);",
     "create table a1 (id bigint generated always as identity primary key);"},
    {"prefer-identity", Level::note, "serial and bigserial",
     "The sequence is a thing of its own, with rights of its own; an identity belongs to its "
     "column.",
     "bigint generated always as identity", "create table a1 (id bigserial primary key);",
     "create table a1 (id bigint generated always as identity primary key);"},
    {"prefer-text", Level::off, "varchar(n)",
     "It is no faster than text, and the limit is in the type.", "text, with a CHECK of its length",
     "create table a1 (id bigint primary key, a varchar(9));",
     "create table a1 (id bigint primary key, a text);"},
    {"prefer-timestamptz", Level::warning, "timestamp without time zone",
     "It names no moment: what it means is for each session's TimeZone to say.", "timestamptz",
     "create table a1 (id bigint primary key, at timestamp);",
     "create table a1 (id bigint primary key, at timestamptz);"},
    {"no-char", Level::warning, "char(n)",
     "Values are padded with blanks, which comparing ignores.", "text",
     "create table a1 (id bigint primary key, a char(3));",
     "create table a1 (id bigint primary key, a text);"},
    {"prefer-jsonb", Level::warning, "json",
     "It has no equality: SELECT DISTINCT and UNION fail on it.", "jsonb",
     "create table a1 (id bigint primary key, a json);",
     "create table a1 (id bigint primary key, a jsonb);"},
    {"create-enum", Level::note, "CREATE TYPE ... AS ENUM",
     "Labels can be added, and never removed.", "a table of values, or text with a CHECK",
     "create type a1 as enum ('x');",
     "create table a1 (id bigint primary key, a text check (a in ('x')));"},
    {"create-domain-with-constraint", Level::note, "CREATE DOMAIN with a constraint",
     "A column of it that is added later writes its table anew; changing it reads all tables.",
     "the base type with a CHECK in each table", "create domain a1 as text check (value <> '');",
     "create domain a1 as text;"},
    {"enum-value-ordering", Level::off, "ADD VALUE without BEFORE or AFTER",
     "The label sorts behind all others.", "BEFORE or AFTER", "alter type mood add value 'so';",
     "alter type mood add value 'so' before 'bad';"},
    {"fk-without-index", Level::warning, "a foreign key whose columns no index begins with",
     "Each DELETE in the other table reads all of this one.", "an index on its columns",
     "create table a1 (id bigint primary key, user_id bigint references users);",
     "create table a1 (id bigint primary key, user_id bigint references users);\n"
     "create index a1_user on a1 (user_id);"},
    {"wide-index", Level::note, "an index of more than three key columns",
     "It is large, and rarely better than one of fewer.", "fewer columns, the selective first",
     "create index concurrently a1 on users (org_id, email, age, active);",
     "create index concurrently a1 on users (org_id, email);"},
    {"table-without-primary-key", Level::note, "CREATE TABLE without a primary key",
     "Its rows cannot be told apart, and logical replication cannot update them.", "a primary key",
     "create table a1 (a text);", "create table a1 (id bigint primary key, a text);"},
    {"unnamed-constraint", Level::off, "a constraint without a name",
     "Later migrations have to guess its name.", "CONSTRAINT name",
     "create table a1 (id bigint primary key);",
     "create table a1 (id bigint constraint a1_key primary key);"},
    {"identifier-too-long", Level::warning, "a name of more than 63 bytes",
     "The server cuts it, and two names may become one.", "a shorter name",
     "create table a1234567890123456789012345678901234567890123456789012345678901234567890 "
     "(id bigint primary key);",
     "create table a1 (id bigint primary key);"},
    {"require-schema", Level::off, "CREATE TABLE of a name without a schema",
     "Where it is made is for search_path to say.", "schema.name",
     "create table a1 (id bigint primary key);", "create table public.a1 (id bigint primary key);"},
    {"naming", Level::off, "a table whose name has to be quoted",
     "Wherever it is used, it needs its quotes.", "lower case, digits and _",
     "create table \"A1\" (id bigint primary key);", "create table a1 (id bigint primary key);"},
    {"column-alignment", Level::off, "a wide column behind a narrower one",
     "Each row is padded in between.", "wide columns first",
     "create table a1 (a boolean, id bigint primary key);",
     "create table a1 (id bigint primary key, a boolean);"},
    {"unbounded-text", Level::off, "text without a limit", "Anybody can fill it.",
     "a CHECK of its length", "create table a1 (id bigint primary key, a text);",
     "create table a1 (id bigint primary key, a varchar(100));"},
    {"nullable-boolean", Level::off, "a boolean that may be NULL", "It has three values.",
     "NOT NULL with a default", "create table a1 (id bigint primary key, a boolean);",
     "create table a1 (id bigint primary key, a boolean not null default false);"},
    {"hash-index", Level::off, "an index of the method hash",
     "It answers = alone; btree is rarely worse.", "btree",
     "create index concurrently a1 on users using hash (age);",
     "create index concurrently a1 on users (age);"},
    {"wide-table", Level::off, "a table of more than 40 columns",
     "Every UPDATE writes all of them.", "a second table for what changes together",
     "create table a1 (id bigint primary key, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 "
     "int, c8 int, c9 int, c10 int, c11 int, c12 int, c13 int, c14 int, c15 int, c16 int, c17 int, "
     "c18 int, c19 int, c20 int, c21 int, c22 int, c23 int, c24 int, c25 int, c26 int, c27 int, "
     "c28 "
     "int, c29 int, c30 int, c31 int, c32 int, c33 int, c34 int, c35 int, c36 int, c37 int, c38 "
     "int, c39 int, c40 int);",
     "create table a1 (id bigint primary key);"},
    {"index-corruption-14", Level::warning,
     "CONCURRENTLY on PostgreSQL 14.0 to 14.3, where a database was asked",
     "Those versions may leave rows out of the index.", "upgrade to 14.4 or later first"},
    {"create-extension", Level::off, "CREATE EXTENSION",
     "It may need rights that a migration lacks.", "have it made when the database is",
     "create extension if not exists citext;", "select 1;"},
});

}  // namespace

std::span<const Rule> design_rules() {
  return kRules;
}

}  // namespace migrator

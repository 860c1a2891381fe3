// Rules about what is lost, and what breaks programs that still run.
#include <array>

#include "engine/lint/rule.h"

namespace migrator {
namespace {

constexpr std::string_view kDeploy =
    "first deploy programs that do not use it any more; allow it with the reason";
constexpr std::string_view kOldPrograms =
    "Programs of the version before run on during a deployment, and fail.";

constexpr auto kRules = std::to_array<Rule>({
    {"drop-table", Level::error, "DROP TABLE of a table that is there",
     "Its rows are lost; programs that use it fail.", kDeploy, "drop table logs;",
     "create table fresh (id bigint primary key);\ndrop table fresh;"},
    {"drop-schema", Level::error, "DROP SCHEMA", "What is in it is lost.", kDeploy,
     "drop schema if exists other;", "create schema fresh;\ndrop schema fresh;"},
    {"drop-database", Level::error, "DROP DATABASE", "All of it is lost.", "not in a migration",
     "drop database old;", "select 1;"},
    {"drop-view", Level::warning, "DROP VIEW of a view that is there", kOldPrograms, kDeploy,
     "drop view emails;", "create or replace view emails as select id, email from users;"},
    {"drop-column", Level::error, "DROP COLUMN",
     "What is in it is lost; programs that use it fail, also those that read all columns.", kDeploy,
     "alter table users drop column age;",
     "create table fresh (id bigint primary key, a1 text);\nalter table fresh drop column a1;"},
    {"drop-cascade", Level::warning, "DROP ... CASCADE",
     "Whatever depends on it goes with it, also what nobody thought of.",
     "name what is to be dropped", "drop table users cascade;", "drop view emails;"},
    {"truncate-table", Level::error, "TRUNCATE of a table that is there", "Its rows are lost.",
     "allow it with the reason", "truncate logs;",
     "create table fresh (id bigint primary key);\ntruncate fresh;"},
    {"truncate-cascade", Level::error, "TRUNCATE ... CASCADE",
     "Tables that refer to it are emptied as well, and those that refer to them.",
     "name all tables", "truncate orgs cascade;", "truncate logs;"},
    {"drop-constraint", Level::warning, "DROP CONSTRAINT",
     "Rows that break it can come in; dropping a foreign key closes the other table too.",
     "allow it with the reason", "alter table users drop constraint users_org_id_fkey;",
     "alter table users add constraint tmp check (age > 0) not valid;"},
    {"drop-primary-key", Level::warning, "DROP CONSTRAINT of a primary key",
     "Rows can be doubled; logical replication needs a replica identity.",
     "put another key in its place in the same transaction",
     "alter table users drop constraint users_pkey cascade;",
     "create table fresh (id bigint primary key);\n"
     "alter table fresh drop constraint fresh_pkey;"},
    {"drop-not-null", Level::warning, "DROP NOT NULL",
     "Programs of the version before may not expect NULL.", "first deploy programs that do",
     "alter table users alter active drop not null;",
     "alter table users alter active set default false;"},
    {"rename-column", Level::error, "RENAME of a column that is there", kOldPrograms,
     "a second column, kept in step; or a view for the programs",
     "alter table logs rename message to text;", "alter index users_org rename to users_org_id;"},
    {"rename-table", Level::error, "RENAME of a table or a view that is there", kOldPrograms,
     "a view of the old name in the same transaction", "alter table logs rename to journal;",
     "alter table logs rename to journal;\ncreate view logs as select * from journal;"},
    {"rename-schema", Level::error, "ALTER SCHEMA ... RENAME", kOldPrograms,
     "a second schema, moved into step by step", "alter schema public rename to app;",
     "create schema app;"},
    {"move-table-schema", Level::error, "ALTER TABLE ... SET SCHEMA", kOldPrograms,
     "a view of the old name in the same transaction",
     "create schema app;\nalter table logs set schema app;",
     "create schema app;\nalter table logs set schema app;\n"
     "create view public.logs as select * from app.logs;"},
    {"rename-enum-value", Level::error, "ALTER TYPE ... RENAME VALUE", kOldPrograms,
     "a new label beside the old one", "alter type mood rename value 'bad' to 'sad';",
     "alter type mood add value 'sad';"},
    {"blocked-by-dependent", Level::error,
     "a change of type, or a drop, of a column that a view reads",
     "The server refuses it: a view keeps its columns as they are.",
     "drop the view, change the column, make the view again",
     "alter table users alter email type text;",
     "drop view emails;\nalter table users alter email type text;\n"
     "create view emails as select id, email from users;"},
    {"data-dependent-change", Level::note,
     "what fails or not by the rows that are there: UNIQUE, SET NOT NULL, valid constraints",
     "It passes on an empty database and fails in production.", "look at the rows there first",
     "alter table users alter age set not null;",
     "alter table users add constraint age_there check (age is not null) not valid;"},
});

}  // namespace

std::span<const Rule> destructive_rules() {
  return kRules;
}

}  // namespace migrator

#include <CLI/CLI.hpp>

#include "cmd/command_parts.h"

namespace migrator {
namespace {

void add_create(CLI::App& db, Arguments& into) {
  CLI::App& create = add_command(db, into, "create", "create the database if it is missing");
  DatabaseArguments& database = into.database;
  create.add_option("--owner", database.owner, "the role that owns it")->type_name("ROLE");
  create.add_option("--encoding", database.encoding, "UTF8, ...")->type_name("NAME");
  create.add_option("--template", database.template_database, "the database to copy")
      ->type_name("NAME");
  create.add_option("--locale", database.locale, "collation and character classes")
      ->type_name("NAME");
}

void add_sessions(CLI::App& db, Arguments& into) {
  CLI::App& sessions =
      add_command(db, into, "sessions", "who is connected, and who waits for whom");
  auto* kill = sessions.add_option("--kill", into.database.kill, "end this session")
                   ->type_name("PID")
                   ->check(number_up_to(INT32_MAX));
  sessions.add_flag("--watch", into.database.watch, "look again and again")->excludes(kill);
  sessions.add_option("--every", into.database.every, "how often --watch looks (2s)")
      ->type_name("TIME");
}

void add_schema(CLI::App& db, Arguments& into) {
  CLI::App& dump = add_command(db, into, "dump", "write the schema as schema.sql");
  auto* output =
      dump.add_option("--output,-o", into.database.output, "schema.sql (standard output)")
          ->type_name("FILE");
  dump.add_flag("--check", into.database.check, "compare with FILE: 1 and a diff if it differs")
      ->excludes(output);
  dump.add_option("FILE", into.database.file, "with --check (schema_file of migrator.toml)");
  CLI::App& load = add_command(db, into, "load", "load a schema.sql into an empty database");
  load.add_option("FILE", into.database.file, "schema_file of migrator.toml, unless it is said");
  add_variables(load, into);
}

void add_database(CLI::App& app, Arguments& into) {
  CLI::App& db = add_group(app, into, "db", "create, drop, connect, sessions, dump, load");
  add_create(db, into);
  CLI::App& drop = add_command(db, into, "drop", "drop the database");
  add_drop_guards(drop, into);
  CLI::App& connect = add_command(db, into, "connect", "psql, to the configured database");
  connect.add_option("ARGUMENTS", into.database.psql, "for psql, behind --");
  add_sessions(db, into);
  add_schema(db, into);
}

void add_query(CLI::App& app, Arguments& into) {
  CLI::App& query = add_command(app, into, "query", "print what a query returns, as JSON");
  query.add_option("FILE", into.query.words, "a file of SQL, and name=value for each :name in it");
  query.add_option("-e,--execute", into.query.sql, "SQL in place of a file")->type_name("SQL");
  auto* object = query.add_flag("--object", into.query.object, "the one row, or null");
  query.add_flag("--array", into.query.array, "all rows (what else is a list anyway)")
      ->excludes(object);
  query.add_flag("--commit", into.query.commit, "it may write; else read-only and rolled back");
  query.add_option("--null", into.query.nulls, "a parameter that is NULL")
      ->type_name("NAME")
      ->expected(1)
      ->take_all();
}

}  // namespace

void add_drop_guards(CLI::App& command, Arguments& into) {
  DatabaseArguments& database = into.database;
  command.add_flag("--yes", database.yes, "do not ask for the database's name");
  command.add_flag("--force", database.force, "end the sessions of others in it");
  command
      .add_option("--force-protected", database.force_protected,
                  "the database's name: also in a protected environment")
      ->type_name("NAME");
}

void add_workspace(CLI::App& app, Arguments& into) {
  add_database(app, into);
  add_query(app, into);
  CLI::App& rds = add_group(app, into, "rds", "allow-ip: a way to the Amazon RDS instance");
  CLI::App& allow = add_command(rds, into, "allow-ip", "let this machine into the security group");
  allow.add_option("--ip", into.config.ip, "its address (GITPOD_IP, else asked)")
      ->type_name("ADDRESS");
  CLI::App& completion =
      add_command(app, into, "completion", "for bash, zsh or fish; or a man page");
  completion.add_option("SHELL", into.subject, "bash, zsh, fish or man")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "man"}));
  CLI::App& signup = add_command(app, into, "signup", "the row of a user, from a Cognito event");
  signup.add_option("EVENT", into.subject, "a file of JSON")->required();
}

}  // namespace migrator

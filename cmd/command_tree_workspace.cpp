#include <CLI/CLI.hpp>

#include "cmd/command_parts.h"

namespace migrator {
namespace {

void fill_create(CLI::App& create, DatabaseArguments& database) {
  create.add_option("--owner", database.owner, "the role that owns it")->type_name("ROLE");
  create.add_option("--encoding", database.encoding, "UTF8, ...")->type_name("NAME");
  create.add_option("--template", database.template_database, "the database to copy")
      ->type_name("NAME");
  create.add_option("--locale", database.locale, "collation and character classes")
      ->type_name("NAME");
}

void fill_sessions(CLI::App& sessions, DatabaseArguments& database) {
  auto* kill = sessions.add_option("--kill", database.kill, "end this session")
                   ->type_name("PID")
                   ->check(number_up_to(INT32_MAX));
  sessions.add_flag("--watch", database.watch, "look again and again")->excludes(kill);
  sessions.add_option("--every", database.every, "how often --watch looks (2s)")->type_name("TIME");
}

void fill_dump(CLI::App& dump, DatabaseArguments& database) {
  auto* output = dump.add_option("--output,-o", database.output, "schema.sql (standard output)")
                     ->type_name("FILE");
  dump.add_flag("--check", database.check, "compare with FILE: 1 and a diff if it differs")
      ->excludes(output);
  dump.add_option("FILE", database.file, "with --check (schema_file of migrator.toml)");
}

void fill_database(CLI::App& db, Tree tree) {
  Arguments& into = tree.into;
  DatabaseArguments& database = into.database;
  add_command(db, tree, "create", "create the database if it is missing",
              [&database](CLI::App& create) { fill_create(create, database); });
  add_command(db, tree, "drop", "drop the database",
              [&into](CLI::App& drop) { add_drop_guards(drop, into); });
  add_command(db, tree, "connect", "psql, to the configured database",
              [&database](CLI::App& connect) {
                connect.add_option("ARGUMENTS", database.psql, "for psql, behind --");
              });
  add_command(db, tree, "sessions", "who is connected, and who waits for whom",
              [&database](CLI::App& sessions) { fill_sessions(sessions, database); });
  add_command(db, tree, "dump", "write the schema as schema.sql",
              [&database](CLI::App& dump) { fill_dump(dump, database); });
  add_command(db, tree, "load", "load a schema.sql into an empty database",
              [&into](CLI::App& load) {
                load.add_option("FILE", into.database.file,
                                "schema_file of migrator.toml, unless it is said");
                add_variables(load, into);
              });
}

void fill_query(CLI::App& query, Arguments& into) {
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

void add_workspace(CLI::App& app, Tree tree) {
  Arguments& into = tree.into;
  add_group(app, tree, "db", "create, drop, connect, sessions, dump, load",
            [tree](CLI::App& db) { fill_database(db, tree); });
  add_command(app, tree, "query", "print what a query returns, as JSON",
              [&into](CLI::App& query) { fill_query(query, into); });
  add_group(app, tree, "rds", "allow-ip: a way to the Amazon RDS instance", [tree](CLI::App& rds) {
    add_command(rds, tree, "allow-ip", "let this machine into the security group",
                [&into = tree.into](CLI::App& allow) {
                  allow.add_option("--ip", into.config.ip, "its address (GITPOD_IP, else asked)")
                      ->type_name("ADDRESS");
                });
  });
  add_command(app, tree, "completion", "for bash, zsh or fish; or a man page",
              [&into](CLI::App& completion) {
                completion.add_option("SHELL", into.subject, "bash, zsh, fish or man")
                    ->required()
                    ->check(CLI::IsMember({"bash", "zsh", "fish", "man"}));
              });
  add_command(app, tree, "signup", "the row of a user, from a Cognito event",
              [&into](CLI::App& signup) {
                signup.add_option("EVENT", into.subject, "a file of JSON")->required();
              });
}

}  // namespace migrator

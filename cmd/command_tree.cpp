#include "cmd/command_tree.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cmd/command_parts.h"
#include "engine/base/build.h"

namespace migrator {
namespace {

constexpr std::size_t kOptionColumn = 26;

/// Shorter than CLI11's own: the name of the value, and nothing of what excludes what; commands
/// before options.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    column_width(kOptionColumn);
    label("SUBCOMMAND", "COMMAND");
  }

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    return make_description(app) + make_usage(app, std::move(name)) + make_positionals(app) +
           make_subcommands(app, mode) + make_groups(app, mode) + make_footer(app);
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    const bool bare = option->get_type_size() == 0 || option->get_positional();
    const std::string type = option->get_type_name();
    return bare ? "" : " " + type.substr(0, type.find(':'));
  }
};

/// An option that may be given many times takes one value each time: CLI11 would have it take all
/// words up to the next option, and the "--" as well that a command of `run` follows.
void take_one_value_each(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (!option->get_positional()) option->allow_extra_args(false);
}

/// What a command without subcommands and one that has some begin with alike.
CLI::App& add_word(CLI::App& app, Tree tree, const char* name, const char* description, Fill fill) {
  CLI::App* command = app.add_subcommand(name, description);
  command->group("Commands");
  command->set_help_flag("-h,--help", "this text");
  const auto fill_all = [command, tree, fill = std::move(fill)](std::size_t) {
    if (fill) fill(*command);
    add_common(*command, tree.into);
    take_one_value_each(*command);
  };
  if (tree.is_whole)
    fill_all(0);
  else
    command->preparse_callback(fill_all);
  return *command;
}

void fill_export(CLI::App& exports, Arguments& into) {
  exports.add_option("TABLE", into.subject, "users, auth.users")->required();
  exports.add_option("--where", into.where, "which rows: SQL, of the table t")->type_name("SQL");
  exports.add_option("--columns", into.columns, "these alone, in this order")
      ->type_name("A,B")
      ->delimiter(',');
  exports
      .add_option("--reference", into.references, "a column by a key of its table: a@users.handle")
      ->type_name("REF")
      ->expected(1)
      ->take_all();
  exports.add_option("--output,-o", into.output, "users.csv or .jsonl (standard output, CSV)")
      ->type_name("FILE");
}

void fill_seed(CLI::App& seed, Tree tree) {
  Arguments& into = tree.into;
  seed.add_flag("--again", into.again, "also those that were run already");
  seed.add_flag("--verify", into.verify, "compare all data with its tables, and mend them");
  seed.add_flag("--dry-run", into.dry_run, "say what would be written, and write nothing");
  seed.add_flag("--allow-delete", into.allow_delete, "whatever share of a table that deletes");
  add_bulk(seed, into);
  add_single(seed, into);
  add_command(seed, tree, "export", "write rows of a table as a data file",
              [&into](CLI::App& exports) { fill_export(exports, into); });
  add_waits(seed, into);
}

void add_ups(CLI::App& app, Tree tree) {
  Arguments& into = tree.into;
  add_reading(app, tree, "up", "apply what is pending", [&into](CLI::App& up) {
    add_target(up, into, "up to this version", "at most so many migrations");
    up.add_flag("--seed", into.with_seeds, "run the seeds as well");
    add_late(up, into);
    add_file_memory(up, into);
    add_single(up, into);
    add_waits(up, into);
    add_server(up, into, "serve the status meanwhile");
  }).alias("migrate");
  add_reading(app, tree, "down", "undo the newest migration", [&into](CLI::App& down) {
    add_target(down, into, "undo all that is newer; 0: everything", "so many (1)");
    add_waits(down, into);
  }).alias("rollback");
  add_reading(app, tree, "redo", "undo the newest and apply it again", [&into](CLI::App& redo) {
    add_steps(redo, into, "so many (1)");
    add_late(redo, into);
    add_waits(redo, into);
  });
}

void add_runs(CLI::App& app, Tree tree) {
  Arguments& into = tree.into;
  add_ups(app, tree);
  add_reading(app, tree, "seed", "run the seeds that are new or changed",
              [tree](CLI::App& seed) { fill_seed(seed, tree); });
  add_reading(app, tree, "setup", "create the database if missing, up, seed",
              [&into](CLI::App& setup) {
                add_late(setup, into);
                add_file_memory(setup, into);
                add_bulk(setup, into);
                add_single(setup, into);
                add_waits(setup, into);
              });
  add_reading(app, tree, "reset", "drop the database, then setup", [&into](CLI::App& reset) {
    add_drop_guards(reset, into);
    add_single(reset, into);
    add_waits(reset, into);
  });
}

void add_looks(CLI::App& app, Tree tree) {
  add_reading(app, tree, "status", "what is applied, pending, changed, late");
  add_reading(app, tree, "plan", "what up would do, statement by statement",
              [&into = tree.into](CLI::App& plan) {
                plan.add_flag("--sql", into.sql, "print the SQL");
                add_target(plan, into, "up to this version", "at most so many migrations");
                add_late(plan, into);
                add_single(plan, into);
              });
  add_check(app, tree);
  add_command(app, tree, "config", "the settled configuration and its origins");
}

void fill_repair(CLI::App& repair, Arguments& into) {
  repair.add_option("FILE", into.subject, "a file, a version or an id of status")->required();
  repair.add_flag("--accept-file", into.accept_file, "the database is as the file says");
  repair.add_flag("--mark-applied", into.mark_applied, "all of the file is done");
  repair.add_option("--resume-at", into.resume_at, "the first statement not done")
      ->type_name("N")
      ->check(number_up_to(kAnyNumber));
  repair.add_flag("--forget", into.forget, "nothing of the file is there");
  repair.add_option("--reason", into.reason, "kept in the history")->type_name("WHY")->required();
}

void add_tending(CLI::App& app, Tree tree) {
  Arguments& into = tree.into;
  add_command(app, tree, "new", "make a migration file", [&into](CLI::App& create) {
    create.add_option("NAME", into.subject, "what it does: add_likes")->required();
    auto* pair = create.add_flag("--pair", into.pair, "NAME.up.sql and NAME.down.sql");
    create.add_flag("--repeatable", into.repeatable, "R__NAME.sql")->excludes(pair);
  }).alias("create");
  add_reading(
      app, tree, "baseline", "the database has all up to a version", [&into](CLI::App& baseline) {
        baseline
            .add_option_function<std::string>(
                "VERSION", [&into](const std::string& text) { into.baseline = version_of(text); },
                "the newest that it has")
            ->required();
        baseline.add_option("--reason", into.reason, "kept in the history")->type_name("WHY");
      });
  add_reading(app, tree, "repair", "tell the history what is true",
              [&into](CLI::App& repair) { fill_repair(repair, into); });
}

void fill_run(CLI::App& run, Arguments& into) {
  run.add_option("COMMAND", into.program, "what to become, with its arguments")->required();
  run.add_flag("--seed", into.with_seeds, "run the seeds as well");
  run.add_option_function<std::string>(
         "--on-error", [&into](const std::string& what) { into.start_anyway = what == "start"; },
         "start or stop, when migrating failed (stop)")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"start", "stop"}));
  run.add_option("--timeout", into.timeout, "for the server (60s)")->type_name("TIME");
  add_late(run, into);
  add_file_memory(run, into);
  add_waits(run, into);
  add_server(run, into, "serve the status meanwhile");
}

void add_serving(CLI::App& app, Tree tree) {
  Arguments& into = tree.into;
  add_reading(app, tree, "serve", "probes, status, metrics and a page over HTTP",
              [&into](CLI::App& serve) {
                add_server(serve, into, "where; port 0 picks one (127.0.0.1:8086)");
              });
  add_reading(app, tree, "run", "wait, up, then become a command: run -- COMMAND",
              [&into](CLI::App& run) { fill_run(run, into); });
}

void add_rest(CLI::App& app, Tree tree) {
  Arguments& into = tree.into;
  add_command(app, tree, "wait", "until the server accepts connections", [&into](CLI::App& wait) {
    wait.add_option("--timeout", into.timeout, "give up after (60s)")->type_name("TIME");
  });
  add_command(app, tree, "local", "the embedded PostgreSQL: start, stop, ...",
              [&into](CLI::App& local) {
                local.add_option("ACTION", into.subject, "start, stop, status or url")
                    ->required()
                    ->check(CLI::IsMember({"start", "stop", "status", "url"}));
              });
  add_command(app, tree, "version", "the version of migrator");
}

std::unique_ptr<CLI::App> make_tree(Tree tree) {
  auto app = std::make_unique<CLI::App>("Schema migrations and seeds for PostgreSQL.", "migrator");
  app->formatter_fn([](const CLI::App* of, std::string name, CLI::AppFormatMode mode) {
    return HelpFormatter().make_help(of, std::move(name), mode);
  });
  app->set_help_flag("-h,--help", "this text");
  app->set_version_flag("--version", fmt::format("migrator {}", program_version()),
                        "the version of migrator");
  app->require_subcommand(0, 1);
  app->footer(
      "\nExit codes: 0 done or nothing to do; 1 found something; 2 usage or\n"
      "configuration; 3 no connection or no lock; 4 a migration or seed failed.");
  add_common(*app, tree.into);
  take_one_value_each(*app);
  add_runs(*app, tree);
  add_looks(*app, tree);
  add_tending(*app, tree);
  add_workspace(*app, tree);
  add_serving(*app, tree);
  add_rest(*app, tree);
  return app;
}

}  // namespace

CLI::App& add_command(CLI::App& app, Tree tree, const char* name, const char* description,
                      Fill fill) {
  CLI::App& command = add_word(app, tree, name, description, std::move(fill));
  const std::string whole = app.get_parent() == nullptr ? name : app.get_name() + " " + name;
  // Those below it are called first.
  command.callback([&into = tree.into, whole] {
    if (into.command.empty()) into.command = whole;
  });
  return command;
}

CLI::App& add_reading(CLI::App& app, Tree tree, const char* name, const char* description,
                      Fill fill) {
  return add_command(app, tree, name, description,
                     [&into = tree.into, fill = std::move(fill)](CLI::App& command) {
                       add_variables(command, into);
                       if (fill) fill(command);
                     });
}

void add_group(CLI::App& app, Tree tree, const char* name, const char* description, Fill fill) {
  add_word(app, tree, name, description, std::move(fill)).require_subcommand(1);
}

std::unique_ptr<CLI::App> make_app(Arguments& into) {
  return make_tree({.into = into});
}

std::unique_ptr<CLI::App> make_whole_app(Arguments& into) {
  return make_tree({.into = into, .is_whole = true});
}

}  // namespace migrator

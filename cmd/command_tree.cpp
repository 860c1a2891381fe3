#include "cmd/command_tree.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "cmd/command_parts.h"
#include "engine/base/build.h"
#include "engine/base/error.h"
#include "engine/project/shown_word.h"

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

void add_common(CLI::App& app, Arguments& into) {
  constexpr const char* group = "Everywhere";
  app.add_option("--url", into.config.url, "database URL, or \"embedded\"")
      ->type_name("URL")
      ->group(group);
  app.add_option("--env", into.config.environment, "environment: [env.NAME] of the file")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--config", into.config.config, "configuration file (migrator.toml)")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--migrations", into.config.migrations, "folder of the migrations")
      ->type_name("DIR")
      ->group(group);
  app.add_option("--seeds", into.config.seeds, "folder of the seeds")
      ->type_name("DIR")
      ->group(group);
  app.add_flag("--json", into.json, "one JSON document on standard output")->group(group);
  app.add_flag("--quiet,-q", into.quiet, "say nothing but warnings and errors")->group(group);
  app.add_flag("--no-color", into.no_color, "no colour (also NO_COLOR)")->group(group);
}

void add_common_below(CLI::App& app, Arguments& into) {
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    add_common(*command, into);
    add_common_below(*command, into);
  }
}

void add_waits(CLI::App& app, Arguments& into) {
  app.add_option("--lock-wait", into.config.lock_wait, "for another migrator (10min)")
      ->type_name("TIME");
  app.add_option("--lock-timeout", into.config.lock_timeout, "for the application's locks (1s)")
      ->type_name("TIME");
  app.add_option("--statement-timeout", into.config.statement_timeout, "for one statement (none)")
      ->type_name("TIME");
  app.add_option("--transaction-timeout", into.config.transaction_timeout,
                 "for one transaction, PostgreSQL 17 and later (none)")
      ->type_name("TIME");
  app.add_option("--reconnect", into.config.reconnect, "for a lost server to come back (30s)")
      ->type_name("TIME");
  constexpr const char* retries = "Tries of a transaction that meets a lock";
  app.add_option("--retry-tries", into.config.retry_tries, "how many (30)")
      ->type_name("N")
      ->group(retries);
  app.add_option("--retry-pause", into.config.retry_pause,
                 "the first pause, at most; doubles (500ms)")
      ->type_name("TIME")
      ->group(retries);
  app.add_option("--retry-longest-pause", into.config.retry_longest_pause, "any pause (30s)")
      ->type_name("TIME")
      ->group(retries);
  app.add_option("--retry-budget", into.config.retry_budget, "all of them together (10min)")
      ->type_name("TIME")
      ->group(retries);
  app.add_flag("--hide-queries", into.config.hide_queries,
               "do not show what the sessions in the way run")
      ->group(retries);
}

Version version_of(const std::string& text) {
  if (const auto version = parse_version(text)) return *version;
  throw Error(ErrorKind::usage, {.id = "usage",
                                 .message = fmt::format("{} is no version", shown_word(text)),
                                 .next = "a version is the digits that a file name begins with; "
                                         "migrator status lists them"});
}

CLI::Option* add_steps(CLI::App& app, Arguments& into, const char* what) {
  return app.add_option("--steps", into.steps, what)
      ->type_name("N")
      ->check(number_up_to(kAnyNumber));
}

void add_target(CLI::App& app, Arguments& into, const char* to, const char* steps) {
  auto* version =
      app.add_option_function<std::string>(
             "--to", [&into](const std::string& text) { into.to = version_of(text); }, to)
          ->type_name("VERSION");
  add_steps(app, into, steps)->excludes(version);
}

void add_late(CLI::App& app, Arguments& into) {
  app.add_flag("--allow-late", into.allow_late, "also below the newest applied version");
}

void add_file_memory(CLI::App& app, Arguments& into) {
  app.add_option("--file-memory", into.config.file_memory,
                 "where checksums are kept: unchanged files are not read")
      ->type_name("FILE");
}

void add_single(CLI::App& app, Arguments& into) {
  app.add_flag("--single-transaction", into.single_transaction,
               "all in one transaction: everything or nothing");
}

/// For files of data.
void add_bulk(CLI::App& app, Arguments& into) {
  app.add_flag("--keep-going", into.keep_going, "list up to 100 bad rows of a file, not the first");
  app.add_option("--jobs", into.jobs, "so many files of data at once (1)")
      ->type_name("N")
      ->check(number_up_to(64));
}

/// What a command without subcommands and one that has some begin with alike.
CLI::App& add_word(CLI::App& app, Arguments& into, const char* name, const char* description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->group("Commands");
  command->set_help_flag("-h,--help", "this text");
  // They are most of the tree, and needed on the one command of the line.
  command->preparse_callback([command, &into](std::size_t) { add_common(*command, into); });
  return *command;
}

void add_export(CLI::App& seed, Arguments& into) {
  CLI::App& exports = add_command(seed, into, "export", "write rows of a table as a data file");
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

void add_server(CLI::App& app, Arguments& into, const char* listen) {
  constexpr const char* group = "Status server";
  auto* where = app.add_option("--listen", into.config.listen, listen)->type_name("ADDR");
  where->expected(1)->take_all()->group(group);
  app.add_option("--token-file", into.config.token_file,
                 "file of the token that all but the probes ask for")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--public", into.config.is_public, "everybody may see everything")->group(group);
  app.add_flag("--strict", into.config.strict, "one that is ahead is not ready")->group(group);
  app.add_option("--stalled-after", into.config.stalled_after,
                 "no motion for so long fails /startupz (5min)")
      ->type_name("TIME")
      ->group(group);
}

void add_runs(CLI::App& app, Arguments& into) {
  CLI::App& up = add_reading(app, into, "up", "apply what is pending");
  up.alias("migrate");
  add_target(up, into, "up to this version", "at most so many migrations");
  up.add_flag("--seed", into.with_seeds, "run the seeds as well");
  add_late(up, into);
  add_file_memory(up, into);
  add_single(up, into);
  add_waits(up, into);
  add_server(up, into, "serve the status meanwhile");
  CLI::App& down = add_reading(app, into, "down", "undo the newest migration");
  down.alias("rollback");
  add_target(down, into, "undo all that is newer; 0: everything", "so many (1)");
  add_waits(down, into);
  CLI::App& redo = add_reading(app, into, "redo", "undo the newest and apply it again");
  add_steps(redo, into, "so many (1)");
  add_late(redo, into);
  add_waits(redo, into);
  CLI::App& seed = add_reading(app, into, "seed", "run the seeds that are new or changed");
  seed.add_flag("--again", into.again, "also those that were run already");
  seed.add_flag("--verify", into.verify, "compare all data with its tables, and mend them");
  seed.add_flag("--dry-run", into.dry_run, "say what would be written, and write nothing");
  seed.add_flag("--allow-delete", into.allow_delete, "whatever share of a table that deletes");
  add_bulk(seed, into);
  add_single(seed, into);
  add_export(seed, into);
  add_waits(seed, into);
  CLI::App& setup = add_reading(app, into, "setup", "create the database if missing, up, seed");
  add_late(setup, into);
  add_file_memory(setup, into);
  add_bulk(setup, into);
  add_single(setup, into);
  add_waits(setup, into);
  CLI::App& reset = add_reading(app, into, "reset", "drop the database, then setup");
  add_drop_guards(reset, into);
  add_single(reset, into);
  add_waits(reset, into);
}

void add_looks(CLI::App& app, Arguments& into) {
  add_reading(app, into, "status", "what is applied, pending, changed, late");
  CLI::App& plan = add_reading(app, into, "plan", "what up would do, statement by statement");
  plan.add_flag("--sql", into.sql, "print the SQL");
  add_target(plan, into, "up to this version", "at most so many migrations");
  add_late(plan, into);
  add_single(plan, into);
  add_check(app, into);
  add_command(app, into, "config", "the settled configuration and its origins");
}

void add_tending(CLI::App& app, Arguments& into) {
  CLI::App& create = add_command(app, into, "new", "make a migration file");
  create.alias("create");
  create.add_option("NAME", into.subject, "what it does: add_likes")->required();
  auto* pair = create.add_flag("--pair", into.pair, "NAME.up.sql and NAME.down.sql");
  create.add_flag("--repeatable", into.repeatable, "R__NAME.sql")->excludes(pair);
  CLI::App& baseline = add_reading(app, into, "baseline", "the database has all up to a version");
  baseline
      .add_option_function<std::string>(
          "VERSION", [&into](const std::string& text) { into.baseline = version_of(text); },
          "the newest that it has")
      ->required();
  baseline.add_option("--reason", into.reason, "kept in the history")->type_name("WHY");
  CLI::App& repair = add_reading(app, into, "repair", "tell the history what is true");
  repair.add_option("FILE", into.subject, "a file, a version or an id of status")->required();
  repair.add_flag("--accept-file", into.accept_file, "the database is as the file says");
  repair.add_flag("--mark-applied", into.mark_applied, "all of the file is done");
  repair.add_option("--resume-at", into.resume_at, "the first statement not done")
      ->type_name("N")
      ->check(number_up_to(kAnyNumber));
  repair.add_flag("--forget", into.forget, "nothing of the file is there");
  repair.add_option("--reason", into.reason, "kept in the history")->type_name("WHY")->required();
}

void add_serving(CLI::App& app, Arguments& into) {
  CLI::App& serve = add_reading(app, into, "serve", "probes, status, metrics and a page over HTTP");
  add_server(serve, into, "where; port 0 picks one (127.0.0.1:8086)");
  CLI::App& run = add_reading(app, into, "run", "wait, up, then become a command: run -- COMMAND");
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

void add_rest(CLI::App& app, Arguments& into) {
  CLI::App& wait = add_command(app, into, "wait", "until the server accepts connections");
  wait.add_option("--timeout", into.timeout, "give up after (60s)")->type_name("TIME");
  CLI::App& local = add_command(app, into, "local", "the embedded PostgreSQL: start, stop, ...");
  local.add_option("ACTION", into.subject, "start, stop, status or url")
      ->required()
      ->check(CLI::IsMember({"start", "stop", "status", "url"}));
  add_command(app, into, "version", "the version of migrator");
}

}  // namespace

std::function<std::string(const std::string&)> number_up_to(std::uint64_t most) {
  return [most](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && stop == end && number >= 1 && number <= most) return {};
    constexpr std::size_t enough = 40;
    const bool is_long = text.size() > enough && !may_hold_secret(text);
    return fmt::format("needs a number from 1 {}, not {}",
                       most == kAnyNumber ? "on" : fmt::format("to {}", most),
                       is_long ? fmt::format("{} characters", text.size()) : shown_word(text));
  };
}

void add_variables(CLI::App& app, Arguments& into) {
  app.add_option("--set", into.config.variables, "a psql variable: :NAME in files")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
}

CLI::App& add_command(CLI::App& app, Arguments& into, const char* name, const char* description) {
  CLI::App& command = add_word(app, into, name, description);
  const std::string whole = app.get_parent() == nullptr ? name : app.get_name() + " " + name;
  // Those below it are called first.
  command.callback([&into, whole] {
    if (into.command.empty()) into.command = whole;
  });
  return command;
}

CLI::App& add_reading(CLI::App& app, Arguments& into, const char* name, const char* description) {
  CLI::App& command = add_command(app, into, name, description);
  add_variables(command, into);
  return command;
}

CLI::App& add_group(CLI::App& app, Arguments& into, const char* name, const char* description) {
  CLI::App& group = add_word(app, into, name, description);
  group.require_subcommand(1);
  return group;
}

std::unique_ptr<CLI::App> make_app(Arguments& into) {
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
  add_common(*app, into);
  add_runs(*app, into);
  add_looks(*app, into);
  add_tending(*app, into);
  add_workspace(*app, into);
  add_serving(*app, into);
  add_rest(*app, into);
  return app;
}

std::unique_ptr<CLI::App> make_whole_app(Arguments& into) {
  auto app = make_app(into);
  add_common_below(*app, into);
  return app;
}

}  // namespace migrator

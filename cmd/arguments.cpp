#include "cmd/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "engine/base/build.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
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

/// Without the doubled blank lines that CLI11 leaves between groups.
std::string tidy(std::string help) {
  for (std::size_t at; (at = help.find("\n\n\n")) != std::string::npos;) help.erase(at, 1);
  return help;
}

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
  const auto at_least_one = [](const std::string& text) {
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
    const bool some = text.find_first_of("123456789") != std::string::npos;
    return digits && some ? std::string() : fmt::format("needs a number from 1 on, not {}", text);
  };
  return app.add_option("--steps", into.steps, what)->type_name("N")->check(at_least_one);
}

void add_target(CLI::App& app, Arguments& into, const char* to, const char* steps) {
  auto* version =
      app.add_option_function<std::string>(
             "--to", [&into](const std::string& text) { into.to = version_of(text); }, to)
          ->type_name("VERSION");
  add_steps(app, into, steps)->excludes(version);
}

void add_variables(CLI::App& app, Arguments& into) {
  app.add_option("--set", into.config.variables, "a psql variable: :NAME in files")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
}

void add_late(CLI::App& app, Arguments& into) {
  app.add_flag("--allow-late", into.allow_late, "also below the newest applied version");
}

void add_single(CLI::App& app, Arguments& into) {
  app.add_flag("--single-transaction", into.single_transaction,
               "all in one transaction: everything or nothing");
}

CLI::App& add(CLI::App& app, Arguments& into, const char* name, const char* description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->group("Commands");
  command->set_help_flag("-h,--help", "this text");
  command->callback([&into, name] { into.command = name; });
  add_common(*command, into);
  return *command;
}

/// A command that reads the project's files.
CLI::App& add_reading(CLI::App& app, Arguments& into, const char* name, const char* description) {
  CLI::App& command = add(app, into, name, description);
  add_variables(command, into);
  return command;
}

void add_export(CLI::App& seed, Arguments& into) {
  seed.callback([&into] {
    if (into.command.empty()) into.command = "seed";
  });
  CLI::App& exports = add(seed, into, "export", "write rows of a table as a data file");
  exports.callback([&into] { into.command = "seed export"; });
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

void add_runs(CLI::App& app, Arguments& into) {
  CLI::App& up = add_reading(app, into, "up", "apply what is pending");
  up.alias("migrate");
  add_target(up, into, "up to this version", "at most so many migrations");
  add_late(up, into);
  add_single(up, into);
  add_waits(up, into);
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
  seed.add_flag("--dry-run", into.dry_run, "say what would be written, and write nothing");
  seed.add_flag("--allow-delete", into.allow_delete, "whatever share of a table that deletes");
  add_single(seed, into);
  add_waits(seed, into);
  add_export(seed, into);
  CLI::App& setup = add_reading(app, into, "setup", "create the database if missing, up, seed");
  add_late(setup, into);
  add_single(setup, into);
  add_waits(setup, into);
}

void add_looks(CLI::App& app, Arguments& into) {
  add_reading(app, into, "status", "what is applied, pending, changed, late");
  CLI::App& plan = add_reading(app, into, "plan", "what up would do, statement by statement");
  plan.add_flag("--sql", into.sql, "print the SQL");
  add_target(plan, into, "up to this version", "at most so many migrations");
  add_late(plan, into);
  add_single(plan, into);
  CLI::App& check = add_reading(app, into, "check", "look for what is wrong; never writes");
  check.alias("verify");
  check.add_flag("--files", into.files_only, "the files alone: ask no database");
  check.add_option("--fail-on", into.config.fail_on, "exit code 1 for: error or warning (warning)")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"error", "warning"}));
  check.add_option("--format", into.format, "text, json, sarif, junit, github or gitlab")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "sarif", "junit", "github", "gitlab"}));
  check.add_option("--output", into.outputs, "a format into a file: sarif=out.sarif")
      ->type_name("FORMAT=FILE")
      ->take_all()
      ->expected(1);
  check.add_option("--base", into.base, "what is deployed: a commit of git, as origin/main")
      ->type_name("REF");
  CLI::App& explain = add(app, into, "explain", "a rule of check, with examples");
  explain.add_option("RULE", into.subject, "its name; none lists them, all prints them");
  add(app, into, "config", "the settled configuration and its origins");
}

void add_tending(CLI::App& app, Arguments& into) {
  CLI::App& create = add(app, into, "new", "make a migration file");
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
  repair.add_option("--resume-at", into.resume_at, "the first statement not done")->type_name("N");
  repair.add_flag("--forget", into.forget, "nothing of the file is there");
  repair.add_option("--reason", into.reason, "kept in the history")->type_name("WHY")->required();
}

void add_rest(CLI::App& app, Arguments& into) {
  CLI::App& wait = add(app, into, "wait", "until the server accepts connections");
  wait.add_option("--timeout", into.timeout, "give up after (60s)")->type_name("TIME");
  CLI::App& local = add(app, into, "local", "the embedded PostgreSQL: start, stop, ...");
  local.add_option("ACTION", into.subject, "start, stop, status or url")
      ->required()
      ->check(CLI::IsMember({"start", "stop", "status", "url"}));
  add(app, into, "version", "the version of migrator");
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
  add_rest(*app, into);
  return app;
}

/// The commands and their other names.
std::vector<std::string> words_for_commands(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
    std::ranges::copy(command->get_aliases(), std::back_inserter(words));
  }
  return words;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> options;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  return options;
}

[[noreturn]] void throw_unknown(const std::string& message, const std::string& word,
                                const std::vector<std::string>& known, const std::string& next) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  Finding finding{.id = "usage", .message = message, .next = next};
  if (const auto near = nearest(word, candidates))
    finding.hint = fmt::format("did you mean {}?", *near);
  throw Error(ErrorKind::usage, finding);
}

/// The first word that nothing took, options before others: what follows an unknown one may be
/// its value.
std::string first_left_over(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining(/*recurse=*/true);
  const auto is_option = [](const std::string& word) { return word.starts_with("--"); };
  const auto option = std::ranges::find_if(words, is_option);
  if (option != words.end()) return option->substr(0, option->find('='));
  return words.empty() ? "" : words.front();
}

/// CLI11's message without the words that may hold a secret, which it quotes.
std::string message_of(const CLI::ParseError& error, const std::vector<std::string>& words) {
  std::string message = error.what();
  for (const std::string& word : words) {
    if (!may_hold_secret(word)) continue;
    const std::size_t equals = word.starts_with('-') ? word.find('=') + 1 : 0;
    const std::string secret = word.substr(equals);
    for (std::size_t at; !secret.empty() && (at = message.find(secret)) != std::string::npos;)
      message.replace(at, secret.size(), shown_word(secret));
  }
  return message;
}

[[noreturn]] void throw_usage(const CLI::ParseError& error, const CLI::App& app,
                              const std::vector<std::string>& words) {
  const auto chosen = app.get_subcommands();
  const std::string help = chosen.empty()
                               ? "migrator --help"
                               : fmt::format("migrator {} --help", chosen.front()->get_name());
  const std::string word = first_left_over(app);
  if (may_hold_secret(word))
    throw Error(ErrorKind::usage, {.id = "usage",
                                   .message = "a database URL stands where none is expected",
                                   .next = "give it with --url"});
  if (word.starts_with("--"))
    throw_unknown(fmt::format("there is no option {}", word), word,
                  options_of(chosen.empty() ? app : *chosen.front()), help);
  if (!word.empty() && chosen.empty())
    throw_unknown(fmt::format("there is no command \"{}\"", word), word, words_for_commands(app),
                  "migrator --help lists the commands");
  const std::string message =
      word.empty() ? message_of(error, words) : fmt::format("\"{}\" is a word too many", word);
  throw Error(ErrorKind::usage, {.id = "usage", .message = message, .next = help});
}

void check_repair(const Arguments& arguments) {
  if (arguments.command != "repair") return;
  const int chosen = static_cast<int>(arguments.accept_file) +
                     static_cast<int>(arguments.mark_applied) + static_cast<int>(arguments.forget) +
                     static_cast<int>(arguments.resume_at.has_value());
  if (trim(arguments.reason).empty())
    throw Error(ErrorKind::usage, {.id = "usage",
                                   .message = "--reason needs words: the history keeps them",
                                   .next = "migrator repair --help"});
  if (chosen == 1) return;
  throw Error(ErrorKind::usage,
              {.id = "usage",
               .message = "repair needs exactly one of --accept-file, --mark-applied, --resume-at "
                          "N and --forget",
               .next = "migrator repair --help"});
}

}  // namespace

std::vector<std::string> command_names() {
  Arguments unused;
  std::vector<std::string> names;
  const auto app = make_app(unused);
  for (const CLI::App* command : app->get_subcommands([](CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

Arguments parse_arguments(const std::vector<std::string>& words, std::optional<HelpText>& help) {
  Arguments arguments;
  const auto app = make_app(arguments);
  try {
    app->parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app->get_subcommands();
    help = HelpText{tidy(chosen.empty() ? app->help() : chosen.front()->help("migrator"))};
  } catch (const CLI::CallForVersion& version) {
    help = HelpText{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    throw_usage(error, *app, words);
  }
  check_repair(arguments);
  return arguments;
}

}  // namespace migrator

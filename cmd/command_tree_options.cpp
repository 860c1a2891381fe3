// The options that several commands have.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "cmd/command_parts.h"
#include "engine/base/error.h"
#include "engine/project/shown_word.h"

namespace migrator {

Version version_of(const std::string& text) {
  if (const auto version = parse_version(text)) return *version;
  throw Error(ErrorKind::usage, {.id = "usage",
                                 .message = fmt::format("{} is no version", shown_word(text)),
                                 .next = "a version is the digits that a file name begins with; "
                                         "migrator status lists them"});
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

void add_steps(CLI::App& app, Arguments& into, const char* what) {
  app.add_option("--steps", into.steps, what)->type_name("N")->check(number_up_to(kAnyNumber));
}

void add_target(CLI::App& app, Arguments& into, const char* to, const char* steps) {
  auto* version =
      app.add_option_function<std::string>(
             "--to", [&into](const std::string& text) { into.to = version_of(text); }, to)
          ->type_name("VERSION");
  add_steps(app, into, steps);
  app.get_option("--steps")->excludes(version);
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

void add_bulk(CLI::App& app, Arguments& into) {
  app.add_flag("--keep-going", into.keep_going, "list up to 100 bad rows of a file, not the first");
  app.add_option("--jobs", into.jobs, "so many files of data at once (1)")
      ->type_name("N")
      ->check(number_up_to(64));
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

}  // namespace migrator

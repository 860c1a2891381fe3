// The commands that judge migrations, and their options.
#include <CLI/CLI.hpp>

#include "cmd/command_parts.h"

namespace migrator {
namespace {

/// Of the two that print findings: check and diff.
void add_outputs(CLI::App& app, Arguments& into) {
  app.add_option("--fail-on", into.config.fail_on, "exit code 1 for: error or warning (warning)")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"error", "warning"}));
  app.add_option("--format", into.format, "text, json, sarif, junit, github or gitlab")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "sarif", "junit", "github", "gitlab"}));
  app.add_option("--output", into.outputs, "a format into a file: sarif=out.sarif")
      ->type_name("FORMAT=FILE")
      ->take_all()
      ->expected(1);
}

void add_scratch(CLI::App& app, Arguments& into) {
  constexpr const char* group = "On a scratch server";
  app.add_option("--scratch", into.config.scratch, "which (embedded: one of this run's own)")
      ->type_name("URL")
      ->group(group);
  app.add_option("--ignore", into.config.ignore, "objects that may differ: \"table public.tmp_*\"")
      ->type_name("PATTERN")
      ->expected(1)
      ->take_all()
      ->group(group);
}

/// What is known beforehand: sizes, and findings.
void add_known(CLI::App& check, Arguments& into) {
  check.add_option("--stats", into.config.stats, "sizes of tables, by stats export")
      ->type_name("FILE");
  auto* baseline =
      check.add_option("--baseline", into.config.baseline, "old findings, which are not reported")
          ->type_name("FILE");
  check.add_option("--write-baseline", into.write_baseline, "make what is found now the baseline")
      ->type_name("FILE")
      ->excludes(baseline);
}

void fill_check(CLI::App& check, Arguments& into) {
  auto* files = check.add_flag("--files", into.files_only, "the files alone: ask no database");
  add_outputs(check, into);
  check.add_option("--base", into.base, "what is deployed: a commit of git, as origin/main")
      ->type_name("REF");
  add_known(check, into);
  constexpr const char* group = "On a scratch server";
  // One flag for both would have a value where neither is given.
  auto* observe = check
                      .add_flag_callback(
                          "--observe", [&into] { into.observe = true; },
                          "run what is new, and look on; default with --scratch")
                      ->group(group);
  check
      .add_flag_callback(
          "--no-observe", [&into] { into.observe = false; }, "the rules alone: run nothing")
      ->group(group)
      ->excludes(observe);
  check.add_flag("--from-scratch", into.from_scratch, "apply all and the seeds, and once more")
      ->group(group);
  check.add_flag("--downs", into.downs, "undo each migration and apply it again")->group(group);
  check.add_flag("--drift", into.drift, "the database against what its migrations make")
      ->group(group)
      ->excludes(files);
  add_scratch(check, into);
}

}  // namespace

void add_check(CLI::App& app, Tree tree) {
  Arguments& into = tree.into;
  add_reading(app, tree, "check", "look for what is wrong; never writes", [&into](CLI::App& check) {
    fill_check(check, into);
  }).alias("verify");
  add_reading(app, tree, "diff", "the database against what its migrations make",
              [&into](CLI::App& diff) {
                add_outputs(diff, into);
                add_scratch(diff, into);
              });
  add_command(app, tree, "explain", "a rule of check, with examples", [&into](CLI::App& explain) {
    explain.add_option("RULE", into.subject, "its name; none lists them, all prints them");
  });
  add_group(app, tree, "stats", "what is known of the size of a database", [tree](CLI::App& stats) {
    add_command(stats, tree, "export", "sizes and write rates of its tables",
                [&into = tree.into](CLI::App& exports) {
                  exports.add_option("--output,-o", into.output, "stats.json (standard output)")
                      ->type_name("FILE");
                });
  });
}

}  // namespace migrator

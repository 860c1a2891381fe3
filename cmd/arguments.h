// The command line as a value; the door to CLI11. What the words mean is decided in commands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/project/config.h"
#include "engine/project/version.h"

namespace migrator {

/// Of `db ...` and `reset`.
struct DatabaseArguments {
  std::optional<std::string> owner = {};  ///< create: these four
  std::optional<std::string> encoding = {};
  std::optional<std::string> template_database = {};
  std::optional<std::string> locale = {};
  bool yes = false;                                 ///< drop, reset: these three
  bool force = false;                               ///< end the sessions of others
  std::optional<std::string> force_protected = {};  ///< the name, once more
  std::vector<std::string> psql = {};               ///< connect: words for psql
  std::optional<int> kill = {};                     ///< sessions: these three
  bool watch = false;
  std::string every = "2s";
  bool check = false;       ///< dump: compare, and write nothing
  std::string file = {};    ///< dump --check, load
  std::string output = {};  ///< dump
};

/// Of `query`.
struct QueryArguments {
  std::vector<std::string> words = {};  ///< FILE, unless `sql` is given, and name=value
  std::optional<std::string> sql = {};
  std::vector<std::string> nulls = {};  ///< names
  bool object = false;
  bool array = false;
  bool commit = false;
};

struct Arguments {
  std::string command;  ///< "up"; empty for a bare `migrator`
  ConfigFlags config;
  bool json = false;
  bool quiet = false;
  bool no_color = false;

  std::optional<Version> to;         ///< up, down, plan
  std::optional<std::size_t> steps;  ///< up, down, redo, plan
  bool allow_late = false;           ///< up, setup, redo, plan
  bool single_transaction = false;   ///< up, seed, setup, plan
  bool sql = false;                  ///< plan: print the statements
  bool files_only = false;           ///< check: ask no database
  /// check: run what is new on a scratch database; absent: where one can be had.
  std::optional<bool> observe = {};
  std::string format = "text";       ///< check: on standard output
  std::vector<std::string> outputs;  ///< check: "sarif=FILE"
  std::optional<std::string> base;   ///< check: of git
  std::string write_baseline = {};   ///< check: a file
  bool drift = false;                ///< check: these three on a scratch server
  bool from_scratch = false;
  bool downs = false;
  bool again = false;               ///< seed: also those that were run
  bool verify = false;              ///< seed: compare what is unchanged on disk as well
  bool keep_going = false;          ///< seed, setup: collect bad rows
  std::optional<std::size_t> jobs;  ///< seed, setup: files of data at once
  bool dry_run = false;             ///< seed: all of it, rolled back
  bool allow_delete = false;        ///< seed, setup: whatever delete_share says
  Version baseline;                 ///< baseline
  std::string subject;              ///< new NAME, repair ID, local ACTION, explain RULE
  bool pair = false;                ///< new: .up.sql and .down.sql
  bool repeatable = false;          ///< new: R__NAME.sql
  std::string reason;               ///< baseline, repair
  bool accept_file = false;         ///< repair: one of these four
  bool mark_applied = false;
  bool forget = false;
  std::optional<std::size_t> resume_at;
  std::string timeout = "60s";            ///< wait, run
  bool with_seeds = false;                ///< up, run: the seeds too
  bool start_anyway = false;              ///< run: also when nothing could be applied
  std::vector<std::string> program = {};  ///< run: the command and its arguments

  // seed export; its TABLE is `subject`.
  std::vector<std::string> columns;
  std::vector<std::string> references;
  std::string where;
  std::string output;
  DatabaseArguments database = {};
  QueryArguments query = {};
};

/// Text that was asked for instead of a command: --help, --version.
struct HelpText {
  std::string text;
};

/// `help` is set when help was asked for. Throws Error(usage), with the nearest known command.
Arguments parse_arguments(const std::vector<std::string>& words, std::optional<HelpText>& help);

/// The command as far as the words name it, for errors of the command line itself: "db sessions".
std::string command_named_by(const std::vector<std::string>& words);

/// The commands by their first names: "up", "db", "db create".
std::vector<std::string> command_names();

}  // namespace migrator

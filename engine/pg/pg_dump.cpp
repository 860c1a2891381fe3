#include "engine/pg/pg_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/base/text.h"
#include "engine/pg/child_process.h"
#include "engine/pg/psql.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPackaged = "/usr/lib/postgresql";

struct Program {
  fs::path path;
  int major = 0;
  std::string version;  ///< "15.18"
};

std::vector<fs::path> folders_of(const PgDumpOptions& options) {
  std::vector<fs::path> folders;
  if (options.bindir) folders.push_back(fs::absolute(*options.bindir));
  for (auto& folder : search_folders(options.search_path_variable)) folders.push_back(folder);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(kPackaged, ignored))
    folders.push_back(entry.path() / "bin");
  return folders;
}

/// "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
std::optional<Program> program_in(const fs::path& folder) {
  if (!is_program(folder / "pg_dump")) return std::nullopt;
  const auto outcome = run({.arguments = {folder / "pg_dump", "--version"}});
  const auto at = outcome.output.find(") ");
  if (outcome.exit_code != 0 || at == std::string::npos) return std::nullopt;
  const std::string_view version = std::string_view(outcome.output).substr(at + 2);
  Program program{.path = folder / "pg_dump",
                  .version = std::string(version.substr(0, version.find_first_of(" \n")))};
  std::from_chars(program.version.data(), program.version.data() + program.version.size(),
                  program.major);
  return program;
}

Program find_program(const PgDumpOptions& options) {
  std::optional<Program> newest;
  for (const fs::path& folder : folders_of(options)) {
    auto program = program_in(folder);
    if (program && (!newest || program->major > newest->major)) newest = std::move(program);
  }
  const int wanted = options.server_version / 10000;
  const std::string install = fmt::format(
      "install one of PostgreSQL {0} or newer (Debian: apt-get install postgresql-client-{0}, or "
      "postgresql-client) and have its folder in PATH",
      wanted);
  if (!newest)
    throw Error(ErrorKind::configuration,
                {.id = "pg-dump-missing",
                 .message = "there is no pg_dump here, and dumping a schema needs one",
                 .detail = fmt::format("looked in PATH and in {}/*/bin", kPackaged),
                 .next = install});
  if (newest->major < wanted)
    throw Error(ErrorKind::configuration,
                {.id = "pg-dump-too-old",
                 .message = fmt::format("the newest pg_dump here is {}, and the server is "
                                        "PostgreSQL {}: it would refuse",
                                        newest->version, wanted),
                 .detail = "it is " + newest->path.string(),
                 .next = install});
  return *newest;
}

ChildCommand command_for(const PgDumpOptions& options, const Program& program) {
  const PsqlConnection way = psql_connection(options.url, options.connect);
  std::map<std::string, std::string> variables{
      {"PATH", options.search_path_variable},
      {"LC_ALL", "C"},
      {"PGAPPNAME", options.connect.application_name},
      {"PGCONNECT_TIMEOUT",
       std::to_string(std::max<long>(
           2, std::chrono::ceil<std::chrono::seconds>(options.connect.timeout).count()))}};
  for (const auto& [name, value] : way.variables) variables[name] = value;
  std::vector<std::string> words{
      program.path,         "--schema-only",   "--no-owner",    "--no-tablespaces",
      "--no-subscriptions", "--encoding=UTF8", "--no-password", "--lock-wait-timeout=60000"};
  if (!options.left_out_table.empty())
    words.push_back("--exclude-table=" + quote_name(options.left_out_schema) + "." +
                    quote_name(options.left_out_table));
  words.insert(words.end(), way.arguments.begin(), way.arguments.end());
  return {.arguments = std::move(words),
          .variables = environment_block(variables),
          .errors_apart = true};
}

std::string next_after(std::string_view errors) {
  if (errors.find("lock timeout") != errors.npos)
    return "somebody had a table locked for a minute: migrator db sessions";
  if (errors.find("permission denied") != errors.npos)
    return "it needs a role that may read every table of the database";
  return "";
}

}  // namespace

PgDumpResult run_pg_dump(const PgDumpOptions& options, std::stop_token stop) {
  const Program program = find_program(options);
  ChildCommand command = command_for(options, program);
  command.stop = stop;
  Outcome outcome = run(command);
  if (outcome.was_stopped)
    throw Error(ErrorKind::lock,
                {.id = "cancelled", .message = "stopped while pg_dump was running"});
  if (outcome.exit_code != 0)
    throw Error(ErrorKind::migration, {.id = "pg-dump-failed",
                                       .message = fmt::format("pg_dump {} failed with exit code {}",
                                                              program.version, outcome.exit_code),
                                       .detail = std::string(trim(outcome.errors)),
                                       .next = next_after(outcome.errors)});
  return {std::move(outcome.output), std::move(outcome.errors)};
}

}  // namespace migrator

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cmd/become.h"
#include "cmd/commands.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "engine/base/error.h"
#include "engine/pg/psql.h"
#include "engine/run/look.h"

namespace migrator {
namespace {

/// psql runs what stands between backquotes in a prompt, and expands "%".
std::string harmless(std::string name) {
  std::ranges::replace_if(
      name,
      [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.';
      },
      '_');
  return name;
}

/// "prod app=# ", the environment in red where it is protected, else in green.
std::string prompt_of(const Config& config, bool color) {
  const std::string name = harmless(config.environment.value);
  const char* code = config.is_protected.value ? "1;37;41" : "32";
  const std::string shown = color ? fmt::format("%[%033[{}m%]{}%[%033[0m%]", code, name) : name;
  return shown + " %/%R%x%# ";
}

std::vector<std::string> words_for_psql(const World& world, const Config& config,
                                        const PsqlConnection& way) {
  std::vector<std::string> words{"psql"};
  std::ranges::copy(way.arguments, std::back_inserter(words));
  for (const char* prompt : {"PROMPT1", "PROMPT2"})
    words.push_back(
        fmt::format("--set={}={}", prompt, prompt_of(config, world.terminal.out.color)));
  std::ranges::copy(world.arguments.database.psql, std::back_inserter(words));
  return words;
}

/// With --json: what would be started, without the values of the variables, and nothing is.
int tell(const World& world, const Head& head, const std::vector<std::string>& words,
         const PsqlConnection& way) {
  std::vector<std::string> names;
  for (const auto& [name, value] : way.variables) names.push_back(name);
  FactsReport report{.head = head};
  report.facts = {{"program", words.front()},
                  {"arguments", std::vector<std::string>(words.begin() + 1, words.end())},
                  {"variables", names}};
  return print(world, report);
}

}  // namespace

int command_db_connect(const World& world) {
  const Config config = settle_config(world);
  Progress progress(world.terminal, world.verbosity());
  const DatabaseUrl url = reachable_url(world, config, progress);
  Head head{world.arguments.command, config.environment.value};
  {
    // Errors of ours say more than psql's, and have their exit codes.
    const Connection connection = Connection::open(url, connect_options(config), world.stop);
    head.database = facts_of(connection, config.url->value);
  }
  const PsqlConnection way = psql_connection(url, connect_options(config));
  const std::vector<std::string> words = words_for_psql(world, config, way);
  if (world.arguments.json) return tell(world, head, words, way);
  if (!world.arguments.quiet)
    write_err(
        world.terminal.err.paint(config.is_protected.value ? Tone::bad : Tone::good, where(head)) +
        "\n");
  EnvironmentVariables variables = world.variables;
  for (const auto& [name, value] : way.variables) variables[name] = value;
  const std::string reason = become(words, variables);
  throw Error(ErrorKind::configuration,
              {.id = "psql-missing",
               .message = "cannot start psql: " + reason,
               .next = "install it (Debian: apt-get install postgresql-client)"});
}

}  // namespace migrator

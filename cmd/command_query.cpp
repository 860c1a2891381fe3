#include <fmt/format.h>

#include <algorithm>

#include "cmd/commands.h"
#include "cmd/print.h"
#include "cmd/site.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/pg/json_query.h"
#include "engine/project/query_files.h"
#include "engine/project/shown_path.h"
#include "engine/report/exit_code.h"
#include "engine/report/sql_text.h"

namespace migrator {
namespace {

[[noreturn]] void fail(std::string message, std::string next = "migrator query --help") {
  throw Error(ErrorKind::usage,
              {.id = "query-parameter", .message = std::move(message), .next = std::move(next)});
}

/// -e SQL, or a file: from the working folder, else a template of the queries folder.
BoundQuery query_of(const QueryArguments& arguments, const Config& config) {
  if (arguments.sql) return bind_query(*arguments.sql, "-e");
  if (arguments.words.empty()) fail("query needs a file, or SQL with -e");
  const std::string& name = arguments.words.front();
  const std::filesystem::path file = config.working_folder / name;
  std::error_code ignored;
  if (std::filesystem::is_regular_file(file, ignored))
    return bind_query(read_file(file), shown_path(file, config.working_folder));
  return query_template(config.queries.value, name, config.working_folder);
}

/// name=value in the order of the query's parameters.
std::vector<Field> values_of(const QueryArguments& arguments, const BoundQuery& query) {
  std::vector<std::string> words = arguments.words;
  if (!arguments.sql && !words.empty()) words.erase(words.begin());
  std::vector<std::optional<Field>> values(query.names.size());
  const auto give = [&](const std::string& name, Field value) {
    const auto found = std::ranges::find(query.names, name);
    if (found == query.names.end())
      fail(fmt::format("the query has no parameter \"{}\"", name),
           query.names.empty() ? "it has none"
                               : fmt::format("it has {}", fmt::join(query.names, ", ")));
    auto& slot = values[static_cast<std::size_t>(found - query.names.begin())];
    if (slot) fail(fmt::format("\"{}\" is given twice", name));
    slot = std::move(value);
  };
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos) fail("a parameter is given as name=value (--null NAME for NULL)");
    give(word.substr(0, equals), word.substr(equals + 1));
  }
  for (const std::string& name : arguments.nulls) give(name, std::nullopt);
  std::vector<Field> bound;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i])
      fail(fmt::format("the parameter \"{}\" is not given", query.names[i]),
           fmt::format("{}=VALUE, or --null {}", query.names[i], query.names[i]));
    bound.push_back(*values[i]);
  }
  return bound;
}

std::string answer(const QueryArguments& arguments, Connection& connection, const BoundQuery& query,
                   const std::vector<Field>& values, const std::stop_token& stop) {
  const QueryMode mode = arguments.commit ? QueryMode::commit : QueryMode::read_only;
  try {
    if (arguments.object) return query_object_json(connection, query, values, mode, stop);
    if (arguments.array) return query_array_json(connection, query, values, mode, stop);
    return query_json(connection, query, values, mode, stop);
  } catch (const Error& error) {
    constexpr std::string_view read_only_transaction = "25006";
    if (error.finding().sqlstate != read_only_transaction) throw;
    Finding finding = error.finding();
    finding.next = "--commit, if it is meant to write";
    throw Error(error.kind(), std::move(finding));
  }
}

}  // namespace

int command_query(const World& world) {
  const QueryArguments& arguments = world.arguments.query;
  const Config config = settle_config(world);
  const BoundQuery query = query_of(arguments, config);
  const std::vector<Field> values = values_of(arguments, query);
  const Site site(world);
  if (world.terminal.err.color && world.verbosity() == Verbosity::normal)
    write_err(highlighted(trim(query.written), world.terminal.err) + "\n");
  Connection connection = site.open(world);
  QueryReport report{.head = site.head(world, connection)};
  report.result = answer(arguments, connection, query, values, world.stop);
  return give(world.arguments.json ? to_json(report) : report.result + "\n", kDone);
}

}  // namespace migrator

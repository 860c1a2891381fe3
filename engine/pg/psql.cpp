#include "engine/pg/psql.h"

#include <libpq-fe.h>

#include <memory>
#include <new>
#include <string_view>

#include "engine/base/error.h"
#include "engine/pg/connect_error.h"
#include "engine/project/connection_text.h"

namespace migrator {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using ConnectionOptions = std::unique_ptr<PQconninfoOption, FreeOptions>;

ConnectionOptions options_of(const DatabaseUrl& url) {
  char* complaint = nullptr;
  ConnectionOptions options(PQconninfoParse(url.reveal().c_str(), &complaint));
  PQfreemem(complaint);  // may quote the URL; check_connectable has told what is wrong with it
  if (!options) throw std::bad_alloc();
  return options;
}

Error has_no_variable(std::string_view keyword) {
  return Error(ErrorKind::configuration,
               {.id = "psql-parameter",
                .message = "the URL's " + std::string(keyword) +
                           " cannot be given to psql in a way that nobody else could read",
                .next = "start psql by hand, or leave that parameter out of the URL"});
}

}  // namespace

PsqlConnection psql_connection(const DatabaseUrl& url, const ConnectOptions& options) {
  check_connectable(url);
  PsqlConnection result;
  std::string others;
  const auto take = [&](const PQconninfoOption& option, const std::string& value) {
    if (option.envvar != nullptr) {
      result.variables.emplace_back(option.envvar, value);
    } else {
      // What libpq shows as "*" is a password.
      if (option.dispchar != nullptr && *option.dispchar == '*')
        throw has_no_variable(option.keyword);
      others += (others.empty() ? "" : " ") + std::string(option.keyword) + "=" +
                quote_connection_value(value);
    }
  };
  const ConnectionOptions parsed = options_of(url);
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) {
      take(*option, option->val);
      continue;
    }
    for (const auto& [keyword, value] : options.defaults)
      if (keyword == option->keyword) take(*option, value);
  }
  if (!others.empty()) result.arguments = {"--dbname=" + others};
  return result;
}

}  // namespace migrator

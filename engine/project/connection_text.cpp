#include "engine/project/connection_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/project/connection_reader.h"

namespace migrator {
namespace {

[[noreturn]] void refuse_scheme(std::string_view text) {
  const std::string_view scheme = text.substr(0, text.find("://"));
  const std::string lower = to_lower_ascii(scheme);
  if (lower == "postgres" || lower == "postgresql")
    refuse_connection_text("its scheme is not in lower case", "begin it with postgres://");
  if (lower == "jdbc:postgresql")
    refuse_connection_text("it is a JDBC URL",
                           "remove \"jdbc:\", and put user and password before the host: "
                           "postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
  // Only schemes of others are quoted: a password may hold "://" as well.
  constexpr auto others = std::to_array<std::string_view>(
      {"mysql", "mariadb", "sqlite", "mssql", "sqlserver", "mongodb", "redis", "http", "https"});
  refuse_connection_text(std::ranges::find(others, lower) != others.end()
                             ? fmt::format("its scheme is \"{}\"", lower)
                             : "its scheme is not postgres",
                         "begin it with postgres:// or postgresql://");
}

}  // namespace

void refuse_connection_text(std::string_view reason, std::string_view hint) {
  throw Error(ErrorKind::configuration,
              Finding{.id = "url-invalid",
                      .message = fmt::format("not a usable database URL: {}", reason),
                      .hint = std::string(hint)});
}

ConnectionText read_connection_text(std::string_view text) {
  if (text.find('\0') != text.npos) refuse_connection_text("it holds a NUL byte", "remove it");
  if (text.starts_with("postgres://") || text.starts_with("postgresql://"))
    return read_connection_url(text);
  const std::size_t scheme = text.find("://");
  const std::size_t equals = text.find('=');
  if (scheme < equals) refuse_scheme(text);
  if (equals != text.npos) return read_connection_pairs(text);
  refuse_connection_text("it begins with no scheme and holds no key=value",
                         "write postgres://USER:PASSWORD@HOST:PORT/DATABASE, or \"embedded\"");
}

}  // namespace migrator

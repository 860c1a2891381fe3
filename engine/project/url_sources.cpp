#include "engine/project/url_sources.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/project/connection_text.h"

namespace migrator {
namespace {

using Find = std::optional<Variable> (Variables::*)(const std::string&) const;

/// A mounted secret: the file's content.
Variable read_secret_file(const Variable& naming) {
  if (trim(naming.value).empty()) fail_because_empty(naming);
  Variable secret{naming.name, {}, naming.origin, naming.folder};
  try {
    secret.value = read_file(naming.folder / naming.value);
  } catch (const Error& error) {
    Finding finding = error.finding();
    finding.message = fmt::format("{}: {}", naming.origin, finding.message);
    fail(std::move(finding));
  }
  while (secret.value.ends_with('\n') || secret.value.ends_with('\r')) secret.value.pop_back();
  if (trim(secret.value).empty())
    fail(
        complaint("variable-empty", fmt::format("the file that {} names is empty", naming.origin)));
  return secret;
}

/// The URL that NAME or NAME_FILE gives.
std::optional<Variable> find_url(const std::string& name, const Variables& variables, Find find) {
  const std::optional<Variable> direct = (variables.*find)(name);
  const std::optional<Variable> naming = (variables.*find)(name + "_FILE");
  if (direct && naming) {
    Finding finding = complaint(
        "variable-twice", fmt::format("both {} and {} are set", direct->origin, naming->origin));
    finding.next = "unset one of them";
    fail(std::move(finding));
  }
  if (naming) return read_secret_file(*naming);
  if (direct && trim(direct->value).empty()) fail_because_empty(*direct);
  return direct;
}

std::optional<Variable> choose(const std::string& environment, const Variables& variables,
                               Find find, std::vector<Finding>& notes) {
  std::optional<Variable> chosen;
  for (const std::string& name : url_variables(environment)) {
    std::optional<Variable> found = find_url(name, variables, find);
    if (!found) continue;
    if (!chosen) {
      chosen = std::move(found);
    } else if (found->value != chosen->value) {
      notes.push_back(complaint("url-variable-unused",
                                fmt::format("{} is used; {} says something else and is not used",
                                            chosen->origin, found->origin)));
      notes.back().severity = Severity::note;
    }
  }
  return chosen;
}

}  // namespace

std::vector<std::string> url_variables(const std::string& environment) {
  std::vector<std::string> names;
  if (environment == "prod") names.emplace_back("PROD_CONNECTION_URL");
  names.insert(names.end(), {"MIGRATOR_URL", "DATABASE_URL", "CONNECTION_URL"});
  return names;
}

std::vector<std::string> libpq_place_variables() {
  return {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"};
}

Setting<DatabaseUrl> parse_url(const std::string& text, std::string origin) {
  try {
    return {DatabaseUrl::parse(text), std::move(origin)};
  } catch (const Error& error) {
    Finding finding = error.finding();
    finding.message = fmt::format("{}: {}", origin, finding.message);
    fail(std::move(finding));
  }
}

std::optional<Setting<DatabaseUrl>> url_from_flag_or_variables(
    const std::optional<std::string>& flag, const std::string& environment,
    const Variables& variables, std::vector<Finding>& notes) {
  if (flag) {
    if (trim(*flag).empty()) fail(complaint("url-empty", "--url is empty"));
    return parse_url(*flag, "--url");
  }
  // Whatever the process says wins over whatever .env says, also under another name: who types
  // CONNECTION_URL=... before the command means it.
  for (const Find find : {&Variables::find_in_process, &Variables::find_in_dotenv})
    if (const auto chosen = choose(environment, variables, find, notes))
      return parse_url(chosen->value, chosen->origin);
  return std::nullopt;
}

LibpqDefaults libpq_defaults(const Variables& variables) {
  using Parameter = std::pair<const char*, const char*>;
  constexpr auto parameters =
      std::to_array<Parameter>({{"PGHOST", "host"},
                                {"PGHOSTADDR", "hostaddr"},
                                {"PGPORT", "port"},
                                {"PGDATABASE", "dbname"},
                                {"PGUSER", "user"},
                                {"PGPASSWORD", "password"},
                                {"PGPASSFILE", "passfile"},
                                {"PGSERVICE", "service"},
                                {"PGOPTIONS", "options"},
                                {"PGAPPNAME", "application_name"},
                                {"PGCONNECT_TIMEOUT", "connect_timeout"},
                                {"PGTARGETSESSIONATTRS", "target_session_attrs"},
                                {"PGLOADBALANCEHOSTS", "load_balance_hosts"},
                                {"PGCHANNELBINDING", "channel_binding"},
                                {"PGREQUIREAUTH", "require_auth"},
                                {"PGREQUIREPEER", "requirepeer"},
                                {"PGSSLMODE", "sslmode"},
                                {"PGSSLNEGOTIATION", "sslnegotiation"},
                                {"PGSSLCOMPRESSION", "sslcompression"},
                                {"PGSSLCERT", "sslcert"},
                                {"PGSSLKEY", "sslkey"},
                                {"PGSSLCERTMODE", "sslcertmode"},
                                {"PGSSLROOTCERT", "sslrootcert"},
                                {"PGSSLCRL", "sslcrl"},
                                {"PGSSLCRLDIR", "sslcrldir"},
                                {"PGSSLSNI", "sslsni"},
                                {"PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"},
                                {"PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"},
                                {"PGGSSENCMODE", "gssencmode"},
                                {"PGKRBSRVNAME", "krbsrvname"},
                                {"PGGSSLIB", "gsslib"},
                                {"PGGSSDELEGATION", "gssdelegation"}});
  LibpqDefaults defaults;
  for (const auto& [name, key] : parameters) {
    // libpq reads the process's variables itself; those of .env it has to be told.
    if (variables.find_in_process(name)) continue;
    const std::optional<Variable> variable = variables.find_in_dotenv(name);
    if (variable && !variable->value.empty()) defaults.emplace_back(key, variable->value);
  }
  return defaults;
}

std::optional<Setting<DatabaseUrl>> url_from_libpq_variables(const Variables& variables) {
  std::optional<std::string> place;
  for (const std::string& name : libpq_place_variables()) {
    const std::optional<Variable> variable = variables.find(name);
    if (variable && !variable->value.empty() && !place) place = variable->origin;
  }
  if (!place) return std::nullopt;

  std::string text;
  for (const auto& [key, value] : libpq_defaults(variables))
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, quote_connection_value(value));
  return parse_url(text, *place);
}

}  // namespace migrator

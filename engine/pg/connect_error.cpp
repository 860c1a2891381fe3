#include "engine/pg/connect_error.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/pg/pause.h"
#include "engine/pg/server_error.h"

namespace migrator {
namespace {

struct Case {
  std::string_view id;
  std::string_view next;
};

constexpr Case refused = {
    "connection-refused",
    "start the server, or correct host and port; `migrator wait` waits until it accepts"};
constexpr Case host_unknown = {
    "host-unknown", "correct the host in the database URL, or look at the network's DNS"};
constexpr Case password = {"password-refused",
                           "correct user and password of the database URL, or let the server's "
                           "pg_hba.conf admit them"};
constexpr Case missing = {"database-missing", "`migrator setup` creates the database"};
constexpr Case starting = {"server-starting",
                           "try again in a moment; `migrator wait` waits until it accepts"};
constexpr Case too_many = {"too-many-connections",
                           "close other connections or raise the server's limit, then try again"};
constexpr Case silent = {"connection-timeout",
                         "look whether host and port are right and no firewall drops the packets"};
constexpr Case failed = {"connection-failed", "correct the database URL, or what the server says"};

struct Sign {
  std::string_view sign;
  Case means;
};

constexpr std::array<Sign, 6> sqlstates = {{{"28P01", password},
                                            {"28000", password},
                                            {"3D000", missing},
                                            {"57P03", starting},
                                            {"53300", too_many},
                                            {"08006", failed}}};

/// A pooler's, with whatever SQLSTATE.
constexpr Sign poolers_word = {"no such database", missing};

// libpq's own words; English, since nobody calls setlocale.
constexpr std::array<Sign, 8> words = {{{"could not translate host name", host_unknown},
                                        {"no password supplied", password},
                                        {"password authentication failed", password},
                                        {"Connection refused", refused},
                                        {"No such file or directory", refused},
                                        {"server closed the connection unexpectedly", refused},
                                        {"timeout expired", silent},
                                        {"Connection timed out", silent}}};

// "connection to server at "h", port 1 failed: FATAL:  28P01: what" without its beginning.
ErrorLine reason_of(std::string_view line) {
  constexpr std::string_view failed_at = " failed: ";
  if (line.starts_with("connection to server")) {
    if (const auto at = line.find(failed_at); at != std::string_view::npos) {
      line.remove_prefix(at + failed_at.size());
    }
  }
  return read_error_line(line);
}

// One reason for each address that was tried; what follows a sentence explains it.
std::vector<ErrorLine> reasons_of(std::string_view message, std::string& explanation) {
  std::vector<ErrorLine> reasons;
  for (std::string_view line : split_lines(message)) {
    if (trim(line).empty() || line.starts_with("LOCATION:")) continue;
    const bool continues =
        line.starts_with('\t') || line.starts_with("DETAIL:") || line.starts_with("HINT:");
    if (!continues) {
      reasons.push_back(reason_of(line));
      continue;
    }
    if (!explanation.empty()) explanation += '\n';
    const bool is_named = line.starts_with("DETAIL:") || line.starts_with("HINT:");
    explanation += trim(is_named ? line.substr(line.find(':') + 1) : line);
  }
  if (reasons.empty()) reasons.push_back({{}, "the server gave no reason"});
  return reasons;
}

std::optional<Case> case_of(const ErrorLine& reason) {
  for (const auto& [sign, means] : sqlstates) {
    if (reason.sqlstate == sign) return means;
  }
  if (reason.what.find(poolers_word.sign) != std::string::npos) return poolers_word.means;
  // What a server says of a file that it misses is no word of libpq's.
  if (!reason.sqlstate.empty()) return std::nullopt;
  for (const auto& [sign, means] : words) {
    if (reason.what.find(sign) != std::string::npos) return means;
  }
  return std::nullopt;
}

std::string text_or(const char* text, std::string_view otherwise) {
  return text == nullptr || *text == '\0' ? std::string(otherwise) : std::string(text);
}

std::string server_name(const PGconn* handle) {
  const std::string host = text_or(PQhost(handle), "the default host");
  const std::string port = text_or(PQport(handle), "5432");
  if (host.starts_with('/')) return "the server on socket " + host + "/.s.PGSQL." + port;
  return "the server at " + host + ", port " + port;
}

Error bad_url(const DatabaseUrl& url, std::string_view what) {
  return Error(ErrorKind::configuration,
               Finding{.id = "url-invalid",
                       .message = "the database URL does not work: " + url.scrub(what),
                       .next = "correct it; the form is "
                               "postgres://user:password@host:5432/database?sslmode=require"});
}

}  // namespace

void check_connectable(const DatabaseUrl& url) {
  if (url.is_embedded()) {
    throw bad_url(url, "\"embedded\" names a local server, which has to be started first");
  }
  if (url.is_empty()) return;
  char* reason = nullptr;
  PQconninfoOption* const parsed = PQconninfoParse(url.reveal().c_str(), &reason);
  const std::string why = text_or(reason, "");
  PQfreemem(reason);
  PQconninfoFree(parsed);
  if (parsed != nullptr) return;
  // Other complaints of libpq's quote pieces of the URL that may be pieces of the password.
  const bool safe = why.starts_with("invalid URI query parameter") ||
                    why.starts_with("invalid connection option");
  throw bad_url(url, safe ? std::string_view(trim(why)) : "libpq cannot read " + url.redacted());
}

Error connect_error(const DatabaseUrl& url, const PGconn* handle,
                    std::chrono::milliseconds timed_out_after) {
  std::string explanation;
  const auto reasons = reasons_of(PQerrorMessage(handle), explanation);
  // The server's own word counts for more than the silence of another address.
  auto told = std::ranges::find_if(
      reasons, [](const ErrorLine& reason) { return !reason.sqlstate.empty(); });
  if (told == reasons.end()) told = reasons.end() - 1;
  if (told->sqlstate.empty() && told->what.starts_with("invalid ")) {
    return bad_url(url, told->what);
  }
  const bool timed_out = timed_out_after.count() > 0 && told->sqlstate.empty();
  const Case what = timed_out ? silent : case_of(*told).value_or(failed);
  Finding finding;
  finding.id = what.id;
  finding.sqlstate = told->sqlstate;
  finding.message = "cannot connect to " + server_name(handle) + ": " +
                    (timed_out ? "no answer within " + seconds_text(timed_out_after) : told->what);
  for (const ErrorLine& reason : reasons) {
    if (reason.what != told->what) finding.detail += reason.what + "\n";
  }
  finding.detail = trim(finding.detail + explanation);
  // Last, so that a password that happens to be a word of the message does not hide its meaning.
  finding.message = url.scrub(finding.message);
  finding.detail = url.scrub(finding.detail);
  finding.next = what.next;
  return Error(ErrorKind::connection, std::move(finding));
}

Error connect_cancelled(const DatabaseUrl& url) {
  return Error(ErrorKind::connection,
               Finding{.id = "cancelled",
                       .message = "stopped while connecting to " + url.redacted(),
                       .next = "run the same command again"});
}

bool may_pass(const Error& error) {
  constexpr std::array<std::string_view, 4> final_ids = {"password-refused", "database-missing",
                                                         "url-invalid", "cancelled"};
  return error.kind() == ErrorKind::connection &&
         std::ranges::find(final_ids, error.finding().id) == final_ids.end();
}

}  // namespace migrator

#include "engine/pg/connect.h"

#include <poll.h>
#include <sys/socket.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "engine/pg/connect_error.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds tick{50};
constexpr int most_addresses = 32;

bool is_known(const char* keyword) {
  PQconninfoOption* const all = PQconndefaults();
  bool known = false;
  for (const auto* option = all; option != nullptr && option->keyword != nullptr; ++option)
    known = known || std::strcmp(option->keyword, keyword) == 0;
  PQconninfoFree(all);
  return known;
}

// What stands before the URL is a default that it overrides; what stands after it overrides.
Handle begin(const DatabaseUrl& url, const ConnectOptions& options) {
  std::vector<const char*> keywords, values;
  const auto add = [&](const char* keyword, const char* value) {
    keywords.push_back(keyword);
    values.push_back(value);
  };
  add("keepalives_idle", "30");
  add("keepalives_interval", "10");
  add("keepalives_count", "3");
  add("tcp_user_timeout", "60000");
  // libpq expands the first dbname only, and that has to be the URL.
  const char* database = nullptr;
  for (const auto& [keyword, value] : options.defaults) {
    if (keyword == "dbname")
      database = value.c_str();
    else if (is_known(keyword.c_str()))
      add(keyword.c_str(), value.c_str());
  }
  const bool names_one = url.database().has_value();
  add("dbname", url.reveal().c_str());
  if (database != nullptr && !names_one) add("dbname", database);
  add("client_encoding", "UTF8");
  add("fallback_application_name", options.application_name.c_str());
  add(nullptr, nullptr);
  return Handle(PQconnectStartParams(keywords.data(), values.data(), /*expand_dbname=*/1));
}

std::chrono::milliseconds time_limit(PGconn* handle, std::chrono::milliseconds otherwise) {
  PQconninfoOption* const options = PQconninfo(handle);
  std::chrono::milliseconds limit = otherwise;
  for (const auto* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    if (std::strcmp(option->keyword, "connect_timeout") != 0 || option->val == nullptr) continue;
    if (const int seconds = std::atoi(option->val); seconds > 0) {
      limit = std::chrono::seconds(seconds);
    }
  }
  PQconninfoFree(options);
  return limit;
}

// True when the socket is ready for what libpq waits for.
bool ready(PGconn* handle, PostgresPollingStatusType wanted) {
  pollfd waiting{};
  waiting.fd = PQsocket(handle);
  waiting.events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
  return poll(&waiting, 1, static_cast<int>(tick.count())) > 0;
}

}  // namespace

Handle connect(const DatabaseUrl& url, const ConnectOptions& options, const std::stop_token& stop) {
  check_connectable(url);
  Handle handle = begin(url, options);
  if (!handle) throw std::bad_alloc();
  // The code of an error at connecting is shown in its text only, and only when verbose.
  PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);
  const auto limit = time_limit(handle.get(), options.timeout);
  auto deadline = Clock::now() + limit;
  int timeouts = 0;
  auto status =
      PQstatus(handle.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK) {
    if (status == PGRES_POLLING_FAILED) {
      throw connect_error(url, handle.get(), timeouts > 0 ? limit : std::chrono::milliseconds(0));
    }
    if (stop.stop_requested()) throw connect_cancelled(url);
    if (!ready(handle.get(), status)) {
      if (Clock::now() < deadline) continue;
      // Only libpq itself can go on to its next address: it does so when this one breaks.
      if (++timeouts > most_addresses) throw connect_error(url, handle.get(), limit);
      shutdown(PQsocket(handle.get()), SHUT_RDWR);
      deadline = Clock::now() + limit;
    }
    status = PQconnectPoll(handle.get());
  }
  return handle;
}

EffectivePlace effective_place(const DatabaseUrl& url, const ConnectOptions& options) {
  check_connectable(url);
  const Handle handle = begin(url, options);
  const auto text = [](const char* value) { return std::string(value == nullptr ? "" : value); };
  if (!handle) return {};
  return {text(PQhost(handle.get())), text(PQport(handle.get())), text(PQdb(handle.get()))};
}

std::string effective_database(const DatabaseUrl& url, const ConnectOptions& options) {
  return effective_place(url, options).database;
}

}  // namespace migrator

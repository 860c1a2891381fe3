#include "engine/pg/connection.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/cancel.h"
#include "engine/pg/connect.h"
#include "engine/pg/script.h"
#include "engine/pg/session.h"

namespace migrator {
namespace {

std::string text_or_empty(const char* text) {
  return text == nullptr ? "" : text;
}

std::string field(const PGresult* result, int code) {
  return text_or_empty(PQresultErrorField(result, code));
}

void receive_notice(void* session, const PGresult* result) {
  const auto& sink = static_cast<Connection::Session*>(session)->notices;
  if (!sink) return;
  Notice notice{.severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED),
                .sqlstate = field(result, PG_DIAG_SQLSTATE),
                .message = field(result, PG_DIAG_MESSAGE_PRIMARY),
                .detail = field(result, PG_DIAG_MESSAGE_DETAIL),
                .hint = field(result, PG_DIAG_MESSAGE_HINT)};
  try {
    sink(notice);
  } catch (...) {
    // libpq is C: nothing may be thrown through it, and a notice is no reason to stop.
  }
}

}  // namespace

Connection::Connection(std::unique_ptr<Session> session) : session_(std::move(session)) {
  // After libpqxx has installed its own.
  PQsetNoticeReceiver(session_->handle, receive_notice, session_.get());
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Connection Connection::open(const DatabaseUrl& url, const ConnectOptions& options,
                            std::stop_token stop) {
  Connection connection(std::make_unique<Session>(connect(url, options, stop)));
  connection.session_->stop = stop;
  // The splitter reads backslashes so. The server has told its setting already: no round trip.
  const std::string conforming =
      text_or_empty(PQparameterStatus(connection.session_->handle, "standard_conforming_strings"));
  if (conforming != "on") run_command(connection, "set standard_conforming_strings = on", stop);
  return connection;
}

std::vector<Row> Connection::query(std::string_view sql, std::span<const Field> parameters) {
  constexpr std::string_view query_canceled = "57014";
  const bool was_stopped = session_->stop.stop_requested();
  try {
    const Interruption interruption(session_->handle, session_->stop);
    const Patience::Waiting waiting(session_->patience ? &*session_->patience : nullptr);
    return session_->queries.run(sql, parameters);
  } catch (const Error& error) {
    const bool stopped_now = !was_stopped && session_->stop.stop_requested();
    if (!stopped_now || error.finding().sqlstate != query_canceled) throw;
    throw Error(error.kind(), {.id = "cancelled",
                               .message = "stopped, and what was asked of the server was cancelled",
                               .sqlstate = std::string(query_canceled),
                               .next = "run the same command again"});
  }
}

void Connection::on_notice(NoticeSink sink) {
  session_->notices = std::move(sink);
}

void Connection::set_patience(std::chrono::milliseconds limit) {
  if (!session_->patience) session_->patience.emplace(session_->handle);
  session_->patience->set_limit(limit);
}

void Connection::hurry() {
  set_patience(patience());
  session_->patience->set_most(kCancelPatience);
}

std::chrono::milliseconds Connection::patience() const {
  return session_->patience ? session_->patience->limit() : std::chrono::milliseconds(0);
}

void Connection::give_up() {
  break_connection(session_->handle);
}

void Connection::keep_settings(std::vector<ServerSetting> settings) {
  // Beside those of other names: several have a wish each.
  for (ServerSetting& setting : settings) {
    const auto known = std::ranges::find(session_->settings, setting.name, &ServerSetting::name);
    if (known == session_->settings.end())
      session_->settings.push_back(std::move(setting));
    else
      known->value = std::move(setting.value);
  }
}
const std::vector<ServerSetting>& Connection::kept_settings() const {
  return session_->settings;
}

void Connection::show_queries(bool shown) {
  session_->shows_queries = shown;
}
bool Connection::shows_queries() const {
  return session_->shows_queries;
}

bool Connection::is_pooled() const {
  return session_->pooled;
}
void Connection::set_pooled(bool pooled) {
  session_->pooled = pooled;
}

int Connection::server_version() const {
  return PQserverVersion(session_->handle);
}
std::string Connection::database() const {
  return text_or_empty(PQdb(session_->handle));
}
std::string Connection::user() const {
  return text_or_empty(PQuser(session_->handle));
}
std::string Connection::host() const {
  return text_or_empty(PQhost(session_->handle));
}
std::string Connection::port() const {
  return text_or_empty(PQport(session_->handle));
}
std::string Connection::application_name() const {
  return text_or_empty(PQparameterStatus(session_->handle, "application_name"));
}
int Connection::backend_pid() const {
  return PQbackendPID(session_->handle);
}

bool Connection::in_transaction() const {
  const auto status = PQtransactionStatus(session_->handle);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool Connection::is_alive() const {
  return PQstatus(session_->handle) == CONNECTION_OK;
}

}  // namespace migrator

#include "engine/pg/json_query.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/pg/cancel.h"
#include "engine/pg/json_rows.h"
#include "engine/pg/script.h"
#include "engine/pg/server_error.h"
#include "engine/pg/session.h"

namespace migrator {
namespace {

constexpr std::string_view kBefore = "with _query as (\n";
// json_agg goes through the rows in the order in which the query gives them.
constexpr std::string_view kAsArray =
    "\n) select coalesce(pg_catalog.json_agg(pg_catalog.row_to_json(_query)), '[]') from _query";
constexpr std::string_view kAsObject =
    "\n) select pg_catalog.row_to_json(_query) from _query limit 2";

/// Rolls back what was not ended.
class Transaction {
 public:
  Transaction(Connection& connection, QueryMode mode, const std::stop_token& stop)
      : connection_(connection) {
    run_command(connection, mode == QueryMode::commit ? "begin" : "begin read only", stop);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!connection_.is_alive() || !connection_.in_transaction()) return;
    try {
      run_quick_command(connection_, "rollback");
    } catch (const Error&) {
      // The session is gone, and the transaction with it.
    }
  }

 private:
  Connection& connection_;
};

class Question {
 public:
  Question(Connection& connection, const BoundQuery& query, Values values, std::stop_token stop)
      : connection_(connection), query_(query), stop_(std::move(stop)) {
    for (const Field& value : values) values_.push_back(value ? value->c_str() : nullptr);
    if (values_.size() != query.names.size())
      throw Error(ErrorKind::usage, {.id = "query-parameter",
                                     .message = fmt::format("the query has {} parameters, not {}",
                                                            query.names.size(), values_.size())});
  }

  /// Has the server read it as it was written: complaints are about that. The columns of its rows.
  int columns() {
    prepare(query_.sql.text(), 0);
    const Result told = ask([&] { return PQdescribePrepared(handle(), ""); });
    if (PQresultStatus(told.get()) != PGRES_COMMAND_OK) fail(told.get(), query_.sql.text(), 0);
    return PQnfields(told.get());
  }

  /// Runs what was prepared last.
  Result run() {
    const std::string& sql = query_.sql.text();
    Result result = ask([&] {
      return PQexecPrepared(handle(), "", static_cast<int>(values_.size()), values_.data(), nullptr,
                            nullptr, 0);
    });
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
      connection_.give_up();
      throw Error(ErrorKind::usage,
                  {.id = "query-form", .message = "COPY with a client's data is no query"});
    }
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(result.get(), sql, 0);
    return result;
  }

  Result run_wrapped(std::string_view behind) {
    if (!fits_in_with(query_.sql.text())) return run_again(run(), behind);
    const std::string sql = fmt::format("{}{}{}", kBefore, query_.sql.text(), behind);
    prepare(sql, kBefore.size());
    return run();
  }

 private:
  PGconn* handle() { return connection_.session().handle; }

  template <typename Call>
  Result ask(Call&& call) {
    const Interruption interruption(handle(), stop_);
    return Result(call());
  }

  void prepare(const std::string& sql, std::size_t before) {
    const Result result = ask([&] { return PQprepare(handle(), "", sql.c_str(), 0, nullptr); });
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) fail(result.get(), sql, before);
  }

  Result run_again(const Result& rows, std::string_view behind) {
    const RowsAgain again = rows_again(connection_, rows);
    const std::string sql = fmt::format("{}{}{}", kBefore, again.sql, behind);
    const char* const json = again.json.c_str();
    Result result = ask([&] {
      return PQexecParams(handle(), sql.c_str(), 1, nullptr, &json, nullptr, nullptr, 0);
    });
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) fail(result.get(), sql, std::string::npos);
    return result;
  }

  [[noreturn]] void fail(const PGresult* result, const std::string& sent, std::size_t before) {
    if (PQstatus(handle()) == CONNECTION_BAD) throw connection_lost(PQerrorMessage(handle()));
    Finding finding = finding_of(result);
    finding.id = "query-failed";
    if (stop_.stop_requested() && finding.sqlstate == kQueryCanceled) finding = cancelled_finding();
    const auto offset = error_offset(result, sent);
    const bool is_inside =
        offset && *offset >= before && *offset - before < query_.sql.text().size() + 1;
    if (is_inside)
      finding.place = query_.place_of(*offset - before);
    else if (!query_.file.empty())
      finding.place = Place{.file = query_.file};
    throw Error(ErrorKind::migration, std::move(finding));
  }

  Connection& connection_;
  const BoundQuery& query_;
  std::stop_token stop_;
  std::vector<const char*> values_ = {};
};

std::string text_of(const Result& result) {
  const int length = PQgetlength(result.get(), 0, 0);
  return {PQgetvalue(result.get(), 0, 0), static_cast<std::size_t>(length)};
}

void end(Connection& connection, QueryMode mode, const std::stop_token& stop) {
  if (mode == QueryMode::commit) commit(connection, stop);
}

std::uint64_t rows_of(const Result& result) {
  const std::string_view text = PQcmdTuples(result.get());
  std::uint64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

void require_rows(int columns, const BoundQuery& query) {
  if (columns > 0) return;
  Finding finding{.id = "query-rows", .message = "the statement returns no rows to make JSON of"};
  if (!query.file.empty()) finding.place = Place{.file = query.file};
  throw Error(ErrorKind::usage, std::move(finding));
}

}  // namespace

std::string query_object_json(Connection& connection, const BoundQuery& query, Values values,
                              QueryMode mode, std::stop_token stop) {
  const Transaction transaction(connection, mode, stop);
  Question question(connection, query, values, stop);
  require_rows(question.columns(), query);
  const Result result = question.run_wrapped(kAsObject);
  if (PQntuples(result.get()) > 1)
    throw Error(ErrorKind::migration,
                {.id = "query-rows",
                 .message = "the query returns several rows, and an object is one",
                 .kept = mode == QueryMode::commit ? "nothing: it was rolled back" : "",
                 .next = "ask for the one (where, limit 1), or for --array"});
  const std::string json = PQntuples(result.get()) == 0 ? "null" : text_of(result);
  end(connection, mode, stop);
  return json;
}

std::string query_array_json(Connection& connection, const BoundQuery& query, Values values,
                             QueryMode mode, std::stop_token stop) {
  const Transaction transaction(connection, mode, stop);
  Question question(connection, query, values, stop);
  require_rows(question.columns(), query);
  const std::string json = text_of(question.run_wrapped(kAsArray));
  end(connection, mode, stop);
  return json;
}

std::uint64_t query_commit(Connection& connection, const BoundQuery& query, Values values,
                           std::stop_token stop) {
  const Transaction transaction(connection, QueryMode::commit, stop);
  Question question(connection, query, values, stop);
  question.columns();
  const std::uint64_t rows = rows_of(question.run());
  end(connection, QueryMode::commit, stop);
  return rows;
}

std::string query_json(Connection& connection, const BoundQuery& query, Values values,
                       QueryMode mode, std::stop_token stop) {
  const Transaction transaction(connection, mode, stop);
  Question question(connection, query, values, stop);
  const std::string json = question.columns() > 0
                               ? text_of(question.run_wrapped(kAsArray))
                               : fmt::format("{{\"rows\": {}}}", rows_of(question.run()));
  end(connection, mode, stop);
  return json;
}

}  // namespace migrator

#include "engine/pg/script.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/pg/cancel.h"
#include "engine/pg/exchange.h"
#include "engine/pg/server_error.h"
#include "engine/pg/session.h"
#include "engine/sql/summary.h"

namespace migrator {
namespace {

// What one message brought: the last command that was done, and the first complaint.
struct Answer {
  CommandResult done;
  bool is_done = false;
  Result failure;
  bool cancelled = false;
  bool given_up = false;
};

bool is_failure(ExecStatusType status) {
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
         status == PGRES_NONFATAL_ERROR;
}

CommandResult command_result(PGresult* result) {
  CommandResult command{.tag = PQcmdStatus(result)};
  const std::string_view rows = PQcmdTuples(result);
  std::from_chars(rows.data(), rows.data() + rows.size(), command.rows);
  return command;
}

/// The rows for a COPY, and what owns them.
struct Rows {
  std::string_view data;
  const Content* content = nullptr;
  std::size_t offset = 0;  ///< of the data in it
  const DataSent* told = nullptr;
};

void keep_fields(const PGresult* result, std::vector<std::string>& fields) {
  for (int row = 0; row < PQntuples(result); ++row)
    for (int column = 0; column < PQnfields(result); ++column)
      if (PQgetisnull(result, row, column) == 0)
        fields.emplace_back(PQgetvalue(result, row, column));
}

/// `fields`, where given, gets every field of the result that is not null.
Answer ask(PGconn* handle, const std::string& sql, std::optional<Rows> data,
           const std::stop_token& stop, std::vector<std::string>* fields = nullptr,
           const RowsTaken& take = {}) {
  Answer answer;
  Exchange exchange(handle, stop);
  exchange.send(sql);
  while (Result result = exchange.next_result()) {
    const auto status = PQresultStatus(result.get());
    if (is_failure(status)) {
      if (!answer.failure) answer.failure = std::move(result);
    } else if (status == PGRES_COPY_IN && data) {
      const Rows rows = *std::exchange(data, std::nullopt);
      exchange.copy_in(rows.data, [&](std::size_t sent) {
        if (rows.content != nullptr) rows.content->passed(rows.offset + sent);
        if (rows.told != nullptr && *rows.told) (*rows.told)(sent, rows.data.size());
      });
    } else if (status == PGRES_COPY_IN) {
      exchange.refuse_copy_in("no data follows this COPY in the file");
    } else if (status == PGRES_COPY_OUT) {
      exchange.copy_out(take);
    } else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      answer.done = command_result(result.get());
      answer.is_done = true;
    } else if (status == PGRES_EMPTY_QUERY) {
      answer.is_done = true;
    }
    if (fields != nullptr) keep_fields(result.get(), *fields);
    if (exchange.was_given_up()) break;
  }
  exchange.finish();
  answer.cancelled = exchange.was_cancelled();
  answer.given_up = exchange.was_given_up();
  return answer;
}

// Throws what the answer has to complain of, as a Finding that has no place yet.
template <typename AddPlace>
CommandResult settle(PGconn* handle, Answer answer, const AddPlace& add_place) {
  if (answer.given_up) {
    Error error = not_confirmed();
    Finding finding = error.finding();
    add_place(finding, nullptr);
    throw Error(error.kind(), std::move(finding));
  }
  if (PQstatus(handle) == CONNECTION_BAD) {
    const PGresult* last = answer.failure.get();
    throw connection_lost(last != nullptr ? PQresultErrorMessage(last) : PQerrorMessage(handle));
  }
  if (!answer.failure && answer.is_done) return std::move(answer.done);
  if (!answer.failure) {
    Finding finding{.id = "no-answer",
                    .message = "the server did not say that the statement was done"};
    add_place(finding, nullptr);
    throw Error(ErrorKind::migration, std::move(finding));
  }
  Finding finding = finding_of(answer.failure.get());
  if (answer.cancelled && finding.sqlstate == kQueryCanceled) finding = cancelled_finding();
  add_place(finding, answer.failure.get());
  throw Error(ErrorKind::migration, std::move(finding));
}

// The byte where the n-th line of the data begins.
std::size_t line_start(const Source& source, std::size_t start, std::size_t n) {
  Trail trail(source);
  for (; n > 1; --n) {
    const auto end = source.text.find('\n', start);
    if (end == std::string_view::npos) break;
    start = end + 1;
    trail.reached(start);
  }
  return start;
}

Place place_of_failure(const Part& part, const Command& command, const Finding& finding,
                       const PGresult* failure) {
  if (command.kind == CommandKind::copy) {
    const Source source = part.source(command.data_text);
    if (const auto line = copy_line(finding.context))
      return place_of(source, line_start(source, command.data_offset, *line));
  }
  const auto inside =
      failure == nullptr ? std::nullopt : error_offset(failure, sql_of(part, command));
  return place_of(part, command, inside.value_or(0));
}

// libpq ends its text at a NUL byte: the rest would be left out in silence.
bool holds_nul(std::string_view sql) {
  return sql.find('\0') != std::string_view::npos;
}

// A place costs a walk through the text before it, so only what fails has one made.
[[noreturn]] void throw_nul(std::optional<Place> place) {
  throw Error(ErrorKind::migration, Finding{.id = "nul-byte",
                                            .message = "the statement holds a NUL byte, which "
                                                       "PostgreSQL cannot take",
                                            .place = std::move(place),
                                            .next = "remove it"});
}

/// Of a statement that \gexec made: itself, or what it is where variables may have put a secret in.
std::string shown_generated(const Command& command, const std::string& sql) {
  return "in what \\gexec ran: " + (command.expansion ? summarize(sql).what : sql);
}

/// A statement that another's result held: its own text is nowhere in the file.
void run_generated(Connection& connection, const Part& part, const Command& command,
                   const std::string& sql, const std::stop_token& stop) {
  refuse_if_stopped(stop);
  // Nobody could know it beforehand, and it would end the transaction that keeps the record.
  if (summarize(sql).transaction == TransactionNeed::control)
    throw Error(ErrorKind::migration,
                Finding{.id = "transaction-control",
                        .message = "\\gexec makes a statement that begins or ends a transaction",
                        .place = place_of(part, command),
                        .context = shown_generated(command, sql),
                        .next = "write it into the file itself"});
  PGconn* const handle = connection.session().handle;
  settle(handle, ask(handle, sql, std::nullopt, stop), [&](Finding& finding, const PGresult*) {
    finding.place = place_of(part, command);
    if (!finding.context.empty()) finding.context += "\n";
    finding.context += shown_generated(command, sql);
  });
}

}  // namespace

CommandResult run_statement(Connection& connection, const Part& part, const Command& command,
                            std::stop_token stop, const DataSent& sent) {
  refuse_if_stopped(stop);
  const std::string sql(sql_of(part, command));
  if (holds_nul(sql)) throw_nul(place_of(part, command));
  std::optional<Rows> data;
  if (command.kind == CommandKind::copy)
    data = Rows{data_of(part, command), part.source(command.data_text).content, command.data_offset,
                &sent};
  PGconn* const handle = connection.session().handle;
  std::vector<std::string> generated;
  const CommandResult result =
      settle(handle, ask(handle, sql, data, stop, command.runs_its_result() ? &generated : nullptr),
             [&](Finding& finding, const PGresult* failure) {
               finding.place = place_of_failure(part, command, finding, failure);
             });
  for (const std::string& statement : generated)
    run_generated(connection, part, command, statement, stop);
  return result;
}

CommandResult run_command(Connection& connection, std::string_view sql, std::stop_token stop) {
  refuse_if_stopped(stop);
  if (holds_nul(sql)) throw_nul(std::nullopt);
  PGconn* const handle = connection.session().handle;
  return settle(handle, ask(handle, std::string(sql), std::nullopt, stop),
                [](Finding&, const PGresult*) {});
}

CommandResult run_copy_out(Connection& connection, std::string_view sql, const RowsTaken& take,
                           std::stop_token stop) {
  refuse_if_stopped(stop);
  if (holds_nul(sql)) throw_nul(std::nullopt);
  PGconn* const handle = connection.session().handle;
  return settle(handle, ask(handle, std::string(sql), std::nullopt, stop, nullptr, take),
                [](Finding&, const PGresult*) {});
}

CommandResult run_quick_command(Connection& connection, std::string_view sql,
                                std::stop_token stop) {
  auto& patience = connection.session().patience;
  const Patience::Waiting waiting(patience ? &*patience : nullptr);
  return run_command(connection, sql, std::move(stop));
}

void commit(Connection& connection, std::stop_token stop) {
  // A transaction that has failed answers COMMIT with ROLLBACK, and with no error.
  if (run_command(connection, "COMMIT", std::move(stop)).tag != "COMMIT") throw_not_committed();
}

void throw_not_committed() {
  throw Error(ErrorKind::migration,
              Finding{.id = "not-committed",
                      .message = "the server rolled the transaction back instead of committing it",
                      .next = "look in the server's log for the reason"});
}

}  // namespace migrator

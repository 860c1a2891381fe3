#include "engine/pg/pipeline.h"

#include <utility>

#include "engine/pg/cancel.h"
#include "engine/pg/exchange.h"
#include "engine/pg/server_error.h"
#include "engine/pg/session.h"

namespace migrator {
namespace {

Field field_of(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::nullopt;
  return std::string(PQgetvalue(result, row, column),
                     static_cast<std::size_t>(PQgetlength(result, row, column)));
}

Reply reply_of(PGresult* result) {
  Reply reply{.tag = PQcmdStatus(result)};
  for (int row = 0; row < PQntuples(result); ++row) {
    Row& fields = reply.rows.emplace_back();
    for (int column = 0; column < PQnfields(result); ++column)
      fields.push_back(field_of(result, row, column));
  }
  return reply;
}

class Pipeline {
 public:
  Pipeline(Connection& connection, const PipelineOptions& options)
      : handle_(connection.session().handle), options_(options), exchange_(handle_, options.stop) {}

  PipelineEnd run(std::span<const Query> queries) {
    if (queries.empty()) return {};
    exchange_.send_together(queries, options_.tell_behind);
    await(0);
    while (!is_over_) {
      if (options_.waiting && !end_.failure && exchange_.must_wait())
        options_.waiting(end_.replies.size());
      take(exchange_.next_result());
    }
    exchange_.finish();
    if (exchange_.was_given_up()) {
      end_.failure = not_confirmed();
    } else if (PQstatus(handle_) == CONNECTION_BAD) {
      end_.failure = connection_lost(last_words_.empty() ? PQerrorMessage(handle_) : last_words_);
    }
    return std::move(end_);
  }

 private:
  void await(std::size_t index) const {
    if (options_.awaited) options_.awaited(index);
  }

  void take(Result result) {
    // One null stands behind each answer; a second one, where no more are to come.
    const bool was_null = std::exchange(last_was_null_, !result);
    if (!result) {
      is_over_ = was_null || exchange_.was_given_up() || PQstatus(handle_) == CONNECTION_BAD;
      return;
    }
    switch (PQresultStatus(result.get())) {
      case PGRES_PIPELINE_SYNC:
        is_over_ = true;
        break;
      case PGRES_PIPELINE_ABORTED:
        break;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
      case PGRES_EMPTY_QUERY:
        end_.replies.push_back(reply_of(result.get()));
        await(end_.replies.size());
        break;
      default:
        fail(result.get());
    }
  }

  void fail(const PGresult* result) {
    last_words_ = PQresultErrorMessage(result);
    if (end_.failure) return;
    Finding finding = finding_of(result);
    if (exchange_.was_cancelled() && finding.sqlstate == kQueryCanceled)
      finding = cancelled_finding();
    end_.failure.emplace(ErrorKind::migration, std::move(finding));
  }

  PGconn* handle_;
  const PipelineOptions& options_;
  Exchange exchange_;
  PipelineEnd end_ = {};
  bool last_was_null_ = false;
  bool is_over_ = false;
  std::string last_words_ = {};
};

}  // namespace

PipelineEnd run_pipeline(Connection& connection, std::span<const Query> queries,
                         const PipelineOptions& options) {
  refuse_if_stopped(options.stop);
  return Pipeline(connection, options).run(queries);
}

std::vector<Reply> run_together(Connection& connection, std::span<const Query> queries,
                                std::stop_token stop) {
  auto& patience = connection.session().patience;
  const Patience::Waiting waiting(patience ? &*patience : nullptr);
  PipelineEnd end = run_pipeline(connection, queries, {.stop = std::move(stop)});
  if (end.failure) throw Error(*std::move(end.failure));
  return std::move(end.replies);
}

}  // namespace migrator

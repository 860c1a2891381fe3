// Statements that travel to the server together and are answered together, one round trip for all
// of them: libpq's pipeline mode. To the server each is a statement of its own, with its own text
// in logs and views, its own errors and notices; what comes behind one that fails is not run. What
// it does not do: COPY, which libpq cannot have in a pipeline; read files (engine/pg/script.h).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/pg/connection.h"

namespace migrator {

/// What the server answered to one.
struct Reply {
  std::string tag;  ///< "INSERT 0 1"
  std::vector<Row> rows = {};
};

struct PipelineOptions {
  std::stop_token stop = {};  ///< cancels the statement that runs
  /// Before the answer to statement `index` is looked for; notices that come until the next call
  /// are its own, but for those of the parser ("identifier ... will be truncated").
  std::function<void(std::size_t index)> awaited = {};
  /// Behind that, when the answer is not there yet.
  std::function<void(std::size_t index)> waiting = {};
  /// The answers so far are not kept back behind this one.
  std::optional<std::size_t> tell_behind = std::nullopt;
};

struct PipelineEnd {
  std::vector<Reply> replies;                   ///< of what was done, in order
  std::optional<Error> failure = std::nullopt;  ///< of the statement behind them
};

/// Outside an explicit transaction they are one, which ends with the last of them; those of BEGIN
/// and COMMIT among them hold as anywhere. The failure is as run_command would throw it
/// (engine/pg/script.h), of kind `connection` when the session is lost: what of the rest was done
/// is not known then. Throws Error(migration, "not-sent") when libpq takes a statement for none.
PipelineEnd run_pipeline(Connection& connection, std::span<const Query> queries,
                         const PipelineOptions& options = {});

/// The same for what takes no time (run_quick_command), and throws the failure.
std::vector<Reply> run_together(Connection& connection, std::span<const Query> queries,
                                std::stop_token stop = {});

}  // namespace migrator

// Queries whose answer is JSON that the server builds, and statements that change rows: one
// statement each, in a transaction of its own, with bound parameters only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "engine/pg/connection.h"
#include "engine/sql/bound_query.h"

namespace migrator {

enum class QueryMode {
  read_only,  ///< the server refuses writes, and the transaction is rolled back
  commit,
};

/// The values of query.names, in their order. All of them throw Error(migration) with the place in
/// the query, Error(connection) when the session is lost, and leave no transaction open.
using Values = std::span<const Field>;

/// The one row as an object; "null" for no row. More than one: Error(migration, "query-rows").
std::string query_object_json(Connection& connection, const BoundQuery& query, Values values,
                              QueryMode mode = QueryMode::read_only, std::stop_token stop = {});

/// All rows, in their order, as a list of objects; "[]" for none.
std::string query_array_json(Connection& connection, const BoundQuery& query, Values values,
                             QueryMode mode = QueryMode::read_only, std::stop_token stop = {});

/// Runs and commits it. The rows that it touched.
std::uint64_t query_commit(Connection& connection, const BoundQuery& query, Values values,
                           std::stop_token stop = {});

/// query_array_json for a statement that returns rows; else {"rows": N}, those that it touched.
std::string query_json(Connection& connection, const BoundQuery& query, Values values,
                       QueryMode mode, std::stop_token stop = {});

}  // namespace migrator

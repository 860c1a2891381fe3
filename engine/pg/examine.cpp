#include "engine/pg/examine.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "engine/pg/index_state.h"

namespace migrator {
namespace {

/// What a table or index is called in a sentence.
std::string missing(std::string_view what, const ObjectName& name) {
  return fmt::format("there is no {} {}", what, to_text(name));
}

Examination of_unnamed_index(const OutsideAction& action, const std::vector<IndexState>& indexes) {
  for (const IndexState& index : indexes)
    if (!index.valid)
      return {Fate::broken, fmt::format("index {} exists and is invalid", index.name)};
  if (indexes.empty())
    return {Fate::not_done, fmt::format("table {} has no index with a name that the server chose",
                                        to_text(action.table))};
  return {Fate::unknown,
          fmt::format("the statement names no index, and {} may be it or older", indexes[0].name)};
}

Examination of_create_index(Connection& connection, const OutsideAction& action) {
  if (relation_oid(connection, action.table).empty())
    return {Fate::not_done, missing("table", action.table)};
  const std::vector<IndexState> indexes = indexes_of(connection, action);
  if (action.object.name.empty()) return of_unnamed_index(action, indexes);
  if (indexes.empty())
    return {Fate::not_done, fmt::format("table {} has no index {}", to_text(action.table),
                                        name_text(action.object.name))};
  const IndexState& index = indexes[0];
  return index.valid
             ? Examination{Fate::done, fmt::format("index {} exists and is valid", index.name)}
             : Examination{Fate::broken, fmt::format("index {} exists and is invalid", index.name)};
}

Examination of_drop_index(Connection& connection, const OutsideAction& action) {
  const std::vector<IndexState> indexes = indexes_of(connection, action);
  if (indexes.empty()) return {Fate::done, missing("index", action.object)};
  return {Fate::not_done, fmt::format("index {} still exists{}", indexes[0].name,
                                      indexes[0].valid ? "" : ", invalid by now")};
}

Examination of_reindex(Connection& connection, const OutsideAction& action) {
  const std::vector<IndexState> left = leftovers_of(connection, action);
  if (!left.empty())
    return {Fate::broken, fmt::format("the invalid index {} was left behind", left[0].name)};
  return {Fate::repeatable, "nothing was left behind, and doing it again does no harm"};
}

Examination of_detach(Connection& connection, const OutsideAction& action) {
  const Field table = relation_oid(connection, action.table);
  const Field partition = relation_oid(connection, action.object);
  // A detach removes neither, so that what is missing was removed by something else.
  if (table->empty()) return {Fate::unknown, missing("table", action.table)};
  if (partition->empty()) return {Fate::unknown, missing("table", action.object)};
  const std::string_view pending =
      connection.server_version() >= 140000 ? "inhdetachpending" : "false";
  const std::vector<Field> parameters{table, partition};
  const auto rows = connection.query(fmt::format("select {} from pg_catalog.pg_inherits "
                                                 "where inhparent = $1::pg_catalog.oid "
                                                 "and inhrelid = $2::pg_catalog.oid",
                                                 pending),
                                     parameters);
  const std::string who = to_text(action.object);
  const std::string of = to_text(action.table);
  if (rows.empty()) return {Fate::done, fmt::format("{} is no partition of {}", who, of)};
  if (rows[0][0] == "t")
    return {Fate::broken, fmt::format("detaching {} from {} was begun and not finished", who, of)};
  return {Fate::not_done, fmt::format("{} is a partition of {}", who, of)};
}

std::vector<Row> rows_named(Connection& connection, std::string_view sql, const std::string& name) {
  const Field parameter = name;
  return connection.query(sql, {&parameter, 1});
}

Examination of_database(Connection& connection, const OutsideAction& action) {
  const std::string& name = action.object.name;
  const auto rows = rows_named(connection,
                               "select datconnlimit = -2 from pg_catalog.pg_database "
                               "where datname = $1::pg_catalog.name",
                               name);
  const bool create = action.kind == OutsideKind::create_database;
  if (rows.empty())
    return {create ? Fate::not_done : Fate::done, missing("database", action.object)};
  // Only a DROP DATABASE that was broken off leaves a database so.
  if (rows[0][0] == "t")
    return {create ? Fate::broken : Fate::not_done,
            fmt::format("database {} was dropped by half, and can only be dropped",
                        to_text(action.object))};
  return {create ? Fate::done : Fate::not_done,
          fmt::format("database {} exists", to_text(action.object))};
}

Examination of_tablespace(Connection& connection, const OutsideAction& action) {
  const bool exists = !rows_named(connection,
                                  "select from pg_catalog.pg_tablespace "
                                  "where spcname = $1::pg_catalog.name",
                                  action.object.name)
                           .empty();
  const bool create = action.kind == OutsideKind::create_tablespace;
  return {exists == create ? Fate::done : Fate::not_done,
          exists ? fmt::format("tablespace {} exists", to_text(action.object))
                 : missing("tablespace", action.object)};
}

Examination of_prepared(Connection& connection, const OutsideAction& action) {
  const bool exists =
      !rows_named(connection, "select from pg_catalog.pg_prepared_xacts where gid = $1",
                  action.object.name)
           .empty();
  return {exists ? Fate::not_done : Fate::done,
          exists ? fmt::format("transaction {} is still prepared", action.object.name)
                 : missing("prepared transaction", action.object)};
}

}  // namespace

Examination examine(Connection& connection, const OutsideAction& action) {
  switch (action.kind) {
    case OutsideKind::create_index:
      return of_create_index(connection, action);
    case OutsideKind::drop_index:
      return of_drop_index(connection, action);
    case OutsideKind::reindex_index:
    case OutsideKind::reindex_table:
    case OutsideKind::reindex_all:
      return of_reindex(connection, action);
    case OutsideKind::detach_partition:
      return of_detach(connection, action);
    case OutsideKind::create_database:
    case OutsideKind::drop_database:
      return of_database(connection, action);
    case OutsideKind::create_tablespace:
    case OutsideKind::drop_tablespace:
      return of_tablespace(connection, action);
    case OutsideKind::end_prepared:
      return of_prepared(connection, action);
    case OutsideKind::repeatable:
      return {Fate::repeatable, "doing it again does no harm"};
    case OutsideKind::unknown:
      break;
  }
  return {Fate::unknown, "the catalog cannot tell whether it was done"};
}

}  // namespace migrator

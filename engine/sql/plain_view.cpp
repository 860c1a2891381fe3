#include "engine/sql/plain_view.h"

#include <algorithm>
#include <vector>

#include "engine/sql/parse_tree.h"
#include "engine/sql/scanner.h"

namespace migrator {
namespace {

TreeNode query_of(const ParseTree& tree) {
  const TreeNode statement = tree.statement().inner();
  return statement["query"]["SelectStmt"];
}

/// What columns of the only thing in FROM are called by; empty where there is more, or less.
std::string_view prefix_of(TreeNode query) {
  if (query["larg"] || query["fromClause"].size() != 1) return {};
  TreeNode from = query["fromClause"].last();
  if (from.type() == "RangeTableSample") from = from.inner()["relation"];
  if (from.type() == "JoinExpr") return {};
  const TreeNode alias = from.inner()["alias"]["aliasname"];
  return alias ? alias.text() : from["RangeVar"]["relname"].text();
}

struct Column {
  std::string_view table;
  std::string_view name;
  std::size_t offset = 0;
};

/// "table.name", and nothing of any other form.
std::vector<Column> columns_in(TreeNode tree) {
  std::vector<Column> columns;
  for (const TreeNode reference : tree.all("ColumnRef")) {
    const TreeNode fields = reference["fields"];
    if (fields.size() != 2 || !fields.last()["String"]) continue;
    columns.push_back({.table = (*fields.begin())["String"]["sval"].text(),
                       .name = fields.last()["String"]["sval"].text(),
                       .offset = static_cast<std::size_t>(reference["location"].number())});
  }
  return columns;
}

/// Those of queries inside the query, which always have their prefix.
std::vector<std::size_t> offsets_inside(TreeNode query) {
  std::vector<std::size_t> offsets;
  for (const TreeNode below : query.all("SelectStmt"))
    for (const Column& column : columns_in(below)) offsets.push_back(column.offset);
  return offsets;
}

/// Those of ORDER BY that would mean a column of the result without their prefix.
std::vector<std::size_t> offsets_taken(TreeNode query) {
  std::vector<std::size_t> offsets;
  for (const TreeNode key : query["sortClause"]) {
    const TreeNode reference = key["SortBy"]["node"]["ColumnRef"];
    const std::string_view name = reference["fields"].last()["String"]["sval"].text();
    for (const TreeNode target : query["targetList"])
      if (!name.empty() && target["ResTarget"]["name"].text() == name)
        offsets.push_back(static_cast<std::size_t>(reference["location"].number()));
  }
  return offsets;
}

/// Takes the name and the point behind it out.
void cut(std::string& text, std::size_t offset) {
  Scanner scanner(text);
  scanner.jump_to(offset);
  scanner.next();
  const Token point = scanner.next();
  if (std::string_view(text).substr(point.offset, point.length) != ".") return;
  text.erase(offset, point.offset + point.length - offset);
}

}  // namespace

std::string plain_view(std::string_view statement) {
  std::string text(statement);
  const ParseTree tree = ParseTree::of(statement);
  const TreeNode query = query_of(tree);
  const std::string_view prefix = prefix_of(query);
  if (prefix.empty()) return text;
  std::vector<std::size_t> kept = offsets_inside(query);
  std::ranges::copy(offsets_taken(query), std::back_inserter(kept));
  std::vector<Column> columns = columns_in(query);
  std::erase_if(columns, [&](const Column& column) {
    return column.table != prefix || std::ranges::find(kept, column.offset) != kept.end();
  });
  std::ranges::sort(columns, std::greater(), &Column::offset);
  for (const Column& column : columns) cut(text, column.offset);
  return text;
}

}  // namespace migrator

#include "engine/sql/parse_tree.h"

#include <gtest/gtest.h>

#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

TEST(ParseTree, IsReadByNameAndByType) {
  const ParseTree tree = ParseTree::of("drop table a, s.b cascade");
  const TreeNode statement = tree.statement();
  EXPECT_EQ(statement.type(), "DropStmt");
  EXPECT_EQ(statement.inner()["removeType"].text(), "OBJECT_TABLE");
  std::vector<ObjectName> names;
  for (const TreeNode object : statement.inner()["objects"])
    names.push_back(name_in(object["List"]["items"]));
  EXPECT_EQ(names, (std::vector<ObjectName>{{"", "a"}, {"s", "b"}}));
}

TEST(ParseTree, NothingAnswersEverything) {
  const TreeNode nothing;
  EXPECT_FALSE(nothing);
  EXPECT_FALSE(nothing["a"]["b"]);
  EXPECT_FALSE(nothing.inner());
  EXPECT_FALSE(nothing.last());
  EXPECT_FALSE(nothing.is_true());
  EXPECT_EQ(nothing.text(), "");
  EXPECT_EQ(nothing.type(), "");
  EXPECT_EQ(nothing.number(), 0);
  EXPECT_EQ(nothing.size(), 0U);
  for ([[maybe_unused]] const TreeNode node : nothing) ADD_FAILURE();
}

TEST(ParseTree, HoldsTruthNumbersAndText) {
  const ParseTree tree = ParseTree::of("create unique index \"I\" on t using gin (a, b)");
  const TreeNode index = tree.statement()["IndexStmt"];
  EXPECT_TRUE(index["unique"].is_true());
  EXPECT_FALSE(index["concurrent"].is_true());
  EXPECT_EQ(index["idxname"].text(), "I");
  EXPECT_EQ(index["indexParams"].size(), 2U);
  EXPECT_EQ(index["indexParams"].last()["IndexElem"]["name"].text(), "b");
  const ParseTree lock = ParseTree::of("lock table t in share mode");
  EXPECT_EQ(lock.statement()["LockStmt"]["mode"].number(), 5);
}

TEST(ParseTree, IsNotThereForWhatCannotBeParsed) {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, "-- nothing"sv, "vacum t"sv, "select 1; select 2"sv, "create table t (\0 a int)"sv}) {
    EXPECT_FALSE(ParseTree::of(text).statement()) << text;
  }
  EXPECT_TRUE(ParseTree::of("select 1" + std::string(1000, ' ')).statement());
  EXPECT_FALSE(ParseTree::of("select 1" + std::string(kLongestParsed, ' ')).statement());
}

TEST(ParseTree, IsReadWithoutRecursion) {
  std::string deep = "create view v as select 1";
  while (deep.size() < kLongestParsed - 2) deep += "+1";
  EXPECT_EQ(ParseTree::of(deep).statement().type(), "ViewStmt");
}

TEST(ParseTree, FindsWhatLiesDeep) {
  const ParseTree tree = ParseTree::of("select f(1, g(2)) from h(3) where f(i() + 4) > 0");
  std::string names;
  for (const TreeNode call : tree.statement().all("FuncCall"))
    names += name_in(call["funcname"]).name;
  EXPECT_EQ(names, "fghfi");
  EXPECT_TRUE(TreeNode().all("FuncCall").empty());
}

TEST(ParseTree, CanBeMovedUnderItsNodes) {
  ParseTree tree = ParseTree::of("select 1");
  const TreeNode statement = tree.statement();
  const ParseTree moved = std::move(tree);
  EXPECT_EQ(statement.type(), "SelectStmt");
}

TEST(TreeReading, NamesOfWhatStandsOnATable) {
  const ParseTree tree = ParseTree::of("comment on column s.t.a is 'x'");
  EXPECT_EQ(name_in(tree.statement().inner()["object"]["List"]["items"], 1),
            (ObjectName{"s", "t"}));
  const ParseTree index = ParseTree::of("create index on \"S\".\"T\" (a)");
  EXPECT_EQ(name_of(index.statement().inner()["relation"]), (ObjectName{"S", "T"}));
}

}  // namespace
}  // namespace migrator

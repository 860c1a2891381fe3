#include "engine/project/marks.h"

#include <gtest/gtest.h>

namespace migrator {
namespace {

std::string ids_of(const std::vector<Finding>& findings) {
  std::string ids;
  for (const Finding& finding : findings)
    ids += finding.id + "@" + std::to_string(finding.place ? finding.place->line : 0) + " ";
  return ids;
}

TEST(Marks, CutTheFileAtTheirLines) {
  struct Case {
    std::string_view text;
    std::string_view up;  ///< "-" for none
    std::size_t up_line;
    std::string_view down;
    std::size_t down_line;
    std::string_view findings;
  };
  const Case cases[] = {
      {"select 1;\n", "select 1;\n", 1, "-", 0, ""},
      {"", "", 1, "-", 0, ""},
      {"-- migrate:up\na;\n-- migrate:down\nb;\n", "a;\n", 2, "b;\n", 4, ""},
      {"-- migrate:up\r\na;\r\n-- migrate:down\r\nb;", "a;\r\n", 2, "b;", 4, ""},
      {"-- about\n\n  --  MIGRATE:UP \na;", "a;", 4, "-", 0, ""},
      {"--migrate:up\na\n--migrate:down\n", "a\n", 2, "", 4, ""},
      {"-- migrate:down\nb;\n-- migrate:up\na;", "a;", 4, "b;\n", 2, ""},
      {"-- migrate:down\nb;\n", "-", 0, "b;\n", 2, ""},
      {"-- migrate:up", "", 2, "-", 0, ""},
      {"-- migrate:up\na;\n-- migrate:up\nb;", "a;\n", 2, "-", 0, "duplicate-mark@3 "},
      {"x;\n-- migrate:up\na;", "a;", 3, "-", 0, "text-before-mark@1 "},
      {"-- migrator: transaction off\n-- migrate:up\na;", "a;", 3, "-", 0,
       "directive-before-mark@1 "},
      {"-- migrate:up\na;\n-- migrate:dwon\nb;", "a;\n-- migrate:dwon\nb;", 2, "-", 0,
       "unknown-mark@3 "},
      {"-- migrate:up fast:true\na;", "a;", 2, "-", 0, "unknown-mark-option@1 "},
      {"select 'a -- migrate:up';", "select 'a -- migrate:up';", 1, "-", 0, ""},
      {"a; -- migrate:down\n", "a; -- migrate:down\n", 1, "-", 0, ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const MarkedFile file = split_at_marks({"f.sql", c.text, 1});
    EXPECT_EQ(file.up ? c.text.substr(file.up->offset, file.up->length) : "-", c.up);
    EXPECT_EQ(file.up ? file.up->first_line : 0, c.up_line);
    EXPECT_EQ(file.down ? c.text.substr(file.down->offset, file.down->length) : "-", c.down);
    EXPECT_EQ(file.down ? file.down->first_line : 0, c.down_line);
    EXPECT_EQ(ids_of(file.findings), c.findings);
  }
}

TEST(Marks, TakeTheTransactionModeOfDbmate) {
  const MarkedFile file = split_at_marks(
      {"f.sql", "-- migrate:up transaction:false\na;\n-- migrate:down transaction:true\nb;", 1});
  EXPECT_EQ(file.up->transaction, TransactionMode::off);
  EXPECT_EQ(file.down->transaction, std::nullopt);
  EXPECT_TRUE(file.findings.empty());
}

TEST(Marks, OfOtherToolsAreRefusedByName) {
  struct Case {
    std::string_view text;
    std::string_view tool;
  };
  const Case cases[] = {
      {"-- +goose Up\na;\n-- +goose Down\nb;", "goose"},
      {"--  +goose StatementBegin", "goose"},
      {"-- +migrate Up\n", "sql-migrate"},
      {"a;\n--liquibase formatted sql", "Liquibase"},
      {"--changeset me:1", "Liquibase"},
      {"-- //@UNDO", "MyBatis"},
  };
  for (const Case& c : cases) {
    const auto findings = refuse_foreign_marks({"f.sql", c.text, 1});
    ASSERT_EQ(findings.size(), 1U) << c.text;
    EXPECT_EQ(findings.front().id, "foreign-mark");
    EXPECT_NE(findings.front().message.find(c.tool), std::string::npos) << c.text;
  }
  EXPECT_TRUE(refuse_foreign_marks({"f.sql", "-- migrate:up\n-- goose\nselect 1", 1}).empty());
}

}  // namespace
}  // namespace migrator

// A run with nothing to do is one query, and says so only when nothing is to be done.
#include "engine/project/glance.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/base/error.h"
#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

class GlanceRun : public RunFixture {
 protected:
  GlanceRun() {
    write("1_a.sql", "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table a;\n");
    write("10_b.sql", "\\i part.psql\n");
    put("part.psql", "create table b(n int);\n");
    write("R__v.sql", "create or replace view v as select 1 as n;\n");
    write_seed("1_s.sql", "insert into a values (1);\n");
    up({.seeds = true});
  }

  void put(const std::string& name, const std::string& text) const {
    std::ofstream(project_folder() / name) << text;
  }

  std::string text_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(project_folder() / name).rdbuf();
    return text.str();
  }

  HistoryReading read_at_a_glance(bool with_seeds = true) {
    const auto glance = glance_at(folders(), with_seeds);
    EXPECT_TRUE(glance);
    return table().read(connection(),
                        ExpectedHistory{.digest = glance->digest(), .with_seeds = with_seeds});
  }
  bool is_done(bool with_seeds = true) { return read_at_a_glance(with_seeds).as_expected; }
};

TEST_F(GlanceRun, KnowsThatAllIsDone) {
  EXPECT_TRUE(is_done());
  EXPECT_TRUE(is_done(false));
  EXPECT_TRUE(read_at_a_glance().history.rows.empty());
}

TEST_F(GlanceRun, SeesWhatIsToBeDone) {
  write("11_c.sql", "create table c(n int);\n");
  EXPECT_FALSE(is_done());
  up();
  EXPECT_TRUE(is_done());
  write_seed("2_s.sql", "insert into a values (2);\n");
  EXPECT_FALSE(is_done());
  EXPECT_TRUE(is_done(false));
}

TEST_F(GlanceRun, SeesWhatWasChanged) {
  const std::vector<std::pair<std::string, std::string>> places{{"migrations/1_a.sql", "create"},
                                                                {"part.psql", "create"},
                                                                {"migrations/R__v.sql", "create"},
                                                                {"seeds/1_s.sql", "insert"}};
  for (const auto& [file, word] : places) {
    const std::string text = text_of(file);
    put(file, std::string(text).insert(text.find(word), " "));
    EXPECT_FALSE(is_done()) << file;
    put(file, text);
  }
  EXPECT_TRUE(is_done());
}

TEST_F(GlanceRun, SeesWhatTheHistoryHasBesides) {
  for (const char* change :
       {"update schema_migrations set state = 'failed' where id = '1'",
        "update schema_migrations set kind = 'baseline' where id = '1'",
        "delete from schema_migrations where id = 'R__v'",
        "insert into schema_migrations (id, kind, version, name, state, checksum, "
        "canonical_checksum, statements_done, statements_total, migrator_version, run_id) "
        "values ('12', 'versioned', 12, 'x', 'applied', 'a', 'b', 1, 1, '1', gen_random_uuid())"}) {
    run_command(connection(), "begin");
    run_command(connection(), change);
    EXPECT_FALSE(is_done()) << change;
    run_command(connection(), "rollback");
  }
  EXPECT_TRUE(is_done());
}

TEST_F(GlanceRun, TellsOfAServerThatCannotBeReadAsAnyRunDoes) {
  sql("alter table schema_migrations drop column checksum cascade");
  EXPECT_EQ(expect_error(ErrorKind::configuration, [&] { is_done(); }).id, "history-damaged");
}

}  // namespace
}  // namespace migrator

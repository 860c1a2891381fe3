// kill -9 of the real migrator in each statement of a file of several segments, and between each
// two of them: the next `up` has to bring the database to where an undisturbed run brings it. The
// server process of the killed migrator, which notices nothing, goes on in one half of the tests,
// and is ended too in the other.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <random>
#include <thread>

#include "tests/support/kill_scene.h"

namespace migrator {

namespace {

const std::string kBase = R"(
create type mood as enum ('ok');
create table a(n int);
create table m(mood mood);
create table c(n int, mood mood);
create table v(n int);
create table r(n int); create index r_i on r(n);
create table d(n int); create index d_i on d(n);
create table p(n int) partition by list (n);
create table p1 partition of p for values in (1);
)";

constexpr std::string_view kFile = R"(
insert into a values (1), (2);
select pg_advisory_xact_lock_shared(1);
create unique index concurrently a_i on a(n);
alter type mood add value 'sad';
select pg_advisory_xact_lock_shared(2);
vacuum v;
insert into m values ('sad');
copy c from stdin;
1	ok
2	sad
\.
reindex index concurrently r_i;
drop index concurrently d_i;
alter table p detach partition p1 concurrently;
insert into p1 values (1);
select pg_advisory_xact_lock_shared(3);
)";

constexpr std::string_view kFinished = "was finished on the server after its client had left";
constexpr std::string_view kWasDone = "running when its migrator left, and was done";
constexpr std::string_view kRunAgain = "running when its migrator left, and is run again";
constexpr std::string_view kJournal = "UPDATE % SET statements_done%";

constexpr std::string_view kOldSnapshot =
    "set transaction isolation level repeatable read; select 1";

/// The points of a statement and of its journal.
struct KillPoints {
  std::string_view name;
  std::vector<KillPoint> points;
};

void PrintTo(const KillPoints& points, std::ostream* out) {
  *out << points.name;
}

const std::vector<KillPoints> kPoints{
    {"TheRow", {{"written", "select pg_advisory_xact_lock(100)", "INSERT INTO %"}}},
    {"TheFirstTransaction",
     {{"statement", "select pg_advisory_xact_lock(1)", "select pg_advisory_xact_lock_shared(1)%"},
      {"journal", "select pg_advisory_xact_lock(102)", kJournal},
      {"commit", "select pg_advisory_xact_lock(202)", "COMMIT%"}}},
    {"CreateIndex",
     {{"begins", "lock table a in share update exclusive mode", "create unique index%", kFinished,
       kRunAgain},
      {"builds", "lock table a in row exclusive mode", "create unique index%", kFinished,
       "dropped the invalid index public.a_i"},
      {"validates", kOldSnapshot, "create unique index%", kFinished,
       "dropped the invalid index public.a_i"},
      {"journal", "select pg_advisory_xact_lock(103)", kJournal, kFinished, kFinished},
      {"commit", "select pg_advisory_xact_lock(203)", "COMMIT%", "", kFinished}}},
    {"AddValue",
     {{"statement", "select pg_advisory_xact_lock(2)", "select pg_advisory_xact_lock_shared(2)%"},
      {"commit", "select pg_advisory_xact_lock(205)", "COMMIT%"}}},
    {"Vacuum",
     {{"begins", "lock table v in share update exclusive mode", "vacuum%", kRunAgain, kRunAgain},
      {"journal", "select pg_advisory_xact_lock(106)", kJournal, kRunAgain, kRunAgain}}},
    {"Copy",
     {{"begins", "lock table c in share mode", "copy c%"},
      {"commit", "select pg_advisory_xact_lock(208)", "COMMIT%"}}},
    {"Reindex",
     {{"begins", "lock table r in share update exclusive mode", "reindex%", kRunAgain, kRunAgain},
      {"builds", "lock table r in row exclusive mode", "reindex%", kRunAgain,
       "dropped the invalid index public.r_i_ccnew"},
      {"has swapped", "select from r", "reindex%", kRunAgain,
       "dropped the invalid index public.r_i_ccold"},
      {"journal", "select pg_advisory_xact_lock(109)", kJournal, kRunAgain, kRunAgain}}},
    {"DropIndex",
     {{"begins", "lock table d in share update exclusive mode", "drop index%", kFinished,
       kRunAgain},
      {"has invalidated", "select from d", "drop index%", kFinished, "invalid by now"},
      {"journal", "select pg_advisory_xact_lock(110)", kJournal, kFinished, kFinished}}},
    {"Detach",
     {{"begins", "lock table p in share update exclusive mode", "alter table p detach%", kFinished,
       kRunAgain},
      {"is pending", "select from p", "alter table p detach%", kFinished,
       "finished detaching p1 from p, begun by an earlier try"},
      {"journal", "select pg_advisory_xact_lock(111)", kJournal, kFinished, kFinished}}},
    {"TheLastTransaction",
     {{"statement", "select pg_advisory_xact_lock(3)", "select pg_advisory_xact_lock_shared(3)%"},
      {"commit", "select pg_advisory_xact_lock(213)", "COMMIT%"},
      {"row", "select pg_advisory_xact_lock(1113)",
       "WITH own AS (UPDATE % SET state = ''applied''%"}}},
};

class Kill : public testing::TestWithParam<KillPoints> {};

TEST_P(Kill, TheNextRunComesToTheSameEnd) {
  KillScene scene(kBase);
  scene.write("1_file.sql", kFile);
  expect_same_end(scene, GetParam().points);
}

// ctest shows the name that PrintTo gives.
INSTANTIATE_TEST_SUITE_P(Points, Kill, testing::ValuesIn(kPoints));

// Three times in a row at any moment, so that what goes on is killed as well.
TEST(KillAtRandom, TheNextRunComesToTheSameEnd) {
  KillScene scene(kBase);
  scene.write("1_file.sql", kFile);
  scene.write("2_plain.sql", "insert into a values (3);\ncreate table q as select n from a;\n");
  scene.write("3_more.sql", "create index concurrently q_i on q(n);\ninsert into q values (4);\n");
  scene.write("R__again.sql", "insert into v values (1);\n");
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(scene.run({"up"}).exit_code, 0);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begun;
  const std::string undisturbed = scene.state();
  std::mt19937 random(20261125);  // NOLINT: the same times in each run
  std::uniform_real_distribution<double> part(0.1, 1.0);
  for (int round = 0; round < 4; ++round) {
    scene.begin_anew();
    std::string times;
    for (int kill = 0; kill < 3; ++kill) {
      const std::chrono::duration<double> after = time * part(random);
      times += fmt::format("{:.1f} ms ", after.count() * 1000);
      MigratorProcess victim = scene.start({"up"});
      std::this_thread::sleep_for(after);
      victim.kill();
      if (round % 2 == 0) scene.terminate_all_migrators();
    }
    const ShellResult result = scene.run({"up"});
    EXPECT_EQ(result.exit_code, 0) << "killed after " << times << "\n" << result.output;
    EXPECT_EQ(scene.state(), undisturbed) << "killed after " << times << "\n" << result.output;
  }
}

}  // namespace
}  // namespace migrator

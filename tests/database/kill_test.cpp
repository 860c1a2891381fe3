// kill -9 of the real migrator in each statement of a file of several segments, and between each
// two of them: the next `up` has to bring the database to where an undisturbed run brings it. The
// server process of the killed migrator, which notices nothing, goes on in one half of the tests,
// and is ended too in the other.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/support/expect_error.h"
#include "tests/support/kill_scene.h"

namespace migrator {

static void PrintTo(const KillPoint& point, std::ostream* out) {
  *out << point.name;
}

namespace {

constexpr std::string_view kBase = R"(
create type mood as enum ('ok');
create table a(n int);
create table m(mood mood);
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
copy m from stdin;
ok
sad
\.
select pg_advisory_xact_lock_shared(3);
reindex index concurrently r_i;
drop index concurrently d_i;
alter table p detach partition p1 concurrently;
insert into p1 values (1);
select pg_advisory_xact_lock_shared(4);
)";

constexpr std::string_view kFinished = "was finished on the server after its client had left";
constexpr std::string_view kWasDone = "running when its migrator left, and was done";
constexpr std::string_view kRunAgain = "running when its migrator left, and is run again";
constexpr std::string_view kJournal = "UPDATE % SET statements_done%";

constexpr std::string_view kOldSnapshot =
    "set transaction isolation level repeatable read; select 1";

const std::vector<KillPoint> kPoints{
    {"Row", "select pg_advisory_xact_lock(100)", "INSERT INTO %"},
    {"First", "select pg_advisory_xact_lock(1)", "select pg_advisory_xact_lock_shared(1)%"},
    {"FirstJournal", "select pg_advisory_xact_lock(102)", kJournal},
    {"FirstCommit", "select pg_advisory_xact_lock(202)", "COMMIT%"},
    {"CreateIndexBegins", "lock table a in share update exclusive mode", "create unique index%",
     kFinished, kRunAgain},
    {"CreateIndexBuilds", "lock table a in row exclusive mode", "create unique index%", kFinished,
     "dropped the invalid index public.a_i"},
    {"CreateIndexValidates", kOldSnapshot, "create unique index%", kFinished,
     "dropped the invalid index public.a_i"},
    {"CreateIndexJournal", "select pg_advisory_xact_lock(103)", kJournal, kFinished, kFinished},
    {"CreateIndexCommit", "select pg_advisory_xact_lock(203)", "COMMIT%", "", kFinished},
    {"AddValue", "select pg_advisory_xact_lock(2)", "select pg_advisory_xact_lock_shared(2)%"},
    {"AddValueJournal", "select pg_advisory_xact_lock(105)", kJournal},
    {"AddValueCommit", "select pg_advisory_xact_lock(205)", "COMMIT%"},
    {"Vacuum", "lock table v in share update exclusive mode", "vacuum%", kRunAgain, kRunAgain},
    {"VacuumJournal", "select pg_advisory_xact_lock(106)", kJournal, kRunAgain, kRunAgain},
    {"Copy", "lock table m in access exclusive mode", "insert into m%"},
    {"CopyCommit", "select pg_advisory_xact_lock(209)", "COMMIT%"},
    {"ReindexBegins", "lock table r in share update exclusive mode", "reindex%", kRunAgain,
     kRunAgain},
    {"ReindexBuilds", "lock table r in row exclusive mode", "reindex%", kRunAgain,
     "dropped the invalid index public.r_i_ccnew"},
    {"ReindexHasSwapped", "select from r", "reindex%", kRunAgain,
     "dropped the invalid index public.r_i_ccold"},
    {"ReindexJournal", "select pg_advisory_xact_lock(110)", kJournal, kRunAgain, kRunAgain},
    {"DropIndexBegins", "lock table d in share update exclusive mode", "drop index%", kFinished,
     kRunAgain},
    {"DropIndexInvalidates", "select from d", "drop index%", kFinished, "invalid by now"},
    {"DropIndexJournal", "select pg_advisory_xact_lock(111)", kJournal, kFinished, kFinished},
    {"DetachBegins", "lock table p in share update exclusive mode", "alter table p detach%",
     kFinished, kRunAgain},
    {"DetachIsPending", "select from p", "alter table p detach%", kFinished,
     "finished detaching p1 from p, begun by an earlier try"},
    {"DetachJournal", "select pg_advisory_xact_lock(112)", kJournal, kFinished, kFinished},
    {"Last", "select pg_advisory_xact_lock(4)", "select pg_advisory_xact_lock_shared(4)%"},
    {"LastJournal", "select pg_advisory_xact_lock(114)", kJournal},
    {"LastCommit", "select pg_advisory_xact_lock(214)", "COMMIT%"},
    {"Finish", "select pg_advisory_xact_lock(1114)", "UPDATE % SET state = ''applied''%"},
};

std::string undisturbed(std::string_view base, std::string_view file) {
  KillScene scene(base);
  scene.write("1_file.sql", file);
  const ShellResult result = scene.run({"up"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  return scene.state();
}

class Kill : public testing::TestWithParam<KillPoint> {};

TEST_P(Kill, TheNextRunComesToTheSameEnd) {
  const std::string expected = undisturbed(kBase, kFile);
  for (const ServerProcess server : {ServerProcess::goes_on, ServerProcess::is_ended}) {
    const bool goes_on = server == ServerProcess::goes_on;
    SCOPED_TRACE(goes_on ? "the server process goes on" : "the server process is ended");
    KillScene scene(kBase);
    scene.write("1_file.sql", kFile);
    const ShellResult result = run_killed_at(scene, GetParam(), server);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_EQ(scene.state(), expected) << result.output;
    EXPECT_PRED2(contains, result.output,
                 goes_on ? GetParam().when_finished : GetParam().when_broken);
  }
}

// ctest shows the name of the point that PrintTo gives.
INSTANTIATE_TEST_SUITE_P(Points, Kill, testing::ValuesIn(kPoints));

}  // namespace
}  // namespace migrator

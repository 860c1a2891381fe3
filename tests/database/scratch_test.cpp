// Databases and servers for trials: made, dropped, and cleared away where their run was killed.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/pg/scratch_database.h"
#include "engine/pg/scratch_server.h"
#include "engine/run/scratch_run.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& database) {
  const Field name = database;
  return !Connection::open(test_server().url(), {})
              .query("select from pg_database where datname = $1", {&name, 1})
              .empty();
}

void on_server(const std::string& sql) {
  Connection::open(test_server().url(), {}).query(sql);
}

TEST(ScratchDatabase, IsDroppedAtTheEndWhoeverIsInIt) {
  std::string name;
  {
    const ScratchDatabase database(test_server().url(), {});
    name = database.name();
    EXPECT_TRUE(exists(name));
    Connection left_open = database.open();
    left_open.query("create table t (i int)");
    const ScratchDatabase other(test_server().url(), {});
    EXPECT_NE(other.name(), name);
  }
  EXPECT_FALSE(exists(name));
}

bool is_there(const std::string& role) {
  Connection connection = Connection::open(test_server().url(), {});
  return connection.query("select exists (select from pg_roles where rolname = '" + role + "')")
             .at(0)
             .at(0) == "t";
}

TEST(ScratchDatabase, WaitsForAnotherRunThatMakesTheSameRole) {
  const std::set<std::string> names{"scratch_other_one", "scratch_shared"};
  std::optional<ScratchDatabase> first(std::in_place, test_server().url(), ConnectOptions{},
                                       std::stop_token(), ScratchRoles{.names = names});
  first->open().query("create role scratch_shared");
  std::atomic<bool> told = false;
  std::string line;
  std::atomic<bool> is_made = false;
  std::jthread another([&] {
    const ScratchDatabase second(
        test_server().url(), {}, {},
        {.names = {"scratch_shared"}, .waiting = [&](std::string_view said) {
           if (!told) line = said;
           told = true;
         }});
    is_made = !is_there("scratch_shared");
    second.open().query("create role scratch_shared");
  });
  while (!told) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_FALSE(is_made);
  EXPECT_TRUE(is_there("scratch_shared"));
  first.reset();
  another.join();
  EXPECT_TRUE(is_made);
  EXPECT_TRUE(
      line.starts_with("waiting for another run that makes the role scratch_shared on the "
                       "scratch server: process "))
      << line;
  EXPECT_FALSE(is_there("scratch_shared"));
}

/// What one who waits is told, seen from another thread.
class Told {
 public:
  void add(std::string_view line) {
    const std::lock_guard guard(mutex_);
    lines_.emplace_back(line);
  }

  /// The line with that in it, once it is there.
  std::string with(std::string_view text) {
    std::string found;
    wait_until([&] {
      const std::lock_guard guard(mutex_);
      for (const std::string& line : lines_)
        if (contains(line, text)) found = line;
      return !found.empty();
    });
    return found;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

TEST(ScratchDatabase, WaitsForEachRunThatMakesOneOfItsRoles) {
  std::optional<ScratchDatabase> a(std::in_place, test_server().url(),
                                   ConnectOptions{.application_name = "run a"}, std::stop_token(),
                                   ScratchRoles{.names = {"scratch_1"}});
  std::optional<ScratchDatabase> b(std::in_place, test_server().url(),
                                   ConnectOptions{.application_name = "run b"}, std::stop_token(),
                                   ScratchRoles{.names = {"scratch_2"}});
  Told told;
  std::atomic<bool> is_made = false;
  std::jthread both([&] {
    const ScratchDatabase c(test_server().url(), {}, {},
                            {.names = {"scratch_1", "scratch_2"},
                             .wait = std::chrono::seconds(60),
                             .waiting = [&](std::string_view line) { told.add(line); },
                             .tell_every = std::chrono::seconds(60)});
    is_made = true;
  });
  EXPECT_PRED2(contains, told.with("the role scratch_1"), "(run a)");
  a.reset();
  EXPECT_PRED2(contains, told.with("the role scratch_2"), "(run b)");
  EXPECT_FALSE(is_made);
  b.reset();
  both.join();
  EXPECT_TRUE(is_made);
}

TEST(ScratchDatabase, NamesTheRoleAndTheRunThatItGaveUpWaitingFor) {
  std::optional<ScratchDatabase> a(std::in_place, test_server().url(),
                                   ConnectOptions{.application_name = "run a"}, std::stop_token(),
                                   ScratchRoles{.names = {"scratch_late_1"}});
  const ScratchDatabase b(test_server().url(), {.application_name = "run b"}, {},
                          {.names = {"scratch_late_2"}});
  const Finding finding = expect_error(ErrorKind::lock, [&] {
    const ScratchDatabase c(test_server().url(), {}, {},
                            {.names = {"scratch_late_1", "scratch_late_2"},
                             .wait = std::chrono::milliseconds(500),
                             .waiting = [&](std::string_view) { a.reset(); }});
  });
  EXPECT_TRUE(finding.message.starts_with("another run makes the role scratch_late_2"))
      << finding.message;
  EXPECT_PRED2(contains, finding.detail, "(run b)");
}

TEST(ScratchDatabase, GivesUpWaitingForARoleAndKeepsIt) {
  const ScratchDatabase first(test_server().url(), {}, {}, {.names = {"scratch_kept"}});
  first.open().query("create role scratch_kept");
  const Finding finding = expect_error(ErrorKind::lock, [] {
    const ScratchDatabase second(
        test_server().url(), {}, {},
        {.names = {"scratch_before_it", "scratch_kept"}, .wait = std::chrono::milliseconds(100)});
  });
  EXPECT_TRUE(finding.message.starts_with("another run makes the role scratch_kept"))
      << finding.message;
  EXPECT_PRED2(contains, finding.next, "MIGRATOR_LOCK_WAIT");
  EXPECT_TRUE(is_there("scratch_kept"));
  // Nothing of the others is kept from whoever needs them.
  const ScratchDatabase third(
      test_server().url(), {}, {},
      {.names = {"scratch_before_it"}, .wait = std::chrono::milliseconds(0)});
}

TEST(ScratchDatabase, WaitsForNobodyWhereARoleIsThere) {
  on_server("create role scratch_there");
  {
    const ScratchRoles roles{.names = {"scratch_there"}, .wait = std::chrono::seconds(2)};
    const ScratchDatabase first(test_server().url(), {}, {}, roles);
    const ScratchDatabase second(test_server().url(), {}, {}, roles);
  }
  EXPECT_TRUE(is_there("scratch_there"));
  on_server("drop role scratch_there");
}

TEST(ScratchDatabase, DropsTheRolesOfWhichItIsTold) {
  on_server("create role scratch_before");
  {
    const ScratchDatabase database(
        test_server().url(), {}, {},
        {.names = {"scratch_before", "scratch_owner", "scratch_member", "scratch_never"}});
    Connection connection = database.open();
    for (const char* sql :
         {"create role scratch_owner", "create role scratch_member", "create role scratch_other",
          "grant scratch_owner to scratch_member", "create table t (i int)",
          "alter table t owner to scratch_owner", "grant select on t to scratch_member"})
      connection.query(sql);
  }
  EXPECT_TRUE(is_there("scratch_before"));
  EXPECT_FALSE(is_there("scratch_owner"));
  EXPECT_FALSE(is_there("scratch_member"));
  EXPECT_TRUE(is_there("scratch_other"));
  on_server("drop role scratch_before");
  on_server("drop role scratch_other");
}

TEST(ScratchDatabase, DropsWhatADeadRunLeft) {
  std::string mark;
  {
    const ScratchDatabase living(test_server().url(), {});
    mark = living.open()
               .query(
                   "select shobj_description(oid, 'pg_database') from pg_database "
                   "where datname = current_database()")[0][0]
               .value_or("");
  }
  const std::string dead = "migrator_scratch_dead", occupied = "migrator_scratch_occupied",
                    somebodys = "migrator_scratch_somebodys";
  for (const std::string& name : {dead, occupied, somebodys}) on_server("create database " + name);
  for (const std::string& name : {dead, occupied})
    on_server("comment on database " + name + " is '" + mark + "'");
  {
    const Connection inside = Connection::open(test_server().url(occupied), {});
    const ScratchDatabase next(test_server().url(), {});
    EXPECT_FALSE(exists(dead));
    EXPECT_TRUE(exists(occupied));
    EXPECT_TRUE(exists(somebodys));
  }
  for (const std::string& name : {occupied, somebodys})
    on_server("drop database " + name + " with (force)");
}

TEST(ScratchDatabase, IsNotMadeBesideAProtectedTarget) {
  const DatabaseUrl server = test_server().url(), target = test_server().url("app");
  require_apart(server, target, {}, Apart::database);
  for (const auto& [scratch, apart] :
       {std::pair(target, Apart::database), std::pair(server, Apart::server)}) {
    try {
      require_apart(scratch, target, {}, apart);
      ADD_FAILURE() << "was not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.finding().id, "scratch-is-target");
    }
  }
}

/// In a folder for temporary files of their own: other tests and their runs look for dead servers
/// in the common one meanwhile.
class ScratchServers : public ::testing::Test {
 protected:
  ScratchServers() { setenv("TMPDIR", folder_.path().c_str(), 1); }
  ~ScratchServers() override { setenv("TMPDIR", common_.c_str(), 1); }

 private:
  const std::string common_ = fs::temp_directory_path();
  TempFolder folder_;
};

TEST_F(ScratchServers, EndWithTheirObject) {
  fs::path folder;
  {
    const ScratchServer server(test_server_options());
    folder = server.folder();
    EXPECT_EQ(Connection::open(server.url(), {}).database(), "postgres");
    EXPECT_EQ(remove_dead_scratch_servers(test_server_options()), 0U);
    EXPECT_TRUE(fs::exists(folder));
  }
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(ScratchServers, OfAKilledRunAreRemovedByTheNext) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const ScratchServer server(test_server_options());
    const std::string folder = server.folder();
    const bool told = write(ends[1], folder.data(), folder.size()) > 0;
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  std::array<char, 4096> text{};
  const ssize_t size = read(ends[0], text.data(), text.size());
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  const fs::path folder(std::string(text.data(), static_cast<std::size_t>(size)));
  EXPECT_TRUE(fs::exists(folder / "data" / "postmaster.pid"));
  EXPECT_EQ(remove_dead_scratch_servers(test_server_options()), 1U);
  EXPECT_FALSE(fs::exists(folder));
}

class ScratchRuns : public RunFixture {};

TEST_F(ScratchRuns, DoWhatAnyRunDoesAndLeaveTheTargetAlone) {
  write("1_a.sql", "-- migrate:up\ncreate table a (i int);\n-- migrate:down\ndrop table a;\n");
  write("2_b.sql", "create table b (i int);");
  write_seed("10_a.sql", "insert into a values (1);");
  const ScratchDatabase database(test_server().url(), {});
  ScratchRun run(database, table(), options());
  expect_done(run.up(project(), {.seeds = true}),
              {"1 applied", "2 applied", "seed/10_a.sql applied"});
  expect_done(run.up(project(), {.seeds = true}), {});
  EXPECT_FALSE(exists("a"));
}

}  // namespace
}  // namespace migrator

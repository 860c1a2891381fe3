#include "engine/pg/local_server.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "engine/pg/connection.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr auto empty = ServerFolder::Content::nothing;

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::string server_version(const LocalServer& server) {
  return Connection::open(server.url().with_database("postgres"), {})
      .query("show server_version")[0][0]
      .value_or("");
}

Finding start_error(const LocalServerOptions& options, ErrorKind kind = ErrorKind::configuration) {
  return expect_error(kind, [&] { LocalServer(options).start(); });
}

TEST(LocalServer, IsMadeStartedAndStopped) {
  const ServerFolder folder(empty);
  LocalServer server(folder.options());
  EXPECT_FALSE(server.status().initialized);
  EXPECT_FALSE(server.status().running);
  EXPECT_FALSE(server.stop());

  EXPECT_TRUE(server.start());
  EXPECT_FALSE(server.start());
  EXPECT_FALSE(LocalServer(folder.options()).start());
  const LocalServerStatus status = server.status();
  EXPECT_TRUE(status.initialized);
  EXPECT_TRUE(status.running);
  EXPECT_GT(status.pid, 1);
  EXPECT_EQ(server_version(server).substr(0, status.version.size()), status.version);

  EXPECT_TRUE(server.stop());
  EXPECT_FALSE(server.status().running);
  EXPECT_FALSE(server.stop());
  EXPECT_TRUE(server.start());
}

TEST(LocalServer, ListensOnItsSocketOnly) {
  const ServerFolder folder;
  LocalServer server(folder.options());
  server.start();
  Connection connection = Connection::open(server.url().with_database("postgres"), {});
  EXPECT_EQ(connection.query("show listen_addresses")[0][0], "");
  EXPECT_EQ(connection.query("show server_encoding")[0][0], "UTF8");
  EXPECT_EQ(fs::status(server.status().socket_directory).permissions(), fs::perms(0700));
}

TEST(LocalServer, StartsAfterACrash) {
  const ServerFolder folder;
  LocalServer server(folder.options());
  server.start();
  ASSERT_EQ(kill(server.status().pid, SIGKILL), 0);
  EXPECT_TRUE(server.start());
  EXPECT_NE(server_version(server), "");
}

// What a full disk or a power loss leaves; the server refuses to start beside it.
TEST(LocalServer, StartsBesideAPidFileThatSaysNothing) {
  const ServerFolder folder;
  LocalServer server(folder.options());
  server.start();
  server.stop();
  for (const std::string left : {"", "???\n"}) {
    write(folder.options().directory / "postmaster.pid", left);
    EXPECT_TRUE(server.start());
    EXPECT_TRUE(server.stop());
  }
}

TEST(LocalServer, DoesNotBelieveAPidFileWhoseNumberIsAnotherProcess) {
  const ServerFolder folder;
  LocalServer server(folder.options());
  server.start();
  server.stop();
  const auto& options = folder.options();
  const std::string lines = std::to_string(getpid()) + "\n" + options.directory.string() +
                            "\n1700000000\n5432\n\n\n\nready\n";
  write(options.directory / "postmaster.pid", lines);
  write(server.status().socket_directory / ".s.PGSQL.5432.lock", lines);
  EXPECT_FALSE(server.status().running);
  EXPECT_FALSE(server.stop());
  EXPECT_TRUE(server.start());
  EXPECT_NE(server_version(server), "");
}

TEST(LocalServer, MakesAFolderAnewThatInitdbDidNotFinish) {
  const ServerFolder folder(empty);
  fs::create_directories(folder.path() / "data.unfinished/base/1");
  write(folder.path() / "data.unfinished/PG_VERSION", "15\n");
  LocalServer server(folder.options());
  EXPECT_FALSE(server.status().initialized);
  EXPECT_TRUE(server.start());
  EXPECT_FALSE(fs::exists(folder.path() / "data.unfinished"));
}

TEST(LocalServer, LeavesAFolderAloneThatIsNoDataFolder) {
  const ServerFolder folder(empty);
  fs::create_directory(folder.path() / "data");
  write(folder.path() / "data/thesis.txt", "years of work");
  const Finding finding = start_error(folder.options());
  EXPECT_EQ(finding.id, "local-server-folder");
  EXPECT_TRUE(fs::exists(folder.path() / "data/thesis.txt"));
}

TEST(LocalServer, IsStartedOnceByManyAtOnce) {
  const ServerFolder folder(empty);
  std::atomic<int> started = 0;
  {
    std::vector<std::jthread> starters;
    for (int n = 0; n < 4; ++n) {
      starters.emplace_back([&] {
        if (LocalServer(folder.options()).start()) ++started;
      });
    }
  }
  EXPECT_EQ(started, 1);
  EXPECT_NE(server_version(LocalServer(folder.options())), "");
}

TEST(LocalServer, TakesPathsOfAnyShape) {
  const ServerFolder folder(empty);
  LocalServerOptions options = folder.options();
  const fs::path odd = folder.path() / "it's a \"dir\" ünd 100% more";
  options.directory = odd / "data";
  LocalServer server(options);
  EXPECT_TRUE(server.start());
  EXPECT_EQ(server.status().socket_directory, odd / "data.socket");
  EXPECT_NE(server_version(server), "");
  EXPECT_TRUE(server.stop());
}

TEST(LocalServer, KeepsItsSocketUnderTmpWhereLibpqCannotTakeThePath) {
  const ServerFolder folder;
  for (const std::string& name : {std::string(90, 'd'), std::string("a,b")}) {
    LocalServerOptions options = folder.options();
    options.directory = folder.path() / name / "data";
    fs::create_directory(folder.path() / name);
    fs::copy(folder.path() / "data", options.directory, fs::copy_options::recursive);
    fs::permissions(options.directory, fs::perms(0700));
    LocalServer server(options);
    EXPECT_TRUE(server.start());
    EXPECT_EQ(server.status().socket_directory.parent_path(), "/tmp");
    EXPECT_NE(server_version(server), "");
    EXPECT_TRUE(server.stop());
    fs::remove_all(server.status().socket_directory);
  }
}

TEST(LocalServer, RefusesASocketFolderThatOthersCanEnter) {
  const ServerFolder folder;
  fs::create_directory(folder.path() / "data.socket");
  fs::permissions(folder.path() / "data.socket", fs::perms(0755));
  const Finding finding = start_error(folder.options());
  EXPECT_EQ(finding.id, "local-server-folder");
  EXPECT_PRED2(contains, finding.message, "data.socket");
}

TEST(LocalServer, NamesBothVersionsWhenTheyDiffer) {
  const ServerFolder folder;
  LocalServerOptions options = folder.options();
  options.bindir = LocalServer(options).status().bindir;
  LocalServer server(options);
  server.start();
  server.stop();
  write(options.directory / "PG_VERSION", "9\n");
  const Finding finding = start_error(options);
  EXPECT_EQ(finding.id, "local-server-version");
  EXPECT_PRED2(contains, finding.message, "PostgreSQL 9,");
  EXPECT_PRED2(contains, finding.message, server.status().version);
}

TEST(LocalServer, SaysWhereItLookedForPrograms) {
  const ServerFolder folder(empty);
  LocalServerOptions options = folder.options();
  options.bindir = folder.path() / "nothing";
  const Finding finding = start_error(options);
  EXPECT_EQ(finding.id, "server-binaries-missing");
  EXPECT_PRED2(contains, finding.message, (folder.path() / "nothing").string());
}

TEST(LocalServer, FindsProgramsOnTheSearchPath) {
  const ServerFolder folder(empty);
  LocalServerOptions options = folder.options();
  const fs::path bindir = LocalServer(options).status().bindir;
  options.bindir.reset();
  options.search_path_variable = "relative::/nowhere:" + bindir.string();
  EXPECT_EQ(LocalServer(options).status().bindir, bindir);
}

TEST(LocalServer, ShowsTheLogWhenTheServerDoesNotStart) {
  const ServerFolder folder;
  LocalServer server(folder.options());
  server.start();
  server.stop();
  write(folder.options().directory / "postgresql.auto.conf", "no_such_setting = 1\n");
  const Finding finding = start_error(folder.options(), ErrorKind::connection);
  EXPECT_EQ(finding.id, "local-server-failed");
  EXPECT_PRED2(contains, finding.detail, "no_such_setting");
}

TEST(LocalServer, NamesTheFolderThatItsUserCannotEnter) {
  if (geteuid() != 0) return;  // an ordinary user runs the server as itself
  const ServerFolder folder(empty);
  fs::create_directory(folder.path() / "closed");
  fs::permissions(folder.path() / "closed", fs::perms(0700));
  LocalServerOptions options = folder.options();
  options.directory = folder.path() / "closed/inner/data";
  const Finding finding = start_error(options);
  EXPECT_EQ(finding.id, "local-server-folder");
  EXPECT_PRED2(contains, finding.message, (folder.path() / "closed").string() + ",");
}

}  // namespace
}  // namespace migrator

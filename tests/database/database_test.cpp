#include "engine/pg/database.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>
#include <vector>

#include "tests/support/expect_error.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A name of a database that goes away with the object, whether it was made or not.
class Name {
 public:
  explicit Name(std::string name) : name_(std::move(name)) {}
  ~Name() {
    Connection::open(test_server().url(), {}).query("drop database if exists \"" + name_ + "\"");
  }
  Name(const Name&) = delete;
  Name& operator=(const Name&) = delete;
  DatabaseUrl url() const { return test_server().url(name_); }

 private:
  std::string name_;
};

TEST(CreateDatabase, OnlyWhenItIsMissing) {
  const Name name("Shop of O'Brien, 100% & more");
  EXPECT_TRUE(create_database_if_missing(name.url(), {}));
  EXPECT_FALSE(create_database_if_missing(name.url(), {}));
  EXPECT_EQ(Connection::open(name.url(), {}).database(), "Shop of O'Brien, 100% & more");
}

TEST(CreateDatabase, ManyAtOnce) {
  const Name name("created_by_many");
  std::atomic<int> created = 0;
  {
    std::vector<std::jthread> creators;
    for (int n = 0; n < 6; ++n) {
      creators.emplace_back([&] {
        if (create_database_if_missing(name.url(), {})) ++created;
      });
    }
  }
  EXPECT_EQ(created, 1);
}

TEST(CreateDatabase, SaysWhatToDoWithoutTheRight) {
  const TestDatabase database;
  const std::string role = "powerless_" + database.name();
  Connection connection = database.connect();
  connection.query("create role " + role + " login");
  const auto url = DatabaseUrl::parse("host=" + test_server().socket_directory().string() +
                                      " port=5432 user=" + role + " dbname=never_made");
  const Finding finding =
      expect_error(ErrorKind::migration, [&] { create_database_if_missing(url, {}); });
  connection.query("drop role " + role);
  EXPECT_EQ(finding.id, "database-not-created");
  EXPECT_EQ(finding.sqlstate, "42501");
  EXPECT_PRED2(contains, finding.next, "CREATE DATABASE \"never_made\" OWNER \"" + role + "\"");
}

TEST(CreateDatabase, AdvisesNobodyToAskForRightsThatAreThere) {
  const TestDatabase database;
  const auto url = database.url().with_database("never_made");
  const Finding finding = expect_error(
      ErrorKind::migration, [&] { create_database_if_missing(url, {}, {}, {.encoding = "NOPE"}); });
  EXPECT_EQ(finding.id, "database-not-created");
  EXPECT_PRED2(contains, finding.message, "NOPE");
  EXPECT_PRED2(lacks, finding.next, "administrator");
}

TEST(CreateDatabase, LeavesOtherTroubleAsItIs) {
  const auto url = DatabaseUrl::parse("host=/no/such/folder user=x dbname=x");
  EXPECT_EQ(expect_error(ErrorKind::connection, [&] { create_database_if_missing(url, {}); }).id,
            "connection-refused");
}

TEST(WaitForServer, UntilItAccepts) {
  const ServerFolder folder;
  LocalServerOptions options = folder.options();
  options.database = "postgres";
  LocalServer server(options);
  std::jthread starter([&] {
    std::this_thread::sleep_for(milliseconds(300));
    server.start();
  });
  std::vector<Finding> told;
  Connection connection = wait_for_server(server.url(), {}, std::chrono::seconds(60),
                                          [&](const Finding& finding) { told.push_back(finding); });
  EXPECT_TRUE(connection.is_alive());
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.front().id, "connection-refused");
}

TEST(WaitForServer, GivesUpAtTheLimit) {
  const auto url = DatabaseUrl::parse("host=/no/such/folder user=x dbname=x");
  int told = 0;
  const auto start = Clock::now();
  const Finding finding = expect_error(ErrorKind::connection, [&] {
    wait_for_server(url, {}, milliseconds(500), [&](const Finding&) { ++told; });
  });
  EXPECT_GE(Clock::now() - start, milliseconds(490));
  EXPECT_LT(Clock::now() - start, milliseconds(1500));
  EXPECT_EQ(finding.id, "connection-refused");
  EXPECT_PRED2(contains, finding.message, "within 0.5 s");
  EXPECT_GE(told, 2);
}

TEST(WaitForServer, DoesNotWaitForWhatWaitingCannotMend) {
  const auto start = Clock::now();
  const Finding finding = expect_error(ErrorKind::connection, [&] {
    wait_for_server(test_server().url("no_such_database"), {}, std::chrono::seconds(30), {});
  });
  EXPECT_EQ(finding.id, "database-missing");
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
}

TEST(WaitForServer, StopsOnRequest) {
  const auto url = DatabaseUrl::parse("host=/no/such/folder user=x dbname=x");
  std::stop_source stop;
  const Finding finding = expect_error(ErrorKind::connection, [&] {
    wait_for_server(
        url, {}, std::chrono::seconds(30), [&](const Finding&) { stop.request_stop(); },
        stop.get_token());
  });
  EXPECT_EQ(finding.id, "cancelled");
}

// A server that asks one role for a password and turns another away.
class Passwords : public testing::Test {
 protected:
  void SetUp() override {
    LocalServerOptions options = folder.options();
    options.database = "postgres";
    LocalServer server(options);
    server.start();
    Connection connection = Connection::open(server.url(), {});
    connection.query("create role guarded login password 'right one'");
    connection.query("create role banned login");
    std::ofstream(options.directory / "pg_hba.conf") << "local all guarded scram-sha-256\n"
                                                        "local all banned reject\n"
                                                        "local all all trust\n";
    connection.query("select pg_reload_conf()");
    sockets = server.status().socket_directory.string();
    // A reload takes a moment.
    for (int n = 0; n < 200 && accepts("user=banned"); ++n) {
      std::this_thread::sleep_for(milliseconds(10));
    }
  }

  DatabaseUrl url(const std::string& who) const {
    return DatabaseUrl::parse("host=" + sockets + " port=5432 dbname=postgres " + who);
  }

  bool accepts(const std::string& who) const {
    try {
      Connection::open(url(who), {});
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  Finding refusal(const std::string& who) const {
    return expect_error(ErrorKind::connection,
                        [&] { wait_for_server(url(who), {}, std::chrono::seconds(30), {}); });
  }

  ServerFolder folder;
  std::string sockets;
};

TEST_F(Passwords, AreToldApart) {
  EXPECT_TRUE(accepts("user=guarded password='right one'"));

  const Finding wrong = refusal("user=guarded password='wrong one'");
  EXPECT_EQ(wrong.id, "password-refused");
  EXPECT_EQ(wrong.sqlstate, "28P01");
  EXPECT_PRED2(contains, wrong.message, "password authentication failed for user \"guarded\"");
  EXPECT_PRED2(lacks, wrong.message + wrong.detail + wrong.next, "wrong one");

  EXPECT_EQ(refusal("user=guarded").id, "password-refused");

  const Finding rejected = refusal("user=banned");
  EXPECT_EQ(rejected.id, "password-refused");
  EXPECT_EQ(rejected.sqlstate, "28000");
}

}  // namespace
}  // namespace migrator

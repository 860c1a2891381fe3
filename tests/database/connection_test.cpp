#include "engine/pg/connection.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "engine/base/error.h"
#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

DatabaseUrl with_parameters(const DatabaseUrl& url, const std::string& parameters) {
  return DatabaseUrl::parse(url.reveal() + parameters);
}

Finding open_error(const DatabaseUrl& url, ErrorKind kind = ErrorKind::connection) {
  return expect_error(kind, [&] { Connection::open(url, {.timeout = milliseconds(700)}); });
}

// A port that nobody listens on, or that takes connections into its queue and says nothing.
class Port {
 public:
  explicit Port(bool listening) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        (listening && listen(socket_, 5) != 0)) {
      throw std::runtime_error("cannot bind a port");
    }
    number_ = ntohs(address.sin_port);
  }
  ~Port() { close(socket_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  std::string number() const { return std::to_string(number_); }

 private:
  int socket_;
  int number_ = 0;
};

TEST(Connection, TellsAboutItsSession) {
  const TestDatabase database;
  Connection connection = database.connect();
  EXPECT_EQ(connection.database(), database.name());
  EXPECT_EQ(connection.user(), "postgres");
  EXPECT_EQ(connection.host(), test_server().socket_directory().string());
  EXPECT_EQ(connection.port(), "5432");
  EXPECT_GE(connection.server_version(), 130000);
  EXPECT_TRUE(connection.is_alive());
  EXPECT_EQ(connection.query("select pg_backend_pid()")[0][0],
            std::to_string(connection.backend_pid()));
  EXPECT_EQ(connection.query("show application_name")[0][0], "test");
  EXPECT_EQ(connection.query("show client_encoding")[0][0], "UTF8");
}

TEST(Connection, BindsParametersAndReadsNulls) {
  const TestDatabase database;
  Connection connection = database.connect();
  const std::vector<Field> parameters = {"O'Reilly \\ ü", std::nullopt, ""};
  const auto rows =
      connection.query("select $1::text, $2::text, $3::text, $2::text is null", parameters);
  EXPECT_EQ(rows, (std::vector<Row>{{"O'Reilly \\ ü", std::nullopt, "", "t"}}));
  EXPECT_TRUE(connection.query("select 1 where false").empty());
}

TEST(Connection, QueriesRunInTheTransactionThatIsOpen) {
  const TestDatabase database;
  Connection connection = database.connect();
  EXPECT_FALSE(connection.in_transaction());
  run_command(connection, "begin; create table t(n int)");
  EXPECT_TRUE(connection.in_transaction());
  connection.query("insert into t values (1)");
  expect_error(ErrorKind::migration, [&] { connection.query("select nope"); });
  EXPECT_TRUE(connection.in_transaction());
  run_command(connection, "rollback");
  EXPECT_FALSE(connection.in_transaction());
  EXPECT_EQ(connection.query("select to_regclass('t') is null")[0][0], "t");
}

TEST(Connection, QueryErrorsCarryTheServersFields) {
  const TestDatabase database;
  Connection connection = database.connect();
  run_command(connection, "create table t(n int primary key); insert into t values (7)");
  const Finding finding = expect_error(ErrorKind::migration, [&] {
    const std::vector<Field> parameters = {"7"};
    connection.query("insert into t values ($1::int)", parameters);
  });
  EXPECT_EQ(finding.id, "query-failed");
  EXPECT_EQ(finding.sqlstate, "23505");
  EXPECT_EQ(finding.message, "duplicate key value violates unique constraint \"t_pkey\"");
  EXPECT_EQ(finding.detail, "Key (n)=(7) already exists.");
}

TEST(Connection, QueryErrorsHaveTheirCodeWhateverTheirClass) {
  const TestDatabase database;
  Connection connection = database.connect();
  for (const char* code : {"42501", "40P01", "55P03", "23505", "42P07", "0A000", "53100", "25006",
                           "22012", "57014", "42601", "P0001", "XX000"}) {
    const Finding finding = expect_error(ErrorKind::migration, [&] {
      connection.query("do $$ begin raise 'tell: %', 1 using errcode = '" + std::string(code) +
                       "'; end $$");
    });
    EXPECT_EQ(finding.sqlstate, code);
    EXPECT_EQ(finding.message, "tell: 1");
    EXPECT_PRED2(contains, finding.context, "PL/pgSQL function inline_code_block line 1 at RAISE");
  }
}

TEST(Connection, KeepsBackslashesLiteralWhereTheServerWouldNot) {
  const TestDatabase database;
  database.connect().query("alter database " + database.name() +
                           " set standard_conforming_strings = off");
  EXPECT_EQ(database.connect().query(R"(select '\n')")[0][0], "\\n");
}

TEST(Connection, LeavesTheUrlsOwnSettingsAlone) {
  const TestDatabase database;
  Connection connection =
      Connection::open(with_parameters(database.url(), "&application_name=mine"), {});
  EXPECT_EQ(connection.query("show application_name")[0][0], "mine");
}

TEST(Connection, GivesNoticesToTheSinkAlsoAfterAMove) {
  const TestDatabase database;
  Connection first = database.connect();
  std::vector<std::string> heard;
  first.on_notice([&](const Notice& notice) {
    heard.push_back(notice.severity + " " + notice.sqlstate + " " + notice.message + " " +
                    notice.hint);
  });
  Connection connection = std::move(first);
  connection.query("do $$ begin raise notice 'hello' using hint = 'look'; end $$");
  run_command(connection, "do $$ begin raise warning 'careful'; end $$");
  connection.on_notice({});
  run_command(connection, "do $$ begin raise notice 'dropped'; end $$");
  EXPECT_EQ(heard, (std::vector<std::string>{"NOTICE 00000 hello look", "WARNING 01000 careful "}));
}

TEST(Connection, IsLostForGoodWhenTheServerEndsIt) {
  const TestDatabase database;
  Connection connection = database.connect();
  Connection other = database.connect();
  const std::vector<Field> pid = {std::to_string(connection.backend_pid())};
  other.query("select pg_terminate_backend($1::int)", pid);
  const Finding finding =
      expect_error(ErrorKind::connection, [&] { connection.query("select 1"); });
  EXPECT_EQ(finding.id, "connection-lost");
  EXPECT_FALSE(finding.next.empty());
  EXPECT_FALSE(connection.is_alive());
  expect_error(ErrorKind::connection, [&] { connection.query("select 1"); });
  expect_error(ErrorKind::connection, [&] { run_command(connection, "select 1"); });
  EXPECT_FALSE(connection.is_alive());
}

TEST(ConnectionErrors, DatabaseMissing) {
  const Finding finding = open_error(test_server().url("no_such_database"));
  EXPECT_EQ(finding.id, "database-missing");
  EXPECT_EQ(finding.sqlstate, "3D000");
  EXPECT_PRED2(contains, finding.message, "database \"no_such_database\" does not exist");
  EXPECT_PRED2(lacks, finding.message, "3D000");
  EXPECT_PRED2(contains, finding.next, "migrator setup");
}

TEST(ConnectionErrors, UserUnknown) {
  const auto url = DatabaseUrl::parse("host=" + test_server().socket_directory().string() +
                                      " port=5432 user=nobody_known dbname=postgres");
  const Finding finding = open_error(url);
  EXPECT_EQ(finding.id, "password-refused");
  EXPECT_PRED2(contains, finding.message, "role \"nobody_known\" does not exist");
}

TEST(ConnectionErrors, RefusedOnASocketAndOnAPort) {
  EXPECT_EQ(open_error(DatabaseUrl::parse("host=/no/such/folder user=x dbname=x")).id,
            "connection-refused");
  const Port port(/*listening=*/false);
  const Finding finding =
      open_error(DatabaseUrl::parse("postgres://u:s3cret@127.0.0.1:" + port.number() + "/x"));
  EXPECT_EQ(finding.id, "connection-refused");
  EXPECT_EQ(finding.message, "cannot connect to the server at 127.0.0.1, port " + port.number() +
                                 ": Connection refused");
  EXPECT_PRED2(contains, finding.next, "migrator wait");
}

TEST(ConnectionErrors, HostUnknown) {
  const Finding finding = open_error(DatabaseUrl::parse("postgres://u:s3cret@no-host.invalid/x"));
  EXPECT_EQ(finding.id, "host-unknown");
  EXPECT_PRED2(contains, finding.message, "no-host.invalid");
  EXPECT_PRED2(lacks, finding.message, "s3cret");
}

TEST(ConnectionErrors, SilentServer) {
  const Port port(/*listening=*/true);
  const auto start = std::chrono::steady_clock::now();
  const Finding finding =
      open_error(DatabaseUrl::parse("postgres://u:s3cret@127.0.0.1:" + port.number() + "/x"));
  EXPECT_EQ(finding.id, "connection-timeout");
  EXPECT_PRED2(contains, finding.message, "no answer within 0.7 s");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(ConnectionErrors, TheUrlsOwnTimeoutCounts) {
  const Port port(/*listening=*/true);
  const Finding finding = open_error(
      DatabaseUrl::parse("postgres://127.0.0.1:" + port.number() + "/x?connect_timeout=1"));
  EXPECT_PRED2(contains, finding.message, "no answer within 1 s");
}

TEST(ConnectionErrors, StopsConnectingAtOnce) {
  const Port port(/*listening=*/true);
  std::stop_source stop;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  const Finding finding = expect_error(ErrorKind::connection, [&] {
    Connection::open(DatabaseUrl::parse("postgres://127.0.0.1:" + port.number() + "/x"), {},
                     stop.get_token());
  });
  EXPECT_EQ(finding.id, "cancelled");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(ConnectionErrors, TooManyConnections) {
  const TestDatabase database;
  Connection connection = database.connect();
  connection.query("create role limited_" + database.name() + " login connection limit 0");
  const auto url = DatabaseUrl::parse("host=" + test_server().socket_directory().string() +
                                      " port=5432 user=limited_" + database.name() +
                                      " dbname=" + database.name());
  const Finding finding = open_error(url);
  connection.query("drop role limited_" + database.name());
  EXPECT_EQ(finding.id, "too-many-connections");
}

TEST(ConnectionErrors, ASettingThatLibpqRefuses) {
  const Finding finding = open_error(DatabaseUrl::parse("postgres://u:s3cret@h/x?sslmode=perhaps"),
                                     ErrorKind::configuration);
  EXPECT_EQ(finding.id, "url-invalid");
  EXPECT_PRED2(contains, finding.message, "sslmode");
  EXPECT_PRED2(lacks, finding.message, "s3cret");
}

TEST(ConnectionErrors, EmbeddedIsNoAddress) {
  EXPECT_EQ(open_error(DatabaseUrl::parse("embedded"), ErrorKind::configuration).id, "url-invalid");
}

TEST(ConnectionErrors, ThePasswordIsNeverShown) {
  const Port port(/*listening=*/false);
  for (const char* password : {"p%40ss%3Aw%2Frd%3F%26%25", "refused", "5432", "a%20b%27c"}) {
    const Finding finding = open_error(DatabaseUrl::parse("postgres://u:" + std::string(password) +
                                                          "@127.0.0.1:" + port.number() + "/x"));
    EXPECT_EQ(finding.id, "connection-refused") << password;
    EXPECT_PRED2(lacks, finding.message + finding.detail + finding.next, "p@ss:w");
  }
}

TEST(Connection, GoesOnToTheNextHost) {
  const Port closed(/*listening=*/false);
  const TestDatabase database;
  const std::string sockets = test_server().socket_directory().string();
  Connection connection =
      Connection::open(DatabaseUrl::parse("host=127.0.0.1," + sockets + " port=" + closed.number() +
                                          ",5432 user=postgres dbname=" + database.name()),
                       {});
  EXPECT_EQ(connection.host(), sockets);
}

// SIGTERM did nothing while a query of our own waited for a lock.
TEST(Connection, AStopCancelsAQueryThatWaits) {
  TestDatabase database;
  std::stop_source stop;
  Connection connection = Connection::open(database.url(), {}, stop.get_token());
  const auto begun = std::chrono::steady_clock::now();
  std::jthread stopping([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop.request_stop();
  });
  const Finding finding =
      expect_error(ErrorKind::migration, [&] { connection.query("select pg_sleep(30)"); });
  EXPECT_EQ(finding.id, "cancelled");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  // What tidies up afterwards still runs.
  EXPECT_EQ(connection.query("select 1").at(0).at(0), "1");
}

}  // namespace
}  // namespace migrator

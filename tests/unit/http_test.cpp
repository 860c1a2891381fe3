// The status server without a database: a function that looks, real sockets, and requests that are
// well-formed or not.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/error.h"
#include "engine/http/status_page.h"
#include "engine/http/status_server.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

Sight good_sight() {
  return {
      .status = {
          .head = {.command = "status"},
          .lines = {{.id = "1", .name = "a", .file = "1_a.sql", .standing = Standing::applied}}}};
}

/// A connection to a port of this machine, or to nothing when it is refused.
class Client {
 public:
  explicit Client(const ListenAddress& address) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.port)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{.tv_sec = 5, .tv_usec = 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    EXPECT_EQ(connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
  }
  ~Client() { close(descriptor_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void say(std::string_view text) {
    static_cast<void>(send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL));
  }
  /// Up to the end of the connection.
  std::string hear() {
    std::string text;
    std::array<char, 4096> bytes;
    for (ssize_t count; (count = recv(descriptor_, bytes.data(), bytes.size(), 0)) > 0;)
      text.append(bytes.data(), static_cast<std::size_t>(count));
    return text;
  }

 private:
  int descriptor_;
};

class StatusServerTest : public ::testing::Test {
 protected:
  void start(AccessPolicy access = {}) {
    server_.emplace(
        ServerOptions{.listen = {{.host = "127.0.0.1", .port = "0"}},
                      .routes = {.access = access, .working_folder = folder_.path().string()}},
        [this](const std::stop_token&) {
          ++looks_;
          std::this_thread::sleep_for(look_takes_.load());
          return sight_;
        });
  }
  std::string ask(std::string_view request) {
    Client client(server_->addresses().front());
    client.say(request);
    return client.hear();
  }
  std::string get(const std::string& path, const std::string& headers = "") {
    return ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers +
               "\r\n");
  }

  TempFolder folder_;
  Sight sight_ = good_sight();
  std::atomic<milliseconds> look_takes_ = milliseconds(0);
  std::atomic<int> looks_ = 0;
  std::optional<StatusServer> server_;
};

std::string status_of(const std::string& response) {
  return response.substr(0, response.find("\r\n"));
}

TEST_F(StatusServerTest, AnswersEachPath) {
  folder_.write("1_a.sql", "select '<b>';\n");
  start();
  for (const char* path : {"/livez", "/readyz", "/healthz", "/startupz", "/readyz?verbose",
                           "/status", "/metrics", "/", "/?all", "/sql?id=1"}) {
    const std::string response = get(path);
    EXPECT_EQ(status_of(response), "HTTP/1.1 200 OK") << path;
    EXPECT_NE(response.find("X-Content-Type-Options: nosniff"), std::string::npos) << path;
    EXPECT_NE(response.find("Content-Security-Policy: default-src 'none'"), std::string::npos)
        << path;
  }
  EXPECT_TRUE(get("/sql?id=1").ends_with("\r\n\r\nselect '<b>';\n"));
  EXPECT_EQ(status_of(get("/sql?id=../../etc/passwd")), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(status_of(get("/nothing")), "HTTP/1.1 404 Not Found");
  EXPECT_TRUE(ask("HEAD /livez HTTP/1.0\r\n\r\n").ends_with("\r\n\r\n"));
}

TEST_F(StatusServerTest, LooksOnceForAllWhoAskAtOnce) {
  look_takes_ = milliseconds(100);
  start();
  std::vector<std::jthread> crowd;
  for (int i = 0; i < 20; ++i)
    crowd.emplace_back([this] { EXPECT_EQ(status_of(get("/readyz")), "HTTP/1.1 200 OK"); });
  crowd.clear();
  EXPECT_EQ(looks_, 1);
}

TEST_F(StatusServerTest, ADatabaseThatDoesNotAnswerIsToldInTime) {
  look_takes_ = milliseconds(2500);
  start();
  const auto begun = std::chrono::steady_clock::now();
  const std::string response = get("/readyz");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(2000));
  EXPECT_EQ(status_of(response), "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(status_of(get("/livez")), "HTTP/1.1 200 OK");
}

TEST_F(StatusServerTest, ACrowdIsToldOfASilentDatabaseInTimeToo) {
  look_takes_ = milliseconds(4000);
  start();
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::jthread> crowd;
  for (int i = 0; i < 24; ++i)
    crowd.emplace_back(
        [this] { EXPECT_EQ(status_of(get("/readyz")), "HTTP/1.1 503 Service Unavailable"); });
  crowd.clear();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(2000));
}

TEST_F(StatusServerTest, RefusesWhatIsNoRequestOfItsOwn) {
  start();
  EXPECT_EQ(status_of(ask("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n")),
            "HTTP/1.1 405 Method Not Allowed");
  EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")),
            "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(status_of(ask("\x16\x03\x01")), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(status_of(ask("GET /" + std::string(9000, 'a'))),
            "HTTP/1.1 431 Request Header Fields Too Large");
}

TEST_F(StatusServerTest, ManyRangesMakeNoLongResponse) {
  start();
  std::string ranges = "Range: bytes=0-";
  for (int i = 0; i < 900; ++i) ranges += ",0-";
  EXPECT_LT(get("/", ranges + "\r\n").size(), 100'000u);
}

TEST_F(StatusServerTest, SlowClientsKeepNobodyElseWaiting) {
  start();
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 300; ++i) {
    slow.push_back(std::make_unique<Client>(server_->addresses().front()));
    slow.back()->say("GET /livez HTT");
  }
  EXPECT_EQ(status_of(get("/livez")), "HTTP/1.1 200 OK");
}

TEST_F(StatusServerTest, WhoCameBeforeItsEndIsAnswered) {
  for (int i = 0; i < 200; ++i) {
    start();
    Client client(server_->addresses().front());
    client.say("GET /livez HTTP/1.1\r\n\r\n");
    server_.reset();
    ASSERT_EQ(status_of(client.hear()), "HTTP/1.1 200 OK") << "round " << i;
  }
}

TEST_F(StatusServerTest, WhoCameBeforeItsEndIsHeardToTheEndOfAHead) {
  const std::string field = "X-Field: " + std::string(3950, 'x') + "\r\n";
  for (int i = 0; i < 200; ++i) {
    start();
    Client client(server_->addresses().front());
    client.say("GET /livez HTTP/1.1\r\n" + field + field + "\r\n");
    server_.reset();
    ASSERT_EQ(status_of(client.hear()), "HTTP/1.1 200 OK") << "round " << i;
  }
}

/// "it has not answered for 2 s"
int seconds_of_silence(const std::string& response) {
  const std::string words = "it has not answered for ";
  const std::size_t at = response.find(words);
  EXPECT_NE(at, std::string::npos) << response;
  return at == std::string::npos ? 0 : std::stoi(response.substr(at + words.size()));
}

TEST_F(StatusServerTest, SilenceIsCountedFromTheQuestionOn) {
  using std::chrono::ceil, std::chrono::seconds, std::chrono::steady_clock;
  start();
  EXPECT_EQ(status_of(get("/readyz")), "HTTP/1.1 200 OK");
  std::this_thread::sleep_for(milliseconds(2200));  // in which nobody asks
  look_takes_ = milliseconds(2500);
  const auto asked = steady_clock::now();
  const int silent = seconds_of_silence(get("/readyz"));
  EXPECT_GE(silent, 1);
  EXPECT_LE(silent, ceil<seconds>(steady_clock::now() - asked).count());
}

TEST_F(StatusServerTest, RequestsInOnePieceAreAnsweredInTurn) {
  start();
  const std::string both =
      ask("GET /livez HTTP/1.1\r\n\r\nGET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_NE(both.find("200 OK"), std::string::npos);
  EXPECT_NE(both.find("404 Not Found"), std::string::npos);
}

TEST_F(StatusServerTest, GarbageDoesNoHarm) {
  start();
  std::mt19937 random(7);
  const std::string good =
      "GET /readyz?verbose HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\nConnection: "
      "close\r\n\r\n";
  for (int i = 0; i < 300; ++i) {
    std::string text = good;
    for (int change = 0; change < 1 + i % 8; ++change)
      text[random() % (text.size() - 4)] = static_cast<char>(random() % 256);
    Client client(server_->addresses().front());
    client.say(text);
  }
  EXPECT_EQ(status_of(get("/livez")), "HTTP/1.1 200 OK");
}

TEST_F(StatusServerTest, ATokenIsForAllButTheProbes) {
  start({.token = "s3cret"});
  for (const char* path : {"/livez", "/readyz", "/startupz", "/healthz"})
    EXPECT_EQ(status_of(get(path)), "HTTP/1.1 200 OK") << path;
  for (const char* path : {"/", "/status", "/metrics", "/sql?id=1"})
    EXPECT_EQ(status_of(get(path)), "HTTP/1.1 401 Unauthorized") << path;
  EXPECT_EQ(status_of(get("/status", "Authorization: Bearer s3cret\r\n")), "HTTP/1.1 200 OK");
  EXPECT_EQ(status_of(get("/status", "Authorization: Basic YW55OnMzY3JldA==\r\n")),
            "HTTP/1.1 200 OK");
  EXPECT_EQ(status_of(get("/status", "Authorization: Bearer s3cre\r\n")),
            "HTTP/1.1 401 Unauthorized");
}

TEST_F(StatusServerTest, ANameOfAnotherMachineIsNotAnsweredHere) {
  start();
  for (const std::string host : {"evil.example", "127.0.0.1.evil.example", "127.evil.example:8086"})
    EXPECT_EQ(
        status_of(ask("GET /status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")),
        "HTTP/1.1 403 Forbidden")
        << host;
}

TEST(StatusServer, IsNotPublicUnasked) {
  const auto look = [](const std::stop_token&) { return Sight{}; };
  EXPECT_THROW(StatusServer({.listen = {{.host = "0.0.0.0", .port = "0"}}}, look), Error);
  EXPECT_NO_THROW(StatusServer(
      {.listen = {{.host = "0.0.0.0", .port = "0"}}, .routes = {.access = {.is_public = true}}},
      look));
}

TEST(StatusPage, EscapesWhatItShows) {
  Sight sight = good_sight();
  sight.status.lines[0].name = "<script>alert(1)</script>";
  sight.status.findings = {{.id = "changed", .message = "\"><img src=x>"}};
  const std::string page = status_page(sight, {}, false).body;
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
}

TEST(StatusPage, ShowsTheNewestOfMany) {
  Sight sight = good_sight();
  for (int i = 2; i < 1000; ++i)
    sight.status.lines.push_back(
        {.id = std::to_string(i), .name = "n", .file = "", .standing = Standing::applied});
  const std::string page = status_page(sight, {}, false).body;
  EXPECT_NE(page.find("Show all 999 migrations"), std::string::npos);
  EXPECT_LT(page.size(), status_page(sight, {}, true).body.size() / 3);
}

}  // namespace
}  // namespace migrator

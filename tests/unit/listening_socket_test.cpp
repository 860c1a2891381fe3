// Where the status server listens: addresses that are read or refused, and sockets of the system,
// among them Unix sockets at a path that others want as well.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "engine/base/error.h"
#include "engine/http/listening_socket.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

TEST(ListenAddress, IsReadOrRefused) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8086").port, "8086");
  EXPECT_EQ(parse_listen_address("[::1]:0").host, "::1");
  EXPECT_TRUE(parse_listen_address("[::1]:0").is_local());
  EXPECT_TRUE(parse_listen_address("unix:/run/m.sock").is_local());
  EXPECT_FALSE(parse_listen_address(":8086").is_local());
  for (const char* wrong : {"", "8086", "localhost", "localhost:", "a:b", "a:70000", "unix:"})
    EXPECT_THROW(parse_listen_address(wrong), Error) << wrong;
}

/// 0, or why it failed.
template <typename Address>
int error_of(decltype(connect)* action, const Address& address) {
  const auto* const common = reinterpret_cast<const sockaddr*>(&address);
  const int client = socket(common->sa_family, SOCK_STREAM, 0);
  const int error = action(client, common, sizeof(address)) == 0 ? 0 : errno;
  close(client);
  return error;
}

/// 0, or why nobody takes a connection at the path.
int connect_error(const std::filesystem::path& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.string().copy(name.sun_path, sizeof(name.sun_path) - 1);
  return error_of(connect, name);
}

/// Of the very file: another one may get its number.
std::optional<std::tuple<ino_t, time_t, long>> identity_of(const std::filesystem::path& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return std::nullopt;
  return std::tuple(found.st_ino, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

TEST(ListeningSocket, ListensForAsLongAsItIsThere) {
  const TempFolder folder;
  const auto path = folder.path() / "s.sock";
  std::atomic<int> answered = 0, refused = 0;
  {
    const std::jthread client([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        const auto before = identity_of(path);
        const int error = connect_error(path);
        if (error == 0) ++answered;
        // One that goes in between refuses, too, and is not there any more.
        if (error == ECONNREFUSED && before && identity_of(path) == before) ++refused;
      }
    });
    for (int i = 0; i < 500; ++i) ListeningSocket({.socket = path.string()});
    const ListeningSocket last({.socket = path.string()});
    while (answered == 0) std::this_thread::yield();
  }
  EXPECT_EQ(refused, 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ListeningSocket, TakesThePlaceOfNothingButASocketThatIsLeft) {
  const TempFolder folder;
  const auto path = folder.write("file", "years of work");
  EXPECT_THROW(ListeningSocket({.socket = path.string()}), Error);
  EXPECT_TRUE(std::filesystem::is_regular_file(path));

  const auto left = folder.path() / "left", living = folder.path() / "living";
  {
    const ListeningSocket killed({.socket = (folder.path() / "killed").string()});
    std::filesystem::create_hard_link(folder.path() / "killed", left);
  }
  EXPECT_EQ(connect_error(left), ECONNREFUSED);
  const ListeningSocket one({.socket = left.string()}), other({.socket = living.string()});
  EXPECT_EQ(connect_error(left), 0);
  EXPECT_THROW(ListeningSocket({.socket = living.string()}), Error);
  EXPECT_EQ(connect_error(living), 0);
}

TEST(ListeningSocket, OneOfManyTakesThePlaceOfASocketThatIsLeft) {
  const TempFolder folder;
  const auto path = folder.path() / "s.sock", aside = folder.path() / "aside";
  for (int i = 0; i < 200; ++i) {
    {
      const ListeningSocket killed({.socket = aside.string()});
      std::filesystem::create_hard_link(aside, path);
    }
    std::atomic<int> listening = 0, ready = 0;
    std::vector<std::optional<ListeningSocket>> sockets(4);
    std::vector<std::jthread> crowd;
    for (auto& socket : sockets)
      crowd.emplace_back([&] {
        for (++ready; ready < 4;) std::this_thread::yield();
        try {
          socket.emplace(ListenAddress{.socket = path.string()});
          ++listening;
        } catch (const Error&) {
          // It came too late.
        }
      });
    crowd.clear();
    ASSERT_EQ(listening, 1) << "round " << i;
    ASSERT_EQ(connect_error(path), 0) << "round " << i;
  }
}

TEST(ListeningSocket, LeavesWhatHasComeToItsPathMeanwhile) {
  const TempFolder folder;
  const auto path = folder.path() / "s.sock";
  std::optional<ListeningSocket> first(std::in_place, ListenAddress{.socket = path.string()});
  std::filesystem::remove(path);
  const ListeningSocket second({.socket = path.string()});
  first.reset();
  EXPECT_EQ(connect_error(path), 0);

  const auto other = folder.path() / "other";
  first.emplace(ListenAddress{.socket = other.string()});
  std::filesystem::remove(other);
  folder.write("other", "years of work");
  first.reset();
  EXPECT_TRUE(std::filesystem::is_regular_file(other));
}

TEST(ListeningSocket, SaysWhyItCannotListen) {
  const Finding unknown = expect_error(ErrorKind::configuration, [] {
    // Refused by its looks, without a question to a name server.
    ListeningSocket({.host = "::1%no-such-interface", .port = "0"});
  });
  EXPECT_PRED2(contains, unknown.message, "Name or service not known");
}

TEST(ListeningSocket, EveryAddressIsThoseOfBothFamilies) {
  const ListeningSocket every({.port = "0"});
  const auto port = htons(static_cast<std::uint16_t>(std::stoi(every.address().port)));
  const sockaddr_in v4{.sin_family = AF_INET,
                       .sin_port = port,
                       .sin_addr = {htonl(INADDR_LOOPBACK)},
                       .sin_zero = {}};
  EXPECT_EQ(error_of(connect, v4), 0);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  const bool has_ipv6 = error_of(bind, v6) == 0;
  v6.sin6_port = port;
  EXPECT_EQ(error_of(connect, v6) == 0, has_ipv6);
}

TEST(ListeningSocket, EveryAddressIsNotHadByHalves) {
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  std::vector<std::string> hosts = {"127.0.0.1"};
  if (error_of(bind, v6) == 0) hosts.push_back("::1");
  for (const std::string& host : hosts) {
    const ListeningSocket other({.host = host, .port = "0"});
    const Finding taken = expect_error(ErrorKind::configuration,
                                       [&] { ListeningSocket({.port = other.address().port}); });
    EXPECT_PRED2(contains, taken.message, "Address already in use") << host;
  }
}

TEST(ListeningSocket, TakesAPathAsLongAsASocketMayHave) {
  const TempFolder folder;
  const std::size_t rest = sizeof(sockaddr_un::sun_path) - 1 - folder.path().string().size() - 1;
  const std::string deep = (folder.path() / std::string(rest - 2, 'd')).string();
  std::filesystem::create_directory(deep);
  const ListeningSocket socket({.socket = deep + "/s"});
  EXPECT_EQ(connect_error(deep + "/s"), 0);
  EXPECT_THROW(ListeningSocket({.socket = deep + "/too_long"}), Error);
}

}  // namespace
}  // namespace migrator

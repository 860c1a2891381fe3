#include "engine/http/listening_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/error.h"

namespace migrator {
namespace {

constexpr int kBacklog = 128;
constexpr int kFlags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

std::optional<sockaddr_un> name_of(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof(name.sun_path)) return std::nullopt;
  std::memcpy(name.sun_path, path.data(), path.size());
  return name;
}

/// In the same folder, and never too long where the path is not.
std::string draft_of(const std::string& path) {
  std::random_device random;
  const std::size_t folder = path.rfind('/') + 1;  // 0 where there is none
  std::string draft;
  do {
    draft = fmt::format("{}{:08x}", path.substr(0, folder), random())
                .substr(0, sizeof(sockaddr_un::sun_path) - 1);
  } while (draft == path);  // cut to a letter it may be
  return draft;
}

/// A socket at which nobody listens any more: its program was killed. Other files refuse likewise.
bool is_left_over(const sockaddr_un& name) {
  struct stat found {};
  if (lstat(name.sun_path, &found) != 0 || !S_ISSOCK(found.st_mode)) return false;
  const int probe = socket(AF_UNIX, kFlags, 0);  // one that is too busy to accept is not left
  if (probe < 0) return false;
  const int result = connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  const int error = errno;
  close(probe);
  return result != 0 && error == ECONNREFUSED;
}

/// One migrator at a time: of two that found the same socket left, the second would remove what
/// the first has put there since. Nothing of it stays on disk. Where the folder cannot be locked
/// (no right to read it, or somebody else keeps it locked), it goes without.
class FolderTurn {
 public:
  explicit FolderTurn(const std::string& path) {
    const std::size_t name = path.rfind('/') + 1;
    const std::string folder = name == 0 ? "." : path.substr(0, name);
    folder_ = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (flock(folder_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK &&
           std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~FolderTurn() {
    if (folder_ >= 0) close(folder_);
  }
  FolderTurn(const FolderTurn&) = delete;
  FolderTurn& operator=(const FolderTurn&) = delete;

 private:
  int folder_ = -1;
};

void remove_if_left_over(const sockaddr_un& name) {
  if (!is_left_over(name)) return;
  const FolderTurn turn(name.sun_path);
  if (is_left_over(name)) unlink(name.sun_path);
}

}  // namespace

ListeningSocket::ListeningSocket(ListenAddress address) : address_(std::move(address)) {
  if (address_.socket.empty())
    open_tcp();
  else
    open_unix();
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : address_(std::move(other.address_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      file_(std::exchange(other.file_, std::nullopt)) {}

ListeningSocket::~ListeningSocket() {
  if (descriptor_ < 0) return;
  if (file_ && identity_of(address_.socket) == file_) unlink(address_.socket.c_str());
  close(descriptor_);
}

std::optional<ListeningSocket::Identity> ListeningSocket::identity_of(const std::string& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return std::nullopt;
  return Identity{.device = found.st_dev, .inode = found.st_ino};
}

void ListeningSocket::fail(int error) const {
  const bool is_port = error == EACCES && address_.socket.empty();
  fail(std::strerror(error), error == EADDRINUSE
                                 ? "stop what listens there, or choose another --listen"
                             : is_port ? "choose a port above 1023: those below are root's"
                                       : "choose another --listen");
}

void ListeningSocket::fail(const std::string& reason, const std::string& next) const {
  if (descriptor_ >= 0) close(descriptor_);
  throw Error(ErrorKind::configuration,
              {.id = "listen-failed",
               .message = fmt::format("cannot listen on {}: {}", to_text(address_), reason),
               .next = next});
}

/// Who finds a socket at the path finds one that listens: else another migrator would take it for
/// a left one.
void ListeningSocket::open_unix() {
  const std::string& path = address_.socket;
  const std::string draft = draft_of(path);
  const auto name = name_of(path), draft_name = name_of(draft);
  if (!name || !draft_name) fail(ENAMETOOLONG);
  remove_if_left_over(*name);
  descriptor_ = socket(AF_UNIX, kFlags, 0);
  if (descriptor_ < 0) fail(errno);
  if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&*draft_name), sizeof(*draft_name)) != 0)
    fail(errno);
  file_ = identity_of(draft);
  // Who may reach the folder of the socket, in the owner's group, may ask.
  const bool listens = chmod(draft.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) == 0 &&
                       listen(descriptor_, kBacklog) == 0 &&
                       link(draft.c_str(), path.c_str()) == 0;  // never over another file
  const int error = errno;
  unlink(draft.c_str());
  if (!listens) fail(error == EEXIST ? EADDRINUSE : error);
}

/// ":8086" is every address: of both families where the machine has IPv6, else of the older one.
void ListeningSocket::open_tcp() {
  if (address_.host.empty()) {
    const auto [unknown, error] = listen_at("::");
    if (unknown == 0 && error == 0) return note_port();
    // A port of both families that somebody has in one of them is not to be had by halves.
    if (unknown == 0 && error != EAFNOSUPPORT && error != EADDRNOTAVAIL) fail(error);
  }
  const auto [unknown, error] = listen_at(address_.host.empty() ? "0.0.0.0" : address_.host);
  if (unknown != 0)
    fail(gai_strerror(unknown), "choose a name or an address of this machine for --listen");
  if (error != 0) fail(error);
  note_port();
}

ListeningSocket::Attempt ListeningSocket::listen_at(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int unknown = getaddrinfo(host.c_str(), address_.port.c_str(), &wanted, &found);
  if (unknown != 0) return {.unknown = unknown};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  return {.error = listen_on(*found)};
}

/// 0, or why it cannot be.
int ListeningSocket::listen_on(const addrinfo& place) {
  descriptor_ = socket(place.ai_family, kFlags, 0);
  if (descriptor_ < 0) return errno;
  const int on = 1, off = 0;
  setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (place.ai_family == AF_INET6)
    setsockopt(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  if (bind(descriptor_, place.ai_addr, place.ai_addrlen) == 0 && listen(descriptor_, kBacklog) == 0)
    return 0;
  const int error = errno;
  close(std::exchange(descriptor_, -1));
  return error;
}

/// That the system chose for port 0.
void ListeningSocket::note_port() {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  std::array<char, NI_MAXSERV> port{};
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&bound), &size) == 0 &&
      getnameinfo(reinterpret_cast<sockaddr*>(&bound), size, nullptr, 0, port.data(), port.size(),
                  NI_NUMERICSERV) == 0)
    address_.port = port.data();
}

}  // namespace migrator

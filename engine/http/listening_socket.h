// A socket that listens, closed with the object; of a Unix socket the file goes too, unless
// another one has come to its path meanwhile.
#pragma once

#include <netdb.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "engine/http/listen_address.h"

namespace migrator {

class ListeningSocket {
 public:
  /// Throws Error(configuration, "listen-failed").
  explicit ListeningSocket(ListenAddress address);
  ~ListeningSocket();
  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&&) = delete;

  int descriptor() const { return descriptor_; }
  /// With the port that the system gave for port 0.
  const ListenAddress& address() const { return address_; }

 private:
  void open_unix();
  void open_tcp();
  /// Both are 0 where it listens.
  struct Attempt {
    int unknown = 0;  ///< of getaddrinfo
    int error = 0;    ///< of the socket
  };
  Attempt listen_at(const std::string& host);
  int listen_on(const addrinfo& place);
  void note_port();
  [[noreturn]] void fail(int error) const;
  [[noreturn]] void fail(const std::string& reason, const std::string& next) const;

  /// Which file it is, whatever its path: as long as it listens, no other one has these.
  struct Identity {
    dev_t device;
    ino_t inode;
    bool operator==(const Identity&) const = default;
  };
  static std::optional<Identity> identity_of(const std::string& path);

  ListenAddress address_;
  int descriptor_ = -1;
  std::optional<Identity> file_ = std::nullopt;  ///< of a Unix socket
};

}  // namespace migrator

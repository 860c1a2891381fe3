// A socket that listens, closed with the object; of a Unix socket the file goes too.
#pragma once

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
  [[noreturn]] void fail(int error) const;

  ListenAddress address_;
  int descriptor_ = -1;
};

}  // namespace migrator

// Cuts what one side of a PostgreSQL connection sends into messages (protocol 3): a type and a
// length, but for the first ones of a client, which have no type, and the one byte that answers a
// request for encryption. Knows where messages end and hardly what they mean.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace migrator {

enum class Direction { to_server, to_client };

std::string name_of(Direction direction);
void PrintTo(Direction direction, std::ostream* out);  ///< for GoogleTest

class Framing {
 public:
  explicit Framing(Direction direction) : typed_(direction == Direction::to_client) {}

  void add(std::string_view bytes) { bytes_ += bytes; }
  /// The next whole message, to the byte.
  std::optional<std::string> next();

  /// The client has asked for encryption: a single byte follows from the server.
  void expect_single_byte() { single_byte_ = true; }

 private:
  std::string bytes_;
  bool typed_;
  bool single_byte_ = false;
};

enum class Opening { startup, encryption, cancel };

/// What an untyped message of a client asks for.
Opening opening_of(std::string_view message);

}  // namespace migrator

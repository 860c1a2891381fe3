// The door to libpqxx: statements of our own with bound parameters, over a libpq handle that is
// connected already. Its .cpp is the only file that knows which libpqxx it is built against.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace migrator {

class Queries {
 public:
  /// Takes the handle over: it is finished with this object, and never reconnected.
  explicit Queries(pg_conn* handle);
  ~Queries();
  Queries(const Queries&) = delete;
  Queries& operator=(const Queries&) = delete;

  /// Throws Error(migration) with the server's complaint, Error(connection) when lost.
  std::vector<std::vector<std::optional<std::string>>> run(
      std::string_view sql, std::span<const std::optional<std::string>> parameters);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
  pg_conn* handle_;
};

}  // namespace migrator

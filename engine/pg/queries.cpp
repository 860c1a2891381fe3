#include "engine/pg/queries.h"

#include <libpq-fe.h>

#include <pqxx/pqxx>

#include "engine/base/text.h"
#include "engine/pg/server_error.h"

namespace migrator {
namespace {

#if PQXX_VERSION_MAJOR < 7

// libpqxx 6 asks a policy for its handle; this one has a handle to give, and gives no other.
class Adoption : public pqxx::connectionpolicy {
 public:
  explicit Adoption(PGconn* connected) : pqxx::connectionpolicy({}), handle_(connected) {}
  handle do_startconnect(handle) override { return handle_; }
  handle do_completeconnect(handle) override { return handle_; }

 private:
  PGconn* handle_;
};

class Adopted : private Adoption, public pqxx::connection_base {
 public:
  explicit Adopted(PGconn* connected)
      : Adoption(connected), pqxx::connection_base(static_cast<pqxx::connectionpolicy&>(*this)) {
    init();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    inhibit_reactivation(true);  // a session that comes back is another session: no lock, no SETs
#pragma GCC diagnostic pop
  }
  Adopted(const Adopted&) = delete;
  Adopted& operator=(const Adopted&) = delete;
  ~Adopted() override {
    close();
  }
};

using LibraryConnection = Adopted;

LibraryConnection adopt(PGconn* handle) {
  return LibraryConnection(handle);
}

pqxx::result execute(pqxx::transaction_base& work, const std::string& sql,
                     std::span<const std::optional<std::string>> parameters) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) {
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  return work.exec_params(sql, pqxx::prepare::make_dynamic_params(values));
}

#else

using LibraryConnection = pqxx::connection;

LibraryConnection adopt(PGconn* handle) {
  return pqxx::connection::seize_raw_connection(handle);
}

pqxx::result execute(pqxx::transaction_base& work, const std::string& sql,
                     std::span<const std::optional<std::string>> parameters) {
  pqxx::params values;
  for (const auto& parameter : parameters) values.append(parameter);
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 9
  return work.exec(sql, values);
#else
  return work.exec_params(sql, values);
#endif
}

#endif

/// libpqxx may complain of what came of the loss instead.
Error lost(PGconn* handle, const std::exception& otherwise) {
  const std::string_view reason = trim(PQerrorMessage(handle));
  return connection_lost(reason.empty() ? std::string_view(otherwise.what()) : reason);
}

}  // namespace

struct Queries::Library {
  explicit Library(PGconn* handle) : connection(adopt(handle)) {}
  LibraryConnection connection;
};

Queries::Queries(pg_conn* handle) : library_(std::make_unique<Library>(handle)), handle_(handle) {}

Queries::~Queries() = default;

std::vector<std::vector<std::optional<std::string>>> Queries::run(
    std::string_view sql, std::span<const std::optional<std::string>> parameters) {
  const std::string text(sql);
  try {
    pqxx::nontransaction work(library_->connection);
    const pqxx::result result = execute(work, text, parameters);
    std::vector<std::vector<std::optional<std::string>>> rows;
    rows.reserve(static_cast<std::size_t>(result.size()));
    for (const auto& row : result) {
      auto& fields = rows.emplace_back();
      for (const auto& field : row) {
        if (field.is_null()) {
          fields.emplace_back();
        } else {
          fields.emplace_back(std::string(field.c_str(), field.size()));
        }
      }
    }
    return rows;
  } catch (const pqxx::sql_error& error) {
    if (PQstatus(handle_) == CONNECTION_BAD) throw lost(handle_, error);
    throw Error(ErrorKind::migration, finding_of_text(error.what()));
  } catch (const pqxx::broken_connection& error) {
    throw lost(handle_, error);
  } catch (const pqxx::failure& error) {
    if (PQstatus(handle_) == CONNECTION_BAD) throw lost(handle_, error);
    throw Error(ErrorKind::migration, finding_of_text(error.what()));
  }
}

}  // namespace migrator

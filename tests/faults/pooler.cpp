#include "tests/faults/pooler.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <ostream>
#include <sstream>
#include <stdexcept>

#include "engine/base/error.h"
#include "engine/pg/child_process.h"
#include "engine/pg/data_folder.h"
#include "engine/pg/database.h"
#include "tests/faults/fault_scene.h"
#include "tests/support/run_fixture.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr int kPort = 6432;

fs::path pgbouncer() {
  const char* variable = std::getenv("PATH");
  // It is a server: Debian puts it where the PATH of an ordinary user does not lead.
  std::istringstream path((variable == nullptr ? std::string() : variable) + ":/usr/sbin");
  for (std::string folder; std::getline(path, folder, ':');)
    if (access((folder + "/pgbouncer").c_str(), X_OK) == 0) return folder + "/pgbouncer";
  throw std::runtime_error("no pgbouncer for the tests; scripts/bootstrap test installs it");
}

std::string settings(const fs::path& folder, PoolMode mode, int pool_size) {
  return fmt::format(R"([databases]
* = host={0} port=5432
[pgbouncer]
listen_port = {1}
unix_socket_dir = {2}/sockets
auth_type = trust
auth_file = {2}/users
admin_users = postgres
pool_mode = {3}
default_pool_size = {4}
)",
                     test_server().socket_directory().string(), kPort, folder.string(),
                     mode == PoolMode::session ? "session" : "transaction", pool_size);
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

Pooler::Pooler(PoolMode mode, int pool_size) {
  const fs::path& folder = folder_.path();
  const fs::path program = pgbouncer();
  fs::create_directory(folder / "sockets");
  std::ofstream(folder / "users") << "\"postgres\" \"\"\n";
  std::ofstream(folder / "settings.ini") << settings(folder, mode, pool_size);
  const auto account = server_account(paths_of(test_server().directory()));
  if (account && chown((folder / "sockets").c_str(), account->user, account->group) != 0)
    throw std::runtime_error("cannot give the pooler its folder");
  pid_ = start_detached({.arguments = {program, folder / "settings.ini"}, .account = account},
                        folder / "log");
  try {
    wait_for_server(url("postgres"), {}, std::chrono::seconds(20), {});
  } catch (const Error& error) {
    stop();
    throw std::runtime_error(
        fmt::format("PgBouncer does not accept: {}\n{}", error.what(), text_of(folder / "log")));
  }
}

Pooler::~Pooler() {
  stop();
}

void Pooler::fall_silent() const {
  kill(pid_, SIGSTOP);
}

void Pooler::stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGCONT);
  kill(pid_, SIGTERM);  // at once, whoever is connected
  pid_t ended = 0;
  wait_until([&] { return (ended = waitpid(pid_, nullptr, WNOHANG)) != 0; });
  if (ended == 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_ = 0;
}

DatabaseUrl Pooler::url(std::string_view database) const {
  return DatabaseUrl::parse(fmt::format("postgres:///{}?host={}&port={}&user=postgres", database,
                                        (folder_.path() / "sockets").string(), kPort));
}

fs::path Pooler::socket() const {
  return folder_.path() / "sockets" / fmt::format(".s.PGSQL.{}", kPort);
}

std::string name_of(Way way) {
  switch (way) {
    case Way::directly:
      return "Directly";
    case Way::session_pooler:
      return "PgBouncerInSessionMode";
    case Way::transaction_pooler:
      return "PgBouncerInTransactionMode";
  }
  return "";
}

void PrintTo(Way way, std::ostream* out) {
  *out << name_of(way);
}

WayToServer::WayToServer(Way way) {
  if (way == Way::session_pooler) pooler_.emplace(PoolMode::session);
  if (way == Way::transaction_pooler) pooler_.emplace(PoolMode::transaction, 4);
}

DatabaseUrl WayToServer::url(const std::string& database) const {
  return pooler_ ? pooler_->url(database) : test_server().url(database);
}

std::filesystem::path WayToServer::socket() const {
  return pooler_ ? pooler_->socket() : test_server_socket();
}

}  // namespace migrator

#include "tests/support/test_server.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>

#include "engine/base/error.h"
#include "engine/pg/data_folder.h"
#include "engine/project/checksum.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// Two checkouts, or two builds of one, must not stop each other's server.
fs::path shared_folder() {
  return fs::temp_directory_path() / ("migrator-tests-" + std::to_string(geteuid()) + "-" +
                                      sha256(MIGRATOR_BUILD_DIR).substr(0, 8));
}

LocalServerOptions shared_options() {
  LocalServerOptions options = test_server_options();
  options.directory = shared_folder() / "unknown";
  const std::string version = LocalServer(options).status().version;
  options.directory = shared_folder() / version / "data";
  return options;
}

// A data folder whose server was never used, made once for each version.
fs::path pristine_data_folder() {
  LocalServerOptions options = shared_options();
  const fs::path folder = options.directory.parent_path();
  options.directory = folder / "pristine";
  fs::create_directories(folder);
  const FolderLock lock(folder / "pristine.made.lock", std::chrono::seconds(60));
  if (!fs::exists(folder / "pristine.made")) {
    LocalServer server(options);
    server.start();
    server.stop();
    std::ofstream(folder / "pristine.made") << "\n";
  }
  return options.directory;
}

std::string unique_name(std::string_view prefix) {
  static std::atomic<int> counter = 0;
  static const unsigned int random = std::random_device()();
  return std::string(prefix) + std::to_string(getpid()) + "_" + std::to_string(random) + "_" +
         std::to_string(++counter);
}

}  // namespace

LocalServerOptions test_server_options() {
  LocalServerOptions options{.directory = {}};
  const std::string bindir = variable("MIGRATOR_TEST_BINDIR");
  if (!bindir.empty()) options.bindir = bindir;
  options.search_path_variable = variable("PATH");
  options.durable = false;
  return options;
}

TestServer::TestServer() : server_(shared_options()) {}

void TestServer::start() {
  try {
    server_.start();
  } catch (const Error& error) {
    const Finding& finding = error.finding();
    throw std::runtime_error("no PostgreSQL server for the tests: " + finding.message + "\n" +
                             finding.detail + "\n" + finding.next);
  }
}

void TestServer::stop() {
  server_.stop();
  fs::remove_all(server_.status().directory.parent_path());
  std::error_code not_empty;
  fs::remove(shared_folder(), not_empty);
}

DatabaseUrl TestServer::url(std::string_view database) const {
  return server_.url().with_database(database);
}

TestServer& test_server() {
  static TestServer server = [] {
    TestServer made;
    made.start();
    return made;
  }();
  return server;
}

TestDatabase::TestDatabase() : name_(unique_name("test_")) {
  Connection::open(test_server().url(), {}).query("create database " + name_);
}

TestDatabase::~TestDatabase() {
  try {
    Connection::open(test_server().url(), {}).query("drop database " + name_ + " with (force)");
  } catch (const std::exception&) {
    // The server may be gone, and its databases with it.
  }
}

Connection TestDatabase::connect(const std::string& application_name) const {
  return Connection::open(url(), {.application_name = application_name});
}

ServerFolder::ServerFolder(Content content)
    : path_(fs::temp_directory_path() / unique_name("migrator-server-")) {
  fs::create_directory(path_);
  fs::permissions(path_, fs::perms(0755));
  if (content == Content::nothing) return;
  fs::copy(pristine_data_folder(), path_ / "data", fs::copy_options::recursive);
  fs::permissions(path_ / "data", fs::perms(0700));
}

ServerFolder::~ServerFolder() {
  try {
    LocalServer(options()).stop();
  } catch (const std::exception&) {
    // A test may have made the folder unfit for any server.
  }
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

LocalServerOptions ServerFolder::options() const {
  LocalServerOptions options = test_server_options();
  options.directory = path_ / "data";
  return options;
}

}  // namespace migrator

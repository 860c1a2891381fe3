#include "tests/support/test_server.h"

#include <unistd.h>

#include <atomic>
#include <cstdint>
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

constexpr const char* kMemory = "/dev/shm";
const std::string kNote = "server.";
constexpr std::uintmax_t kEnoughRoom = std::uintmax_t{2} << 30;

// A container's is often 64 MiB small.
bool has_room_in_memory() {
  std::error_code error;
  const fs::space_info space = fs::space(kMemory, error);
  return !error && space.available >= kEnoughRoom && access(kMemory, W_OK | X_OK) == 0;
}

// Two checkouts, two builds of one, or two users must not stop each other's server. Short, for the
// sockets in it. Where it is, it stays: the room of this moment decides for the first alone.
fs::path shared_folder() {
  const std::string name =
      "migrator-tests-" + sha256(std::to_string(geteuid()) + " " + MIGRATOR_BUILD_DIR).substr(0, 8);
  std::error_code ignored;
  for (const fs::path& parent : {fs::path(kMemory), fs::temp_directory_path()})
    if (fs::is_directory(parent / name, ignored)) return parent / name;
  return (has_room_in_memory() ? fs::path(kMemory) : fs::temp_directory_path()) / name;
}

// What the choice of programs depends on decides which note is read.
fs::path note_of_server() {
  return shared_folder() /
         (kNote + sha256(variable("MIGRATOR_TEST_BINDIR") + ":" + variable("PATH")).substr(0, 8));
}

LocalServerOptions shared_options() {
  LocalServerOptions options = test_server_options();
  const fs::path folder = shared_folder();
  options.directory = folder / "unknown";
  const LocalServerStatus found = LocalServer(options).status();
  options.bindir = found.bindir;
  options.directory = folder / found.version / "data";
  return options;
}

// A data folder whose server was never used, made once for each version.
fs::path pristine_data_folder() {
  LocalServerOptions options = test_server_options();
  const fs::path folder = test_server().directory().parent_path();
  options.directory = folder / "pristine";
  const FolderLock lock(folder / "pristine.made.lock", std::chrono::seconds(60));
  if (!fs::exists(folder / "pristine.made")) {
    LocalServer server(options);
    server.start();
    server.stop();
    std::ofstream(folder / "pristine.made") << "\n";
  }
  return options.directory;
}

// Of tests that were killed.
void stop_private_servers(const fs::path& folder, LocalServerOptions options) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    options.directory = entry.path() / "data";
    if (running_server(options.directory) != 0) LocalServer(options).stop();
  }
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

TestServer TestServer::start() {
  try {
    LocalServer server(shared_options());
    server.start();
    TestServer started(server.status().directory, server.url());
    // Whole or not at all, for those who read it meanwhile.
    const fs::path note = note_of_server(), draft = note.string() + unique_name(".");
    std::ofstream(draft) << started.directory_.string() << "\n" << started.url_.reveal() << "\n";
    fs::rename(draft, note);
    return started;
  } catch (const Error& error) {
    const Finding& finding = error.finding();
    throw std::runtime_error("no PostgreSQL server for the tests: " + finding.message + "\n" +
                             finding.detail + "\n" + finding.next);
  }
}

std::optional<TestServer> TestServer::find() {
  std::ifstream note(note_of_server());
  std::string directory, url;
  if (!std::getline(note, directory) || !std::getline(note, url)) return std::nullopt;
  if (running_server(directory) == 0) return std::nullopt;
  return TestServer(directory, DatabaseUrl::parse(url));
}

void TestServer::stop() {
  const LocalServerOptions options = shared_options();
  const fs::path folder = options.directory.parent_path();
  LocalServer(options).stop();
  if (fs::exists(folder)) stop_private_servers(folder, options);
  fs::remove_all(folder);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(shared_folder(), ignored))
    if (entry.path().filename().string().starts_with(kNote)) fs::remove(entry.path(), ignored);
  fs::remove(shared_folder(), ignored);  // unless another version's server is in it
}

DatabaseUrl TestServer::url(std::string_view database) const {
  return url_.with_database(database);
}

fs::path TestServer::socket_directory() const {
  return paths_of(directory_).sockets;
}

bool TestServer::is_in_memory() const {
  return directory_.string().starts_with(std::string(kMemory) + "/");
}

const TestServer& test_server() {
  static const TestServer server = [] {
    std::optional<TestServer> found = TestServer::find();
    return found ? *std::move(found) : TestServer::start();
  }();
  return server;
}

TestDatabase::TestDatabase()
    : name_(unique_name("test_")), maintenance_(Connection::open(test_server().url(), {})) {
  // In memory copying files takes less time than writing each page into the log; 14 always copies.
  const bool copies = test_server().is_in_memory() && maintenance_.server_version() >= 150000;
  maintenance_.query("create database " + name_ + (copies ? " strategy file_copy" : ""));
}

TestDatabase::~TestDatabase() {
  try {
    maintenance_.query("drop database " + name_ + " with (force)");
  } catch (const std::exception&) {
    // The server may be gone, and its databases with it.
  }
}

Connection TestDatabase::connect(const std::string& application_name) const {
  return Connection::open(url(), {.application_name = application_name});
}

ServerFolder::ServerFolder(Content content) {
  // The name is as short as can be: with what tests add, a socket's path has to fit.
  std::string name = test_server().directory().parent_path() / "XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
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

# The libraries, all from the distribution. libpqxx, libpg_query and protobuf-c are linked statically, so
# that the installed binary needs only what README.md names.
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(httplib REQUIRED cpp-httplib)
pkg_check_modules(libprotobuf_c REQUIRED libprotobuf-c)

find_path(pqxx_include pqxx/pqxx REQUIRED)
find_library(pqxx_library NAMES libpqxx.a pqxx REQUIRED)
find_path(pg_query_include pg_query.h REQUIRED)
find_library(pg_query_library NAMES libpg_query.a pg_query REQUIRED)
find_library(protobuf_c_library NAMES libprotobuf-c.a protobuf-c REQUIRED)
find_library(fmt_library NAMES fmt REQUIRED)
find_path(fmt_include fmt/format.h REQUIRED)
find_path(toml_include toml++/toml.h REQUIRED)

# As system headers: their warnings are not ours.
add_library(migrator_packages INTERFACE)
target_include_directories(migrator_packages SYSTEM INTERFACE
  ${pqxx_include} ${pg_query_include} ${toml_include} ${fmt_include})
target_link_libraries(migrator_packages INTERFACE
  ${pqxx_library} PkgConfig::libpq ${pg_query_library} ${protobuf_c_library} ${fmt_library}
  ${httplib_LIBRARIES} nlohmann_json::nlohmann_json CLI11::CLI11 OpenSSL::Crypto ZLIB::ZLIB
  Threads::Threads)

#include "engine/pg/scratch_database.h"

#include <cstdint>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/pg/advisory_lock.h"
#include "engine/pg/connect.h"
#include "engine/pg/database.h"
#include "engine/pg/pause.h"
#include "engine/pg/scratch_server.h"
#include "engine/sql/object_name.h"

namespace migrator {
namespace {

constexpr std::string_view kPrefix = "migrator_scratch_";

// On a database only once a session of its run is in it: who finds it without one may drop it.
constexpr std::string_view kMark = "a scratch database of migrator: in use while anybody is in it";

std::string unique_name() {
  std::random_device entropy;
  std::uniform_int_distribution<std::uint64_t> any;
  return fmt::format("{}{:016x}", kPrefix, any(entropy));
}

constexpr std::string_view kDead = R"(
  select d.datname from pg_catalog.pg_database d
  where pg_catalog.starts_with(d.datname, $1)
    and pg_catalog.shobj_description(d.oid, 'pg_database') = $2
    and not exists (select from pg_catalog.pg_stat_activity a
                    where a.datid = d.oid and a.backend_type = 'client backend')
  order by 1)";

/// Somebody else may be quicker, or another role's they may be: then they stay.
void drop_dead(Connection& maintenance) {
  const std::vector<Field> parameters{std::string(kPrefix), std::string(kMark)};
  for (const Row& row : maintenance.query(kDead, parameters)) {
    try {
      maintenance.query("drop database " + quote_name(row.at(0).value_or("")));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::connection) throw;
    }
  }
}

std::int64_t lock_key(std::string_view role) {
  return AdvisoryLock::key_of("", "role on a scratch server", role);
}

void unlock(Connection& maintenance, std::string_view role) {
  const std::vector<Field> key{std::to_string(lock_key(role))};
  maintenance.query("select pg_catalog.pg_advisory_unlock($1::bigint)", key);
}

/// All of them, or none: the one that another run has.
std::optional<std::string> lock_all(Connection& maintenance, const std::set<std::string>& roles) {
  for (auto role = roles.begin(); role != roles.end(); ++role) {
    if (try_advisory_lock(maintenance, lock_key(*role), LockScope::session)) continue;
    for (auto locked = roles.begin(); locked != role; ++locked) unlock(maintenance, *locked);
    return *role;
  }
  return std::nullopt;
}

Error gave_up(const Error& error, const std::string& role, std::chrono::milliseconds limit) {
  Finding finding = error.finding();
  if (finding.id != "lock-timeout") return error;
  finding.message = fmt::format(
      "another run makes the role {} on the scratch server, too; gave up waiting after {}",
      name_text(role), seconds_text(limit));
  finding.next =
      "run again when it is done, raise `lock_wait` of [run] (MIGRATOR_LOCK_WAIT), or name another "
      "server as `scratch` of [check]";
  return Error(error.kind(), std::move(finding));
}

/// From template0, which holds nothing that a template of the server may hold.
void make(const DatabaseUrl& url, const ConnectOptions& options, const std::stop_token& stop) {
  try {
    create_database_if_missing(url, options, stop, {.template_database = "template0"});
  } catch (const Error& error) {
    constexpr std::string_view insufficient_privilege = "42501";
    Finding finding = error.finding();
    if (finding.id != "database-not-created" || finding.sqlstate != insufficient_privilege) throw;
    finding.next = "give its role CREATEDB, or name no server: then one is started for the run";
    throw Error(error.kind(), std::move(finding));
  }
}

}  // namespace

ScratchDatabase::ScratchDatabase(const DatabaseUrl& server, ConnectOptions options,
                                 const std::stop_token& stop, const ScratchRoles& roles)
    : name_(unique_name()), url_(server.with_database(name_)), options_(std::move(options)) {
  {
    Connection maintenance = open_maintenance(url_, options_, stop);
    drop_dead(maintenance);
    reserve_roles(maintenance, roles, stop);
    if (!roles_.empty()) maintenance_.emplace(std::move(maintenance));
  }
  make(url_, options_, stop);
  try {
    keeper_.emplace(open(stop, options_.application_name + " (keeping)"));
    keeper_->query(
        fmt::format("comment on database {} is {}", quote_name(name_), quote_literal(kMark)));
  } catch (const Error&) {
    drop();
    throw;
  }
}

/// Those that are there are somebody's, once no other run that made them is at work.
void ScratchDatabase::reserve_roles(Connection& maintenance, const ScratchRoles& roles,
                                    const std::stop_token& stop) {
  // Nobody could copy that one meanwhile: there the roles stay, and are told.
  if (maintenance.database() == "template1") return;
  std::string taken;
  const auto try_once = [&]() -> std::optional<std::int64_t> {
    const auto others = lock_all(maintenance, roles.names);
    if (!others) return std::nullopt;
    taken = *others;
    return lock_key(taken);
  };
  const auto waiting = [&](const OtherSession& holder, std::chrono::milliseconds waited) {
    if (roles.waiting)
      roles.waiting(fmt::format(
          "waiting for another run that makes the role {} on the scratch server: {} ({} s so far)",
          name_text(taken), describe(holder), waited.count() / 1000));
  };
  try {
    wait_for_advisory_locks(
        maintenance, try_once,
        {.limit = roles.wait, .tell_every = roles.tell_every, .waiting = waiting, .stop = stop});
  } catch (const Error& error) {
    throw gave_up(error, taken, roles.wait);
  }
  roles_ = roles.names;
  for (const std::string& there : roles_of(maintenance))
    if (roles_.erase(there) > 0) unlock(maintenance, there);
}

ScratchDatabase::~ScratchDatabase() {
  drop();
}

void ScratchDatabase::take_search_path_of(Connection& other) const {
  const auto rows =
      other.query("select reset_val from pg_catalog.pg_settings where name = 'search_path'");
  const std::string path = rows.at(0).at(0).value_or("");
  open().query(fmt::format("alter database {} set search_path = {}", quote_name(name_),
                           path.empty() ? "''" : path));
}

Connection ScratchDatabase::open(const std::stop_token& stop,
                                 const std::string& application_name) const {
  ConnectOptions named = options_;
  if (!application_name.empty()) named.application_name = application_name;
  return Connection::open(url_, named, stop);
}

void ScratchDatabase::drop() {
  keeper_.reset();
  try {
    drop_database(url_, options_, Others::end, [](const OtherSession&) {});
    if (maintenance_) drop_roles(*maintenance_);
  } catch (const Error&) {
    // The server has gone, or takes nobody: the next run drops it.
  }
}

/// One may have been granted by another, which goes before it then.
void ScratchDatabase::drop_roles(Connection& maintenance) {
  for (bool again = true; std::exchange(again, false);)
    for (const std::string& there : roles_of(maintenance)) {
      if (!roles_.contains(there)) continue;
      try {
        maintenance.query("drop role " + quote_name(there));
        again = true;
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::connection) throw;
      }
    }
}

void require_apart(const DatabaseUrl& scratch, const DatabaseUrl& target,
                   const ConnectOptions& options, Apart apart) {
  if (scratch.is_embedded() || target.is_embedded()) return;
  EffectivePlace one = effective_place(scratch, options);
  EffectivePlace other = effective_place(target, options);
  if (apart == Apart::server) one.database = other.database;
  if (one != other) return;
  const bool is_server = apart == Apart::server;
  throw Error(
      ErrorKind::configuration,
      {.id = "scratch-is-target",
       .message = fmt::format("{} is the {} of the migrations", scratch.redacted(),
                              is_server ? "server, which is protected," : "database"),
       .detail = "scratch databases are made beside others, and roles that migrations make are "
                 "the whole server's",
       .kept = "nothing was touched",
       .next = "name a server for trials as `scratch` of [check], or leave it out: then one is "
               "started for the run"});
}

}  // namespace migrator

// expected_locks() against what a server locks: each statement of the table is run in a
// transaction, and what pg_locks then has of our session is compared with what was expected. That
// every relation that is named is locked as expected, and that no other is locked unless that was
// told too, so that the table can neither promise too little nor too much. Left out are the
// statements that refuse a transaction, since their locks are gone when one could ask for them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "engine/base/error.h"
#include "engine/pg/script.h"
#include "engine/pg/sight.h"
#include "tests/support/lock_cases.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

/// What is known of a relation that was there before: by its oid.
struct Relation {
  std::string name;         ///< other.users
  std::string kind;         ///< pg_class.relkind
  std::string file;         ///< its file, which a rewrite changes
  std::string parent = {};  ///< of a partition or a child
};

using Oids = std::set<std::string>;

class Server {
 public:
  Server() : connection_(database_.connect()) {
    run_command(connection_, lock_case_schema());
    for (Row& row : connection_.query(
             "select c.oid, c.oid::regclass, relkind, pg_relation_filenode(c.oid), "
             "(select inhparent from pg_inherits where inhrelid = c.oid) from pg_class c "
             "join pg_namespace n on n.oid = relnamespace where nspname in ('public', 'other')"))
      before_[*row[0]] = {*row[1], *row[2], row[3].value_or(""), row[4].value_or("")};
  }

  Connection& connection() { return connection_; }
  const std::map<std::string, Relation>& before() const { return before_; }

  /// The relations that a lock is about.
  Oids meant_by(const ExpectedLock& lock) {
    static const std::map<LockTarget, std::string> kQueries{
        {LockTarget::relation, "select to_regclass($1)::oid"},
        {LockTarget::index, "select to_regclass($1)::oid"},
        {LockTarget::indexes, "select indexrelid from pg_index where indrelid = $1::regclass"},
        {LockTarget::table_of_index,
         "select indrelid from pg_index where indexrelid = $1::regclass"},
        {LockTarget::table_of_statistics,
         "select stxrelid from pg_statistic_ext where stxname = $1"},
        {LockTarget::referenced_tables,
         "select confrelid from pg_constraint where contype = 'f' and conrelid = $1::regclass"},
        {LockTarget::referencing_tables,
         "with recursive r as (select conrelid from pg_constraint where contype = 'f' and "
         "confrelid = $1::regclass union select c.conrelid from pg_constraint c join r on "
         "contype = 'f' and confrelid = r.conrelid) select conrelid from r"},
        {LockTarget::default_partition,
         "select nullif(partdefid, 0) from pg_partitioned_table where partrelid = $1::regclass"},
        {LockTarget::tables_of_domain,
         "select attrelid from pg_attribute where atttypid = $1::regtype"},
        {LockTarget::tables_of_schema,
         "select oid from pg_class where relkind = 'r' and relnamespace = $1::regnamespace"},
        {LockTarget::every_table, "select oid from pg_class where relkind = 'r' and $1 = ''"}};
    std::string name = lock.name.name;
    if (!lock.name.schema.empty()) name = lock.name.schema + "." + name;
    const std::vector<Field> parameters{name};
    Oids oids;
    for (const Row& row : connection_.query(kQueries.at(lock.target), parameters))
      if (row[0]) oids.insert(*row[0]);
    return oids;
  }

  /// The strongest mode in which this session has each relation that was there before.
  std::map<std::string, LockMode> held() {
    std::map<std::string, LockMode> modes;
    for (const Row& row : connection_.query(
             "select relation, mode from pg_locks where pid = pg_backend_pid() and granted and "
             "locktype = 'relation' and database = (select oid from pg_database where datname = "
             "current_database())")) {
      if (!before_.contains(*row[0])) continue;
      LockMode& mode = modes[*row[0]];
      mode = std::max(mode, lock_mode_of(*row[1]));
    }
    return modes;
  }

  bool was_rewritten(const std::string& oid) {
    const std::vector<Field> parameters{oid};
    const auto rows = connection_.query("select pg_relation_filenode($1::oid)", parameters);
    return rows[0][0].value_or("") != before_.at(oid).file;
  }

  /// How often each relation was read from one end to the other, as the session counts it.
  std::map<std::string, std::string> scans() {
    std::map<std::string, std::string> counts;
    for (const Row& row :
         connection_.query("select oid, pg_stat_get_xact_numscans(oid) from pg_class"))
      if (before_.contains(*row[0])) counts[*row[0]] = row[1].value_or("0");
    return counts;
  }

 private:
  TestDatabase database_;
  Connection connection_;
  std::map<std::string, Relation> before_;
};

std::string told(Answer answer, bool happened, std::string_view what) {
  if (answer == Answer::yes && !happened) return fmt::format("no {}", what);
  if (answer == Answer::no && happened) return fmt::format("a {}", what);
  return "";
}

class Comparison {
 public:
  Comparison(Server& server, const LockCase& of, const StatementLocks& locks)
      : server_(server), locks_(locks), rows_count_(is_about_rows(of.statement)) {
    for (const ExpectedLock& lock : locks.locks) meant_.push_back(server.meant_by(lock));
    scans_before_ = server.scans();
  }

  /// After the statement, in its transaction.
  void compare() {
    held_ = server_.held();
    scans_ = server_.scans();
    for (std::size_t i = 0; i < meant_.size(); ++i)
      for (const std::string& oid : meant_[i]) compare(locks_.locks[i], oid);
    for (const auto& [oid, mode] : held_)
      if (mode > LockMode::access_share && !is_covered(oid, mode))
        complain(oid, fmt::format("{} was not expected", to_text(mode)));
  }

 private:
  void complain(const std::string& oid, const std::string& what) {
    ADD_FAILURE() << server_.before().at(oid).name << ": " << what;
  }

  void compare(const ExpectedLock& lock, const std::string& oid) {
    if (!server_.before().contains(oid)) return;
    const auto found = held_.find(oid);
    if (found == held_.end() && lock.taken.answer == Answer::yes)
      return complain(oid, fmt::format("no {}", to_text(lock.mode)));
    // By another rule it may be locked more strongly: a table that refers to itself.
    if (found != held_.end() && found->second != lock.mode && found->second != strongest(oid))
      complain(oid, fmt::format("{}, and not {}", to_text(found->second), to_text(lock.mode)));
    if (!rows_count_ || lock.target != LockTarget::relation || lock.taken.answer != Answer::yes)
      return;
    if (server_.before().at(oid).kind == "p") return;  // holds no rows
    for (const std::string& problem :
         {told(lock.rewrite.answer, server_.was_rewritten(oid), "rewrite"),
          told(lock.scan.answer, scans_[oid] != scans_before_[oid], "scan")})
      if (!problem.empty()) complain(oid, problem);
  }

  LockMode strongest(const std::string& oid) const {
    LockMode mode{};
    for (std::size_t i = 0; i < meant_.size(); ++i)
      if (meant_[i].contains(oid)) mode = std::max(mode, locks_.locks[i].mode);
    return mode;
  }

  /// Whether it was told of, or belongs to something that was; indexes, sequences and types do.
  bool is_covered(const std::string& oid, LockMode mode) const {
    const Relation& relation = server_.before().at(oid);
    const bool is_table = relation.kind == "r" || relation.kind == "p" || relation.kind == "v" ||
                          relation.kind == "m";
    return !is_table || mode <= strongest(oid) ||
           (!relation.parent.empty() && mode <= strongest(relation.parent));
  }

  /// Others have a new file without writing rows anew (TRUNCATE), are gone, or read what a query
  /// reads.
  static bool is_about_rows(std::string_view statement) {
    return statement.starts_with("alter table") || statement.starts_with("create") ||
           statement.starts_with("cluster") || statement.starts_with("reindex") ||
           statement.starts_with("comment") || statement.starts_with("lock");
  }

  Server& server_;
  const StatementLocks& locks_;
  bool rows_count_;
  std::vector<Oids> meant_;
  std::map<std::string, LockMode> held_;
  std::map<std::string, std::string> scans_before_;
  std::map<std::string, std::string> scans_;
};

TEST(Locks, AreThoseThatAServerTakes) {
  Server server;
  Connection& connection = server.connection();
  for (const LockCase& c : lock_cases()) {
    if (c.proof == Proof::none || connection.server_version() < c.since) continue;
    SCOPED_TRACE(c.statement);
    const StatementLocks locks = locks_of(c.statement);
    run_command(connection, "begin");
    Comparison comparison(server, c, locks);
    try {
      run_command(connection, c.statement);
      comparison.compare();
    } catch (const Error& error) {
      ADD_FAILURE() << error.finding().message;
    }
    run_command(connection, "rollback");
    run_command(connection, "deallocate all");
  }
}

}  // namespace
}  // namespace migrator

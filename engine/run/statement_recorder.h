// The witness of an observed run: around each statement it asks the Recorder, and keeps what that
// tells with the statement's place. It knows files and transactions, and nothing of what is run.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/pg/recorder.h"
#include "engine/run/observed_file.h"
#include "engine/run/statement_witness.h"

namespace migrator {

/// When what is there counts as there before: once, or anew with each file.
enum class Before { deployment, each_file };

class StatementRecorder {
 public:
  StatementRecorder(Recorder recorder, Before before, bool runs_all)
      : recorder_(std::move(recorder)), before_(before), runs_all_(runs_all) {}

  /// What is in the database now counts as there before.
  void begin(Connection& connection) { recorder_.begin(connection); }
  /// A file is tried: again, when it failed before.
  void begin_file() { file_.reset(); }

  StatementWitness witness();

  /// Whether a statement of the part in that file was reached.
  bool has_begun(const std::string& file) const { return begun_.contains(file); }

  /// Where the last statement that failed stands.
  const std::optional<StatementPlace>& failed_at() const { return failed_at_; }
  void forget_failure() { failed_at_.reset(); }
  /// What was seen there stays, when it is tried again.
  void settle(const StatementPlace& place) { settled_.insert(place); }
  /// Whether what failed there has passed since, without made-up rows.
  bool has_passed_since(const StatementPlace& place) const;

  /// In the order in which they ran.
  std::vector<Observation> take();

 private:
  bool before(Connection& connection, const Part& part, const Command& command);
  void after(Connection& connection);
  void failed(const Error& error);
  void keep(Observation seen);
  void pass_over_settings_of_the_run(Connection& connection);

  Recorder recorder_;
  Before before_;
  bool runs_all_;
  Connection* connection_ = nullptr;  ///< of the statement that runs
  std::optional<ObservedFile> file_ = std::nullopt;
  std::set<std::string> begun_ = {};
  std::map<std::string, std::string> settings_ = {};  ///< that the file began with
  std::map<std::string, std::string> left_ = {};      ///< of the last statement
  StatementPlace at_ = {};
  std::string what_ = {};
  std::string transaction_ = {};
  std::vector<StatementPlace> in_transaction_ = {};
  std::optional<StatementPlace> failed_at_ = std::nullopt;
  std::set<StatementPlace> settled_ = {};  ///< failed with rows: not to be replaced
  std::vector<StatementPlace> order_ = {};
  std::map<StatementPlace, Observation> seen_ = {};
};

}  // namespace migrator

#include "engine/run/step_limits.h"

#include <string>
#include <vector>

#include "engine/pg/predecessor.h"

namespace migrator {
namespace {

constexpr int kTransactionTimeout = 170000;
constexpr int kCheckInterval = 140000;

// Elsewhere than on Linux some systems cannot tell, and refuse it; what the server's is, only it
// knows: between us stands a pooler.
constexpr std::string_view kCheckClient =
    "select pg_catalog.set_config('client_connection_check_interval', '5000', true) "
    "where pg_catalog.version() like '%linux%'";

}  // namespace

StepLimits::StepLimits(const Connection& connection, const RunOptions& options)
    : options_(options),
      knows_transaction_timeout_(connection.server_version() >= kTransactionTimeout),
      is_pooled_(connection.is_pooled()),
      checks_client_(is_pooled_ && connection.server_version() >= kCheckInterval),
      name_(connection.application_name()),
      is_named_(name_ == session_name(options.runner.run_id)) {}

std::chrono::milliseconds StepLimits::lock_timeout(const Step& step, LockWait wait) const {
  return step.part->directives.lock_timeout.value_or(
      wait == LockWait::limited ? options_.lock_timeout : std::chrono::milliseconds(0));
}

std::chrono::milliseconds StepLimits::transaction_timeout(const Step& step) const {
  return step.part->directives.transaction_timeout.value_or(options_.transaction_timeout);
}

bool StepLimits::lacks_transaction_timeout(const Step& step) const {
  return transaction_timeout(step).count() > 0 && !knows_transaction_timeout_;
}

std::vector<ServerSetting> StepLimits::settings(const Step& step, LockWait wait) const {
  const auto statement =
      step.part->directives.statement_timeout.value_or(options_.statement_timeout);
  const auto transaction = transaction_timeout(step);
  std::vector<ServerSetting> settings{
      {"lock_timeout", std::to_string(lock_timeout(step, wait).count())},
      {"statement_timeout", std::to_string(statement.count())}};
  if (transaction.count() > 0 && knows_transaction_timeout_)
    settings.push_back({"transaction_timeout", std::to_string(transaction.count())});
  return settings;
}

ServerSetting StepLimits::name_of(const Step& step) const {
  return {"application_name",
          is_named_ ? session_name(options_.runner.run_id, step.part->file) : name_};
}

std::vector<Query> StepLimits::queries(const Step& step, SettingScope scope, LockWait wait) const {
  std::vector<ServerSetting> settings = this->settings(step, wait);
  settings.push_back(name_of(step));
  // A session of our own has them as long as it lives (engine/pg/session_guard).
  const bool is_lent = is_pooled_ && scope == SettingScope::transaction;
  if (is_lent) settings.push_back({"idle_in_transaction_session_timeout", "60000"});
  std::vector<Query> queries = setting(settings, scope);
  if (is_lent && checks_client_) queries.push_back({std::string(kCheckClient)});
  return queries;
}

}  // namespace migrator

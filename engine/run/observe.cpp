#include "engine/run/observe.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/sample_rows.h"
#include "engine/pg/script.h"
#include "engine/run/run_id.h"
#include "engine/run/scratch_run.h"
#include "engine/run/statement_recorder.h"
#include "engine/run/up.h"

namespace migrator {
namespace {

/// Fails by the rows that are there: data exceptions and broken constraints.
bool is_about_rows(const Finding& error) {
  return error.sqlstate.starts_with("22") || error.sqlstate.starts_with("23");
}

class ObservedDeployment {
 public:
  ObservedDeployment(const ObserveSite& site, const Project& project, const LintOptions& options,
                     std::vector<Finding>& findings)
      : site_(site),
        project_(project),
        options_(options),
        findings_(findings),
        run_options_(on_scratch(site.options)),
        connection_(site.open(site.stop)),
        rows_(site.history),
        recorder_(Recorder(site.history, site.open(site.stop)),
                  together() ? Before::deployment : Before::each_file, site.own_server) {}

  ObservedRun run() {
    ObservedRun run{.server_version = connection_.server_version(),
                    .time_zone = connection_.query("show timezone")[0][0].value_or("")};
    if (make_base() && !stop_requested()) {
      listen_to_debug();
      if (together()) {
        rows_.fill(connection_, site_.stop);
        recorder_.begin(connection_);
      }
      run_new_files();
    }
    refuse_if_stopped_on_scratch(site_.stop);
    run.filled = rows_.filled();
    run.empty = rows_.empty(connection_);
    for (const EmptyTable& table : run.empty)
      findings_.push_back({.severity = Severity::note,
                           .id = "table-without-rows",
                           .message = fmt::format("the run had no row in {}, which hides what rows "
                                                  "would show: none could be made up",
                                                  table.table),
                           .detail = table.why});
    run.statements = recorder_.take();
    return run;
  }

 private:
  bool together() const { return options_.deployment == Deployment::together; }
  bool stop_requested() const { return site_.stop.stop_requested(); }

  bool is_new(const Migration& migration) const {
    const bool all = !together() && options_.reported.empty();
    return all || options_.reported.contains(migration.id());
  }

  RunReport apply(const Project& project, UpTarget target,
                  const StatementWitness* witness = nullptr) {
    target.order = OrderPolicy::any;
    run_options_.runner.run_id = make_run_id();
    return up(RunSite{.connection = connection_,
                      .table = site_.table,
                      .options = run_options_,
                      .observer = site_.observer,
                      .stop = site_.stop,
                      .witness = witness},
              project, target);
  }

  /// What is deployed already. Where each file comes by itself, what is before it is run with it.
  bool make_base() {
    if (!together()) return true;
    Project base = project_;
    base.findings.clear();
    std::erase_if(base.migrations, [&](const Migration& one) { return is_new(one); });
    if (const auto error = apply(base, {}).error) {
      complain(*error, "while the migrations before the new ones were applied");
      return false;
    }
    const auto error = apply(base, {.migrations = false, .seeds = true}).error;
    if (error)
      findings_.push_back({.severity = Severity::note,
                           .id = "seeds-not-observed",
                           .message = "a seed failed before the new migrations, which may be what "
                                      "it waits for: " +
                                      error->message,
                           .place = error->place});
    return true;
  }

  /// What the server says on the way is a second witness; where it may be asked to.
  void listen_to_debug() {
    std::vector<ServerSetting> settings{{"client_min_messages", "debug1"}};
    try {
      run_command(connection_, "SET lc_messages = 'C'");
      settings.push_back({"lc_messages", "C"});
    } catch (const Error&) {
      if (!connection_.is_alive()) throw;
    }
    run_command(connection_, "SET client_min_messages = debug1");
    connection_.keep_settings(std::move(settings));
  }

  void run_new_files() {
    bool repeatable = false;
    for (const Migration& migration : project_.migrations) {
      if (stop_requested()) return;
      if (!is_new(migration)) {
        if (!together() && !migration.repeatable) apply(project_, {.only = {migration.id()}});
        continue;
      }
      // They run together, behind all others.
      if (migration.repeatable && std::exchange(repeatable, true)) continue;
      if (!together()) rows_.fill(connection_, site_.stop);
      if (run_file(migration)) continue;
      tell_what_was_not_run();
      return;
    }
  }

  void tell_what_was_not_run() {
    const auto left = std::ranges::count_if(project_.migrations, [&](const Migration& migration) {
      return is_new(migration) && !recorder_.has_begun(migration.up.file);
    });
    if (left > 0)
      findings_.push_back({.severity = Severity::note,
                           .id = "not-observed",
                           .message = fmt::format("{} behind it {} not run", counted(left, "file"),
                                                  left == 1 ? "was" : "were")});
  }

  /// False when it fails whatever rows there are.
  bool run_file(const Migration& migration) {
    const StatementWitness witness = recorder_.witness();
    UpTarget target;
    if (!migration.repeatable) target.only = {migration.id()};
    recorder_.begin_file();
    recorder_.forget_failure();
    const auto error = try_file(target, witness);
    if (!error) return true;
    const auto failed_at = recorder_.failed_at();
    if (is_about_rows(*error) && rows_.remove(connection_)) {
      if (failed_at) recorder_.settle(*failed_at);
      recorder_.begin_file();
      const auto another = try_file(target, witness);
      if (!another) {
        rows_.fill_again(connection_, site_.stop);
        return true;
      }
      // What is behind it fails in any case, then.
      if (failed_at && recorder_.has_passed_since(*failed_at)) {
        complain(*another, "");
        return false;
      }
    }
    complain(*error, "");
    return false;
  }

  std::optional<Finding> try_file(const UpTarget& target, const StatementWitness& witness) {
    return trouble_of(apply(project_, target, &witness));
  }

  void complain(Finding error, const std::string& when) {
    error.severity = Severity::error;
    error.kept.clear();
    error.next = advice_for_scratch(
        error, site_.own_server ? ScratchKind::own_server : ScratchKind::named_server);
    const std::string where = "on the scratch database" + (when.empty() ? "" : ", " + when);
    error.context += (error.context.empty() ? "" : "\n") + where;
    findings_.push_back(std::move(error));
  }

  const ObserveSite& site_;
  const Project& project_;
  const LintOptions& options_;
  std::vector<Finding>& findings_;
  RunOptions run_options_;
  Connection connection_;
  SampleRows rows_;
  StatementRecorder recorder_;
};

}  // namespace

ObservedRun observe(const ObserveSite& site, const Project& project, const LintOptions& options,
                    std::vector<Finding>& findings) {
  return ObservedDeployment(site, project, options, findings).run();
}

}  // namespace migrator

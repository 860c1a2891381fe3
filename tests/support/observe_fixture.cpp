#include "tests/support/observe_fixture.h"

#include <algorithm>
#include <utility>

#include "engine/run/observe.h"

namespace migrator {

Observe::Observe() {
  write("1_base.sql", R"(
create table orgs (id bigint generated always as identity primary key, name text not null);
create table users (id bigint generated always as identity primary key,
  org_id bigint not null references orgs, email varchar(100) not null, age integer,
  at timestamp not null default now());
create index users_org on users (org_id);
create table logs (id bigint not null, message text);
create view emails as select id, email from users;
create materialized view totals as select count(*) as n from users;
)");
}

CheckReport Observe::check(std::string_view sql, LintOptions lint) {
  write("2_new.sql", sql);
  return check_all({"2", "3", "4"}, std::move(lint));
}

CheckReport Observe::check_all(std::set<std::string> added, LintOptions lint) {
  CheckOptions options{.lint = std::move(lint)};
  if (!added.empty()) options.new_since_base = std::move(added);
  const TestDatabase scratch;
  return check_in(scratch, options);
}

CheckReport Observe::check_in(const TestDatabase& scratch, CheckOptions options) {
  project_ = project();
  RunFixture::options().runner.run_id = unique_run_id();
  options.observe = [&](const LintOptions& judged, std::vector<Finding>& findings) {
    return observe({.open = [&](const std::stop_token&) { return scratch.connect(); },
                    .table = table(),
                    .history = {"public", "schema_migrations"},
                    .options = RunFixture::options(),
                    .observer = listener()},
                   project_, judged, findings);
  };
  return check_files(project_, options);
}

std::string Observe::seen(const CheckReport& report, std::size_t n) {
  if (!report.observed || report.observed->statements.size() <= n) {
    std::string text = "not run";
    for (const Finding& finding : report.findings)
      text += "; " + finding.id + ": " + finding.message;
    return text;
  }
  const Observation& statement = report.observed->statements[n];
  if (statement.failure) return "failed: " + statement.failure->message;
  return to_text(statement);
}

const Finding* Observe::finding(const CheckReport& report, std::string_view id) {
  const auto found = std::ranges::find(report.findings, id, &Finding::id);
  return found == report.findings.end() ? nullptr : &*found;
}

}  // namespace migrator

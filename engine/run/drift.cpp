#include "engine/run/drift.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/pg/catalog_reading.h"
#include "engine/run/as_applied.h"
#include "engine/run/reading.h"
#include "engine/run/veiled_differences.h"

namespace migrator {
namespace {

/// In quotes that its own quotes do not end.
std::string as_toml(const std::string& text) {
  return text.find('"') == text.npos ? "\"" + text + "\"" : "'" + text + "'";
}

const CatalogSides kSides{"the migrations", "the database"};

Finding finding_of(const CatalogDifference& difference) {
  Finding finding{.severity = Severity::warning,
                  .id = {},
                  .message = {},
                  .detail = definitions_of(difference, kSides)};
  switch (difference.kind) {
    case DifferenceKind::missing:
      finding.id = "drift-missing";
      finding.message = fmt::format("{} is missing: the migrations make it", difference.object);
      finding.next = "bring it back, or drop it by a migration too";
      break;
    case DifferenceKind::extra:
      finding.id = "drift-extra";
      finding.message =
          fmt::format("{} is in the database, and no migration makes it", difference.object);
      finding.next = fmt::format(
          "make it by a migration too, or drop it; what may be there goes into `ignore` of "
          "[check]: {}",
          as_toml(difference.object));
      break;
    case DifferenceKind::different:
      finding.id = "drift-different";
      finding.message = fmt::format("{} is not as the migrations make it", difference.object);
      finding.next = "change it back, or write a migration that makes it so";
      break;
  }
  return finding;
}

/// Definitions are texts of a server, and not the same in all versions.
std::optional<Finding> other_version(const Catalog& made, const Catalog& found) {
  constexpr int kMajor = 10000;
  if (made.server_version / kMajor == found.server_version / kMajor) return std::nullopt;
  return Finding{
      .severity = Severity::warning,
      .id = "drift-server-version",
      .message = fmt::format("the database is of PostgreSQL {}, and the scratch server is {}: they "
                             "may tell the same in other words",
                             found.server_version / kMajor, made.server_version / kMajor),
      .next =
          "name programs of that version as `bindir` of [embedded], or such a server as "
          "`scratch` of [check]"};
}

}  // namespace

Drift find_drift(Connection& live, const Project& project, ScratchRun& scratch,
                 std::span<const std::string> ignored) {
  Drift drift;
  const HistoryTable& table = scratch.table();
  const Reading reading(live, table, project);
  const Project applied = as_applied(live, table, reading, drift.findings);
  const auto is_error = [](const Finding& finding) { return finding.severity == Severity::error; };
  if (std::ranges::any_of(drift.findings, is_error)) return drift;
  if (auto trouble = trouble_of(scratch.up(applied))) {
    drift.findings.push_back(failed_from_scratch(std::move(*trouble), scratch.kind()));
    return drift;
  }
  const Catalog made = read_catalog(scratch.connection(), table, scratch.stop());
  const Catalog found = read_catalog(live, table, scratch.stop());
  if (auto finding = other_version(made, found)) drift.findings.push_back(std::move(*finding));
  // Who runs the migrations owns what they make, here one and there another: rights that are given
  // to the owner are no rights.
  std::vector<std::string> patterns(ignored.begin(), ignored.end());
  for (const Connection* session : {&live, &scratch.connection()})
    patterns.push_back("grant on * to " + session->user());
  drift.differences =
      compare_veiled(without_ignored(made, patterns), without_ignored(found, patterns), project);
  for (const CatalogDifference& difference : drift.differences)
    drift.findings.push_back(finding_of(difference));
  return drift;
}

}  // namespace migrator

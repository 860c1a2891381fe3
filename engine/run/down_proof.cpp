// prove_downs() of proofs.h.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "engine/base/text.h"
#include "engine/lint/down_losses.h"
#include "engine/pg/catalog_reading.h"
#include "engine/run/proofs.h"
#include "engine/run/veiled_differences.h"

namespace migrator {
namespace {

Place place_of(const Part& part) {
  return {.file = part.file, .line = part.first_line};
}

class DownProof {
 public:
  DownProof(const Bench& bench, const Project& project, std::span<const std::string> ignored)
      : bench_(bench), ignored_(ignored) {
    std::ranges::copy_if(project.migrations, std::back_inserter(versioned_.migrations),
                         [](const Migration& migration) { return !migration.repeatable; });
  }

  Proof run() {
    begin_anew();
    Catalog before = look();
    std::size_t tried = 0;
    for (const Migration& migration : versioned_.migrations) {
      if (auto trouble = up_to(migration)) {
        proof_.findings.push_back(failed_from_scratch(std::move(*trouble), bench_.kind));
        return std::move(proof_);
      }
      Catalog after = look();
      if (migration.down) {
        ++tried;
        if (!round_trip(migration, before, after)) begin_anew_behind(migration);
      }
      before = std::move(after);
    }
    if (tried == 0)
      proof_.sentence = "no migration has a down part to try";
    else if (troubles_ == 0)
      proof_.sentence =
          fmt::format("undoing and applying again {} of {} leaves the schema as it was", tried,
                      counted(versioned_.migrations.size(), "migration"));
    return std::move(proof_);
  }

 private:
  /// Whether the database is as it was behind the migration.
  bool round_trip(const Migration& migration, const Catalog& before, const Catalog& after) {
    std::ranges::move(losses_of(*migration.down), std::back_inserter(proof_.findings));
    if (auto trouble = trouble_of(run_->down(versioned_, {.steps = 1}))) {
      tell(failed("down-failed", "undoing {} fails: {}", migration, std::move(*trouble)));
      return false;
    }
    bool same = tell_differences(before, look(), *migration.down, "down-incomplete",
                                 "undoing {} does not bring back {}", "undoing {} leaves {}",
                                 "undoing {} leaves another {} than there was");
    if (auto trouble = up_to(migration)) {
      // What the down part left is told already, and the likely reason.
      if (same)
        tell(failed("up-again-failed", "{} cannot be applied again after its down part: {}",
                    migration, std::move(*trouble)));
      return false;
    }
    same &= tell_differences(after, look(), migration.up, "up-again-differs",
                             "{} applied again does not make {}", "{} applied again makes {} too",
                             "{} applied again makes another {} than the first time");
    return same;
  }

  bool tell_differences(const Catalog& expected, const Catalog& actual, const Part& part,
                        const char* id, fmt::string_view missing, fmt::string_view extra,
                        fmt::string_view different) {
    const CatalogSides sides{"before", "after"};
    const auto differences = compare_veiled(expected, actual, versioned_);
    for (const CatalogDifference& difference : differences) {
      const fmt::string_view form = difference.kind == DifferenceKind::missing ? missing
                                    : difference.kind == DifferenceKind::extra ? extra
                                                                               : different;
      tell({.severity = Severity::warning,
            .id = id,
            .message = fmt::format(fmt::runtime(form), part.file, difference.object),
            .place = place_of(part),
            .detail = definitions_of(difference, sides),
            .next = "mend the down part, or leave it out: then nobody trusts it"});
    }
    return differences.empty();
  }

  static Finding failed(const char* id, fmt::string_view form, const Migration& migration,
                        Finding trouble) {
    if (!trouble.place) trouble.place = place_of(*migration.down);
    trouble.severity = Severity::warning;
    trouble.id = id;
    trouble.message = fmt::format(fmt::runtime(form), migration.down->file, trouble.message);
    trouble.kept.clear();
    trouble.next = "mend the down part, or leave it out: then nobody trusts it";
    return trouble;
  }

  void tell(Finding finding) {
    ++troubles_;
    proof_.findings.push_back(std::move(finding));
  }

  std::optional<Finding> up_to(const Migration& migration) {
    return trouble_of(run_->up(versioned_, {.to = migration.version}));
  }

  Catalog look() {
    return without_ignored(read_catalog(run_->connection(), bench_.table, bench_.stop), ignored_);
  }

  void begin_anew() {
    run_.reset();
    database_.emplace(bench_.server, bench_.connect, bench_.stop, bench_.roles);
    run_.emplace(*database_, bench_.table, bench_.run, bench_.stop);
  }

  /// What went wrong once shall not be told of those behind it.
  void begin_anew_behind(const Migration& migration) {
    begin_anew();
    up_to(migration);
  }

  const Bench& bench_;
  std::span<const std::string> ignored_;
  Project versioned_;
  std::optional<ScratchDatabase> database_;
  std::optional<ScratchRun> run_;
  Proof proof_;
  std::size_t troubles_ = 0;
};

}  // namespace

Proof prove_downs(const Bench& bench, const Project& project,
                  std::span<const std::string> ignored) {
  return DownProof(bench, project, ignored).run();
}

}  // namespace migrator

// The transaction plan of one part: which of its statements share a transaction and which run
// alone, and why. Reads each statement's summary; sends nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/migration.h"
#include "engine/sql/command.h"
#include "engine/sql/new_labels.h"
#include "engine/sql/summary.h"

namespace migrator {

/// Which way a part leads.
enum class StepAction { apply, undo };

/// Consecutive statements of a part that stand or fall together.
struct Segment {
  std::size_t first = 0;  ///< number of its first statement, from 0
  std::size_t count = 0;
  bool transactional = true;  ///< false: each statement by itself, outside of ours
  std::string why = {};       ///< why they run alone, for `plan`

  bool operator==(const Segment&) const = default;
};

struct Segments {
  std::vector<Segment> segments;
  /// Errors: transaction control that the mode does not allow, a statement that `transaction on`
  /// forbids. Notes: a file's own BEGIN ... COMMIT that became our transaction.
  std::vector<Finding> findings;

  /// The whole part is one transaction: it can be kept or dropped with its history row.
  bool atomic() const {
    return segments.size() <= 1 && (segments.empty() || segments[0].transactional);
  }
};

/// Who wants that everything is one transaction.
enum class OneTransaction { by_nobody, by_the_file, by_the_run };

/// Cuts a part whose statements somebody reads anyway, one after the other.
class SegmentCutter {
 public:
  /// After its `transaction` directive. The part must stay where it is.
  explicit SegmentCutter(const Part& part);
  /// As one among others of a run's one transaction, with the labels that those before it added.
  SegmentCutter(const Part& part, NewLabels labels);

  /// The next statement that is sent.
  void take(const Command& command, TransactionNeed need);

  /// The segment of the statement that was taken last; nullptr for the file's own BEGIN and COMMIT.
  const Segment* segment() const { return in_segment_ ? &result_.segments.back() : nullptr; }

  /// All statements but the file's own BEGIN and COMMIT.
  Segment inside() const { return {.first = first_, .count = end_ - first_}; }

  Segments& result() { return result_; }
  NewLabels& labels() { return labels_; }

 private:
  void unwrap();
  void take_alone(const Command& command, const std::string& what);
  void take_together(const Command& command);
  std::optional<NewLabels::Use> use_of_label(const Command& command) const;
  bool is_one() const { return wanted_ != OneTransaction::by_nobody; }

  const Part* part_;
  OneTransaction wanted_ = OneTransaction::by_nobody;
  NewLabels labels_ = {};
  Segments result_ = {};
  std::size_t first_ = 0;  ///< those from here up to `end_` are in segments
  std::size_t end_ = 0;
  std::size_t next_ = 0;
  bool in_segment_ = false;
};

/// Cuts a part after its `transaction` directive (FORMATS.md, "Directives").
Segments cut_segments(const Part& part);

/// Cuts each part once, however often a plan is made of it. The parts must stay where they are.
class CutParts {
 public:
  const Segments& of(const Part& part) {
    const auto [known, is_new] = cut_.try_emplace(&part);
    if (is_new) known->second = cut_segments(part);
    return known->second;
  }

 private:
  std::unordered_map<const Part*, Segments> cut_ = {};
};

/// A part as one transaction among others in the same one: one segment, and an error for each
/// statement that forbids it. `labels` are those that the parts before it added, and is added to.
Segments cut_as_one(const Part& part, NewLabels& labels);

/// Of the statements of a segment that is not transactional: those that get a transaction of their
/// own with the journal in it, those that begin or end one themselves, and those that cannot be in
/// one, so that nobody can be sure of them when their client dies.
enum class Lone { in_transaction, control, outside };
Lone lone(const Part& part, const Command& command);

}  // namespace migrator

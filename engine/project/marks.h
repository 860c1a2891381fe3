// Cuts the text of a migration file into its parts at the lines "-- migrate:up" and
// "-- migrate:down". Lines count whatever stands around them: a mark inside a quote cuts the quote,
// which the splitter then reports; nothing is guessed.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/directives.h"
#include "engine/sql/source.h"

namespace migrator {

/// The stretch of text under a mark.
struct MarkedText {
  std::size_t offset = 0;  ///< into the source's text
  std::size_t length = 0;
  std::size_t first_line = 1;
  std::size_t mark_line = 0;  ///< 0: the file has no marks
  /// From dbmate's "transaction:false" behind the mark.
  std::optional<TransactionMode> transaction = std::nullopt;
};

struct MarkedFile {
  std::optional<MarkedText> up;
  std::optional<MarkedText> down;
  std::vector<Finding> findings;
};

/// A text without marks is up alone.
MarkedFile split_at_marks(const Source& source);

/// For files that may not have marks: an "unexpected-mark" for each.
std::vector<Finding> refuse_marks(const Source& source, std::string_view reason);

/// Marks of goose, sql-migrate, Liquibase, ...: a file of theirs would run up and down in one go.
std::vector<Finding> refuse_foreign_marks(const Source& source);

}  // namespace migrator

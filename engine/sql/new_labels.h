// The enum labels that a transaction has added and that cannot be used before it commits (SQLSTATE
// 55P04). Found by tokens, and rather too often than too seldom: a label that is only mentioned
// counts as used. What it does not see: uses inside functions, views and triggers that were there
// before, and labels that the statements of a DO block add.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

class NewLabels {
 public:
  struct Use {
    std::string label;
    std::size_t offset = 0;  ///< bytes, in the statement that uses it
  };

  bool empty() const { return labels_.empty(); }

  /// Takes note of ALTER TYPE ... ADD VALUE and RENAME VALUE (of a new one); passes over all else.
  void add(std::string_view statement);

  /// Where a statement mentions one of them, or asks for all labels of a type. Adding and renaming
  /// labels is no use of them.
  std::optional<Use> used_by(std::string_view statement) const;

  /// For what brings values that cannot be seen: the data of a COPY, what \gexec generates.
  std::optional<Use> used_by_unseen() const;

  /// They are committed.
  void forget() { labels_.clear(); }

 private:
  std::optional<std::string> mentioned_in(std::string_view text) const;

  std::vector<std::string> labels_;
};

}  // namespace migrator

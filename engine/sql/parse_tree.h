// The tree of one statement, as libpg_query, the server's own parser, gives it: objects with named
// fields, lists, texts and numbers. The one door to that library. It knows no statement: names and
// values are those of the server's parse nodes (src/include/nodes/parsenodes.h of PostgreSQL 15),
// and what they mean is for the readers to say. A tree leaves out what is false, zero, empty or the
// first value of an enumeration, so a node may be nothing, and nothing can be asked everything.
// Not thread-safe: libpg_query works on the process's standard error while it parses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

/// Longer statements are data or bodies, and are not parsed.
constexpr std::size_t kLongestParsed = std::size_t{64} * 1024;

/// One value of a tree, which is kept as a list: what an entry holds follows it, `size` entries
/// with itself.
struct TreeEntry {
  std::string field;  ///< its name in the object that holds it
  std::string text;
  std::int64_t number = 0;  ///< 1 for true
  std::size_t size = 1;
};

/// A place in a ParseTree, which must be there to read it; or nothing. Copied freely.
class TreeNode {
 public:
  /// Nothing.
  TreeNode() = default;
  explicit TreeNode(const TreeEntry* entry) : entry_(entry) {}

  explicit operator bool() const { return entry_ != nullptr; }

  /// The field of that name, or nothing.
  TreeNode operator[](std::string_view field) const;

  std::string_view text() const { return entry_ ? std::string_view(entry_->text) : ""; }
  std::int64_t number() const { return entry_ ? entry_->number : 0; }
  bool is_true() const { return number() != 0; }

  /// Where nodes of several types may stand, each is wrapped in an object with one field, whose
  /// name is its type: {"RangeVar": {...}}.
  std::string_view type() const;
  TreeNode inner() const;

  /// Goes through what a list holds, or the fields of an object.
  class Iterator {
   public:
    explicit Iterator(const TreeEntry* entry) : entry_(entry) {}
    TreeNode operator*() const { return TreeNode(entry_); }
    Iterator& operator++() {
      entry_ += entry_->size;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const TreeEntry* entry_;
  };
  Iterator begin() const { return Iterator(entry_ ? entry_ + 1 : nullptr); }
  Iterator end() const { return Iterator(entry_ ? entry_ + entry_->size : nullptr); }
  bool empty() const { return begin() == end(); }
  std::size_t size() const;  ///< how many a list holds
  TreeNode last() const;     ///< of a list, or nothing

  /// Every field of that name in here, however deep, in the order of the tree.
  std::vector<TreeNode> all(std::string_view field) const;

 private:
  const TreeEntry* entry_ = nullptr;
};

class ParseTree {
 public:
  /// Parses one statement. Where the grammar refuses it (it is older than the server's may be),
  /// or it is empty, too long or holds a NUL byte, which ends a text for the library, there is no
  /// tree.
  static ParseTree of(std::string_view statement);

  /// The statement, wrapped in its type: {"CreateStmt": {...}}; or nothing. Valid as long as this
  /// tree is, also where it was moved to.
  TreeNode statement() const;

 private:
  std::vector<TreeEntry> entries_;  ///< of the library's whole answer
};

}  // namespace migrator

#include "engine/sql/parse_tree.h"

#include <pg_query.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace migrator {
namespace {

using Json = nlohmann::json;

/// Takes the library's answer from the JSON parser value by value: 1+1+1+... is a deep tree, which
/// nothing here goes through by recursion.
class Builder : public nlohmann::json_sax<Json> {
 public:
  std::vector<TreeEntry> take() { return std::move(entries_); }

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add({.field = {}, .text = {}, .number = value}); }
  bool number_integer(number_integer_t value) override {
    return add({.field = {}, .text = {}, .number = value});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add({.field = {}, .text = {}, .number = static_cast<std::int64_t>(value)});
  }
  bool number_float(number_float_t, const string_t& text) override {
    return add({.field = {}, .text = text});
  }
  bool string(string_t& text) override { return add({.field = {}, .text = std::move(text)}); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    field_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    entries_.clear();
    return false;
  }

 private:
  bool add(TreeEntry entry) {
    entry.field = std::exchange(field_, {});
    entries_.push_back(std::move(entry));
    return true;
  }
  bool open() {
    open_.push_back(entries_.size());
    return add({});
  }
  bool close() {
    entries_[open_.back()].size = entries_.size() - open_.back();
    open_.pop_back();
    return true;
  }

  std::vector<TreeEntry> entries_;
  std::vector<std::size_t> open_;  ///< entries whose values are still to come
  std::string field_;
};

}  // namespace

TreeNode TreeNode::operator[](std::string_view field) const {
  for (auto at = begin(); at != end(); ++at)
    if ((*at).entry_->field == field) return *at;
  return {};
}

std::string_view TreeNode::type() const {
  return empty() ? "" : std::string_view((*begin()).entry_->field);
}

TreeNode TreeNode::inner() const {
  return empty() ? TreeNode() : *begin();
}

std::size_t TreeNode::size() const {
  std::size_t count = 0;
  for (auto at = begin(); at != end(); ++at) ++count;
  return count;
}

TreeNode TreeNode::last() const {
  TreeNode last;
  for (const TreeNode node : *this) last = node;
  return last;
}

std::vector<TreeNode> TreeNode::all(std::string_view field) const {
  std::vector<TreeNode> found;
  if (entry_ == nullptr) return found;
  for (const TreeEntry* at = entry_; at != entry_ + entry_->size; ++at)
    if (at != entry_ && at->field == field) found.emplace_back(at);
  return found;
}

ParseTree ParseTree::of(std::string_view statement) {
  ParseTree tree;
  // The library walks its tree by recursion: 1+1+1+... of some 200 kB would overflow the stack.
  if (statement.size() > kLongestParsed || statement.find('\0') != statement.npos) return tree;
  const std::string copy(statement);
  PgQueryParseResult result = pg_query_parse(copy.c_str());
  if (result.error == nullptr && result.parse_tree != nullptr) {
    Builder builder;
    Json::sax_parse(result.parse_tree, &builder);
    tree.entries_ = builder.take();
  }
  pg_query_free_parse_result(result);
  return tree;
}

TreeNode ParseTree::statement() const {
  if (entries_.empty()) return {};
  const TreeNode statements = TreeNode(entries_.data())["stmts"];
  return statements.size() == 1 ? statements.inner()["stmt"] : TreeNode();
}

}  // namespace migrator

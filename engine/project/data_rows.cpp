#include "engine/project/data_rows.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/base/scratch.h"
#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/project/toml_rows.h"

namespace migrator {
namespace {

/// Cuts a JSON array into its elements, each as it is written, but in one line. Digits stay what
/// they are, which a number read and written again might not.
class ArrayCutter {
 public:
  explicit ArrayCutter(const Content& text) : text_(text), all_(text.view()) {}

  /// False when it is no array; what its elements are is not looked at.
  bool cut(DataRows& rows) {
    Scratch out;
    if (next() != '[') return false;
    if (next() == ']') return is_at_end();
    for (--at_;;) {
      next();
      --at_;
      rows.lines.push_back(line_);
      if (!take_element(out)) return false;
      out.add("\n");
      const char c = next();
      if (c == ']') break;
      if (c != ',') return false;
    }
    rows.text = std::move(out).content();
    return is_at_end();
  }

  std::size_t line() const { return line_; }

 private:
  char get() {
    if (at_ >= all_.size()) return '\0';
    if (all_[at_] == '\n') ++line_;
    return all_[at_++];
  }

  /// What comes behind blanks.
  char next() {
    char c = get();
    while (c == ' ' || c == '\n' || c == '\r' || c == '\t') c = get();
    return c;
  }

  bool is_at_end() { return next() == '\0' && at_ >= all_.size(); }

  bool take_element(Scratch& out) {
    std::string element;
    std::size_t depth = 0;
    bool quoted = false;
    while (at_ < all_.size()) {
      const char ahead = all_[at_];
      if (!quoted && depth == 0 && (ahead == ',' || ahead == ']')) break;
      const char c = get();
      // Outside of quotes it is a blank, and inside of them it is no JSON.
      element += c == '\n' || c == '\r' ? ' ' : c;
      if (c == '"') quoted = !quoted;
      if (quoted && c == '\\' && at_ < all_.size()) element += get();
      if (quoted) continue;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && depth-- == 0) return false;
    }
    out.add(trim(element));
    text_.passed(at_);
    return at_ < all_.size() && !trim(element).empty();
  }

  const Content& text_;
  std::string_view all_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::optional<DataRows> rows_of(DataFormat format, Content text, const std::string& shown,
                                std::vector<Finding>& findings) {
  if (format == DataFormat::toml) return toml_rows(text.view(), shown, findings);
  if (format != DataFormat::json) return DataRows{.text = std::move(text), .format = format};
  DataRows rows{.format = DataFormat::json_lines};
  ArrayCutter cutter(text);
  if (cutter.cut(rows)) return rows;
  findings.push_back(
      complaint("seed-json", "this is no JSON array of objects", shown, cutter.line()));
  findings.back().next = "write [{\"id\": 1, \"name\": \"a\"}, ...]";
  return std::nullopt;
}

}  // namespace migrator

#include "engine/project/dotenv.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/text.h"
#include "engine/project/complaint.h"

namespace migrator {
namespace {

bool is_key(std::string_view text) {
  const auto is_letter = [](char c) {
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

class DotenvReader {
 public:
  DotenvReader(std::string_view text, std::string_view file) : rest_(text), file_(file) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  std::vector<DotenvEntry> read() {
    while (!rest_.empty()) {
      ++line_;
      read_entry(take_line());
    }
    throw_if_any(std::move(complaints_));
    return std::move(entries_);
  }

 private:
  std::string_view take_line() {
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
    return line;
  }

  void complain(std::string_view message, std::size_t line) {
    complaints_.push_back(
        complaint("dotenv-invalid", std::string(message), std::string(file_), line));
  }

  void read_entry(std::string_view line) {
    std::string_view entry = trim(line);
    if (entry.empty() || entry.front() == '#') return;
    if (entry.starts_with("export ") || entry.starts_with("export\t"))
      entry = trim(entry.substr(7));
    const std::size_t equals = entry.find('=');
    if (equals == entry.npos) return complain("a line is neither KEY=VALUE nor a comment", line_);
    const std::string_view key = trim(entry.substr(0, equals));
    if (!is_key(key)) return complain("what stands before \"=\" is no name of a variable", line_);
    const std::string_view value = trim(entry.substr(equals + 1));
    const bool is_quoted = value.starts_with('\'') || value.starts_with('"');
    if (is_quoted)
      read_quoted(key, value);
    else
      entries_.push_back({std::string(key), plain(value), line_});
  }

  /// A "#" begins a comment only after a blank: URLs and passwords hold them.
  static std::string plain(std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i)
      if (value[i] == '#' && (i == 0 || value[i - 1] == ' ' || value[i - 1] == '\t'))
        return std::string(trim(value.substr(0, i)));
    return std::string(value);
  }

  void read_quoted(std::string_view key, std::string_view text) {
    const std::size_t first_line = line_;
    const char quote = text.front();
    DotenvEntry entry{std::string(key), {}, first_line, quote == '\''};
    text.remove_prefix(1);
    const std::string_view rest_before = rest_;
    while (true) {
      const std::optional<std::size_t> end = take_until_quote(text, quote, entry.value);
      if (end) {
        const std::string_view after = trim(text.substr(*end));
        if (!after.empty() && after.front() != '#')
          return complain("something stands after the closing quote", line_);
        return entries_.push_back(std::move(entry));
      }
      if (rest_.empty()) break;
      entry.value += '\n';
      ++line_;
      text = take_line();
      if (text.ends_with('\r')) text.remove_suffix(1);
    }
    // The quote swallowed the rest of the file: go on after its line, to report the other lines.
    complain("a quote is not closed", first_line);
    rest_ = rest_before;
    line_ = first_line;
  }

  /// Appends to value; the offset after the closing quote, or nothing when the line has none.
  static std::optional<std::size_t> take_until_quote(std::string_view text, char quote,
                                                     std::string& value) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == quote) return i + 1;
      if (quote == '"' && text[i] == '\\' && i + 1 < text.size()) {
        ++i;
        switch (text[i]) {
          case 'n':
            value += '\n';
            break;
          case 'r':
            value += '\r';
            break;
          case 't':
            value += '\t';
            break;
          case '"':
          case '\\':
          case '$':
            value += text[i];
            break;
          default:
            value.append({'\\', text[i]});
        }
        continue;
      }
      value += text[i];
    }
    return std::nullopt;
  }

  std::string_view rest_;
  std::string_view file_;
  std::size_t line_ = 0;
  std::vector<DotenvEntry> entries_;
  std::vector<Finding> complaints_;
};

}  // namespace

std::vector<DotenvEntry> parse_dotenv(std::string_view text, std::string_view file) {
  return DotenvReader(text, file).read();
}

}  // namespace migrator

#include "engine/project/data_variables.h"

#include <fmt/format.h>

#include <string_view>

#include "engine/base/scratch.h"
#include "engine/project/complaint.h"
#include "engine/sql/placeholder.h"

namespace migrator {
namespace {

std::string doubled_quotes(std::string_view value) {
  std::string result;
  for (const char c : value) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result;
}

/// As JSON and TOML have it in their strings.
std::string escaped(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      result += c;
  }
  return result;
}

class Replacement {
 public:
  Replacement(std::string_view text, DataFormat format, const ScriptVariables& variables,
              const std::string& shown, std::vector<Finding>& findings)
      : text_(text), format_(format), variables_(variables), shown_(shown), findings_(findings) {}

  ReplacedText run() {
    for (at_ = 0; at_ < text_.size();) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with('$') && placeholder_at(rest.substr(1))) {
        cell_ += "${";
        at_ += 3;
      } else if (const auto name = placeholder_at(rest)) {
        put(*name);
        at_ += name->size() + 3;
      } else {
        pass(text_[at_++]);
      }
    }
    end_cell();
    return {std::move(out_).content(), std::move(used_)};
  }

 private:
  bool is_csv() const { return format_ == DataFormat::csv || format_ == DataFormat::tsv; }

  void put(std::string_view name) {
    const auto found = variables_.find(std::string(name));
    if (found == variables_.end())
      return complain(fmt::format("the variable {} is not set", name),
                      fmt::format("--set {}=VALUE, [variables] of migrator.toml, or write $${{{}}} "
                                  "for the text itself",
                                  name, name));
    const std::string& value = found->second;
    used_.insert(*found);
    // Outside of quotes it would be lines of the file, too.
    if ((is_csv() || !quoted_) && value.find_first_of("\r\n") != std::string::npos)
      return complain(fmt::format("the value of {} goes over several lines", name),
                      "write these rows as JSON, whose strings in quotes can have that");
    if (raw_until_ == '\'' && value.find('\'') != std::string::npos)
      return complain(fmt::format("the value of {} holds the quote that ends this string", name),
                      "write the string in double quotes, where it can be escaped");
    if (is_csv())
      cell_ += quoted_ ? doubled_quotes(value) : value;
    else
      cell_ += quoted_ ? escaped(value) : value;
    has_value_ = true;
  }

  void complain(std::string message, std::string next) {
    findings_.push_back(complaint("seed-variable", std::move(message), shown_, line_));
    findings_.back().next = std::move(next);
  }

  void pass(char c) {
    if (c == '\n') ++line_;
    if (is_csv()) return pass_csv(c);
    pass_string(c);
    if (!quoted_ && (c == ',' || c == '\n')) end_cell();
  }

  void pass_csv(char c) {
    const char delimiter = format_ == DataFormat::tsv ? '\t' : ',';
    if (!quoted_ && (c == delimiter || c == '\n' || c == '\r')) {
      end_cell();
      return out_.add({&c, 1});
    }
    was_quoted_ = was_quoted_ || c == '"';
    if (c == '"') quoted_ = !quoted_;
    cell_ += c;
  }

  /// Of JSON, and of TOML, which has comments and strings that are as they are written.
  void pass_string(char c) {
    cell_ += c;
    const bool is_toml = format_ == DataFormat::toml;
    if (raw_until_ != '\0') {
      if (c == raw_until_) raw_until_ = '\0';
    } else if (quoted_ && c == '\\' && at_ < text_.size()) {
      cell_ += text_[at_++];
    } else if (c == '"') {
      quoted_ = !quoted_;
    } else if (is_toml && !quoted_ && (c == '\'' || c == '#')) {
      raw_until_ = c == '#' ? '\n' : '\'';
    }
  }

  /// A field of CSV that is not quoted may have to be now: a value that is empty is no NULL.
  void end_cell() {
    const bool is_bare = is_csv() && has_value_ && !was_quoted_;
    if (is_bare && (cell_.empty() || cell_.find_first_of(",\t\"") != std::string::npos))
      cell_ = fmt::format("\"{}\"", doubled_quotes(cell_));
    out_.add(cell_);
    cell_.clear();
    has_value_ = was_quoted_ = false;
  }

  std::string_view text_;
  DataFormat format_;
  const ScriptVariables& variables_;
  const std::string& shown_;
  std::vector<Finding>& findings_;
  Scratch out_ = {};
  ScriptVariables used_ = {};
  std::string cell_ = {};
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool quoted_ = false;
  bool was_quoted_ = false;
  bool has_value_ = false;
  char raw_until_ = '\0';  ///< the end of a comment or literal string of TOML
};

}  // namespace

ReplacedText with_variables(const Content& text, DataFormat format,
                            const ScriptVariables& variables, const std::string& shown,
                            std::vector<Finding>& findings) {
  return Replacement(text.view(), format, variables, shown, findings).run();
}

}  // namespace migrator

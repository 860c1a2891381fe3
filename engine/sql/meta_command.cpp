#include "engine/sql/meta_command.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/text.h"

namespace migrator {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/// psql: psqlscanslash.l.
class ArgumentReader {
 public:
  ArgumentReader(std::string_view text, const ScriptVariables& variables)
      : text_(text), variables_(variables) {}

  void read_into(MetaCommand& command) {
    while (skip_blanks() && problem_.empty()) command.arguments.push_back(read_argument());
    command.is_followed = is_followed_;
    command.problem = problem_;
  }

 private:
  bool skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size();
  }

  std::string read_argument() {
    std::string argument;
    while (at_ < text_.size() && !is_blank(text_[at_]) && problem_.empty()) {
      switch (text_[at_]) {
        case '\'':
          argument += read_quoted();
          break;
        case '"':
          argument += read_double_quoted();
          break;
        case '`':
          problem_ = "text in backquotes is a command of the shell, which migrator never runs";
          break;
        case '\\':
          is_followed_ = true;
          problem_ = "a second backslash command on one line is not supported";
          break;
        case ':':
          argument += read_reference();
          break;
        default:
          argument += text_[at_++];
      }
    }
    return argument;
  }

  /// Backslash escapes as in C; a doubled quote stands for one.
  std::string read_quoted() {
    std::string result;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\'' && at_ + 1 < text_.size() && text_[at_ + 1] == '\'') {
        result += c;
        ++at_;
      } else if (c == '\'') {
        ++at_;
        return result;
      } else if (c == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        result += read_escape();
      } else {
        result += c;
      }
    }
    problem_ = "a quote is not closed";
    return result;
  }

  /// At the character behind the backslash; leaves at_ on the last one that belongs to it.
  char read_escape() {
    constexpr std::string_view letters = "ntbrf";
    constexpr std::string_view values = "\n\t\b\r\f";
    const char c = text_[at_];
    if (const std::size_t i = letters.find(c); i != std::string_view::npos) return values[i];
    const bool hexadecimal = c == 'x';
    const std::size_t begin = hexadecimal ? at_ + 1 : at_;
    const std::string_view digits = text_.substr(begin, hexadecimal ? 2 : 3);
    unsigned int value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 8);
    if (error != std::errc() || end == digits.data()) return c;
    at_ = begin + static_cast<std::size_t>(end - digits.data()) - 1;
    return static_cast<char>(value);
  }

  /// The quotes stay: they make a name of SQL.
  std::string read_double_quoted() {
    const std::size_t close = text_.find('"', at_ + 1);
    if (close == std::string_view::npos) {
      problem_ = "a quote is not closed";
      return {};
    }
    const std::string_view result = text_.substr(at_, close + 1 - at_);
    at_ = close + 1;
    return std::string(result);
  }

  std::string read_reference() {
    const auto reference = reference_at(text_.substr(at_));
    const auto value = reference ? value_of(*reference, variables_) : std::nullopt;
    const std::size_t length = value ? reference->length : 1;
    const std::string result = value ? *value : ":";
    at_ += length;
    return result;
  }

  std::string_view text_;
  const ScriptVariables& variables_;
  std::size_t at_ = 0;
  bool is_followed_ = false;
  std::string problem_;
};

struct Refusal {
  std::string_view name;
  std::string_view reason;
};

constexpr std::string_view kElsewhere =
    "it would go on in another database, which has a history of its own";
constexpr std::string_view kShell = "it runs a command of the shell, which migrator never does";
constexpr std::string_view kWrites = "it writes a file, which a migration should not";
constexpr std::string_view kAsks = "it waits for somebody to type, and nobody is there";
constexpr std::string_view kLists = "it lists things for a person to read";
constexpr std::string_view kOutside = "it takes a value from outside that no checksum can see";

constexpr auto kRefusals = std::to_array<Refusal>({
    {"connect", kElsewhere},
    {"c", kElsewhere},
    {"!", kShell},
    {"setenv", kShell},
    {"cd", "paths are taken from the file and the project, not from a current folder"},
    {"o", kWrites},
    {"out", kWrites},
    {"w", kWrites},
    {"write", kWrites},
    {"e", kAsks},
    {"edit", kAsks},
    {"ef", kAsks},
    {"ev", kAsks},
    {"prompt", kAsks},
    {"password", kAsks},
    {"getenv", kOutside},
    {"gset", kOutside},
    {"encoding", "migration files are UTF-8"},
    {"q", "it would leave the rest of the file unread"},
    {"quit", "it would leave the rest of the file unread"},
    {"r", "it would throw away a statement that was begun"},
    {"reset", "it would throw away a statement that was begun"},
    {"g", "there is no statement before it to send"},
    {"gx", "there is no statement before it to send"},
    {"gexec", "there is no statement before it to run"},
    {"lo_import", "large objects are loaded by SQL: lo_from_bytea"},
    {"lo_export", kWrites},
    {"lo_unlink", "write it as SQL: lo_unlink"},
    {"watch", "it would never end"},
    {"l", kLists},
    {"list", kLists},
    {"conninfo", kLists},
    {"sf", kLists},
    {"sv", kLists},
    {"z", kLists},
    {"copyright", kLists},
    {"errverbose", kLists},
    {"p", kLists},
    {"print", kLists},
    {"s", kLists},
    {"h", kLists},
    {"help", kLists},
    {"?", kLists},
});

constexpr auto kDone = std::to_array<std::string_view>(
    {"restrict", "unrestrict", "echo", "qecho", "warn", "set", "unset", "i", "include", "ir",
     "include_relative", "copy", "if", "elif", "else", "endif"});

constexpr auto kOutputOnly =
    std::to_array<std::string_view>({"pset", "x", "t", "a", "H", "html", "f", "C", "T", "timing"});

}  // namespace

std::string MetaCommand::joined(std::size_t from) const {
  std::string text;
  for (std::size_t i = from; i < arguments.size(); ++i) {
    if (i > from) text += ' ';
    text += arguments[i];
  }
  return text;
}

std::string_view meta_command_name(std::string_view line) {
  line.remove_prefix(1);
  return line.substr(0,
                     static_cast<std::size_t>(std::ranges::find_if(line, is_blank) - line.begin()));
}

MetaCommand read_meta_command(std::string_view line, const ScriptVariables& variables) {
  const std::string_view name = meta_command_name(line);
  MetaCommand command{.name = name, .rest = trim(line.substr(1 + name.size()))};
  ArgumentReader(command.rest, variables).read_into(command);
  return command;
}

std::string_view reason_to_refuse(std::string_view name) {
  for (const Refusal& refusal : kRefusals)
    if (refusal.name == name) return refusal.reason;
  if (name.starts_with('d')) return kLists;
  const bool known = std::ranges::find(kDone, name) != kDone.end() || shapes_output_only(name);
  return known ? "" : "migrator does not know it";
}

bool shapes_output_only(std::string_view name) {
  return std::ranges::find(kOutputOnly, name) != kOutputOnly.end();
}

}  // namespace migrator

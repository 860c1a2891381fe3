#include "engine/sql/directives.h"

#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <string>

#include "engine/base/text.h"
#include "engine/sql/scanner.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr std::string_view kName = "migrator";
constexpr std::string_view kAllow = "allow";

constexpr std::array<std::string_view, 8> kKeys = {
    "transaction", "lock-timeout", "statement-timeout", "transaction-timeout",
    "run",         "after",        "requires",          "variables"};
constexpr std::string_view kAfter = "after";
constexpr std::string_view kRequires = "requires";
constexpr std::string_view kVariables = "variables";

struct Directive {
  std::string key;  ///< lower case
  std::string value;
  bool colon = true;
  std::size_t offset = 0;  ///< of the comment
};

/// What a value must look like, for people; empty for an unknown key.
std::string_view expected_value(std::string_view key) {
  if (key == "transaction") return "auto, on or off";
  if (key == "lock-timeout" || key == "statement-timeout" || key == "transaction-timeout") {
    return "a duration such as 250ms, 5s or 10min (0 for none, at most 24 days)";
  }
  if (key == "run") return "once, on-change or always";
  if (key == kAfter) return "the name of a seed, as status shows it";
  if (key == kRequires) return "the version of a migration";
  if (key == kVariables) return "on or off";
  return {};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

/// Sets what a directive says; false when its value is none of those expected.
bool apply(const Directive& directive, Directives& directives) {
  const std::string value = to_lower_ascii(directive.value);
  if (directive.key == "transaction") {
    if (value == "auto") return directives.transaction = TransactionMode::automatic, true;
    if (value == "on") return directives.transaction = TransactionMode::on, true;
    if (value == "off") return directives.transaction = TransactionMode::off, true;
    return false;
  }
  if (directive.key == "run") {
    if (value == "once") return directives.run = RunPolicy::once, true;
    if (value == "on-change") return directives.run = RunPolicy::on_change, true;
    if (value == "always") return directives.run = RunPolicy::always, true;
    return false;
  }
  if (directive.key == kAfter) {
    if (directive.value.empty()) return false;
    return directives.after.push_back(directive.value), true;
  }
  if (directive.key == kRequires) {
    directives.needed_version = parse_number(value);
    return directives.needed_version.has_value();
  }
  if (directive.key == kVariables) {
    directives.variables = value == "on";
    return value == "on" || value == "off";
  }
  const auto duration = parse_duration(value);
  if (directive.key == "lock-timeout") directives.lock_timeout = duration;
  if (directive.key == "statement-timeout") directives.statement_timeout = duration;
  if (directive.key == "transaction-timeout") directives.transaction_timeout = duration;
  return duration.has_value();
}

bool is_key_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

/// The directive in a line comment, if it is one: "-- migrator: key value".
std::optional<Directive> parse(std::string_view comment) {
  std::string_view rest = trim(comment.substr(2));
  if (!starts_with_ignoring_case(rest, kName)) return std::nullopt;
  rest.remove_prefix(kName.size());
  Directive directive;
  const std::string_view after_name = trim(rest);
  directive.colon = after_name.starts_with(':');
  if (!directive.colon && after_name.size() == rest.size()) return std::nullopt;
  rest = directive.colon ? trim(after_name.substr(1)) : after_name;

  std::size_t key_end = 0;
  while (key_end < rest.size() && is_key_character(rest[key_end])) ++key_end;
  directive.key = to_lower_ascii(rest.substr(0, key_end));
  directive.value = std::string(trim(rest.substr(key_end)));
  if (directive.colon) return directive;
  // Without its colon it may be prose. It is taken for a directive when the rest reads like one.
  Directives ignored;
  const bool reads_like_one = !expected_value(directive.key).empty() && apply(directive, ignored);
  return reads_like_one ? std::optional(directive) : std::nullopt;
}

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source) {}

  DirectivesResult run() {
    Scanner scanner(source_.text);
    while (!scanner.at_end()) {
      const Token token = scanner.next();
      if (!is_blank_or_comment(token.kind)) break;
      if (token.kind != TokenKind::line_comment) continue;
      if (const auto directive = directive_in(token)) take(*directive);
    }
    result_.end = scanner.position();
    return std::move(result_);
  }

  std::vector<Finding> find_late_ones(std::span<const std::size_t> comments, std::size_t end) {
    for (const std::size_t offset : comments) {
      if (offset < end) continue;
      Scanner scanner(source_.text);
      scanner.jump_to(offset);
      const auto directive = directive_in(scanner.next());
      if (directive && directive->colon && directive->key == kAllow)
        take_allow(*directive);
      else if (directive)
        complain("late-directive", "this directive stands after the first statement", offset,
                 "move it to the top, before the first statement");
    }
    return std::move(result_.findings);
  }

 private:
  std::optional<Directive> directive_in(const Token& token) const {
    std::optional<Directive> directive = parse(migrator::text_of(source_.text, token));
    if (directive) directive->offset = token.offset;
    return directive;
  }

  void take(const Directive& directive) {
    if (!directive.colon) {
      complain("unknown-directive", "this comment reads like a directive, but lacks its colon",
               directive.offset,
               "write \"-- migrator: " + directive.key + " " + directive.value +
                   "\", or word the comment differently");
      return;
    }
    if (directive.key == kAllow) return take_allow(directive);
    const std::string_view expected = expected_value(directive.key);
    if (expected.empty()) {
      complain_about_unknown(directive);
      return;
    }
    for (const std::string& seen : seen_) {
      if (seen != directive.key || seen == kAfter) continue;
      complain("duplicate-directive", "the directive " + directive.key + " is given twice",
               directive.offset, "keep one of them");
      return;
    }
    seen_.push_back(directive.key);
    if (apply(directive, result_.directives)) return;
    complain("bad-directive-value",
             "the directive " + directive.key +
                 (directive.value.empty() ? " lacks its value"
                                          : " cannot be \"" + directive.value + "\""),
             directive.offset, "write " + std::string(expected));
  }

  void take_allow(const Directive& directive) {
    if (directive.value.find_first_of(" \t") != std::string::npos) return;
    complain("bad-directive-value", "the directive allow needs the name of a rule and a reason",
             directive.offset, "write \"-- migrator: allow RULE because ...\"");
  }

  void complain_about_unknown(const Directive& directive) {
    std::string next = "known are: ";
    for (const std::string_view key : kKeys) {
      next += (key == kKeys.front() ? "" : ", ");
      next += key;
    }
    if (const auto meant = nearest(directive.key, kKeys)) next = "did you mean " + *meant + "?";
    complain("unknown-directive",
             directive.key.empty() ? "this directive has no key"
                                   : "there is no directive \"" + directive.key + "\"",
             directive.offset, std::move(next));
  }

  void complain(std::string id, std::string message, std::size_t offset, std::string next) {
    result_.findings.push_back(Finding{.severity = Severity::error,
                                       .id = std::move(id),
                                       .message = std::move(message),
                                       .place = place_of(source_, offset),
                                       .next = std::move(next)});
  }

  const Source& source_;
  std::vector<std::string> seen_;
  DirectivesResult result_;
};

}  // namespace

DirectivesResult read_directives(const Source& source) {
  return Reader(source).run();
}

std::vector<Finding> late_directives(const Source& source, std::span<const std::size_t> comments,
                                     std::size_t end) {
  return Reader(source).find_late_ones(comments, end);
}

std::optional<AllowDirective> read_allow(std::string_view comment) {
  const auto directive = parse(comment);
  if (!directive || !directive->colon || directive->key != kAllow) return std::nullopt;
  const std::size_t end = directive->value.find_first_of(" \t");
  if (end == std::string::npos) return std::nullopt;
  return AllowDirective{directive->value.substr(0, end),
                        std::string(trim(std::string_view(directive->value).substr(end)))};
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
  };
  constexpr std::array<Unit, 7> units = {{{"", 1},
                                          {"ms", 1},
                                          {"s", 1000},
                                          {"min", 60'000},
                                          {"m", 60'000},
                                          {"h", 3'600'000},
                                          {"d", 86'400'000}}};
  // What the server's timeouts can hold.
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();

  text = trim(text);
  std::size_t digits = 0;
  std::int64_t number = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && number <= most) {
    number = number * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || number > most) return std::nullopt;
  const std::string name = to_lower_ascii(trim(text.substr(digits)));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    const std::int64_t total = number * unit.milliseconds;
    if (total > most) return std::nullopt;
    return std::chrono::milliseconds(total);
  }
  return std::nullopt;
}

}  // namespace migrator

#include "tests/support/transcript.h"

#include <algorithm>
#include <array>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace migrator {
namespace {

const std::string secret_mark = "# secret: ";

bool is_exit_line(const std::string& line) {
  static const std::regex exit_line(R"(\[exit \d+\])");
  return std::regex_match(line, exit_line);
}

/// Would this line of output be read as something else? Then a backslash goes before it.
bool needs_escape(const std::string& line) {
  return line.starts_with("$ ") || line.starts_with("> ") || line == ">" || line.starts_with('#') ||
         line.starts_with('\\') || is_exit_line(line);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string without_final_blank_lines(std::string text) {
  text.erase(text.find_last_not_of(" \n") + 1);
  return text;
}

class Parser {
 public:
  explicit Parser(std::string file) : file_(std::move(file)) {}

  Transcript parse(const std::string& text) {
    for (const std::string& line : lines_of(text)) {
      ++line_;
      take(line);
    }
    finish_step();
    transcript_.ending = std::move(preface_);
    return std::move(transcript_);
  }

 private:
  void take(const std::string& line) {
    if (line.starts_with("$ ")) {
      finish_step();
      transcript_.steps.push_back(
          {.preface = std::move(preface_), .command = line.substr(2), .line = line_});
      preface_.clear();
      place_ = in_command;
    } else if (place_ == in_command && (line.starts_with("> ") || line == ">")) {
      step().command += "\n" + (line == ">" ? std::string() : line.substr(2));
    } else if (line.starts_with('#')) {
      if (line.starts_with(secret_mark))
        transcript_.secrets.push_back(line.substr(secret_mark.size()));
      finish_step();
      preface_.push_back(line);
    } else if (place_ == between) {
      if (!line.empty()) fail("output without a command before it");
      preface_.push_back(line);
    } else if (is_exit_line(line)) {
      step().exit_code = std::stoi(line.substr(6));
      finish_step();
    } else {
      place_ = in_output;
      step().output += (line.starts_with('\\') ? line.substr(1) : line) + "\n";
    }
  }

  /// Blank lines at the end of the output belong to what follows.
  void finish_step() {
    if (place_ == between) return;
    place_ = between;
    const std::vector<std::string> lines = lines_of(step().output);
    step().output = without_final_blank_lines(step().output);
    const std::size_t kept = lines_of(step().output).size();
    preface_.assign(lines.size() - kept, "");
  }

  TranscriptStep& step() { return transcript_.steps.back(); }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(file_ + ":" + std::to_string(line_) + ": " + what);
  }

  enum Place { between, in_command, in_output };

  std::string file_;
  std::size_t line_ = 0;
  Place place_ = between;
  std::vector<std::string> preface_;
  Transcript transcript_;
};

struct Rule {
  std::regex pattern;
  std::string replacement;
};

/// In this order: what contains another's pattern comes first.
const std::vector<Rule>& rules() {
  static const auto pattern = [](const char* text) {
    return std::regex(text, std::regex::ECMAScript | std::regex::optimize);
  };
  static const std::vector<Rule> all = {
      {pattern(R"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC)\b|[+-]\d\d(:?\d\d)?\b)?)"),
       "<timestamp>"},
      {pattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"},
      {pattern(R"(\b(\d+ min )?\d+(\.\d+)? (us|µs|ms|s)\b)"), "<time>"},
      {pattern(R"re(("\w*(?:_ms|_us|seconds|duration)": ?)\d+(\.\d+)?)re"), "$1<time>"},
      {pattern(R"re(\b(pid"?:? ?)\d+)re"), "$1<pid>"},
      {pattern(
           R"re(\b(PostgreSQL |migrator |server_version": ?"|migrator_version": ?")\d+(\.\d+)+)re"),
       "$1<version>"},
  };
  return all;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

/// Columns are as wide as what stands in them, so blanks around a replaced text differ as well.
void shrink_blanks_around_names(std::string& text) {
  static const std::regex before("  +(<[a-z]+>)"), after("(<[a-z]+>)  +");
  text = std::regex_replace(text, before, "  $1");
  text = std::regex_replace(text, after, "$1  ");
}

}  // namespace

Transcript parse_transcript(const std::string& file, const std::string& text) {
  return Parser(file).parse(text);
}

std::string to_text(const Transcript& transcript) {
  std::string text;
  const auto add = [&](const std::string& line) { text += line + "\n"; };
  for (const TranscriptStep& step : transcript.steps) {
    for (const std::string& line : step.preface) add(line);
    std::string mark = "$ ";
    for (const std::string& line : lines_of(step.command)) {
      add(line.empty() ? ">" : mark + line);
      mark = "> ";
    }
    for (const std::string& line : lines_of(step.output))
      add(needs_escape(line) ? "\\" + line : line);
    if (step.exit_code != 0) add("[exit " + std::to_string(step.exit_code) + "]");
  }
  for (const std::string& line : transcript.ending) add(line);
  return text;
}

std::string normalise(const std::string& text, const Variables& variables) {
  Variables longest_first = variables;
  std::stable_sort(longest_first.begin(), longest_first.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  std::string result = text;
  for (const auto& [value, name] : longest_first)
    if (!value.empty()) replace_all(result, value, name);
  for (const Rule& rule : rules())
    result = std::regex_replace(result, rule.pattern, rule.replacement);
  shrink_blanks_around_names(result);
  return without_final_blank_lines(result);
}

std::string find_secret(const std::string& text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets)
    if (!secret.empty() && text.find(secret) != std::string::npos) return secret;
  return {};
}

}  // namespace migrator

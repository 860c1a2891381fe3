// A transcript is a scenario test as text: commands and what they must print (the format is in
// tests/scenarios/README.md). Parsing, writing and comparing only; what runs the commands is
// tests/scenarios/scenario_test.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace migrator {

/// A command with what it printed, or must print.
struct TranscriptStep {
  std::vector<std::string> preface = {};  ///< comments and blank lines before it, kept on update
  std::string command;                    ///< several lines where it has a here-document
  std::string output = {};                ///< without blank lines at its end
  int exit_code = 0;
  std::size_t line = 0;  ///< of the command, from 1

  bool operator==(const TranscriptStep&) const = default;
};

struct Transcript {
  std::vector<TranscriptStep> steps;
  std::vector<std::string> ending = {};   ///< comments after the last step
  std::vector<std::string> secrets = {};  ///< what no output may hold: `# secret: ...` lines

  bool operator==(const Transcript&) const = default;
};

/// Throws std::runtime_error with file and line for text that is no transcript.
Transcript parse_transcript(const std::string& file, const std::string& text);

/// The text that parse_transcript reads as this transcript.
std::string to_text(const Transcript& transcript);

/// What differs from run to run: literal texts (the temporary folder, ...) and what stands for
/// them ("<folder>"). Longer ones are replaced first.
using Variables = std::vector<std::pair<std::string, std::string>>;

/// Replaces the variables, and durations, timestamps, process ids, uuids and versions of programs
/// by names in angle brackets; blanks that only align them shrink. Idempotent.
std::string normalise(const std::string& text, const Variables& variables = {});

/// The first secret that occurs in the text, or an empty text.
std::string find_secret(const std::string& text, const std::vector<std::string>& secrets);

}  // namespace migrator

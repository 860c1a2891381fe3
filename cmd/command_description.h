// The commands and options as plain values, read off the one tree that also parses and helps: what
// completions and man pages are written from.
#pragma once

#include <string>
#include <vector>

namespace migrator {

struct OptionDescription {
  std::vector<std::string> names;  ///< "--quiet", "-q"; empty for a positional
  std::string value;               ///< "TIME"; empty for a flag; a positional's own name
  std::string what;
  bool is_common = false;              ///< each command has it
  std::vector<std::string> choices{};  ///< the words that it may be
};

struct CommandDescription {
  std::string name;  ///< "db drop"; empty for migrator itself
  std::vector<std::string> aliases{};
  std::string what;
  std::vector<OptionDescription> options{};
  std::vector<CommandDescription> commands{};
};

CommandDescription describe_commands();

}  // namespace migrator

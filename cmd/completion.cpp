#include "cmd/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace migrator {
namespace {

/// Calls `take` for a command and all below it.
void each(const CommandDescription& command, auto&& take) {
  take(command);
  for (const CommandDescription& below : command.commands) each(below, take);
}

std::vector<std::string> words_of(const CommandDescription& command) {
  std::vector<std::string> words;
  for (const CommandDescription& below : command.commands) {
    words.push_back(below.name.substr(below.name.rfind(' ') + 1));
    words.insert(words.end(), below.aliases.begin(), below.aliases.end());
  }
  for (const OptionDescription& option : command.options)
    words.insert(words.end(), option.names.begin(), option.names.end());
  return words;
}

bool is_path(const OptionDescription& option) {
  return option.value.ends_with("FILE") || option.value == "DIR";
}

/// The options behind which a value stands, which is no command: a file, or another.
struct ValueOptions {
  std::vector<std::string> of_files;
  std::vector<std::string> of_others;
};

ValueOptions options_with_value(const CommandDescription& migrator) {
  ValueOptions options;
  each(migrator, [&](const CommandDescription& command) {
    for (const OptionDescription& option : command.options) {
      if (option.value.empty()) continue;
      auto& names = is_path(option) ? options.of_files : options.of_others;
      for (const std::string& name : option.names)
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  });
  return options;
}

/// In single quotes, for a shell.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

/// A function that finds the command among the words so far and completes the next.
std::string bash(const CommandDescription& migrator) {
  const ValueOptions values = options_with_value(migrator);
  const std::string of_files = fmt::format("{}", fmt::join(values.of_files, "|"));
  const std::string of_others = fmt::format("{}", fmt::join(values.of_others, "|"));
  std::string text = fmt::format(R"(_migrator() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command= i
  COMPREPLY=()
  case $before in
    {0}) COMPREPLY=($(compgen -f -- "$word")); return ;;
    {1}) return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i-1]}} in {0}|{1}) continue ;; esac
    case ${{COMP_WORDS[i]}} in -*) continue ;; esac
    case "$command ${{COMP_WORDS[i]}}" in
)",
                                 of_files, of_others);
  each(migrator, [&](const CommandDescription& command) {
    if (command.name.empty()) return;
    const std::size_t blank = command.name.rfind(' ');
    const std::string above = blank == command.name.npos ? "" : command.name.substr(0, blank);
    std::string patterns = quoted(above + " " + command.name.substr(blank + 1));
    for (const std::string& alias : command.aliases) patterns += "|" + quoted(above + " " + alias);
    text += fmt::format("      {}) command={} ;;\n", patterns, quoted(command.name));
  });
  text += "    esac\n  done\n  local words=\n  case $command in\n";
  each(migrator, [&](const CommandDescription& command) {
    text += fmt::format("    {}) words={} ;;\n", quoted(command.name),
                        quoted(fmt::format("{}", fmt::join(words_of(command), " "))));
  });
  return text +
         "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  [[ ${COMPREPLY[*]} || $word == -* ]] || COMPREPLY=($(compgen -f -- \"$word\"))\n}\n"
         "complete -F _migrator migrator\n";
}

std::string fish(const CommandDescription& migrator) {
  std::string text = "complete -c migrator -f\n";
  each(migrator, [&](const CommandDescription& command) {
    std::string condition = "__fish_use_subcommand";
    if (!command.name.empty()) {
      condition.clear();
      std::string rest = command.name;
      for (std::size_t at = 0; at <= rest.size();) {
        const std::size_t end = std::min(rest.find(' ', at), rest.size());
        condition += fmt::format("{}__fish_seen_subcommand_from {}", at == 0 ? "" : "; and ",
                                 rest.substr(at, end - at));
        at = end + 1;
      }
    }
    for (const CommandDescription& below : command.commands)
      text += fmt::format("complete -c migrator -n {} -a {} -d {}\n", quoted(condition),
                          below.name.substr(below.name.rfind(' ') + 1), quoted(below.what));
    for (const OptionDescription& option : command.options) {
      if (option.names.empty()) continue;
      text += fmt::format("complete -c migrator -n {}", quoted(condition));
      for (const std::string& name : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      const char* const value = option.value.empty() ? "" : is_path(option) ? " -r -F" : " -x";
      text += fmt::format("{} -d {}\n", value, quoted(option.what));
    }
  });
  return text;
}

std::string escaped(std::string_view text) {
  std::string result = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
  }
  return result;
}

std::string option_entry(const OptionDescription& option) {
  std::string front = fmt::format("{}", fmt::join(option.names, ", "));
  if (front.empty())
    front = option.value;
  else if (!option.value.empty())
    front += " " + option.value;
  return fmt::format(".TP\n.B {}\n{}\n", escaped(front), escaped(option.what));
}

}  // namespace

std::string completion_for(std::string_view shell, const CommandDescription& migrator) {
  if (shell == "fish") return fish(migrator);
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash(migrator);
  return bash(migrator);
}

std::string man_page(const CommandDescription& migrator, std::string_view version) {
  std::string text = fmt::format(
      ".TH MIGRATOR 1 \"\" \"migrator {}\"\n.SH NAME\nmigrator \\- {}\n.SH SYNOPSIS\n"
      ".B migrator\n[COMMAND] [OPTIONS]\n.SH OPTIONS OF EVERY COMMAND\n",
      version, escaped("schema migrations and seeds for PostgreSQL"));
  for (const OptionDescription& option : migrator.options) text += option_entry(option);
  text += ".SH COMMANDS\n";
  each(migrator, [&](const CommandDescription& command) {
    if (command.name.empty()) return;
    std::string names = command.name;
    for (const std::string& alias : command.aliases) names += ", " + alias;
    text += fmt::format(".SS {}\n{}\n", escaped(names), escaped(command.what));
    for (const OptionDescription& option : command.options)
      if (!option.is_common) text += option_entry(option);
  });
  return text +
         ".SH EXIT STATUS\n0 done or nothing to do; 1 found something; 2 usage or configuration; "
         "3 no connection or no lock; 4 a migration, a seed or a query failed.\n";
}

}  // namespace migrator

#include "cmd/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cmd/command_tree.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/project/shown_word.h"

namespace migrator {
namespace {

/// Without the doubled blank lines that CLI11 leaves between groups.
std::string tidy(std::string help) {
  for (std::size_t at; (at = help.find("\n\n\n")) != std::string::npos;) help.erase(at, 1);
  return help;
}

/// The commands and their other names.
std::vector<std::string> words_for_commands(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
    std::ranges::copy(command->get_aliases(), std::back_inserter(words));
  }
  return words;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> options;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  return options;
}

[[noreturn]] void throw_unknown(const std::string& message, const std::string& word,
                                const std::vector<std::string>& known, const std::string& next) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  Finding finding{.id = "usage", .message = message, .next = next};
  if (const auto near = nearest(word, candidates))
    finding.hint = fmt::format("did you mean {}?", *near);
  throw Error(ErrorKind::usage, finding);
}

/// The first word that nothing took, options before others: what follows an unknown one may be
/// its value.
std::string first_left_over(const CLI::App& app) {
  std::vector<std::string> words = app.remaining(/*recurse=*/true);
  std::erase(words, "--");  // with nothing behind it
  const auto is_option = [](const std::string& word) { return word.starts_with("--"); };
  const auto option = std::ranges::find_if(words, is_option);
  if (option != words.end()) return option->substr(0, option->find('='));
  return words.empty() ? "" : words.front();
}

/// CLI11's message without the words that may hold a secret, which it quotes.
std::string message_of(const CLI::ParseError& error, const std::vector<std::string>& words) {
  std::string message = error.what();
  for (const std::string& word : words) {
    if (!may_hold_secret(word)) continue;
    const std::size_t equals = word.starts_with('-') ? word.find('=') + 1 : 0;
    const std::string secret = word.substr(equals);
    for (std::size_t at; !secret.empty() && (at = message.find(secret)) != std::string::npos;)
      message.replace(at, secret.size(), shown_word(secret));
  }
  return message;
}

/// The command as far as it was understood: itself, or the last word of it.
const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

/// "migrator db drop"
std::string whole_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : whole_name(*parent) + " " + command.get_name();
}

[[noreturn]] void throw_usage(const CLI::ParseError& error, const CLI::App& app,
                              const std::vector<std::string>& words) {
  const CLI::App& command = innermost(app);
  const std::vector<std::string> commands = words_for_commands(command);
  const std::string word = first_left_over(app);
  // An option of the program that is to be started was taken for one of ours.
  const bool lacks_dashes =
      command.get_name() == "run" && !word.empty() && std::ranges::find(words, "--") == words.end();
  const std::string help = lacks_dashes ? "put -- before the command: migrator run -- COMMAND"
                                        : whole_name(command) + " --help";
  if (may_hold_secret(word))
    throw Error(ErrorKind::usage, {.id = "usage",
                                   .message = "a database URL stands where none is expected",
                                   .next = "give it with --url"});
  if (word.starts_with("--"))
    throw_unknown(fmt::format("there is no option {}", word), word, options_of(command), help);
  if (!word.empty() && !commands.empty())
    throw_unknown(fmt::format("there is no command \"{}{}\"",
                              &command == &app ? "" : command.get_name() + " ", word),
                  word, commands, help + " lists the commands");
  const bool lacks_command = command.get_require_subcommand_min() > 0;
  if (word.empty() && lacks_command)
    throw_unknown(fmt::format("{} needs a command behind it", whole_name(command)), "", commands,
                  help + " lists the commands");
  const std::string message =
      word.empty() ? message_of(error, words) : fmt::format("\"{}\" is a word too many", word);
  throw Error(ErrorKind::usage, {.id = "usage", .message = message, .next = help});
}

void check_repair(const Arguments& arguments) {
  if (arguments.command != "repair") return;
  const int chosen = static_cast<int>(arguments.accept_file) +
                     static_cast<int>(arguments.mark_applied) + static_cast<int>(arguments.forget) +
                     static_cast<int>(arguments.resume_at.has_value());
  if (trim(arguments.reason).empty())
    throw Error(ErrorKind::usage, {.id = "usage",
                                   .message = "--reason needs words: the history keeps them",
                                   .next = "migrator repair --help"});
  if (chosen == 1) return;
  throw Error(ErrorKind::usage,
              {.id = "usage",
               .message = "repair needs exactly one of --accept-file, --mark-applied, --resume-at "
                          "N and --forget",
               .next = "migrator repair --help"});
}

void add_names(const CLI::App& app, const std::string& before, std::vector<std::string>& names) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(before + command->get_name());
    add_names(*command, names.back() + " ", names);
  }
}

}  // namespace

std::vector<std::string> command_names() {
  Arguments unused;
  const auto app = make_whole_app(unused);
  std::vector<std::string> names;
  add_names(*app, "", names);
  return names;
}

std::string command_named_by(const std::vector<std::string>& words) {
  Arguments unused;
  const auto app = make_app(unused);
  try {
    app->parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::Error&) {
    // It has come as far as it has.
  } catch (const Error&) {
  }
  const std::string name = whole_name(innermost(*app));
  return name == app->get_name() ? "" : name.substr(app->get_name().size() + 1);
}

Arguments parse_arguments(const std::vector<std::string>& words, std::optional<HelpText>& help) {
  Arguments arguments;
  const auto app = make_app(arguments);
  try {
    app->parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    const CLI::App& command = innermost(*app);
    const CLI::App* parent = command.get_parent();
    help = HelpText{tidy(parent == nullptr ? app->help() : command.help(whole_name(*parent)))};
  } catch (const CLI::CallForVersion& version) {
    help = HelpText{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    throw_usage(error, *app, words);
  }
  check_repair(arguments);
  return arguments;
}

}  // namespace migrator

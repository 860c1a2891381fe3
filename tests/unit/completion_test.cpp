// Completions, man page and README against the tree of commands: none of them can say otherwise.
#include "cmd/completion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "cmd/arguments.h"
#include "engine/base/file.h"

namespace migrator {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

void each(const CommandDescription& command, auto&& take) {
  take(command);
  for (const CommandDescription& below : command.commands) each(below, take);
}

std::string last_word(const std::string& name) {
  return name.substr(name.rfind(' ') + 1);
}

std::string in_troff(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '-' ? "\\-" : std::string(1, c);
  return result;
}

TEST(Completion, HasEveryCommandAndOption) {
  const CommandDescription tree = describe_commands();
  const std::string man = man_page(tree, "1");
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_for(shell, tree);
    each(tree, [&](const CommandDescription& command) {
      EXPECT_TRUE(has(script, last_word(command.name))) << shell << ": " << command.name;
      for (const OptionDescription& option : command.options)
        for (const std::string& name : option.names)
          EXPECT_TRUE(has(script, name.substr(name.find_first_not_of('-')))) << shell << name;
    });
  }
  each(tree, [&](const CommandDescription& command) {
    if (!command.name.empty()) {
      EXPECT_TRUE(has(man, ".SS " + in_troff(command.name))) << command.name;
    }
    for (const OptionDescription& option : command.options)
      for (const std::string& name : option.names)
        EXPECT_TRUE(has(man, in_troff(name))) << command.name << name;
  });
}

TEST(Completion, HelpSaysTheSame) {
  each(describe_commands(), [](const CommandDescription& command) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < command.name.size();) {
      const std::size_t end = std::min(command.name.find(' ', at), command.name.size());
      words.push_back(command.name.substr(at, end - at));
      at = end + 1;
    }
    words.emplace_back("--help");
    std::optional<HelpText> help;
    parse_arguments(words, help);
    ASSERT_TRUE(help) << command.name;
    for (const OptionDescription& option : command.options)
      for (const std::string& name : option.names)
        EXPECT_TRUE(has(help->text, name)) << command.name << name;
  });
}

/// "db create|drop" -> "db create", "db drop".
std::set<std::string> commands_in(const std::string& words) {
  std::set<std::string> commands;
  std::string above, word;
  std::istringstream stream(words);
  std::vector<std::string> all;
  while (stream >> word && std::islower(static_cast<unsigned char>(word.front())) != 0)
    all.push_back(word);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) above += all[i] + " ";
  std::istringstream last(all.empty() ? "" : all.back());
  while (std::getline(last, word, '|')) commands.insert(above + word);
  return commands;
}

/// What the first column of the README's table of commands names.
std::set<std::string> commands_of_readme() {
  const std::string readme = read_file(std::filesystem::path(MIGRATOR_SOURCE_DIR) / "README.md");
  const std::size_t begin = readme.find("| command | |\n|---|---|\n");
  std::set<std::string> commands;
  std::istringstream table(readme.substr(begin, readme.find("\n\n", begin) - begin));
  for (std::string line; std::getline(table, line);) {
    if (!line.starts_with("| `")) continue;
    for (std::size_t at = line.find("\\|"); at != line.npos; at = line.find("\\|"))
      line.erase(at, 1);
    const std::string cell = line.substr(2, line.find("` |") - 1);
    const std::regex quoted("`([^`]*)`");
    for (std::sregex_iterator match(cell.begin(), cell.end(), quoted), end; match != end; ++match)
      commands.merge(commands_in((*match)[1].str()));
  }
  return commands;
}

std::set<std::string> commands_of_man_page(const std::string& man) {
  std::set<std::string> commands;
  std::istringstream lines(man);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(".SS ")) continue;
    std::erase(line, '\\');
    commands.insert(line.substr(4, line.find(',') - 4));
  }
  return commands;
}

// A word that stands for its ACTION, or SHELL, and no command of its own in the tree.
const std::set<std::string> kActions{"local start",     "local stop",      "local status",
                                     "local url",       "completion bash", "completion zsh",
                                     "completion fish", "completion man"};

TEST(Completion, ReadmeAndManPageNameTheCommandsThatThereAreAndNoOthers) {
  std::set<std::string> there;
  each(describe_commands(), [&](const CommandDescription& command) {
    if (!command.name.empty()) there.insert(command.name);
  });
  EXPECT_EQ(commands_of_man_page(man_page(describe_commands(), "1")), there);
  std::set<std::string> readme = commands_of_readme();
  for (const std::string& action : kActions) {
    EXPECT_EQ(readme.erase(action), 1U) << action;
    readme.insert(action.substr(0, action.find(' ')));
  }
  // "db create" names "db" as well.
  for (const std::string& name : std::set<std::string>(readme))
    if (name.find(' ') != name.npos) readme.insert(name.substr(0, name.find(' ')));
  EXPECT_EQ(readme, there);
}

TEST(Completion, TheReadmeNamesEveryCommand) {
  const std::string readme = read_file(std::filesystem::path(MIGRATOR_SOURCE_DIR) / "README.md");
  for (const CommandDescription& command : describe_commands().commands)
    EXPECT_TRUE(has(readme, "`" + command.name)) << command.name;
}

}  // namespace
}  // namespace migrator

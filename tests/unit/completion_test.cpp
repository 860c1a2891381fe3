// Completions, man page and README against the tree of commands: none of them can say otherwise.
#include "cmd/completion.h"

#include <gtest/gtest.h>

#include <filesystem>

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

TEST(Completion, TheReadmeNamesEveryCommand) {
  const std::string readme = read_file(std::filesystem::path(MIGRATOR_SOURCE_DIR) / "README.md");
  for (const CommandDescription& command : describe_commands().commands)
    EXPECT_TRUE(has(readme, "`" + command.name)) << command.name;
}

}  // namespace
}  // namespace migrator

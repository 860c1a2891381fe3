// FORMATS.md, "migrator.toml", against what the program does with each row of that table: the key
// is known, has that type and default, and gives way to that variable.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/project/config.h"
#include "engine/project/config_file.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

struct Row {
  std::string key;            ///< "[env.NAME] url"
  std::string type;           ///< "duration"
  std::string default_value;  ///< as in the table, with its backquotes
  std::string variable;
  std::string flag;
};

/// What stands between the first two backquotes, else nothing.
std::string quoted_in(const std::string& cell) {
  const std::size_t begin = cell.find('`');
  return begin == cell.npos ? "" : cell.substr(begin + 1, cell.find('`', begin + 1) - begin - 1);
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t begin = 1;
  for (std::size_t end = line.find('|', begin); end != line.npos; end = line.find('|', begin)) {
    cells.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return cells;
}

std::vector<Row> rows() {
  const std::string text = read_file(fs::path(MIGRATOR_SOURCE_DIR) / "FORMATS.md");
  const std::size_t title = text.find("\n## migrator.toml\n");
  std::vector<Row> result;
  std::size_t at = text.find("|---|---|---|---|---|\n", title);
  for (at = text.find('\n', at) + 1; text[at] == '|'; at = text.find('\n', at) + 1) {
    const auto cells = cells_of(text.substr(at, text.find('\n', at) - at));
    result.push_back({quoted_in(cells.at(0)), cells.at(1).substr(1, cells.at(1).size() - 2),
                      cells.at(2), quoted_in(cells.at(3)), quoted_in(cells.at(4))});
  }
  return result;
}

/// A value of each type, as TOML and as text. "e" is an environment of the file.
std::string sample_of(const std::string& type) {
  const std::map<std::string, std::string> samples = {{"name", "e"},
                                                      {"path", "p"},
                                                      {"URL", "postgres://h/d"},
                                                      {"duration", "7s"},
                                                      {"number", "7"},
                                                      {"`true` or `false`", "true"},
                                                      {"text", "t"},
                                                      {"`\"rds allow-ip\"`", "rds allow-ip"},
                                                      {"`\"on\"` or `\"off\"`", "off"},
                                                      {"`\"error\"` or `\"warning\"`", "error"},
                                                      {"`\"strict\"` or `\"any\"`", "any"}};
  const auto found = samples.find(type);
  return found == samples.end() ? "" : found->second;
}

std::string toml_of(const std::string& key, const std::string& value) {
  const std::size_t end = key.find("] ");
  if (end == key.npos) return key + " = " + value + "\n[env.e]\n";
  std::string table = key.substr(1, end - 1);
  if (table == "env.NAME") table = "env.e";
  std::string text = "default_env = \"e\"\n[" + table + "]\n" + key.substr(end + 2) + " = " + value;
  return text + (table == "env.e" ? "\n" : "\n[env.e]\n");
}

std::string toml_of(const Row& row) {
  const bool bare = row.type == "`true` or `false`";
  const std::string quoted = '"' + sample_of(row.type) + '"';
  return toml_of(row.key, row.type == "list of names" ? "[\"n\"]"
                          : bare                      ? sample_of(row.type)
                                                      : quoted);
}

std::vector<ConfigLine> described(const std::string& toml, const EnvironmentVariables& variables) {
  const TempFolder folder;
  if (!toml.empty()) folder.write("migrator.toml", toml);
  return describe(load_config({}, variables, folder.path()));
}

/// The name under which `migrator config` shows what came from this place.
std::string name_from(const std::vector<ConfigLine>& lines, const std::string& origin) {
  for (const ConfigLine& line : lines)
    if (line.origin.find(origin) != line.origin.npos) return line.key;
  return "nothing from " + origin;
}

std::string origin_of(const std::string& key) {
  return "(" + (key.starts_with("[env.NAME]") ? "[env.e]" + key.substr(10) : key) + ")";
}

std::string value_of(const std::vector<ConfigLine>& lines, const std::string& name) {
  const auto line = std::ranges::find(lines, name, &ConfigLine::key);
  return line == lines.end() ? "no line " + name : line->value;
}

std::string shown_name(const std::string& key, const std::string& toml) {
  return name_from(described(toml, {}), origin_of(key));
}

TEST(FormatsConfig, ListsEveryKeyAndNoOther) {
  std::set<std::string> listed;
  for (const Row& row : rows()) listed.insert(row.key);
  const std::vector<std::string> known = known_config_keys();
  EXPECT_EQ(listed, std::set<std::string>(known.begin(), known.end()));
}

TEST(FormatsConfig, EachKeyTakesItsTypeAndNoOther) {
  for (const Row& row : rows()) {
    EXPECT_FALSE(shown_name(row.key, toml_of(row)).starts_with("nothing")) << row.key;
    const std::string wrong = row.type == "list of names" ? "\"n\"" : "[\"n\"]";
    EXPECT_THROW(described(toml_of(row.key, wrong), {}), Error) << row.key;
  }
}

TEST(FormatsConfig, EachKeyHasItsDefault) {
  const auto defaults = described("", {});
  for (const Row& row : rows()) {
    const std::string name = shown_name(row.key, toml_of(row));
    std::string expected = quoted_in(row.default_value);
    if (expected.starts_with('[') && !expected.starts_with("[\"")) {  // the key that it stands for
      const auto all = rows();
      const auto general = std::ranges::find(all, expected, &Row::key);
      ASSERT_NE(general, all.end()) << row.key;
      EXPECT_EQ(shown_name(general->key, toml_of(*general)), name) << row.key;
      continue;
    }
    std::erase_if(expected, [](char c) { return c == '"' || c == '[' || c == ']'; });
    if (row.default_value.starts_with(" `")) {
      EXPECT_EQ(value_of(defaults, name), expected) << row.key;
    } else {
      EXPECT_TRUE(value_of(defaults, name).starts_with('(')) << row.key;  // "(none)", "(searched)"
    }
  }
}

TEST(FormatsConfig, EachKeyGivesWayToItsVariableAndTheFlagsExist) {
  const fs::path folder = fs::path(MIGRATOR_SOURCE_DIR) / "cmd";
  const std::string arguments =
      read_file(folder / "command_tree_options.cpp") + read_file(folder / "command_tree_check.cpp");
  for (const Row& row : rows()) {
    if (!row.variable.empty()) {
      const std::string toml = row.key == "default_env"
                                   ? "default_env = \"other\"\n[env.other]\n[env.e]\n"
                                   : toml_of(row);
      EXPECT_EQ(name_from(described(toml, {{row.variable, sample_of(row.type)}}), row.variable),
                shown_name(row.key, toml_of(row)))
          << row.key;
    }
    if (!row.flag.empty()) {
      EXPECT_NE(arguments.find('"' + row.flag), std::string::npos) << row.flag;
    }
  }
}

TEST(FormatsConfig, JsonNamesTheSettings) {
  const std::string text = read_file(fs::path(MIGRATOR_SOURCE_DIR) / "FORMATS.md");
  const std::size_t begin = text.find("The **settings** of `config`");
  ASSERT_NE(begin, std::string::npos);
  const std::string paragraph = text.substr(begin, text.find("\n\n", begin) - begin);
  for (const ConfigLine& line : described("", {}))
    EXPECT_NE(paragraph.find('`' + line.key + '`'), std::string::npos) << line.key;
}

TEST(FormatsConfig, TheExampleOfTheReadmeIsValid) {
  const std::string text = read_file(fs::path(MIGRATOR_SOURCE_DIR) / "README.md");
  const std::size_t begin = text.find("```toml\n") + 8;
  const ConfigFile file =
      read_config_file(text.substr(begin, text.find("```", begin) - begin), "README.md");
  EXPECT_EQ(file.environments, (std::vector<std::string>{"dev", "prod"}));
}

}  // namespace
}  // namespace migrator

// FORMATS.md and README.md against the code and the transcripts: what they promise is there, and
// nothing is there that they do not say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/project/config_file.h"
#include "tests/support/transcript.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

using Names = std::set<std::string>;

const fs::path root = MIGRATOR_SOURCE_DIR;

std::string sources() {
  std::string all;
  for (const char* folder : {"engine", "cmd"})
    for (const auto& entry : fs::recursive_directory_iterator(root / folder))
      if (entry.is_regular_file()) all += read_file(entry.path());
  return all;
}

/// The first group of each match.
Names matches(const std::string& text, const std::regex& pattern) {
  Names names;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
    names.insert((*match)[1].str());
  return names;
}

/// The text of a section, up to the next one of its level.
std::string section(const std::string& text, const std::string& title) {
  const std::size_t begin = text.find("\n## " + title + "\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find("\n## ", begin + 4) - begin);
}

Names without(const Names& names, const Names& others) {
  Names rest;
  std::ranges::set_difference(names, others, std::inserter(rest, rest.end()));
  return rest;
}

TEST(Formats, ListEveryFindingAndNoOther) {
  const std::string code = sources();
  const Names given = matches(
      code,
      std::regex(
          R"re((?:\bid = |\b(?:complain|complaint|refuse|trouble|report_of)\(\s*(?:(?:part|statement)\b[^"]*, )?(?:Severity::\w+,\s*)?)"([a-z][a-z0-9-]+)")re"));
  const Names listed = matches(section(read_file(root / "FORMATS.md"), "Findings"),
                               std::regex("`([a-z][a-z0-9-]+)`"));
  EXPECT_GT(given.size(), 90U);
  EXPECT_EQ(without(given, listed), Names{}) << "in the code, and not in FORMATS.md";
  Names nowhere;
  for (const std::string& id : listed)
    if (code.find('"' + id + '"') == std::string::npos) nowhere.insert(id);
  EXPECT_EQ(nowhere, Names{}) << "in FORMATS.md, and not in the code";
}

TEST(Formats, ListEveryKeyOfTheConfiguration) {
  const Names listed = matches(section(read_file(root / "FORMATS.md"), "migrator.toml"),
                               std::regex(R"re(\n\| `([^`]+)` \|)re"));
  const std::vector<std::string> known = known_config_keys();
  EXPECT_EQ(listed, Names(known.begin(), known.end()));
}

/// Without what differs from run to run, and without blanks that make columns.
std::string comparable(const std::string& text) {
  std::string result =
      std::regex_replace(normalise(text, {}), std::regex(R"re(\(\w+: [^)]*\))re"), "(database)");
  result = std::regex_replace(result, std::regex("\\s+\\(database\\)"), " (database)");
  result = std::regex_replace(result, std::regex("\\n\\[exit \\d+\\]"), "");
  return std::regex_replace(result, std::regex(" +"), " ");
}

TEST(Readme, ShowsWhatTheTranscriptsShow) {
  std::string transcripts;
  for (const auto& entry : fs::directory_iterator(root / "tests" / "scenarios"))
    if (entry.path().extension() == ".txt")
      transcripts += comparable(read_file(entry.path())) + "\n";
  const std::string readme = read_file(root / "README.md");
  const std::regex block("```\n(\\$ [\\s\\S]*?)```");
  std::size_t blocks = 0;
  for (std::sregex_iterator match(readme.begin(), readme.end(), block), end; match != end;
       ++match) {
    ++blocks;
    const std::string shown = comparable((*match)[1].str());
    EXPECT_NE(transcripts.find(shown), std::string::npos) << shown << "\nis in no transcript";
  }
  EXPECT_GE(blocks, 2U);
}

}  // namespace
}  // namespace migrator

// FORMATS.md and README.md against the code and the transcripts: what they promise is there, and
// nothing is there that they do not say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/sql/expected_lock.h"
#include "tests/support/transcript.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

using Names = std::set<std::string>;

const fs::path root = MIGRATOR_SOURCE_DIR;

/// The code of engine/ and cmd/, without comments.
std::string sources() {
  std::string all;
  for (const char* folder : {"engine", "cmd"})
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
      const std::string text = read_file(entry.path());
      for (const std::string_view line : split_lines(text)) {
        const std::size_t comment = line.starts_with("//") ? 0 : line.find(" //");
        all += std::string(line.substr(0, comment)) + "\n";
      }
    }
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

/// Text in quotes with a hyphen that is the id of no finding.
const Names other_words = {
    "already-done",                      // an outcome
    "rolled-back",                       // another
    "sign-up",                           // an event of the log
    "already-there",                     // of a sign-up
    "golang-migrate",    "sql-migrate",  // tools
    "statement-timeout", "transaction-timeout",
    "on-change",                                         // directives
    "allow-ip",          "modify-security-group-rules",  // a command, and one of aws
    "no-referrer",       "no-store",
    "same-origin",  // of headers
    "merge-base",        "ls-tree",
    "ls-files",
    "hash-object",                    // of git
    "size-brief",        "size-long"  // why a rule has another level
};

bool is_word_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Calls `take` with the position of each occurrence.
void each(const std::string& text, const std::string& part, auto&& take) {
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) take(at);
}

/// The functions with a parameter `id`.
Names makers_in(const std::string& code) {
  Names makers;
  for (const char* parameter : {"std::string id,", "std::string_view id,", "const char* id,"})
    each(code, parameter, [&](std::size_t at) {
      const std::size_t open = code.find_last_of("()", at);
      std::size_t begin = open;
      while (begin > 0 && is_word_letter(code[begin - 1])) --begin;
      if (open != code.npos && begin < open) makers.insert(code.substr(begin, open - begin));
    });
  return makers;
}

/// An id stands behind `id =`, or is the first text that is handed to a function with a parameter
/// of that name; and any word with a hyphen is one, unless it is named above.
Names ids_in(const std::string& code) {
  Names texts;
  const auto take_text = [&](std::size_t quote) {
    texts.insert(code.substr(quote, code.find('"', quote + 1) + 1 - quote));
  };
  each(code, "id = \"", [&](std::size_t at) { take_text(code.find('"', at)); });
  for (const std::string& maker : makers_in(code))
    each(code, maker + "(", [&](std::size_t at) {
      const std::size_t stop = code.find_first_of("\";{}", at);
      const bool whole_word = at == 0 || !is_word_letter(code[at - 1]);
      if (whole_word && stop != code.npos && code[stop] == '"') take_text(stop);
    });
  Names ids = without(matches(code, std::regex(R"re("([a-z]+-[a-z0-9-]+)")re")), other_words);
  const std::regex form("\"([a-z][a-z0-9-]*)\"");
  for (const std::string& text : texts) ids.merge(matches(text, form));
  return ids;
}

TEST(Formats, IdsAreFoundInCode) {
  EXPECT_EQ(ids_in(R"re(
      {.id = "one"}; finding.id = "two"; Case{"a-case", "what to do"}; return "already-done";
      void tell(std::string id, std::string message); void fail(Kind kind, std::string id, int n);
      tell("three", "four"); fail(Kind::a, "five", 6); tell(more ? "six" : "seven", "eight");
      other("nine", "ten");)re"),
            (Names{"one", "two", "a-case", "three", "five", "six"}));
}

TEST(Formats, ListEveryFindingAndNoOther) {
  const std::string code = sources();
  const Names given = ids_in(code);
  const Names listed = matches(section(read_file(root / "FORMATS.md"), "Findings"),
                               std::regex("`([a-z][a-z0-9-]+)`"));
  EXPECT_GT(given.size(), 110U);
  EXPECT_EQ(without(given, listed), Names{}) << "in the code, and not in FORMATS.md";
  Names nowhere;
  for (const std::string& id : listed)
    if (code.find('"' + id + '"') == std::string::npos) nowhere.insert(id);
  EXPECT_EQ(nowhere, Names{}) << "in FORMATS.md, and not in the code";
}

/// The keys of every object in a document of JSON that is printed a line for each.
Names keys_in(const std::string& json) {
  return matches(json, std::regex("\n *\"([a-z_]+)\": "));
}

TEST(Formats, NameEveryFieldOfAPlanAndOfALock) {
  const std::string json = section(read_file(root / "FORMATS.md"), "JSON");
  Names promised = matches(json, std::regex("`([a-z_]+)`"));
  promised.merge(matches(json, std::regex("\"([a-z_]+)\"")));
  const std::string plan = read_file(root / "tests" / "golden" / "report" / "plan.json");
  EXPECT_EQ(without(keys_in(plan), promised), Names{});
  for (const char* key : {"taken_why", "rewrite_why", "scan_why", "held", "locks_unknown", "file"})
    EXPECT_TRUE(keys_in(plan).contains(key)) << key;
}

TEST(Formats, NameEveryTargetOfALock) {
  const std::string text = section(read_file(root / "FORMATS.md"), "JSON");
  const std::string json = std::regex_replace(text, std::regex("\\s+"), " ");
  for (int i = 0; i <= static_cast<int>(LockTarget::every_table); ++i) {
    const std::string target(to_text(static_cast<LockTarget>(i)));
    EXPECT_NE(json.find("`" + target + "`"), json.npos) << target;
  }
  for (const Blocked blocked :
       {Blocked::nothing, Blocked::schema_changes, Blocked::writes, Blocked::reads_and_writes}) {
    const std::string word(to_text(blocked));
    EXPECT_NE(json.find("`" + word + "`"), json.npos) << word;
  }
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

// ARCHITECTURE.md, enforced: reads every file of engine/, cmd/ and tests/ as text and complains
// about includes that go against the order of folders, libraries outside their one door, and the
// few constructs that we do without. Complaints read "FILE:LINE: what".
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace migrator {
namespace {

using Complaints = std::vector<std::string>;

/// The files of the project by their path from the root: "engine/base/error.h".
using Tree = std::map<std::string, std::string>;

// A folder may include itself and what stands to its left.
constexpr std::array folder_order = {"base", "sql", "project", "plan",  "lint", "report",
                                     "pg",   "run", "http",    "cloud", "cmd"};

struct Door {
  std::string library;
  std::regex header;      ///< the names in its #include lines
  std::string door;       ///< pattern of the files that may include it
  std::size_t files = 0;  ///< at most so many files; 0 means no limit
};

const std::vector<Door> doors = {
    {"libpqxx", std::regex("pqxx/.*"), "engine/pg/(.*\\.cpp|session\\.h)"},
    {"libpq", std::regex("(postgresql/)?libpq.*"), "engine/pg/(.*\\.cpp|session\\.h)"},
    {"toml++", std::regex("toml.*"), "engine/project/.*\\.cpp", 3},
    {"libpg_query", std::regex("pg_query.*"), "engine/sql/parse_tree\\.cpp"},
    {"zlib", std::regex("zlib\\.h"), "(engine/base/gunzip|tests/.*)\\.cpp"},
    {"OpenSSL", std::regex("openssl/.*"), "engine/project/checksum\\.cpp"},
    {"nlohmann-json", std::regex("nlohmann/.*"),
     "engine/(report/.*|sql/parse_tree|project/json_keys|cloud/cognito_event)\\.cpp"},
    {"cpp-httplib", std::regex("httplib.*"), "engine/(http|cloud)/.*\\.cpp"},
    {"CLI11", std::regex("CLI/.*"), "cmd/(arguments|command_tree\\w*)\\.cpp"},
    {"GoogleTest", std::regex("g(test|mock)/.*"), "tests/.*"},
};

struct Ban {
  std::string sign;  ///< part of all that `code` matches: quicker to find
  std::regex code;
  std::regex files;
  std::string why;
};

const std::regex everywhere(".*");
const std::regex in_engine("engine/.*");
const std::vector<Ban> bans = {
    {"new", std::regex("\\bnew\\b"), everywhere, "no new: values, or an owner"},
    {"shared", std::regex("\\b(shared_ptr|make_shared)\\b"), everywhere,
     "no shared_ptr: one owner"},
    {"locale", std::regex("\\b(setlocale|locale::global)\\b"), everywhere,
     "no setlocale: it translates libpq's messages"},
    {"getenv", std::regex("\\bgetenv\\b"), in_engine,
     "no environment here: cmd/main.cpp passes it in"},
    {"std::c", std::regex("\\bstd::(cout|cerr|clog)\\b"), in_engine,
     "no terminal here: return values"},
    {"_clock::now", std::regex("_clock::now\\b"),
     std::regex("engine/(base|sql|project|plan|lint|report)/.*"), "no clock here"},
};

bool matches(const std::string& text, const std::regex& pattern) {
  return std::regex_match(text, pattern);
}

/// One past the comment or literal that begins at `begin`; `begin` itself where none does.
std::size_t end_of_blank(const std::string& text, std::size_t begin) {
  const auto after = [&](const std::string& end, std::size_t from) {
    const std::size_t found = text.find(end, from);
    return found == std::string::npos ? text.size() : found + end.size();
  };
  const char previous = begin > 0 ? text[begin - 1] : ' ';
  if (text.compare(begin, 2, "//") == 0) return after("\n", begin) - 1;
  if (text.compare(begin, 2, "/*") == 0) return after("*/", begin + 2);
  if (text.compare(begin, 2, "R\"") == 0) {
    const std::size_t open = text.find('(', begin);
    return after(")" + text.substr(begin + 2, open - begin - 2) + "\"", open);
  }
  const char quote = text[begin];
  const bool separates_digits =
      quote == '\'' && std::isxdigit(static_cast<unsigned char>(previous));
  if ((quote != '"' && quote != '\'') || separates_digits) return begin;
  std::size_t i = begin + 1;
  while (i < text.size() && text[i] != quote && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

/// The same text with comments and literals blanked; lines stay where they are.
std::string blank_comments_and_literals(std::string text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_blank(text, i);
    if (end <= i) {
      ++i;
      continue;
    }
    for (; i < end; ++i)
      if (text[i] != '\n') text[i] = ' ';
  }
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// "base" of engine/base/text.h, "cmd" of cmd/main.cpp; empty for files of no rank (tests).
std::string folder_of(const std::string& path) {
  std::smatch parts;
  static const std::regex ranked("(?:engine/(\\w+)|(cmd))/.*");
  if (!std::regex_match(path, parts, ranked)) return {};
  return parts[1].matched ? parts[1].str() : parts[2].str();
}

std::size_t rank_of(const std::string& folder) {
  return static_cast<std::size_t>(std::find(folder_order.begin(), folder_order.end(), folder) -
                                  folder_order.begin());
}

std::string at(const std::string& path, std::size_t line) {
  return path + ":" + std::to_string(line) + ": ";
}

void check_own_include(const Tree& tree, const std::string& path, const std::string& place,
                       const std::string& included, Complaints& complaints) {
  static const std::regex from_root("(engine|cmd|tests)/.*");
  if (!matches(included, from_root))
    complaints.push_back(place + "write \"" + included + "\" from the root of the repository");
  else if (!tree.contains(included))
    complaints.push_back(place + "there is no " + included);
  const std::string from = folder_of(path), to = folder_of(included);
  if (from.empty()) return;
  if (included.starts_with("tests/"))
    complaints.push_back(place + "the program includes a file of the tests");
  if (!to.empty() && rank_of(to) > rank_of(from))
    complaints.push_back(place + from + " must not include " + to + ", which stands to its right");
}

/// The name in an #include line, and whether it stands in quotes.
std::optional<std::pair<std::string, bool>> included_by(const std::string& line) {
  static const std::regex include(R"re(\s*#\s*include\s*(["<])([^">]+)[">].*)re");
  std::smatch parts;
  if (line.find('#') == std::string::npos) return std::nullopt;
  if (!std::regex_match(line, parts, include)) return std::nullopt;
  return std::pair(parts[2].str(), parts[1] == "\"");
}

void check_whole_file(const std::string& path, const std::string& text, std::size_t lines,
                      Complaints& complaints) {
  if (lines > 400) complaints.push_back(at(path, lines) + "over 400 lines: split it");
  if (path.ends_with(".h") && !text.starts_with("//"))
    complaints.push_back(at(path, 1) + "a header opens with a comment on what it is");
  const std::string folder = folder_of(path);
  if (!folder.empty() && rank_of(folder) == folder_order.size())
    complaints.push_back(at(path, 1) + "the folder " + folder + " has no place in the order");
}

void check_file(const Tree& tree, const std::string& path, Complaints& complaints) {
  const std::string& text = tree.at(path);
  const std::vector<std::string> lines = lines_of(text);
  check_whole_file(path, text, lines.size(), complaints);

  std::vector<const Ban*> banned_here;
  for (const Ban& ban : bans)
    if (matches(path, ban.files)) banned_here.push_back(&ban);
  const std::vector<std::string> code = lines_of(blank_comments_and_literals(text));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string place = at(path, i + 1);
    if (const auto included = included_by(lines[i])) {
      const auto& [name, quoted] = *included;
      if (quoted) check_own_include(tree, path, place, name, complaints);
      for (const Door& door : doors)
        if (!path.starts_with("tests/") && matches(name, door.header) &&
            !matches(path, std::regex(door.door)))
          complaints.push_back(place + door.library + " enters only through " + door.door);
      continue;
    }
    for (const Ban* ban : banned_here)
      if (code[i].find(ban->sign) != std::string::npos && std::regex_search(code[i], ban->code))
        complaints.push_back(place + ban->why);
  }
}

/// Doors of which only so many files may make use.
void check_door_counts(const Tree& tree, Complaints& complaints) {
  for (const Door& door : doors) {
    if (door.files == 0) continue;
    std::string users;
    std::size_t count = 0;
    for (const auto& [path, text] : tree) {
      const std::vector<std::string> lines = lines_of(text);
      const bool uses = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        const auto included = included_by(line);
        return included && matches(included->first, door.header);
      });
      if (!uses || path.starts_with("tests/")) continue;
      ++count;
      users += " " + path;
    }
    if (count > door.files) complaints.push_back(door.library + " has several doors:" + users);
  }
}

Complaints check(const Tree& tree) {
  Complaints complaints;
  for (const auto& [path, text] : tree) check_file(tree, path, complaints);
  check_door_counts(tree, complaints);
  return complaints;
}

Tree read_tree(const std::filesystem::path& root) {
  Tree tree;
  for (const char* top : {"engine", "cmd", "tests"}) {
    if (!std::filesystem::exists(root / top)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
      if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      tree[entry.path().lexically_relative(root).string()] = text.str();
    }
  }
  return tree;
}

TEST(Architecture, EveryFileKeepsToIt) {
  const Tree tree = read_tree(MIGRATOR_SOURCE_DIR);
  ASSERT_GT(tree.size(), 20u);
  for (const std::string& complaint : check(tree)) ADD_FAILURE() << complaint;
}

// The checker itself must be able to fail: a small tree with one fault each.
struct Fault {
  const char* path;
  const char* text;
  const char* complaint;
};

class ArchitectureFault : public testing::TestWithParam<Fault> {};

TEST_P(ArchitectureFault, IsNamedWithFileAndLine) {
  const Fault& fault = GetParam();
  Tree tree = {{"engine/base/text.h", "// Text.\n"}, {"engine/plan/planner.h", "// Plans.\n"}};
  ASSERT_EQ(check(tree), Complaints{});
  tree[fault.path] = fault.text;
  const Complaints complaints = check(tree);
  ASSERT_EQ(complaints.size(), 1u) << testing::PrintToString(complaints);
  EXPECT_EQ(complaints[0], fault.complaint);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ArchitectureFault,
    testing::Values(
        Fault{"engine/sql/a.cpp", "\n#include \"engine/plan/planner.h\"\n",
              "engine/sql/a.cpp:2: sql must not include plan, which stands to its right"},
        Fault{"engine/sql/a.cpp", "#include \"engine/sql/gone.h\"\n",
              "engine/sql/a.cpp:1: there is no engine/sql/gone.h"},
        Fault{"engine/base/a.cpp", "#include \"text.h\"\n",
              "engine/base/a.cpp:1: write \"text.h\" from the root of the repository"},
        Fault{"engine/base/a.cpp", "#include \"../base/text.h\"\n",
              "engine/base/a.cpp:1: write \"../base/text.h\" from the root of the repository"},
        Fault{"engine/run/up.cpp", "#include <pqxx/pqxx>\n",
              "engine/run/up.cpp:1: libpqxx enters only through engine/pg/(.*\\.cpp|session\\.h)"},
        Fault{"engine/pg/lock.h", "// Lock.\n#include <libpq-fe.h>\n",
              "engine/pg/lock.h:2: libpq enters only through engine/pg/(.*\\.cpp|session\\.h)"},
        Fault{"cmd/main.cpp", "#include <CLI/CLI.hpp>\n",
              "cmd/main.cpp:1: CLI11 enters only through cmd/(arguments|command_tree\\w*)\\.cpp"},
        Fault{"engine/util/a.cpp", "\n",
              "engine/util/a.cpp:1: the folder util has no place in the order"},
        Fault{"engine/base/a.h", "#pragma once\n",
              "engine/base/a.h:1: a header opens with a comment on what it is"},
        Fault{"engine/base/a.cpp", "// new\nauto* a = new int(1);\n",
              "engine/base/a.cpp:2: no new: values, or an owner"},
        Fault{"engine/pg/a.cpp", "std::shared_ptr<int> a;\n",
              "engine/pg/a.cpp:1: no shared_ptr: one owner"},
        Fault{"cmd/main.cpp", "setlocale(LC_ALL, \"\");\n",
              "cmd/main.cpp:1: no setlocale: it translates libpq's messages"},
        Fault{"engine/plan/a.cpp", "auto now = std::chrono::system_clock::now();\n",
              "engine/plan/a.cpp:1: no clock here"},
        Fault{"engine/pg/a.cpp", "const char* home = std::getenv(\"HOME\");\n",
              "engine/pg/a.cpp:1: no environment here: cmd/main.cpp passes it in"}));

TEST(Architecture, LongFilesAreNamed) {
  std::string text;
  for (int i = 0; i < 401; ++i) text += "\n";
  EXPECT_EQ(check({{"cmd/main.cpp", text}}),
            Complaints{"cmd/main.cpp:401: over 400 lines: split it"});
}

TEST(Architecture, ALibraryWithOneDoorHasOne) {
  EXPECT_EQ(check({{"engine/project/a.cpp", "#include <toml++/toml.h>\n"},
                   {"engine/project/b.cpp", "#include <toml++/toml.h>\n"},
                   {"engine/project/c.cpp", "#include <toml++/toml.h>\n"},
                   {"engine/project/d.cpp", "#include <toml++/toml.h>\n"}}),
            Complaints{"toml++ has several doors: engine/project/a.cpp engine/project/b.cpp "
                       "engine/project/c.cpp engine/project/d.cpp"});
}

TEST(Architecture, CommentsAndLiteralsAreNoCode) {
  EXPECT_EQ(check({{"engine/base/a.cpp",
                    "const char* a = \"a new \\\" one\"; /* new\n new */ // new\n"
                    "const char b = 'n', c = '\"'; int d = 1'000; const char* e = R\"(new \")\";\n"
                    "#include <new>\n"}}),
            Complaints{});
}

}  // namespace
}  // namespace migrator

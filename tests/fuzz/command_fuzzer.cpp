// libFuzzer's target for CommandReader: variables, branches and included files of any text must not
// crash or hang it, its commands point into their texts, and a text written out does the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/text.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/written_out.h"

namespace {

using migrator::Command;
using migrator::CommandReader;
using migrator::IncludeAnswer;
using migrator::IncludeRequest;
using migrator::Part;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

/// The input, cut at bytes 1: the part's text, then the files that it can include.
Part part_of(std::string_view input) {
  constexpr char separator = '\1';
  Part part{.file = "f", .text = {}, .variables = {{"a", "1"}, {"b", "x'y"}, {"on", "true"}}};
  std::size_t end = std::min(input.find(separator), input.size());
  part.text = std::string(input.substr(0, end));
  while (end < input.size()) {
    input.remove_prefix(end + 1);
    end = std::min(input.find(separator), input.size());
    part.included.push_back({"i", std::string(input.substr(0, end))});
  }
  return part;
}

/// Finds file number N by the length of its name, and never a file that is being read.
IncludeAnswer load(const Part& part, const IncludeRequest& request) {
  if (part.included.empty()) return {.problem = "there is none", .next = {}};
  const std::size_t text = 1 + request.name.size() % part.included.size();
  const bool is_open = std::ranges::find(request.open, text) != request.open.end();
  if (is_open) return {.problem = "it includes itself", .next = {}};
  return {.text = text, .problem = {}, .next = {}};
}

struct Deeds {
  std::vector<std::string> done;
  bool is_sound = true;
};

/// What a part does; it keeps which files were included.
Deeds do_all(Part& part) {
  // Files that include others several times each make exponentially many commands.
  constexpr std::size_t most = 1000;
  Deeds deeds;
  bool has_variables = false;
  CommandReader reader(part, [&](const IncludeRequest& request) { return load(part, request); });
  while (const auto command = reader.next()) {
    if (deeds.done.size() == most) {
      deeds.is_sound = false;
      return deeds;
    }
    const std::string_view text = part.source(command->text).text;
    const migrator::Statement& statement = command->statement;
    if (statement.offset + statement.length > text.size()) fail("a command leaves its text");
    const std::string sql(sql_of(part, *command));
    const auto place = place_of(part, *command, sql.size() / 2);
    if (place.line == 0 || place.column == 0) fail("a command has no place");
    const auto sent = migrator::split({.file = "f", .text = sql}).statements;
    std::string deed = command->is_sent() ? sql : command->echo;
    // A semicolon at the end of a variable's value ends the statement as one in the text does.
    if (command->is_sent() && sent.size() == 1)
      deed = sql.substr(sent.front().offset, sent.front().length);
    if (command->runs_its_result()) deed += "\n\\gexec";
    if (command->kind == migrator::CommandKind::copy) {
      deed += "\n" + std::string(data_of(part, *command));
      if (!deed.ends_with('\n')) deed += '\n';  // a file's last row may lack it
    }
    deeds.done.push_back(std::move(deed));
    // What still reads as a variable, in a value or behind \copy, is no variable written out.
    has_variables = has_variables || (!sent.empty() && sent.front().mentions_variables);
  }
  part.links = reader.new_links();
  deeds.is_sound = reader.findings().empty() && !has_variables;
  return deeds;
}

std::string shown(const Deeds& deeds) {
  std::string text;
  for (const std::string& deed : deeds.done) text += "|" + deed + "|\n";
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Where the texts are loaded, NUL bytes and what is no UTF-8 are refused.
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.find('\0') != std::string_view::npos || migrator::find_invalid_utf8(input)) return 0;
  Part part = part_of(input);
  const Deeds deeds = do_all(part);
  if (!deeds.is_sound) return 0;
  Part alone{.file = "f", .text = written_out(part)};
  const Deeds again = do_all(alone);
  if (again.done != deeds.done) fail("written out it does something else: " + shown(again));
  return 0;
}

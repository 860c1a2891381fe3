#include "engine/run/data_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "engine/project/data_seed_script.h"
#include "engine/run/row_lines.h"
#include "engine/sql/table_name.h"

namespace migrator {
namespace {

constexpr auto kIds =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"MGR10", "seed-columns"},
                                                                  {"MGR11", "seed-reference"},
                                                                  {"MGR12", "seed-key"},
                                                                  {"MGR13", "seed-rows"},
                                                                  {"MGR14", "seed-deletes"},
                                                                  {"MGR15", "seed-rows"}});

constexpr std::string_view kLine = "line ";
constexpr std::string_view kOurQuery = "in the query: ";
constexpr std::string_view kNotSupported = "0A000";
constexpr std::string_view kNoTable = "42P01";

std::uint64_t number_behind(std::string_view text, std::string_view word) {
  std::uint64_t number = 0;
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) return number;
  const std::string_view rest = text.substr(std::min(at + word.size() + 1, text.size()));
  std::from_chars(rest.data(), rest.data() + rest.size(), number);
  return number;
}

/// As it is written, without the values of variables.
std::string line_at(const Content& text, std::size_t line) {
  const Source source{.file = {}, .text = text.view(), .content = &text};
  Trail trail(source);
  std::size_t begin = 0;
  for (; line > 1 && begin < source.text.size(); --line) {
    begin = std::min(source.text.find('\n', begin), source.text.size() - 1) + 1;
    trail.reached(begin);
  }
  return line == 0 ? std::string() : place_of(source, begin).source_line;
}

Finding in_words(Finding finding, const Part& part) {
  // "COPY users, line 3, column n" is about the file; all else is about our own text.
  const bool is_copy = finding.context.starts_with("COPY ");
  const std::size_t comma = is_copy ? finding.context.find(", ") : std::string::npos;
  finding.context = comma == std::string::npos ? "" : finding.context.substr(comma + 2);
  const Included& data = part.included.front();
  if (is_copy && finding.place) finding.place->line = line_of_text(data, finding.place->line);
  if (finding.sqlstate == kNoTable && finding.hint.empty() &&
      table_name_in_quotes(part.table) != part.table)
    finding.hint = fmt::format("capital letters need quotes, in the file's name too: {}",
                               table_name_in_quotes(part.table));
  if (finding.detail.starts_with(kOurQuery)) finding.detail.clear();
  if (finding.sqlstate == kNotSupported && finding.hint.find("CASCADE") != std::string::npos)
    finding.hint =
        fmt::format("cascade = true for {} in seeds.toml empties those tables too", part.table);
  const auto ours = std::ranges::find(kIds, finding.sqlstate, &decltype(kIds)::value_type::first);
  if (ours == kIds.end()) return finding;
  finding.id = ours->second;
  if (finding.detail.starts_with(kLine) && finding.place) {
    finding.place->line = line_of_text(data, number_behind(finding.detail, "line"));
    finding.detail.clear();
  }
  std::size_t first = 0;
  finding.detail = with_lines_for_rows(finding.detail, data, first);
  if (first > 0 && finding.place) finding.place->line = first;
  finding.sqlstate.clear();
  return finding;
}

}  // namespace

RowChanges row_changes_of(std::string_view message) {
  return {.created = number_behind(message, "created"),
          .updated = number_behind(message, "updated"),
          .unchanged = number_behind(message, "unchanged"),
          .deleted = number_behind(message, "deleted")};
}

Expansion straight_into(std::string_view table, const Part& part, const Command& command) {
  std::string sql(sql_of(part, command));
  sql.replace(sql.find(kSeedTable), kSeedTable.size(), table);
  Expansion expansion;
  expansion.replace(sql, command.statement.offset);
  return expansion;
}

Finding of_data(Finding finding, const Part& part) {
  finding = in_words(std::move(finding), part);
  const Included& data = part.included.front();
  if (data.written && finding.place && !finding.place->source_line.empty())
    finding.place->source_line = line_at(*data.written, finding.place->line);
  return finding;
}

}  // namespace migrator

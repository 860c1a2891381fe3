// The numbered steps that make the history table and bring it up to date, and the question whether
// a table of that name is ours at all. Only SQL text and its reading; used by HistoryTable.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

/// The format that this program writes. FORMATS.md, "History table".
constexpr int kHistoryFormat = 1;

/// SQL that brings the table from `format` to the next one; from 0, it is made, in a schema that
/// exists. Names are quoted already. Each format keeps its step, so that any table of ours comes to
/// kHistoryFormat by the same way.
std::string history_step_sql(std::string_view qualified, int format);

/// "migrator history, format 1: ..." -> 1; 0 when the comment is not ours, or there is none.
int history_format_of(std::string_view table_comment);

/// The tool that a table with these columns (in alphabetical order) looks like: "golang-migrate",
/// "dbmate or Rails", ...; empty when it looks like none that is known.
std::string tool_of_columns(const std::vector<std::string>& columns);

}  // namespace migrator

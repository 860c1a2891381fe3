// A Part is text to run: one direction of a migration, or a seed, with the files that it includes.
// It holds the text and what was found out when it was loaded; its commands are read from it one by
// one (CommandReader), so that a part of gigabytes needs no list of them.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/content.h"
#include "engine/sql/directives.h"
#include "engine/sql/script_variables.h"
#include "engine/sql/source.h"

namespace migrator {

/// A file that a part reads by \i, \ir or \copy ... from.
struct Included {
  std::string file;  ///< as shown
  Content text;      ///< without byte-order mark; of data, to the byte
  bool is_data = false;
  /// Of data that is not sent as it is written: the line of the file for each line of the text.
  std::vector<std::size_t> lines = {};
  /// Of data with variables: as it is written, without their values.
  std::optional<Content> written = std::nullopt;
};

/// Which file a backslash command reads. Texts are numbered: 0 is the part's own, n is
/// Part::included[n - 1].
struct IncludeLink {
  std::size_t from = 0;    ///< the text in which the command stands
  std::size_t offset = 0;  ///< of the command
  std::size_t to = 0;
};

/// "-- migrator: allow RULE reason": what a rule of `check` finds in the statement at that comment
/// is as it should be.
struct Allowance {
  std::string rule;
  std::string reason;
  std::size_t offset = 0;  ///< of the comment
};

struct Part {
  std::string file;            ///< as shown: relative to the working folder where it lies below it
  Content text;                ///< this part's bytes, without a byte-order mark
  std::size_t first_line = 1;  ///< line of the file on which text begins
  Directives directives = {};
  std::size_t statement_count = 0;  ///< of what is sent to the server
  std::deque<Included> included = {};
  std::vector<IncludeLink> links = {};
  std::map<std::size_t, LongData> long_data = {};  ///< by the number of the text
  ScriptVariables variables = {};                  ///< as they are before its first line
  /// Those that it may use, with values that are not to be shown.
  ScriptVariables used = {};
  /// Of a file of data, which is the first one included: the table that it is for. The text is
  /// ours.
  std::string table = {};
  /// ... for when that fails: makes a table (kCheckTable) that takes the rows of the file alone.
  std::string row_check = {};
  /// ... and says which of the rows that were read the table does not take.
  std::string row_search = {};
  std::vector<Allowance> allowances = {};

  bool is_generated() const { return !table.empty(); }

  Source source(std::size_t text_number = 0) const {
    const auto known = long_data.find(text_number);
    const LongData* ends = known == long_data.end() ? nullptr : &known->second;
    if (text_number == 0) return {file, text.view(), first_line, &text, ends};
    const Included& other = included[text_number - 1];
    return {other.file, other.text.view(), 1, &other.text, ends};
  }
};

}  // namespace migrator

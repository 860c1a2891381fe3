#include "engine/run/bad_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/pg/script.h"
#include "engine/pg/server_error.h"
#include "engine/project/data_seed_script.h"

namespace migrator {
namespace {

constexpr std::size_t kMost = 100;
constexpr std::string_view kBadCopyFormat = "22P04";
constexpr std::string_view kCheckName = kCheckTable.substr(kCheckTable.find('.') + 1);

/// Of one row by itself; else it is not this one's to tell.
bool is_of_a_row(const Error& error) {
  const Finding& finding = error.finding();
  return error.kind() == ErrorKind::migration && finding.place && finding.place->line > 0 &&
         finding.context.starts_with("COPY ") &&
         (finding.sqlstate.starts_with("22") || finding.sqlstate.starts_with("23"));
}

/// "line 3, column n: the message", with the value, unless the message has it.
std::string described(const Finding& finding, std::string_view table) {
  const std::string_view context = finding.context;
  const std::size_t begin = context.find(", column ");
  const std::size_t value = context.find(": \"");
  std::string message = finding.message;
  const std::size_t name = message.find(kCheckName);
  if (name != std::string::npos) message.replace(name, kCheckName.size(), table);
  std::string text = fmt::format("line {}", finding.place->line);
  if (begin != std::string_view::npos)
    text += context.substr(begin, value == std::string_view::npos ? value : value - begin);
  text += ": " + message;
  if (value == std::string_view::npos) return text;
  const std::string_view shown = context.substr(value + 2, context.find('\n', value) - value - 2);
  if (message.find(shown) == std::string::npos) text += fmt::format(": {}", shown);
  return text;
}

/// Goes through CSV by its records.
class Records {
 public:
  Records(std::string_view text, std::size_t offset) : text_(text), at_(offset) {}

  bool at_end() const { return at_ >= text_.size(); }
  std::size_t offset() const { return at_; }

  /// Passes all up to the one in which the server, which began to read here, stands in that line;
  /// the answer is the line of the file on which it begins. In the first one the server does not
  /// count line ends inside of quotes, for it does not know yet what they look like.
  std::size_t pass(std::size_t line) {
    std::size_t begin = line_;
    for (std::size_t seen = 0, first = 1; seen < line && !at_end(); first = 0) {
      begin = line_;
      const std::size_t lines = pass_one();
      seen += first == 1 ? 1 : lines;
    }
    return begin;
  }

 private:
  /// How many lines it has.
  std::size_t pass_one() {
    const std::size_t begin = line_;
    for (bool quoted = false; !at_end();) {
      const char c = text_[at_++];
      if (c == '"') quoted = !quoted;
      if (c != '\n') continue;
      ++line_;
      if (!quoted) break;
    }
    return std::max(line_ - begin, std::size_t{1});
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t line_ = 1;
};

/// A record of CSV that does not end.
struct Open {
  std::size_t offset = 0;
  bool is_there = false;
};

Open open_record(std::string_view text, std::size_t offset) {
  bool quoted = false, at_begin = true;
  Open open;
  for (; offset < text.size(); ++offset) {
    if (at_begin) open.offset = offset;
    const char c = text[offset];
    if (c == '"') quoted = !quoted;
    at_begin = c == '\n' && !quoted;
  }
  open.is_there = quoted;
  return open;
}

class Collector {
 public:
  Collector(Connection& connection, const Part& part, const Command& copy,
            const std::stop_token& stop)
      : connection_(connection), part_(part), copy_(copy), stop_(stop) {}

  std::vector<Finding> collect() {
    connection_.on_notice({});
    run_command(connection_, "ROLLBACK TO SAVEPOINT migrator_rows", stop_);
    run_command(connection_, part_.row_check, stop_);
    run_command(connection_, "SAVEPOINT migrator_check", stop_);
    const std::string_view text = part_.source(copy_.data_text).text;
    const std::size_t end = copy_.data_offset + copy_.data_length;
    std::vector<Finding> found;
    Records records(text.substr(0, end), copy_.data_offset);
    while (!records.at_end() && found.size() < kMost) {
      auto bad = first_bad_row(records.offset());
      if (!bad) break;
      bad->place->line = records.pass(copy_line(bad->context).value_or(1));
      found.push_back(std::move(*bad));
    }
    return found;
  }

 private:
  std::optional<Finding> first_bad_row(std::size_t from) {
    Command command = copy_;
    command.data_length -= from - copy_.data_offset;
    command.data_offset = from;
    std::string sql(sql_of(part_, copy_));
    sql.replace(sql.find(kSeedTable), kSeedTable.size(), kCheckTable);
    if (from > copy_.data_offset)
      sql.replace(sql.find(kWithHeader, sql.rfind(" with (")), kWithHeader.size(), kWithoutHeader);
    command.expansion.emplace().replace(sql, copy_.statement.offset);
    try {
      run_statement(connection_, part_, command, stop_);
      return std::nullopt;
    } catch (const Error& error) {
      if (!is_of_a_row(error)) throw;
      run_command(connection_, "ROLLBACK TO SAVEPOINT migrator_check", stop_);
      return error.finding();
    }
  }

  Connection& connection_;
  const Part& part_;
  const Command& copy_;
  const std::stop_token& stop_;
};

}  // namespace

std::optional<Error> all_bad_rows(Connection& connection, const Part& part, const Command& copy,
                                  const std::stop_token& stop) {
  if (part.row_check.empty()) return std::nullopt;
  const std::vector<Finding> found = Collector(connection, part, copy, stop).collect();
  if (found.empty()) return std::nullopt;
  Finding all{
      .id = "seed-rows",
      .message = fmt::format("{} that the table does not take", counted(found.size(), "row")),
      .place = found.front().place};
  for (const Finding& one : found)
    all.detail += (all.detail.empty() ? "" : "\n") + described(one, part.table);
  if (found.size() == kMost) all.detail += "\nand perhaps more: it stopped looking there";
  return Error(ErrorKind::migration, std::move(all));
}

std::optional<Error> open_quote(const Part& part, const Command& copy, const Error& error) {
  if (part.row_check.empty() || error.finding().sqlstate != kBadCopyFormat) return std::nullopt;
  const Source source = part.source(copy.data_text);
  const Open open =
      open_record(source.text.substr(0, copy.data_offset + copy.data_length), copy.data_offset);
  if (!open.is_there) return std::nullopt;
  Finding finding = error.finding();
  finding.place = place_of(source, open.offset);
  finding.context.clear();
  finding.hint = "a quote is opened in this row and never closed";
  return Error(error.kind(), std::move(finding));
}

}  // namespace migrator

#include "engine/sql/command_reader.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "engine/base/text.h"
#include "engine/sql/copy_command.h"
#include "engine/sql/expand_statement.h"
#include "engine/sql/meta_command.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr std::size_t kMostFindings = 50;
// Files that each read two others twice would be read without end.
constexpr std::size_t kMostIncludes = 10'000;

bool is_condition(std::string_view name) {
  return name == "if" || name == "elif" || name == "else" || name == "endif";
}

/// Settings of psql that would change what is run, and the value under which they do not.
struct SpecialVariable {
  std::string_view name;
  bool harmless;
  std::string_view why;
};
constexpr std::array<SpecialVariable, 5> kSpecial{{
    {"ON_ERROR_STOP", true, "migrator always stops at the first error"},
    {"AUTOCOMMIT", true, "transactions are planned by migrator; see -- migrator: transaction"},
    {"ON_ERROR_ROLLBACK", false, "a statement that fails fails its migration"},
    {"SINGLESTEP", false, "nobody is there to confirm each statement"},
    {"SINGLELINE", false, "a statement ends at its semicolon here, never at the line end"},
}};

}  // namespace

CommandReader::CommandReader(const Part& part, IncludeLoader loader)
    : part_(&part), loader_(std::move(loader)), variables_(part.variables) {
  files_.push_back({0, StatementReader(part.source())});
}

std::vector<Finding> CommandReader::findings() const {
  std::vector<Finding> all = findings_;
  for (const File& file : files_)
    std::ranges::copy(file.reader.findings(), std::back_inserter(all));
  return all;
}

std::map<std::size_t, LongData> CommandReader::new_long_data() const {
  auto all = new_long_data_;
  for (const File& file : files_)
    if (!file.reader.new_long_data().empty())
      all[file.text].merge(LongData(file.reader.new_long_data()));
  return all;
}

std::optional<Command> CommandReader::next() {
  while (true) {
    const auto statement = files_.back().reader.next();
    if (!statement) {
      close_file();
      if (files_.size() == 1) return std::nullopt;
      files_.pop_back();
      files_.back().reader.use(strings_);
      continue;
    }
    // The server sees only what is sent.
    StatementReader& reader = files_.back().reader;
    if (is_active()) {
      strings_ = reader.strings();
    } else {
      reader.use(strings_);
    }
    if (auto command = take(*statement)) return command;
  }
}

void CommandReader::close_file() {
  File& file = files_.back();
  for (const Branch& branch : file.branches) {
    Statement opening;
    opening.offset = branch.offset;
    complain(opening, "unterminated-if", "this \\if has no \\endif", "close it with \\endif");
  }
  file.branches.clear();
  if (files_.size() == 1) return;
  std::ranges::copy(file.reader.findings(), std::back_inserter(findings_));
  if (!file.reader.new_long_data().empty()) new_long_data_[file.text] = file.reader.new_long_data();
  for (Finding& late : late_directives(file.reader.source(), file.reader.marked_comments(), 0)) {
    late.message = "this directive stands in an included file, where it means nothing";
    late.next = "move it to the top of the file that includes this one";
    findings_.push_back(std::move(late));
  }
}

bool CommandReader::is_active() const {
  return std::ranges::all_of(files_.back().branches, &Branch::active);
}

std::optional<Command> CommandReader::take(const Statement& statement) {
  const std::string_view text = text_of(files_.back().reader.source(), statement);
  if (text.starts_with('\\')) return take_meta(statement, text);
  if (!is_active()) return std::nullopt;
  Command command{.text = files_.back().text, .statement = statement};
  if (statement.mentions_variables || (has_placeholders() && text.find("${") != text.npos))
    command.expansion = expand(statement);
  if (statement.form == StatementForm::copy_data) {
    command.kind = CommandKind::copy;
    command.data_text = command.text;
    command.data_offset = statement.data_offset;
    command.data_length = statement.data_length;
  }
  return command;
}

std::optional<Command> CommandReader::take_meta(const Statement& statement, std::string_view line) {
  const std::string_view name = meta_command_name(line);
  if (is_condition(name)) return take_condition(statement, line), std::nullopt;
  if (!is_active()) return std::nullopt;
  if (const std::string_view reason = reason_to_refuse(name); !reason.empty()) {
    complain(statement, "meta-command",
             "\\" + std::string(name) + " is not supported: " + std::string(reason),
             "remove it, or write what it does in SQL");
    return std::nullopt;
  }
  const MetaCommand meta = read_meta_command(line, variables_);
  if (name == "copy") return take_copy(statement, meta.rest);
  const bool is_idle = name == "restrict" || name == "unrestrict" || shapes_output_only(name);
  if (is_idle ? meta.is_followed : !meta.problem.empty()) {
    complain(statement, "meta-command", "\\" + std::string(name) + ": " + meta.problem,
             "write it without");
    return std::nullopt;
  }
  if (is_idle) return std::nullopt;
  if (name == "set") {
    take_set(statement, meta.arguments);
  } else if (name == "unset") {
    for (const std::string& variable : meta.arguments) variables_.erase(variable);
  } else if (name == "echo" || name == "qecho" || name == "warn") {
    const bool no_line_end = !meta.arguments.empty() && meta.arguments.front() == "-n";
    return Command{.kind = CommandKind::echo,
                   .text = files_.back().text,
                   .statement = statement,
                   .echo = meta.joined(no_line_end ? 1 : 0) + (no_line_end ? "" : "\n"),
                   .stream = name == "warn" ? EchoStream::error : EchoStream::output};
  } else if (meta.arguments.empty()) {
    complain(statement, "meta-command", "\\" + std::string(name) + " needs the name of a file",
             "write the name behind it");
  } else {
    take_include(statement, meta.arguments.front(), name == "ir" || name == "include_relative");
  }
  return std::nullopt;
}

std::optional<bool> CommandReader::judge(const Statement& statement, std::string_view line) {
  const MetaCommand meta = read_meta_command(line, variables_);
  const auto truth = meta.problem.empty() ? truth_of(meta.joined()) : std::nullopt;
  if (!truth)
    complain(statement, "meta-command",
             "\\" + std::string(meta.name) + " needs true or false, not \"" +
                 (meta.problem.empty() ? meta.joined() : std::string(meta.rest)) + "\"",
             "set its variable ([variables] in migrator.toml, or --set NAME=VALUE)");
  return truth;
}

/// psql: a branch whose surroundings are inactive is never judged.
bool CommandReader::take_condition(const Statement& statement, std::string_view line) {
  std::vector<Branch>& branches = files_.back().branches;
  const std::string_view name = meta_command_name(line);
  if (name == "if") {
    const bool counts = is_active();
    const bool chosen = counts && judge(statement, line).value_or(false);
    // Inside of what does not count no branch is ever chosen.
    branches.push_back({.active = chosen, .taken = chosen || !counts, .offset = statement.offset});
    return true;
  }
  if (branches.empty() || (branches.back().in_else && name != "endif")) {
    complain(statement, "meta-command", "\\" + std::string(name) + " belongs to no \\if",
             "remove it, or open it with \\if");
    return false;
  }
  if (name != "elif" && read_meta_command(line, variables_).is_followed)
    complain(statement, "meta-command",
             "\\" + std::string(name) + ": a second backslash command on one line is not supported",
             "give it a line of its own");
  Branch& branch = branches.back();
  if (name == "endif") {
    branches.pop_back();
  } else if (name == "else") {
    branch.active = !branch.taken;
    branch.taken = branch.in_else = true;
  } else {
    branch.active = !branch.taken && judge(statement, line).value_or(false);
    branch.taken = branch.taken || branch.active;
  }
  return true;
}

void CommandReader::take_set(const Statement& statement,
                             const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    complain(statement, "meta-command", "\\set needs the name of a variable",
             "write \\set NAME VALUE");
    return;
  }
  std::string value;
  for (std::size_t i = 1; i < arguments.size(); ++i) value += arguments[i];
  for (const SpecialVariable& special : kSpecial) {
    if (special.name != arguments.front()) continue;
    // Without a value psql takes it for on.
    const bool on = value.empty() || truth_of(value).value_or(true);
    if (on != special.harmless)
      complain(statement, "meta-command",
               "\\set " + arguments.front() + " " + value +
                   " is not supported: " + std::string(special.why),
               "remove it");
  }
  variables_[arguments.front()] = value;
}

std::optional<std::size_t> CommandReader::find_file(const Statement& statement,
                                                    IncludeRequest request) {
  const std::size_t from = files_.back().text;
  const auto is_it = [&](const IncludeLink& link) {
    return link.from == from && link.offset == statement.offset;
  };
  for (const auto* links : {&part_->links, &std::as_const(new_links_)}) {
    const auto known = std::ranges::find_if(*links, is_it);
    if (known != links->end()) return known->to;
  }
  request.from = from;
  for (const File& file : files_) request.open.push_back(file.text);
  IncludeAnswer answer{.problem = "the file was not loaded"};
  if (loader_) answer = loader_(request);
  if (!answer.problem.empty()) {
    complain(statement, "include", std::move(answer.problem), std::move(answer.next));
    return std::nullopt;
  }
  new_links_.push_back({from, statement.offset, answer.text});
  return answer.text;
}

void CommandReader::take_include(const Statement& statement, const std::string& name,
                                 bool beside_file) {
  if (includes_ > kMostIncludes) return;  // that is said already, and nothing of it is run
  if (++includes_ > kMostIncludes)
    return complain(statement, "include", "files are read more than 10,000 times here",
                    "read each of them once");
  const auto text = find_file(statement, {.name = name, .beside_file = beside_file});
  if (text) files_.push_back({*text, StatementReader(part_->source(*text), strings_)});
}

std::optional<Command> CommandReader::take_copy(const Statement& statement, std::string_view rest) {
  const CopyCommand copy = read_copy_command(rest);
  if (!copy.problem.empty()) {
    complain(statement, "meta-command", copy.problem, "");
    return std::nullopt;
  }
  Command command{.kind = CommandKind::copy, .text = files_.back().text, .statement = statement};
  command.expansion.emplace().replace(copy.sql, statement.offset);
  if (copy.file.empty()) {
    command.data_text = command.text;
    command.data_offset = statement.data_offset;
    command.data_length = statement.data_length;
    return command;
  }
  const auto data = find_file(statement, {.name = copy.file, .is_data = true});
  if (!data) return std::nullopt;
  const Source rows = part_->source(*data);
  Trail trail(rows);
  EndOfData end{.data = rows.text.size(), .next = rows.text.size()};
  if (!copy.is_binary) {
    end = find_end_of_data(rows, 0, trail);
    if (rows.long_data == nullptr) keep_end_of_data(new_long_data_[*data], 0, end);
  }
  if (end.next < rows.text.size())
    complain(statement, "data-after-end",
             "something stands behind the line \"\\.\" in " + std::string(rows.file) +
                 ", which ends the data",
             "remove that line, or what stands behind it");
  command.data_text = *data;
  command.data_length = end.data;
  return command;
}

/// The statement with its variables put in; nothing when none of them is set.
std::optional<Expansion> CommandReader::expand(const Statement& statement) {
  ExpandedStatement expanded =
      expand_statement(files_.back().reader.source(), statement, variables_,
                       has_placeholders() ? Placeholders::are_replaced : Placeholders::stay);
  for (ExpansionComplaint& one : expanded.complaints)
    complain_at(one.offset, std::move(one.id), std::move(one.message), std::move(one.next));
  return std::move(expanded.expansion);
}

void CommandReader::complain(const Statement& statement, std::string id, std::string message,
                             std::string next) {
  complain_at(statement.offset, std::move(id), std::move(message), std::move(next));
}

void CommandReader::complain_at(std::size_t offset, std::string id, std::string message,
                                std::string next) {
  if (findings_.size() >= kMostFindings) return;
  findings_.push_back({.severity = Severity::error,
                       .id = std::move(id),
                       .message = std::move(message),
                       .place = migrator::place_of(files_.back().reader.source(), offset),
                       .next = std::move(next)});
}

std::optional<Command> next_sent(CommandReader& reader,
                                 const std::function<void(const Command&)>& passed) {
  auto command = reader.next();
  for (; command && !command->is_sent(); command = reader.next())
    if (passed) passed(*command);
  return command;
}

}  // namespace migrator

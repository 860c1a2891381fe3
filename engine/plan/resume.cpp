#include "engine/plan/resume.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/sql/canonical.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/outside_by_words.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

constexpr std::string_view kAlone = " alone";
constexpr std::string_view kUndo = "undo ";

/// Calls `look(command, index)` for what is sent, until it says false.
template <typename Look>
void for_each_statement(const Part& part, const Look& look) {
  CommandReader reader(part);
  std::size_t index = 0;
  while (const auto command = next_sent(reader))
    if (!look(*command, index++)) return;
}

std::optional<Command> statement_at(const Part& part, std::size_t wanted) {
  std::optional<Command> found;
  for_each_statement(part, [&](const Command& command, std::size_t index) {
    if (index == wanted) found = command;
    return index < wanted;
  });
  return found;
}

/// A line for each thing that may be true, then the command that says so.
std::string ways_out(const Entry& entry, std::size_t statement) {
  const bool undoing = entry.applied->undoing();
  return fmt::format(
      "look at the database, then say what is true:\n"
      "statement {1} is not done:\n"
      "  migrator repair {0} --resume-at {1} --reason WHY\n"
      "statement {1} is done, and what follows is not:\n"
      "  migrator repair {0} --resume-at {2} --reason WHY\n"
      "all of the file is {3}:\n"
      "  migrator repair {0} {4} --reason WHY",
      entry.id, statement, statement + 1, undoing ? "undone" : "done",
      undoing ? "--forget" : "--mark-applied");
}

/// What may be done when the statements that were run are not to be put back.
std::string ways_out_of_change(const Entry& entry) {
  std::string ways = ways_out(entry, entry.applied->statements_done + 1);
  if (!entry.applied->undoing() && entry.migration && entry.migration->down)
    ways += "\nall of it is to be undone by the file's down part:\n  migrator down";
  return ways;
}

Finding changed_statement(const Entry& entry, const Part& part, std::size_t index) {
  const auto command = statement_at(part, index);
  return {.id = "done-statement-changed",
          .message = fmt::format("statement {} of {} was run and kept, and {} now", index + 1,
                                 part.file, command ? "reads otherwise" : "is gone"),
          .place = command ? place_of(part, *command) : place_of(part.source(), part.text.size()),
          .next = "put the statements that were run back as they were; or\n" +
                  ways_out_of_change(entry)};
}

Finding in_doubt(const Entry& entry, const Part& part, std::size_t index) {
  Finding finding{.id = "in-doubt",
                  .message = fmt::format("it is not known whether statement {} of {} was finished",
                                         index + 1, part.file),
                  .detail = "it was running outside a transaction when its migrator left",
                  .next = ways_out(entry, index + 1)};
  if (const auto command = statement_at(part, index)) finding.place = place_of(part, *command);
  return finding;
}

/// A journal line without what stands around its checksum.
std::string_view checksum_in(std::string_view line) {
  if (line.starts_with(kUndo)) line.remove_prefix(kUndo.size());
  return line.substr(0, line.find(' '));
}

bool sets_for_session(std::string_view sql) {
  const StatementWords words(sql);
  if (words.is(0, "reset")) return true;
  if (words.is(0, "set")) return !words.is_one_of(1, {"local", "transaction", "constraints"});
  const std::size_t name = words.is(1, "pg_catalog") && words.is(2, ".") ? 3 : 1;
  return words.is(0, "select") && words.is(name, "set_config");
}

}  // namespace

std::vector<std::string> journal_of(const Part& part, const std::vector<Segment>& segments,
                                    StepAction action) {
  std::vector<std::string> journal;
  journal.reserve(part.statement_count);
  auto segment = segments.begin();
  for_each_statement(part, [&](const Command& command, std::size_t index) {
    while (segment != segments.end() && index >= segment->first + segment->count) ++segment;
    const bool by_itself =
        segment != segments.end() && index >= segment->first && !segment->transactional;
    const std::string_view sql = sql_of(part, command);
    std::string& line = journal.emplace_back(action == StepAction::undo ? kUndo : "");
    line += sha256(canonical_statement(sql, command.statement.strings));
    if (by_itself && lone(part, command) == Lone::outside) line += kAlone;
    return true;
  });
  return journal;
}

Resume resume_point(const Entry& entry, const Part& part, const std::vector<Segment>& segments) {
  const AppliedMigration& row = *entry.applied;
  const StepAction action = row.undoing() ? StepAction::undo : StepAction::apply;
  const std::vector<std::string> now = journal_of(part, segments, action);
  const std::size_t done = row.statements_done;
  Resume resume{.first_statement = done, .findings = {}};
  for (std::size_t i = 0; i < done && i < row.journal.size(); ++i) {
    if (i < now.size() && checksum_in(row.journal[i]) == checksum_in(now[i])) continue;
    resume.findings.push_back(changed_statement(entry, part, i));
    return resume;
  }
  // A transaction that was open when its client left was rolled back; only what ran alone may
  // have gone either way.
  const bool alone = done < row.journal.size() && row.journal[done].ends_with(kAlone);
  if (row.state != StepState::started || !alone) return resume;
  const auto command = statement_at(part, done);
  const bool can_tell = command && checksum_in(row.journal[done]) == checksum_in(now[done]) &&
                        outside_action_of(sql_of(part, *command)).kind != OutsideKind::unknown;
  if (can_tell)
    resume.in_flight = true;
  else
    resume.findings.push_back(in_doubt(entry, part, done));
  return resume;
}

std::vector<Command> settings_before(const Part& part, std::size_t first) {
  std::vector<Command> found;
  for_each_statement(part, [&](const Command& command, std::size_t index) {
    if (index >= first) return false;
    if (sets_for_session(sql_of(part, command))) found.push_back(command);
    return true;
  });
  return found;
}

std::vector<Segment> from_statement(std::vector<Segment> segments, std::size_t first) {
  std::vector<Segment> left;
  for (Segment segment : segments) {
    if (segment.first + segment.count <= first) continue;
    if (segment.first < first) {
      segment.count -= first - segment.first;
      segment.first = first;
    }
    left.push_back(std::move(segment));
  }
  return left;
}

}  // namespace migrator

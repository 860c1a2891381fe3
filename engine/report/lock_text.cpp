#include "engine/report/lock_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/report/wrap.h"

namespace migrator {
namespace {

/// Locks that one line tells of: the same mode, and the same done under it.
struct Line {
  LockMode mode{};
  Effect taken;
  Effect rewrite;
  Effect scan;
  std::string since;  ///< where it was taken, if before
  std::vector<std::string> targets;
  std::set<LockTarget> beside;  ///< others of the same names, perhaps

  bool is_certain() const { return taken.answer == Answer::yes; }
  bool agrees_with(const Line& other) const {
    return std::tie(mode, taken, rewrite, scan, since) ==
           std::tie(other.mode, other.taken, other.rewrite, other.scan, other.since);
  }
};

std::string words_of(const ExpectedLock& lock) {
  const std::string name = to_text(lock.name);
  switch (lock.target) {
    case LockTarget::relation:
      return name;
    case LockTarget::index:
      return "index " + name;
    case LockTarget::indexes:
      return "the indexes of " + name;
    case LockTarget::table_of_index:
      return "the table of index " + name;
    case LockTarget::table_of_statistics:
      return "the table of statistics " + name;
    case LockTarget::referenced_tables:
      return "tables " + name + " refers to";
    case LockTarget::referencing_tables:
      return "tables that refer to " + name;
    case LockTarget::default_partition:
      return "the default partition of " + name;
    case LockTarget::tables_of_domain:
      return "tables with a column of domain " + name;
    case LockTarget::tables_of_schema:
      return "all tables of schema " + name;
    case LockTarget::every_table:
      return "all tables";
  }
  return name;
}

bool works_on_rows(const ExpectedLock& lock) {
  return !lock.rewrite.is_ruled_out() || !lock.scan.is_ruled_out();
}

bool matters(const ForecastLock& forecast) {
  if (forecast.held) return works_on_rows(forecast.lock);
  return blocked_by(forecast.lock.mode) != Blocked::nothing;
}

/// What may be locked too, with nothing more to tell, is told on the line of another lock.
bool is_beside(const ExpectedLock& lock) {
  return lock.taken.answer == Answer::perhaps && !works_on_rows(lock) &&
         lock.target != LockTarget::relation;
}

Line line_of(const ForecastLock& forecast, const std::string& file) {
  const ExpectedLock& lock = forecast.lock;
  Line line{.mode = lock.mode,
            .taken = is_beside(lock) ? Effect(Answer::perhaps) : lock.taken,
            .rewrite = lock.rewrite,
            .scan = lock.scan,
            .since = {},
            .targets = {words_of(lock)},
            .beside = {}};
  if (!forecast.held) return line;
  line.mode = forecast.held->mode;
  const Place& since = forecast.held->since;
  line.since = file == since.file ? fmt::format("line {}", since.line)
                                  : fmt::format("{}:{}", since.file, since.line);
  return line;
}

void add(Line line, std::vector<Line>& lines) {
  const auto same =
      std::ranges::find_if(lines, [&](const Line& known) { return known.agrees_with(line); });
  if (same == lines.end())
    lines.push_back(std::move(line));
  else
    std::ranges::move(line.targets, std::back_inserter(same->targets));
}

void add_beside(const ForecastLock& forecast, const std::string& file, std::vector<Line>& lines) {
  const std::string own = to_text(forecast.lock.name);
  const auto same = std::ranges::find_if(lines, [&](const Line& known) {
    return known.mode == forecast.lock.mode && known.is_certain() &&
           std::ranges::find(known.targets, own) != known.targets.end();
  });
  if (same == lines.end())
    add(line_of(forecast, file), lines);
  else
    same->beside.insert(forecast.lock.target);
}

std::vector<Line> lines_of(const StatementForecast& forecast, const std::string& file) {
  std::vector<Line> lines;
  for (const ForecastLock& lock : forecast.locks)
    if (matters(lock) && !is_beside(lock.lock)) add(line_of(lock, file), lines);
  for (const ForecastLock& lock : forecast.locks)
    if (matters(lock) && is_beside(lock.lock)) add_beside(lock, file, lines);
  return lines;
}

std::string beside_words(LockTarget target, bool several) {
  switch (target) {
    case LockTarget::referenced_tables:
      return several ? "tables they refer to" : "tables it refers to";
    case LockTarget::referencing_tables:
      return several ? "tables that refer to them" : "tables that refer to it";
    case LockTarget::default_partition:
      return "its default partition";
    default:
      return std::string(to_text(target));
  }
}

/// "; scans it", "; rewrites it if the default is volatile", "; may rewrite it: the old type
/// decides".
std::string done(std::string_view verb, const Effect& effect, const Line& line) {
  if (effect.is_ruled_out()) return {};
  const bool tells_when = effect.why.starts_with("if ") || effect.why.starts_with("unless ");
  const bool may = effect.answer == Answer::perhaps && !tells_when;
  std::string text = fmt::format("; {}{}{} {}", may ? "may " : "", verb, may ? "" : "s",
                                 line.targets.size() > 1 ? "them" : "it");
  if (!effect.why.empty()) text += (tells_when ? " " : ": ") + effect.why;
  return text;
}

std::string consequences(const Line& line) {
  const Blocked blocked = blocked_by(line.mode);
  std::string text = blocked == Blocked::schema_changes ? "reads and writes go on"
                                                        : "blocks " + std::string(to_text(blocked));
  if (!line.taken.why.empty()) text += " " + line.taken.why;
  text += done("rewrite", line.rewrite, line);
  // Who rewrites a table reads it too.
  const bool is_told = line.rewrite.answer == Answer::yes ||
                       (line.rewrite.answer == line.scan.answer && line.scan.why.empty());
  return is_told ? text : text + done("scan", line.scan, line);
}

std::string text_of(const Line& line) {
  std::string text = line.is_certain() ? "" : "perhaps ";
  text += fmt::format("{} on {}", to_text(line.mode), fmt::join(line.targets, ", "));
  for (const LockTarget target : line.beside)
    text += (target == *line.beside.begin() ? ", perhaps " : ", ") +
            beside_words(target, line.targets.size() > 1);
  if (!line.since.empty()) text += ", held since " + line.since;
  return text + ": " + consequences(line);
}

Tone tone_of(LockMode mode) {
  switch (blocked_by(mode)) {
    case Blocked::reads_and_writes:
      return Tone::bad;
    case Blocked::writes:
      return Tone::warning;
    case Blocked::schema_changes:
    case Blocked::nothing:
      return Tone::faint;
  }
  return Tone::plain;
}

/// Painted after it was broken into lines: colours have no width. The mode is in the first line.
std::string painted(std::string text, LockMode mode, Style style) {
  const std::string_view words = to_text(mode);
  const std::size_t at = text.find(words);
  return text.replace(at, words.size(), style.paint(tone_of(mode), words));
}

}  // namespace

std::string lock_text(const StatementForecast& forecast, const std::string& file,
                      std::size_t indent, Style style) {
  const std::string blanks(indent, ' ');
  std::string text;
  for (const Line& line : lines_of(forecast, file))
    text += blanks + painted(wrap(text_of(line), indent), line.mode, style);
  if (!forecast.unknown.empty())
    text += blanks + wrap("locks not known: " + forecast.unknown, indent);
  return text;
}

}  // namespace migrator

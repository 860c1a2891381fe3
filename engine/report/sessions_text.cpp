#include <fmt/format.h>

#include <string>

#include "engine/base/text.h"
#include "engine/report/to_text.h"
#include "engine/report/wrap.h"

namespace migrator {
namespace {

/// Facts in a line; on a terminal in as many as they need, none of them broken.
class FactsLine {
 public:
  FactsLine(std::string begin, std::string indent, bool breaks)
      : text_(std::move(begin)),
        width_(count_characters(text_)),
        indent_(std::move(indent)),
        breaks_(breaks) {}

  /// `painted` is what stands for it, where that is another text.
  void add(const std::string& fact, const std::string& painted = {}) {
    if (fact.empty()) return;
    const std::size_t width = count_characters(fact);
    if (breaks_ && !is_first_ && width_ + 2 + width > kColumns) {
      text_ += "\n" + indent_;
      width_ = indent_.size();
    } else if (!is_first_) {
      text_ += "  ";
      width_ += 2;
    }
    text_ += painted.empty() ? fact : painted;
    width_ += width;
    is_first_ = false;
  }
  std::string text() const { return text_ + "\n"; }

 private:
  std::string text_;
  std::size_t width_;
  std::string indent_;
  bool breaks_;
  bool is_first_ = true;
};

std::string age_text(std::string_view of, const std::optional<std::chrono::seconds>& age) {
  return age ? fmt::format("{} {}", of, duration_text(*age)) : "";
}

/// One line, and one for what it runs or ran last.
std::string session_text(const ServerSession& shown, const std::string& here, Style style) {
  const OtherSession& session = shown.session;
  const std::string indent(shown.depth * 2, ' ');
  const bool waits = !shown.blocked_by.empty();
  const bool is_active = session.state == "active";
  FactsLine line(indent + (shown.depth > 0 ? "waits: " : ""), indent + "    ", style.color);
  const std::string pid = fmt::format("pid {}", session.pid);
  line.add(pid, style.paint(waits ? Tone::bad : Tone::strong, pid));
  line.add(session.user);
  line.add(session.application_name);
  line.add(session.client);
  if (shown.database != here) line.add(fmt::format("in {}", shown.database));
  line.add(session.state);
  line.add(age_text("transaction", session.transaction_age));
  if (is_active) line.add(age_text("statement", shown.statement_age));
  line.add(shown.waits_for);
  std::string text = line.text();
  if (session.statement.empty()) return text;
  const std::size_t column = indent.size() + 4;
  const std::string statement =
      style.color ? wrap(session.statement, column) : session.statement + "\n";
  // Each line by itself: less and its like forget a tone at the end of a line.
  for (const std::string_view one : split_lines(statement))
    text += std::string(column, ' ') + style.paint(Tone::faint, trim(one)) + "\n";
  return text;
}

}  // namespace

std::string to_text(const SessionsReport& report, Style style) {
  std::string text = where(report.head) + "\n\n";
  const std::string here = report.head.database ? report.head.database->name : "";
  for (const ServerSession& session : report.sessions) text += session_text(session, here, style);
  if (!report.sessions.empty()) text += "\n";
  for (const Finding& finding : report.findings) text += to_text(finding, style);
  return text + style.paint(Tone::strong, counted(report.sessions.size(), "other session")) + "\n";
}

}  // namespace migrator

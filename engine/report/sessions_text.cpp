#include <fmt/format.h>

#include <string>

#include "engine/base/text.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

void add(std::string& line, const std::string& part) {
  if (!part.empty()) line += (line.empty() ? "" : "  ") + part;
}

std::string age_text(std::string_view of, const std::optional<std::chrono::seconds>& age) {
  return age ? fmt::format("{} {}", of, duration_text(*age)) : "";
}

/// One line, and one for what it runs or ran last.
std::string session_text(const ServerSession& shown, const std::string& here, Style style) {
  const OtherSession& session = shown.session;
  const std::string indent(shown.depth * 2, ' ');
  const bool waits = !shown.blocked_by.empty();
  const bool is_active = session.state == "active";
  std::string line;
  add(line, style.paint(waits ? Tone::bad : Tone::strong, fmt::format("pid {}", session.pid)));
  add(line, session.user);
  add(line, session.application_name);
  add(line, session.client);
  if (shown.database != here) add(line, fmt::format("in {}", shown.database));
  add(line, session.state);
  add(line, age_text("transaction", session.transaction_age));
  if (is_active) add(line, age_text("statement", shown.statement_age));
  add(line, shown.waits_for);
  std::string text = indent + (shown.depth > 0 ? "waits: " : "") + line + "\n";
  if (!session.statement.empty())
    text += indent + "    " + style.paint(Tone::faint, session.statement) + "\n";
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

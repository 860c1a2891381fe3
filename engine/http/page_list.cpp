#include "engine/http/page_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "engine/http/status_page.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

constexpr std::size_t kShownRows = 200;

struct Look {
  std::string_view label;
  std::string_view tone;  ///< a class of page.css
};

Look look_of(Standing standing) {
  switch (standing) {
    case Standing::applied:
    case Standing::cosmetic:
      return {"applied", "good"};
    case Standing::baseline:
      return {"baseline", "dim"};
    case Standing::pending:
      return {"pending", "wait"};
    case Standing::late:
      return {"late", "bad"};
    case Standing::changed:
      return {"changed", "bad"};
    case Standing::missing:
      return {"no file", "dim"};
    case Standing::ahead:
      return {"newer release", "dim"};
    case Standing::half_done:
      return {"half done", "bad"};
  }
  return {"", "dim"};
}

bool is_running(const StatusLine& line, const StatusReport& report) {
  if (!report.running || report.running->file.empty()) return false;
  const std::string_view file = line.file;
  return file.substr(file.rfind('/') + 1) == report.running->file;
}

/// "2026-11-22T10:00:00.123Z" as people read it.
std::string time_html(const std::string& iso) {
  if (iso.size() < 16) return "";
  return fmt::format("<time datetime=\"{}\">{} {}</time>", escape_html(iso), iso.substr(0, 10),
                     iso.substr(11, 5));
}

/// The square root, so that what is short can be seen beside what is long.
std::string bar_html(std::chrono::microseconds duration, std::chrono::microseconds longest) {
  const double share = longest.count() > 0 ? static_cast<double>(duration.count()) /
                                                 static_cast<double>(longest.count())
                                           : 0;
  return fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect width=\"{:.1f}\" height=\"4\"/></svg>",
      std::max(1.0, 100 * std::sqrt(share)));
}

std::string duration_html(const StatusLine& line, std::chrono::microseconds longest) {
  if (line.standing == Standing::half_done)
    return fmt::format("{} of {} statements", line.statements_done, line.statements_total);
  if (!line.duration) return "";
  return duration_text(*line.duration) + bar_html(*line.duration, longest);
}

std::string sql_link(const StatusLine& line) {
  if (line.file.empty()) return "";
  std::string query;
  for (const char c : line.id)
    query += std::isalnum(static_cast<unsigned char>(c)) || c == '_'
                 ? std::string(1, c)
                 : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  const std::string title = escape_html(title_of(line.kind, line.id, line.name));
  return fmt::format(
      "<a class=\"sql\" href=\"/sql?id={0}\" data-key=\"sql {0}\" data-title=\"{1}\">SQL<span "
      "class=\"unseen\"> of {1}</span></a>",
      query, title);
}

std::string row_html(const StatusLine& line, const StatusReport& report,
                     std::chrono::microseconds longest) {
  Look look = look_of(line.standing);
  if (is_running(line, report)) look = {"running", "busy"};
  const bool is_versioned = line.kind == StepKind::versioned || line.kind == StepKind::baseline;
  return fmt::format(
      "<tr class=\"row-{}\"><td class=\"name\"><span class=\"title\">{}</span><span "
      "class=\"id\">{}</span></td><td><span class=\"tag {}\">{}</span></td><td "
      "class=\"when\">{}</td><td class=\"long\">{}</td><td class=\"what-cell\">{}</td></tr>\n",
      look.tone, escape_html(line.name), is_versioned ? escape_html(line.id) : "repeatable",
      look.tone, look.label, time_html(line.applied_at), duration_html(line, longest),
      sql_link(line));
}

std::string table_html(const std::vector<const StatusLine*>& lines, const StatusReport& report,
                       std::string_view first_column) {
  std::chrono::microseconds longest{0};
  for (const StatusLine* line : lines)
    longest = std::max(longest, line->duration.value_or(std::chrono::microseconds(0)));
  std::string html = fmt::format(
      "<table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">State</th><th "
      "scope=\"col\">Began (UTC)</th><th scope=\"col\">Took</th><th scope=\"col\"><span "
      "class=\"unseen\">SQL</span></th></tr></thead><tbody>\n",
      first_column);
  for (const StatusLine* line : lines) html += row_html(*line, report, longest);
  return html + "</tbody></table>\n";
}

}  // namespace

std::string timeline_html(const StatusReport& report, bool all) {
  std::vector<const StatusLine*> lines;
  for (const StatusLine& line : report.lines)
    if (line.kind != StepKind::seed) lines.push_back(&line);
  std::ranges::reverse(lines);
  const std::size_t count = lines.size();
  if (!all && count > kShownRows) lines.resize(kShownRows);
  std::string html =
      "<section class=\"card\" aria-labelledby=\"timeline\"><h2 "
      "id=\"timeline\">Timeline</h2>\n";
  if (lines.empty())
    html += "<p class=\"empty\">There is no migration yet.</p>\n";
  else
    html += table_html(lines, report, "Migration");
  if (lines.size() < count)
    html += fmt::format(
        "<p class=\"older\"><a href=\"/?all\" data-key=\"all\">Show all {} "
        "migrations</a></p>\n",
        count);
  return html + "</section>\n";
}

std::string seeds_html(const StatusReport& report) {
  std::vector<const StatusLine*> lines;
  for (const StatusLine& line : report.lines)
    if (line.kind == StepKind::seed) lines.push_back(&line);
  if (lines.empty()) return "";
  std::string html =
      "<section class=\"card\" aria-labelledby=\"seeds\"><h2 "
      "id=\"seeds\">Seeds</h2>\n" +
      table_html(lines, report, "Seed") + "</section>\n";
  // A seed has its path for a name, and nothing else to say in that place.
  for (const std::string_view gone = "<span class=\"id\">repeatable</span>";;) {
    const std::size_t at = html.find(gone);
    if (at == std::string::npos) return html;
    html.erase(at, gone.size());
  }
}

}  // namespace migrator

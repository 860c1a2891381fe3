#include "engine/http/status_page.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "engine/base/build.h"
#include "engine/base/text.h"
#include "engine/http/page_files.h"
#include "engine/http/page_list.h"
#include "engine/project/checksum.h"
#include "engine/report/metrics.h"
#include "engine/report/style.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

enum class State { ready, pending, running, failed, away };

struct Face {
  std::string_view name;  ///< "ready": of a class, "is-ready"
  std::string_view title;
  std::string_view path;   ///< of the sign, 24 by 24
  std::string_view color;  ///< of the icon in the tab
};

const Face& face_of(State state) {
  static constexpr std::array<Face, 5> kFaces{{
      {"ready", "Ready", "M20 6 9 17l-5-5", "0b7a4b"},
      {"pending", "Pending", "M12 6v6l4 2", "b57600"},
      {"running", "Migrating", "M12 4v11m-5-4 5 5 5-5M5 20h14", "1d53c9"},
      {"failed", "Needs a decision", "M12 7v6m0 4v.01", "b42318"},
      {"away", "Database away", "M8 8l8 8m0-8-8 8", "b42318"},
  }};
  return kFaces[static_cast<std::size_t>(state)];
}

State state_of(const Sight& sight, const HealthChecks& ready) {
  if (sight.error) return State::away;
  if (sight.status.running) return State::running;
  if (is_good(ready)) return State::ready;
  for (const HealthCheck& check : ready)
    if (check.verdict == Verdict::bad && check.name != "pending" && check.name != "seeds")
      return State::failed;
  return State::pending;
}

std::string sentence_of(const Sight& sight, const HealthChecks& ready) {
  if (sight.error) return sight.error->message;
  if (sight.status.running)
    return counted(count_migrations(sight.status, Standing::pending) +
                       count_migrations(sight.status, Standing::late) +
                       count_migrations(sight.status, Standing::half_done),
                   "migration") +
           " to go";
  std::string text;
  for (const HealthCheck& check : ready)
    if (check.verdict != Verdict::good && !check.reason.empty())
      text += (text.empty() ? "" : "; ") + check.reason;
  return text.empty() ? "The database is what the files say." : text;
}

std::string state_html(const Sight& sight, const HealthChecks& ready) {
  const Face& face = face_of(state_of(sight, ready));
  return fmt::format(
      "<main><section class=\"card state is-{}\"><svg viewBox=\"0 0 24 24\" fill=\"none\" "
      "stroke=\"currentColor\" stroke-width=\"2\" stroke-linecap=\"round\" "
      "stroke-linejoin=\"round\" aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"11\" "
      "stroke=\"none\" fill=\"currentColor\" opacity=\".13\"/><path transform=\"translate(4.2 4.2) "
      "scale(.65)\" d=\"{}\"/></svg>"
      "<div><h1>{}</h1><p>{}</p></div></section>\n",
      face.name, face.path, face.title, escape_html(sentence_of(sight, ready)));
}

std::string top_html(const Head& head) {
  return fmt::format(
      "<header class=\"top\"><span class=\"brand\"><svg viewBox=\"0 0 24 24\" fill=\"none\" "
      "stroke=\"currentColor\" stroke-width=\"2.2\" stroke-linecap=\"round\" "
      "aria-hidden=\"true\"><path d=\"M4 6h10M4 12h16M4 18h7\"/><circle cx=\"18\" cy=\"6\" "
      "r=\"2\"/><circle cx=\"15\" cy=\"18\" r=\"2\"/></svg>migrator</span><span "
      "class=\"where\">{}</span></header>\n",
      escape_html(where(head)));
}

std::string blocker_html(const OtherSession& session) {
  std::string_view tag = session.blocks == 0 ? "blocks it" : "behind that";
  return fmt::format("<li><span class=\"tag bad\">{}</span><span>{}</span></li>\n", tag,
                     escape_html(describe(session)));
}

std::string running_html(const Sight& sight) {
  const auto& running = sight.status.running;
  if (!running) return "";
  const std::string file = running->file.empty() ? "A migrator" : running->file;
  std::string html = fmt::format(
      "<section class=\"card\" aria-labelledby=\"now\"><h2 id=\"now\">Running now</h2><div "
      "class=\"now\"><p class=\"what\"><b>{}</b> <code>{}</code><span class=\"took\">{}</span></p>",
      escape_html(file), escape_html(running->is_executing ? running->migrator.statement : ""),
      running->is_executing ? duration_text(running->elapsed) : "between two statements");
  const std::string phase = !running->blockers.empty() ? "waiting for a lock"
                            : running->phase.empty()   ? "no measure of how far it is"
                                                       : running->phase;
  if (running->share)
    html += fmt::format("<progress value=\"{:.3f}\" max=\"1\" aria-label=\"{}\"></progress>",
                        *running->share, escape_html(phase));
  else
    html += fmt::format("<progress aria-label=\"{}\"></progress>", escape_html(phase));
  html +=
      fmt::format("<p class=\"phase\"><span>{}</span><span>{}</span></p></div>", escape_html(phase),
                  running->share ? fmt::format("{:.0f} %", *running->share * 100) : "");
  if (!running->blockers.empty()) {
    html += "<ul class=\"list\" aria-label=\"Who is in its way\">";
    for (const OtherSession& session : running->blockers) html += blocker_html(session);
    html += "</ul>";
  }
  return html + "</section>\n";
}

std::string finding_html(const Finding& finding) {
  const bool bad = finding.severity == Severity::error;
  const std::string_view tone = bad                                     ? "bad"
                                : finding.severity == Severity::warning ? "wait"
                                                                        : "dim";
  std::string html = fmt::format("<li><span class=\"tag {}\">{}</span><span>{}</span>", tone,
                                 word_of(finding.severity), escape_html(finding.message));
  if (!finding.detail.empty())
    html += fmt::format("<span class=\"more\">{}</span>", escape_html(finding.detail));
  if (!finding.next.empty())
    html += fmt::format("<span class=\"next\">Next: {}</span>", escape_html(finding.next));
  return html + "</li>\n";
}

/// What is pending stands in the timeline already, and what runs further up.
bool is_shown(const Finding& finding, const StatusReport& report) {
  const bool is_of_run = finding.id == "half-done" || finding.id == "in-doubt";
  return finding.id != "pending" && !(report.running && is_of_run);
}

std::string findings_html(const Sight& sight) {
  std::string list = sight.error ? finding_html(*sight.error) : "";
  for (const Finding& finding : sight.status.findings)
    if (is_shown(finding, sight.status)) list += finding_html(finding);
  if (list.empty()) return "";
  return "<section class=\"card\" aria-labelledby=\"why\"><h2 id=\"why\">What to look at</h2><ul "
         "class=\"list\">" +
         list + "</ul></section>\n";
}

std::string number_html(std::string_view what, const std::string& value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", what, value);
}

std::string last_html(const Sight& sight) {
  const double last = last_success(sight.status);
  if (last == 0) return "never";
  const auto now = std::chrono::duration<double>(sight.when.time_since_epoch());
  const auto ago = static_cast<long>(std::max(0.0, now.count() - last));
  const auto text = [](long count, std::string_view unit) {
    return fmt::format("{} <small>{} ago</small>", count, unit);
  };
  if (ago < 60) return text(ago, "s");
  if (ago < 3600) return text(ago / 60, "min");
  return ago < 86400 * 2 ? text(ago / 3600, "h") : text(ago / 86400, "days");
}

std::string numbers_html(const Sight& sight) {
  const StatusReport& report = sight.status;
  const auto count = [&](auto... standings) {
    return std::to_string((count_migrations(report, standings) + ...));
  };
  return "<dl class=\"card numbers\">" +
         number_html("Applied", count(Standing::applied, Standing::cosmetic, Standing::changed,
                                      Standing::missing, Standing::ahead)) +
         number_html("Pending", count(Standing::pending, Standing::late)) +
         number_html("Half done", count(Standing::half_done)) +
         number_html("Last done", last_html(sight)) + "</dl>\n";
}

std::string foot_html(const Sight& sight) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(sight.when);
  const auto time = std::chrono::hh_mm_ss(seconds - std::chrono::floor<std::chrono::days>(seconds));
  return fmt::format(
      "<footer><span class=\"updated\">As of {:02}:{:02}:{:02} UTC</span><span>migrator "
      "{}</span><a href=\"/status\">JSON</a><a href=\"/metrics\">Metrics</a><a "
      "href=\"/readyz?verbose\">Checks</a></footer>\n</main>\n",
      time.hours().count(), time.minutes().count(), time.seconds().count(), program_version());
}

/// Of the SHA-256, as a content security policy names a script that may run.
std::string source_hash(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = sha256(text);
  std::string bits;
  std::string encoded;
  for (const char c : hex) {
    const unsigned value = static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    for (unsigned mask = 8; mask > 0; mask /= 2) bits += (value & mask) != 0 ? '1' : '0';
  }
  bits.append((6 - bits.size() % 6) % 6, '0');
  for (std::size_t i = 0; i < bits.size(); i += 6)
    encoded += kDigits[std::stoul(bits.substr(i, 6), nullptr, 2)];
  return "'sha256-" + encoded + std::string((4 - encoded.size() % 4) % 4, '=') + "'";
}

const std::string& policy() {
  static const std::string text = fmt::format(
      "default-src 'none'; script-src {}; style-src {}; img-src data:; connect-src 'self'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      source_hash(page_js()), source_hash(page_css()));
  return text;
}

/// Each mark once, from left to right, so that no text that is put in is looked through.
std::string filled(std::string_view page,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string text;
  for (const auto& [mark, value] : values) {
    const std::size_t at = page.find(mark);
    text.append(page.substr(0, at)).append(value);
    page.remove_prefix(at + mark.size());
  }
  return text.append(page);
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string html;
  for (const char c : text) {
    if (c == '&')
      html += "&amp;";
    else if (c == '<')
      html += "&lt;";
    else if (c == '>')
      html += "&gt;";
    else if (c == '"')
      html += "&quot;";
    else if (c == '\'')
      html += "&#39;";
    else
      html += c;
  }
  return html;
}

Response status_page(const Sight& sight, const HealthChecks& ready, bool all) {
  const Face& face = face_of(state_of(sight, ready));
  const Head& head = sight.status.head;
  const std::string title =
      fmt::format("{} – {}", face.title, head.database ? head.database->name : "migrator");
  const std::string icon = fmt::format(
      "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' "
      "r='7' fill='%23{}'/%3E%3C/svg%3E",
      face.color);
  const std::string live = top_html(head) + state_html(sight, ready) + running_html(sight) +
                           findings_html(sight) + numbers_html(sight) +
                           timeline_html(sight.status, all) + seeds_html(sight.status) +
                           foot_html(sight);
  return {.type = "text/html; charset=utf-8",
          .body = filled(page_html(), {{"@title@", escape_html(title)},
                                       {"@icon@", icon},
                                       {"@style@", page_css()},
                                       {"@live@", live},
                                       {"@script@", page_js()}}),
          .headers = {{"Content-Security-Policy", policy()}}};
}

}  // namespace migrator

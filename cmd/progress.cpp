#include "cmd/progress.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/to_json.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

constexpr std::string_view kClearLine = "\r\033[K";

/// As wide as the terminal at most, for a line that wraps cannot be written over.
std::string cut(const std::string& text, std::size_t columns) {
  if (count_characters(text) < columns) return text;
  return text.substr(0, byte_of_character(text, columns - 4)) + "...";
}

}  // namespace

void Progress::step_finished(const StepResult& result) {
  if (verbosity_ == Verbosity::normal) say_out(to_text(result, terminal_.out));
  if (verbosity_ == Verbosity::json) say(to_json_line(result));
}

void Progress::noticed(const Finding& notice) {
  if (verbosity_ == Verbosity::json) return say(to_json_line(notice));
  if (verbosity_ == Verbosity::quiet && notice.severity == Severity::note) return;
  Finding shown = notice;
  if (shown.place) shown.place->source_line.clear();
  say(to_text(shown, terminal_.err));
}

void Progress::echoed(std::string_view text, EchoStream stream) {
  if (verbosity_ == Verbosity::quiet) return;
  if (verbosity_ == Verbosity::json) return say(echo_as_json_line(text));
  if (stream == EchoStream::output)
    say_out(text);
  else
    say(std::string(text));
}

void Progress::waiting(std::string_view for_what) {
  if (verbosity_ == Verbosity::json) return say(waiting_as_json_line(for_what));
  if (verbosity_ != Verbosity::quiet) say(fmt::format("{}\n", for_what));
}

void Progress::still_waiting(std::string_view for_what) {
  if (is_in_place()) return show_in_place(std::string(for_what));
  waiting(for_what);
}

void Progress::show_in_place(const std::string& text) {
  const std::lock_guard lock(mutex_);
  write_err(fmt::format("{}{}", kClearLine,
                        terminal_.err.paint(Tone::faint, cut(text, columns_of_err()))));
  line_is_shown_ = true;
}

void Progress::retrying(const Retry& retry) {
  if (verbosity_ == Verbosity::json) return say(to_json_line(retry));
  if (verbosity_ != Verbosity::quiet) say(to_text(retry) + "\n");
}

std::chrono::milliseconds Progress::progress_interval() const {
  return std::chrono::seconds(is_in_place() ? 1 : 10);
}

void Progress::progressing(const StatementProgress& progress) {
  if (verbosity_ == Verbosity::quiet) return;
  if (verbosity_ == Verbosity::json) return say(to_json_line(progress));
  if (!is_in_place()) return say(to_text(progress) + "\n");
  show_in_place(to_text(progress));
}

void Progress::progress_over() {
  const std::lock_guard lock(mutex_);
  clear_line();
}

void Progress::say(const std::string& text) {
  const std::lock_guard lock(mutex_);
  clear_line();
  write_err(text);
}

void Progress::say_out(std::string_view text) {
  const std::lock_guard lock(mutex_);
  clear_line();
  write_out(text);
}

void Progress::clear_line() {
  if (!line_is_shown_) return;
  write_err(kClearLine);
  line_is_shown_ = false;
}

}  // namespace migrator

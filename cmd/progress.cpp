#include "cmd/progress.h"

#include <fmt/format.h>

#include "engine/report/to_text.h"

namespace migrator {

void Progress::step_finished(const StepResult& result) {
  if (verbosity_ == Verbosity::normal) write_out(to_text(result, terminal_.out));
  if (verbosity_ == Verbosity::json) write_err(to_text(result, terminal_.err));
}

void Progress::noticed(const Finding& notice) {
  if (verbosity_ == Verbosity::quiet && notice.severity == Severity::note) return;
  Finding shown = notice;
  if (shown.place) shown.place->source_line.clear();
  write_err(to_text(shown, terminal_.err));
}

void Progress::echoed(std::string_view text, EchoStream stream) {
  if (verbosity_ == Verbosity::quiet) return;
  // With --json, standard output is the document's.
  if (stream == EchoStream::output && verbosity_ == Verbosity::normal)
    write_out(text);
  else
    write_err(text);
}

void Progress::waiting(std::string_view for_what) {
  if (verbosity_ != Verbosity::quiet) write_err(fmt::format("{}\n", for_what));
}

}  // namespace migrator

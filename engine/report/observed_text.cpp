#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/observed.h"
#include "engine/report/to_text.h"
#include "engine/report/wrap.h"

namespace migrator {
namespace {

constexpr std::size_t kIndent = 6;

std::string what_it_did(const Observation& seen) {
  if (seen.skipped) return "not run: it is about the whole server";
  const std::string did = to_text(seen);
  if (!seen.failure) return did;
  return "failed: " + seen.failure->message + (did.empty() ? "" : "; without made-up rows: " + did);
}

std::string line_of(const Observation& seen, Style style) {
  std::string text = fmt::format("  {}:{}  {}", seen.file, seen.line, seen.what);
  if (!seen.skipped) text += "  " + duration_text(seen.duration);
  // What it locked stayed so while others ran.
  if (seen.locked_for > seen.duration && !seen.locks.empty())
    text += fmt::format(", locked for {}", duration_text(seen.locked_for));
  text = style.paint(Tone::faint, text) + "\n";
  const std::string did = what_it_did(seen);
  if (!did.empty()) text += std::string(kIndent, ' ') + wrap(did, kIndent);
  return text;
}

}  // namespace

std::string observed_text(const ObservedRun& run, Style style) {
  std::string text = fmt::format(
      "observed on PostgreSQL {}, {}{}\n", version_text(run.server_version),
      run.filled == 0 ? "no rows made up"
                      : fmt::format("with rows made up for {}", counted(run.filled, "table")),
      run.statements.empty() ? "; no statement was run" : ":");
  for (const Observation& seen : run.statements) text += line_of(seen, style);
  return text;
}

}  // namespace migrator

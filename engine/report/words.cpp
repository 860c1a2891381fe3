#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/to_text.h"
#include "engine/report/wrap.h"

namespace migrator {

std::string where(const Head& head) {
  if (!head.database) return head.environment;
  const DatabaseFacts& database = *head.database;
  if (database.server == kEmbedded)
    return fmt::format("{}: {}, embedded PostgreSQL {}", head.environment, database.name,
                       version_text(database.server_version));
  return fmt::format("{}: {} on {}, PostgreSQL {}", head.environment, database.name,
                     database.server, version_text(database.server_version));
}

std::string closing_text(Tone tone, const std::string& sentence, const Head& head, Style style) {
  const std::string place = fmt::format("({})", where(head));
  const bool fits = count_characters(sentence) + 1 + count_characters(place) <= kColumns;
  return style.paint(tone, sentence) + (fits ? " " : "\n  ") + place + "\n";
}

std::string duration_text(std::chrono::microseconds duration) {
  const auto us = duration.count();
  if (us < 1000) return fmt::format("{} us", us);
  if (us < 1'000'000) return fmt::format("{} ms", us / 1000);
  if (us < 59'950'000) return fmt::format("{:.1f} s", static_cast<double>(us) / 1e6);
  if (us < 60'000'000) return "1 min 00 s";
  return fmt::format("{} min {:02} s", us / 60'000'000, us / 1'000'000 % 60);
}

std::string title_of(StepKind kind, const std::string& id, const std::string& name) {
  if (kind == StepKind::repeatable) return id;
  if (kind == StepKind::seed) return name;
  return name.empty() ? id : id + "_" + name;
}

std::string version_text(int server_version) {
  return fmt::format("{}.{}", server_version / 10000, server_version % 10000);
}

}  // namespace migrator

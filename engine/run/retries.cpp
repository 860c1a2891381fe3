#include "engine/run/retries.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/pg/pause.h"
#include "engine/run/step_words.h"

namespace migrator {

void Retries::pause_after(const Error& error, const std::vector<OtherSession>& blockers) {
  if (!is_worth_retrying(error)) throw error;
  ++tries_;
  const auto spent = std::chrono::steady_clock::now() - begun_;
  if (tries_ >= options_.tries || spent >= options_.retry_budget) throw_spent(error, blockers);
  const auto time = backoff(tries_, options_.first_pause, options_.longest_pause);
  const std::optional<Place>& place = error.finding().place;
  observer_.retrying({.file = place ? place->file : what_,
                      .line = place ? place->line : 0,
                      .message = error.finding().message,
                      .rolled_back = trying_ == Trying::transaction,
                      .next_try = tries_ + 1,
                      .tries = options_.tries,
                      .pause = time,
                      .blockers = blockers});
  if (pause(time, stop_)) return;
  throw Error(ErrorKind::migration,
              {.id = "cancelled",
               .message = "stopped while waiting to try again: " + error.finding().message,
               .place = error.finding().place,
               .next = "run the same command again"});
}

void Retries::throw_spent(const Error& error, const std::vector<OtherSession>& blockers) const {
  Finding finding = error.finding();
  const auto add = [&](const std::string& line) {
    finding.detail += (finding.detail.empty() ? "" : "\n") + line;
  };
  const auto spent = std::chrono::steady_clock::now() - begun_;
  add(fmt::format("given up after {} in {}", counted(tries_, "try", "tries"),
                  seconds_text(std::chrono::duration_cast<std::chrono::milliseconds>(spent))));
  if (!blockers.empty()) add(blockers_text(blockers));
  throw Error(error.kind(), finding);
}

}  // namespace migrator

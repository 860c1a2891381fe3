#include "engine/run/retries.h"

#include <fmt/format.h>

#include "engine/run/pause.h"
#include "engine/run/step_words.h"

namespace migrator {

void Retries::pause_after(const Error& error) {
  ++tries_;
  const bool in_time = std::chrono::steady_clock::now() - begun_ < options_.retry_budget;
  if (!is_worth_retrying(error) || tries_ >= options_.tries || !in_time) throw error;
  const auto pause = backoff(tries_, options_.first_pause, std::chrono::seconds(30));
  observer_.waiting(fmt::format("{}: {}; rolled back, try {} of {} in {:.1f} s", what_,
                                error.finding().message, tries_ + 1, options_.tries,
                                std::chrono::duration<double>(pause).count()));
  if (pause_for(pause, stop_)) return;
  throw Error(ErrorKind::migration,
              {.id = "cancelled",
               .message = "stopped while waiting to try again: " + error.finding().message,
               .place = error.finding().place,
               .next = "run the same command again"});
}

}  // namespace migrator

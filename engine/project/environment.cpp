#include "engine/project/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/project/shown_word.h"

namespace migrator {

Setting<std::string> choose_environment(const std::optional<std::string>& flag,
                                        const ConfigFile& file, const SettingSources& sources) {
  Setting<std::string> environment{"default"};
  sources.take(environment,
               {.flag = "--env", .variable = "MIGRATOR_ENV", .table = "", .key = "default_env"},
               flag);
  const std::string& name = environment.value;
  const auto& known = file.environments;
  if (may_hold_secret(name)) {
    Finding finding =
        complaint("environment-unknown",
                  fmt::format("{} holds a database URL, and not a name", environment.origin));
    finding.next = "give the URL with --url";
    fail(std::move(finding));
  }
  const bool is_said = environment.origin != "default";
  if (!is_said || name == "prod" || std::ranges::find(known, name) != known.end())
    return environment;

  // Without a table in the file a name is only a label, but one that is meant to be "prod" would
  // leave PROD_CONNECTION_URL unread and end on another database.
  constexpr auto prod = std::to_array<std::string_view>({"prod"});
  const bool means_prod =
      to_lower_ascii(name).starts_with("prod") || nearest(to_lower_ascii(name), prod).has_value();
  if (known.empty() && !means_prod) return environment;

  Finding finding =
      complaint("environment-unknown", fmt::format("{} says {}, but there is no such environment",
                                                   environment.origin, shown_word(name)));
  std::vector<std::string_view> candidates(known.begin(), known.end());
  const auto near = means_prod ? std::optional<std::string>("prod") : nearest(name, candidates);
  if (near) finding.hint = fmt::format("did you mean {}?", *near);
  if (known.empty())
    finding.next = fmt::format("use --env prod, or add [env.{}] to the configuration file", name);
  else
    finding.next = fmt::format("use one of {} ({}), or add [env.{}]", fmt::join(known, ", "),
                               file.shown, name);
  fail(std::move(finding));
}

}  // namespace migrator

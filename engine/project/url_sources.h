// Where the database URL comes from: flag, variables, .env, file, and libpq's own variables, in
// this order; and the refusals that keep a wrong database from being used in silence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/project/config.h"
#include "engine/project/variables.h"

namespace migrator {

/// The variables that may hold a URL for this environment, the one that wins first.
std::vector<std::string> url_variables(const std::string& environment);

/// The variables of libpq that say where the database is.
std::vector<std::string> libpq_place_variables();

/// What --url or a variable of the process or of .env says. Adds a note when a second variable says
/// something else. Throws Error(configuration).
std::optional<Setting<DatabaseUrl>> url_from_flag_or_variables(
    const std::optional<std::string>& flag, const std::string& environment,
    const Variables& variables, std::vector<Finding>& notes);

/// What .env says to libpq, for what the URL leaves open; the process's own variables win.
LibpqDefaults libpq_defaults(const Variables& variables);

/// What libpq's variables say, when nothing else gave a URL.
std::optional<Setting<DatabaseUrl>> url_from_libpq_variables(const Variables& variables);

/// DatabaseUrl::parse with errors that say where the text came from.
Setting<DatabaseUrl> parse_url(const std::string& text, std::string origin);

}  // namespace migrator

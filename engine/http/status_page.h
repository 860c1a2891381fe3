// The page for people at "/": everything between the doctype and the end is made here, so that it
// works without JavaScript; the page's own script only asks for it again and puts the new one in
// place (engine/http/page). Pure: a look in, a response out.
#pragma once

#include "engine/http/message.h"
#include "engine/report/health.h"

namespace migrator {

/// `all`: every migration; else the newest ones, and a link to the rest.
Response status_page(const Sight& sight, const HealthChecks& ready, bool all);

/// With nothing in it that a browser would take for a tag or the end of a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace migrator

// The files of engine/http/page, which the build puts into the program.
#pragma once

#include <string_view>

namespace migrator {

std::string_view page_html();
std::string_view page_css();
std::string_view page_js();

}  // namespace migrator

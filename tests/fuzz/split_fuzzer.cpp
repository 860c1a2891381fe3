// libFuzzer's target for the splitter: of any text no byte may be lost, and where libpg_query's
// parser accepts it, statements end where the parser says. See scripts/fuzz.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/sql/canonical.h"
#include "engine/sql/splitter.h"
#include "tests/support/split_checks.h"

namespace {

void expect_empty(const char* property, const std::string& fault) {
  if (fault.empty()) return;
  std::fprintf(stderr, "%s: %s\n", property, fault.c_str());
  std::abort();
}

/// What the canonical form makes of a comment before a text and a line end behind it.
std::string change_of_form(const std::string& text) {
  if (text.starts_with("\xEF\xBB\xBF")) return {};
  if (!migrator::split({.file = "f", .text = text}).findings.empty()) return {};
  const bool same =
      migrator::canonical_script(text) == migrator::canonical_script("/* note */" + text + "\n");
  return same ? std::string() : "with a comment before it, or a line end behind it";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  expect_empty("bytes are lost", migrator::testing::lost_bytes(text));
  expect_empty("the parser disagrees", migrator::testing::disagreement(text));
  expect_empty("the canonical form is another", change_of_form(text));
  return 0;
}

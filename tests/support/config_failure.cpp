#include "tests/support/config_failure.h"

#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace migrator {

Finding failure_of(const TempFolder& folder, const ConfigFlags& flags,
                   const EnvironmentVariables& variables) {
  try {
    load_config(flags, variables, folder.path());
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    return error.finding();
  }
  ADD_FAILURE() << "loading did not fail";
  return {};
}

std::string all_text_of(const Finding& finding) {
  std::string all = finding.message + "\n" + finding.detail + "\n" + finding.hint + "\n" +
                    finding.next + "\n" + finding.kept + "\n" + finding.context;
  if (finding.place) all += "\n" + finding.place->file + "\n" + finding.place->source_line;
  return all;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

}  // namespace migrator

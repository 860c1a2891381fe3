#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "engine/base/diff.h"
#include "engine/base/file.h"

namespace migrator::testing {

std::filesystem::path golden_folder(std::string_view folder) {
  return std::filesystem::path(MIGRATOR_SOURCE_DIR) / "tests" / "golden" / folder;
}

std::vector<std::string> golden_cases(std::string_view folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder(folder))) {
    if (entry.path().extension() == ".sql") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void expect_golden(const std::filesystem::path& expected, std::string_view actual) {
  if (std::getenv("MIGRATOR_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(expected, std::ios::binary) << actual;
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(expected))
      << expected << " is missing; MIGRATOR_UPDATE_GOLDEN=1 writes it:\n"
      << actual;
  const std::string wanted = read_file(expected);
  EXPECT_EQ(wanted == actual, true)
      << unified_diff(wanted, expected.filename().string(), actual, "actual");
}

}  // namespace migrator::testing

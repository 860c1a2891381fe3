// Golden cases: a case is two files, NAME.sql and NAME.expected, in a folder under tests/golden.
// With MIGRATOR_UPDATE_GOLDEN=1 in the environment the expected files are written instead of
// compared: read the difference before you commit it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace migrator::testing {

/// tests/golden/FOLDER.
std::filesystem::path golden_folder(std::string_view folder);

/// The names of the cases in tests/golden/FOLDER, sorted: the files *.sql without their extension.
std::vector<std::string> golden_cases(std::string_view folder);

/// Fails the test unless the file says what `actual` says (or writes it, see above).
void expect_golden(const std::filesystem::path& expected, std::string_view actual);

}  // namespace migrator::testing

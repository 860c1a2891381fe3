// Runs each transcript of this folder against the real migrator and a real PostgreSQL, and demands
// the output that it shows. README.md here describes the format.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/base/diff.h"
#include "tests/support/migrator_process.h"
#include "tests/support/shell.h"
#include "tests/support/test_server.h"
#include "tests/support/transcript.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

const fs::path scenarios = fs::path(MIGRATOR_SOURCE_DIR) / "tests" / "scenarios";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string host_name() {
  std::array<char, 256> name = {};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

Variables variables_for(const fs::path& folder, const DatabaseUrl& url) {
  Variables result = {{folder.string(), "<folder>"}, {MIGRATOR_SOURCE_DIR, "<project>"}};
  if (const auto database = url.database()) result.emplace_back(*database, "<database>");
  // Percent-encoded in the URL, plain elsewhere.
  const std::string& text = url.reveal();
  if (const std::size_t host = text.find("host="); host != std::string::npos)
    result.emplace_back(text.substr(host + 5, text.find('&', host) - host - 5), "<socket>");
  result.emplace_back(test_server().socket_directory().string(), "<socket>");
  // A short name might well be a part of a word.
  if (const std::string host = host_name(); host.size() >= 6 && host != "localhost")
    result.emplace_back(host, "<host>");
  return result;
}

/// The versions that `migrator new` makes between two moments, as they appear in the text.
Variables new_versions_in(const std::string& text, std::time_t begin, std::time_t end) {
  const auto stamp = [](std::time_t time) {
    std::tm parts = {};
    std::array<char, 15> digits = {};
    std::strftime(digits.data(), digits.size(), "%Y%m%d%H%M%S", gmtime_r(&time, &parts));
    return std::string(digits.data());
  };
  Variables result;
  constexpr std::time_t made_at_once = 10;  // each gets a version above the newest
  for (std::time_t time = begin; time <= end + made_at_once; ++time)
    if (text.find(stamp(time)) != std::string::npos) result.emplace_back(stamp(time), "<version>");
  return result;
}

std::string name_of(const fs::path& path) {
  std::string name = path.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

std::vector<fs::path> transcripts() {
  std::vector<fs::path> result;
  for (const auto& entry : fs::directory_iterator(scenarios))
    if (entry.path().extension() == ".txt") result.push_back(entry.path());
  std::sort(result.begin(), result.end());
  return result;
}

Transcript normalise_all(Transcript transcript, const Variables& variables) {
  for (TranscriptStep& step : transcript.steps) step.output = normalise(step.output, variables);
  return transcript;
}

class Scenario : public testing::TestWithParam<fs::path> {
 protected:
  /// The transcript with what the commands really did.
  Transcript run(const Transcript& expected, Variables& variables) {
    const ScenarioFolder folder;
    const TestDatabase database;
    variables = variables_for(folder.path(), database.url());
    std::vector<std::string> commands;
    for (const TranscriptStep& step : expected.steps) commands.push_back(step.command);
    const auto results =
        run_in_shell(commands, folder.path(), environment_for(folder.path(), database.url()));

    Transcript actual = expected;
    for (std::size_t i = 0; i < results.size(); ++i) {
      TranscriptStep& step = actual.steps[i];
      const ShellResult result = results[i].value_or(ShellResult{"(not reached)\n", -1});
      step.output = result.output;
      step.exit_code = result.exit_code;
      const std::string place = file_ + ":" + std::to_string(step.line);
      if (result.exit_code < 0) ADD_FAILURE() << place << ": the shell ended";
      if (!find_secret(step.output, secrets_).empty())
        ADD_FAILURE() << place << ": the output holds a secret";
    }
    return actual;
  }

  std::string file_ = GetParam().lexically_relative(MIGRATOR_SOURCE_DIR).string();
  std::vector<std::string> secrets_;
};

TEST_P(Scenario, PrintsWhatItsTranscriptShows) {
  std::ostringstream text;
  text << std::ifstream(GetParam()).rdbuf();
  const Transcript transcript = parse_transcript(file_, text.str());
  ASSERT_FALSE(transcript.steps.empty()) << file_ << " has no commands";
  secrets_ = transcript.secrets;
  secrets_.push_back(variable("MIGRATOR_TEST_SECRET"));

  Variables variables;
  const std::time_t begin = std::time(nullptr);
  const Transcript actual = run(transcript, variables);
  for (const auto& version : new_versions_in(to_text(actual), begin, std::time(nullptr)))
    variables.push_back(version);

  const std::string expected_text = to_text(normalise_all(transcript, variables));
  const std::string actual_text = to_text(normalise_all(actual, variables));
  if (expected_text == actual_text) return;
  if (variable("MIGRATOR_UPDATE_GOLDEN") == "1" && !HasFailure()) {
    std::ofstream(GetParam()) << actual_text;
    return;
  }
  FAIL()
      << unified_diff(expected_text, file_, actual_text, "what happened", 3, 200)
      << "\nIf what happened is right: MIGRATOR_UPDATE_GOLDEN=1 ctest --preset dev -R '^scenario."
      << name_of(GetParam()) << "$'";
}

INSTANTIATE_TEST_SUITE_P(Transcripts, Scenario, testing::ValuesIn(transcripts()),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace migrator

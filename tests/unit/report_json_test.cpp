#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/report/to_json.h"
#include "engine/report/to_text.h"
#include "tests/support/expect_error.h"
#include "tests/support/golden.h"
#include "tests/support/sample_reports.h"

namespace migrator {
namespace {

using Json = nlohmann::ordered_json;

std::string json_of(const SampleReport& sample) {
  return std::visit([](const auto& report) { return to_json(report); }, sample.report);
}

std::vector<Finding> findings_of(const RunReport& report) {
  std::vector<Finding> all = report.findings;
  if (report.error) all.push_back(*report.error);
  return all;
}

std::vector<Finding> findings_of(const ErrorReport& report) {
  return {report.error};
}

std::vector<Finding> findings_of(const auto& report) {
  return report.findings;
}

std::string text_of(const PlanReport& report) {
  return to_text(report, PlanDetail::outline, {});
}

std::string text_of(const ErrorReport& report) {
  return to_text(report.error, {});
}

std::string text_of(const auto& report) {
  return to_text(report, {});
}

class ReportJson : public ::testing::TestWithParam<std::string> {};

TEST_P(ReportJson, IsAsExpected) {
  testing::expect_golden(testing::golden_folder("report") / (GetParam() + ".json"),
                         json_of(sample(GetParam())));
}

TEST_P(ReportJson, IsOneDocumentThatBeginsWithItsFormat) {
  const std::string text = json_of(sample(GetParam()));
  EXPECT_TRUE(text.ends_with("}\n"));
  const Json json = Json::parse(text);
  const std::vector<std::string> keys{"format", "command", "exit_code"};
  std::size_t i = 0;
  for (const auto& [key, value] : json.items()) {
    if (i == keys.size()) break;
    EXPECT_EQ(key, keys[i++]);
  }
  EXPECT_EQ(json["format"], 1);
  EXPECT_TRUE(json["findings"].is_array());
}

TEST_P(ReportJson, HasTheFindingsOfTheText) {
  std::visit(
      [](const auto& report) {
        Json json = Json::parse(to_json(report));
        Json told = json["findings"];
        if (json.contains("error")) told.push_back(json["error"]);
        const std::vector<Finding> findings = findings_of(report);
        const std::string text = text_of(report);
        ASSERT_EQ(told.size(), findings.size());
        for (std::size_t i = 0; i < findings.size(); ++i) {
          EXPECT_EQ(told[i]["id"], findings[i].id);
          EXPECT_EQ(told[i]["message"], findings[i].message);
          // The text of a status has a line for what is pending.
          const bool has_a_line = findings[i].id == "pending";
          EXPECT_TRUE(has_a_line || contains(text, findings[i].message)) << findings[i].message;
        }
      },
      sample(GetParam()).report);
}

INSTANTIATE_TEST_SUITE_P(Samples, ReportJson, ::testing::ValuesIn(sample_names()),
                         [](const auto& test) { return test.param; });

TEST(ReportJson, ReplacesBytesThatAreNoUtf8) {
  const ErrorReport report{.head = {.command = "up"},
                           .error = {.id = "server-error", .message = "caf\xe9"}};
  EXPECT_EQ(Json::parse(to_json(report))["error"]["message"], "caf\xEF\xBF\xBD");
}

}  // namespace
}  // namespace migrator

#include "cmd/hide_arguments.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace migrator {
namespace {

std::vector<std::string> hidden(std::vector<std::string> words) {
  std::vector<char*> values;
  for (std::string& word : words) values.push_back(word.data());
  values.push_back(nullptr);
  hide_secrets(static_cast<int>(words.size()), values.data());
  return words;
}

using Words = std::vector<std::string>;

TEST(HideSecrets, OverwritesTheValueOfUrlInPlace) {
  EXPECT_EQ(hidden({"migrator", "--url", "secret", "up"}),
            (Words{"migrator", "--url", "******", "up"}));
  EXPECT_EQ(hidden({"migrator", "--url=secret", "up"}), (Words{"migrator", "--url=******", "up"}));
  EXPECT_EQ(hidden({"migrator", "up", "--url", "a", "--url=b"}),
            (Words{"migrator", "up", "--url", "*", "--url=*"}));
  EXPECT_EQ(hidden({"migrator", "diff", "--scratch", "a", "--scratch=b"}),
            (Words{"migrator", "diff", "--scratch", "*", "--scratch=*"}));
}

TEST(HideSecrets, OverwritesAUrlInTheWrongPlace) {
  EXPECT_EQ(hidden({"migrator", "up", "postgres://u:p@h/d", "-u=postgres://x"}),
            (Words{"migrator", "up", "******************", "***************"}));
  EXPECT_EQ(hidden({"migrator", "host=h password=x"}), (Words{"migrator", "*****************"}));
}

TEST(HideSecrets, OverwritesTheValuesOfVariables) {
  EXPECT_EQ(hidden({"migrator", "seed", "--set", "PW=a=b", "--set=N=5", "--set"}),
            (Words{"migrator", "seed", "--set", "PW=***", "--set=N=*", "--set"}));
  EXPECT_EQ(hidden({"migrator", "--set", "PW"}), (Words{"migrator", "--set", "PW"}));
}

TEST(HideSecrets, LeavesAllElse) {
  const Words words{"migrator", "--env", "prod", "--urls", "x", "up", "--url"};
  EXPECT_EQ(hidden(words), words);
  EXPECT_EQ(hidden({"--url"}), Words{"--url"});
  EXPECT_EQ(hidden({"migrator", "--url="}), (Words{"migrator", "--url="}));
}

}  // namespace
}  // namespace migrator

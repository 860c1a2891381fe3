#include "tests/support/transcript.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace migrator {
namespace {

const std::string example =
    "# What it shows.\n"
    "# secret: p@ss w/rd\n"
    "\n"
    "$ cat > a.sql <<'END'\n"
    "> select 1;\n"
    ">\n"
    "> select 2;\n"
    "> END\n"
    "$ migrator up\n"
    "applied\n"
    "\n"
    "  two\n"
    "\\$ no command\n"
    "\n"
    "# And then.\n"
    "$ migrator down\n"
    "[exit 4]\n"
    "\n"
    "# The end.\n";

TEST(Transcript, IsCommandsWithOutputAndExitCode) {
  const Transcript transcript = parse_transcript("a.txt", example);
  ASSERT_EQ(transcript.steps.size(), 3u);
  EXPECT_EQ(transcript.secrets, std::vector<std::string>{"p@ss w/rd"});
  EXPECT_EQ(transcript.steps[0].command, "cat > a.sql <<'END'\nselect 1;\n\nselect 2;\nEND");
  EXPECT_EQ(transcript.steps[0].output, "");
  EXPECT_EQ(transcript.steps[0].line, 4u);
  EXPECT_EQ(transcript.steps[1].output, "applied\n\n  two\n$ no command");
  EXPECT_EQ(transcript.steps[1].exit_code, 0);
  EXPECT_EQ(transcript.steps[2].preface, (std::vector<std::string>{"", "# And then."}));
  EXPECT_EQ(transcript.steps[2].exit_code, 4);
  EXPECT_EQ(transcript.ending, (std::vector<std::string>{"", "# The end."}));
}

TEST(Transcript, IsWrittenAsItWasRead) {
  EXPECT_EQ(to_text(parse_transcript("a.txt", example)), example);
}

TEST(Transcript, OutputThatLooksLikeATranscriptIsEscaped) {
  for (const char* line : {"$ a", "> a", ">", "# a", "\\a", "[exit 3]"}) {
    const Transcript transcript = {{{.command = "a", .output = line, .line = 1}}};
    EXPECT_EQ(parse_transcript("a.txt", to_text(transcript)), transcript) << line;
  }
}

TEST(Transcript, OutputBeforeAnyCommandIsAnError) {
  try {
    parse_transcript("a.txt", "# a\nstray\n");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "a.txt:2: output without a command before it");
  }
}

struct Normalised {
  const char* text;
  const char* expected;
};

TEST(Normalise, NamesWhatDiffersFromRunToRun) {
  const Variables variables = {{"/tmp/x", "<folder>"}, {"/tmp/xy", "<socket>"}};
  const Normalised cases[] = {
      {"applied 3 migrations in 12 ms", "applied 3 migrations in <time>"},
      {"(1.25 s)", "(<time>)"},
      {"1 min 3 s", "<time>"},
      {"60 seats", "60 seats"},
      {"users       9 ms   ok", "users  <time>  ok"},
      {"users     1.3 s   ok", "users  <time>  ok"},
      {"\"duration_ms\": 1.5, \"waited_seconds\":2",
       "\"duration_ms\": <time>, \"waited_seconds\":<time>"},
      {"at 2026-11-22 10:00:01.5+00 and 2026-11-22T10:00:01Z.", "at <timestamp> and <timestamp>."},
      {"2026-11-22 10:00 UTC", "<timestamp>"},
      {"migration 20261122100000_users", "migration 20261122100000_users"},
      {"held by pid 4711 since", "held by pid <pid> since"},
      {"\"pid\": 4711", "\"pid\": <pid>"},
      {"run 0b0ce6c6-6ab4-4f1b-9b0e-5ed0e2a4a5c1", "run <uuid>"},
      {"PostgreSQL 15.18, migrator 0.1.0", "PostgreSQL <version>, migrator <version>"},
      {"/tmp/x/a /tmp/xy/b", "<folder>/a <socket>/b"},
      {"a\n\n\n", "a"}};
  for (const Normalised& one : cases) {
    const std::string once = normalise(one.text, variables);
    EXPECT_EQ(once, one.expected);
    EXPECT_EQ(normalise(once, variables), once);
  }
}

TEST(FindSecret, FindsAnyOfThem) {
  EXPECT_EQ(find_secret("url postgres://a:b c@d/e", {"", "x", "b c"}), "b c");
  EXPECT_EQ(find_secret("url postgres://a:***@d/e", {"", "x", "b c"}), "");
}

}  // namespace
}  // namespace migrator

#include "cmd/arguments.h"

#include <gtest/gtest.h>

#include <sstream>

#include "engine/base/text.h"
#include "tests/support/expect_error.h"

namespace migrator {
namespace {

using Words = std::vector<std::string>;

Arguments parse(const Words& words) {
  std::optional<HelpText> help;
  const Arguments arguments = parse_arguments(words, help);
  EXPECT_FALSE(help.has_value());
  return arguments;
}

std::string help_of(const Words& words) {
  std::optional<HelpText> help;
  parse_arguments(words, help);
  return help ? help->text : "";
}

Finding refused(const Words& words) {
  return expect_error(ErrorKind::usage, [&] { parse(words); });
}

TEST(Arguments, BareIsNoCommand) {
  EXPECT_EQ(parse({}).command, "");
  EXPECT_EQ(parse({"--json"}).command, "");
  EXPECT_TRUE(parse({"--json"}).json);
}

TEST(Arguments, CommandsAndTheirOtherNames) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"up", "up"},     {"migrate", "up"},     {"down", "down"},    {"rollback", "down"},
      {"redo", "redo"}, {"seed", "seed"},      {"setup", "setup"},  {"status", "status"},
      {"plan", "plan"}, {"check", "check"},    {"verify", "check"}, {"config", "config"},
      {"wait", "wait"}, {"version", "version"}};
  for (const auto& [word, command] : cases) EXPECT_EQ(parse({word}).command, command) << word;
  EXPECT_EQ(parse({"create", "x"}).command, "new");
}

TEST(Arguments, EverywhereMeansBeforeAndAfterTheCommand) {
  for (const Words& words :
       {Words{"--env", "prod", "--json", "up"}, Words{"up", "--env", "prod", "--json"},
        Words{"--env=prod", "up", "--json"}}) {
    const Arguments arguments = parse(words);
    EXPECT_EQ(arguments.command, "up");
    EXPECT_EQ(arguments.config.environment, "prod");
    EXPECT_TRUE(arguments.json);
  }
}

TEST(Arguments, Values) {
  const Arguments up = parse({"up", "--to", "0007", "--allow-late", "--lock-wait", "5m", "-q"});
  EXPECT_EQ(up.to, Version{7});
  EXPECT_TRUE(up.allow_late);
  EXPECT_TRUE(up.quiet);
  EXPECT_EQ(up.config.lock_wait, "5m");
  EXPECT_EQ(parse({"down", "--steps", "3"}).steps, 3U);
  EXPECT_FALSE(parse({"down"}).steps.has_value());
  EXPECT_EQ(parse({"new", "add_likes"}).subject, "add_likes");
  EXPECT_EQ(parse({"local", "start"}).subject, "start");
  EXPECT_EQ(parse({"wait"}).timeout, "60s");
  EXPECT_EQ(parse({"wait", "--timeout", "5s"}).timeout, "5s");
  EXPECT_EQ(parse({"repair", "1", "--resume-at", "2", "--reason", "x"}).resume_at, 2U);
}

TEST(Arguments, WhatExcludesWhat) {
  EXPECT_EQ(refused({"up", "--to", "1", "--steps", "2"}).next, "migrator up --help");
  EXPECT_EQ(refused({"plan", "--to", "1", "--steps", "2"}).next, "migrator plan --help");
  EXPECT_EQ(refused({"new", "x", "--pair", "--repeatable"}).next, "migrator new --help");
}

TEST(Arguments, WhatIsNoNumberOrNoChoice) {
  refused({"down", "--steps", "0"});
  refused({"down", "--steps", "-1"});
  refused({"down", "--steps", "many"});
  refused({"local", "restart"});
  refused({"new"});
  refused({"up", "surplus"});
  refused({"status", "--steps", "1"});
}

TEST(Arguments, AnUnknownCommandSuggestsTheNearest) {
  const Finding finding = refused({"stauts"});
  EXPECT_EQ(finding.message, "there is no command \"stauts\"");
  EXPECT_EQ(finding.hint, "did you mean status?");
  EXPECT_EQ(finding.next, "migrator --help lists the commands");
  EXPECT_EQ(refused({"rollbak"}).hint, "did you mean rollback?");
  EXPECT_EQ(refused({"xyzzy"}).hint, "");
}

TEST(Arguments, AnUnknownOptionSuggestsTheNearest) {
  const Finding finding = refused({"up", "--stepz", "2"});
  EXPECT_EQ(finding.message, "there is no option --stepz");
  EXPECT_EQ(finding.hint, "did you mean --steps?");
  EXPECT_EQ(finding.next, "migrator up --help");
  EXPECT_EQ(refused({"--jsno"}).hint, "did you mean --json?");
  EXPECT_EQ(refused({"status", "--jsno=1"}).hint, "did you mean --json?");
  EXPECT_EQ(refused({"up", "surplus"}).message, "\"surplus\" is a word too many");
}

TEST(Arguments, TheValueOfAnOptionIsNotTakenForTheCommand) {
  EXPECT_EQ(refused({"--env", "prod", "stauts"}).message, "there is no command \"stauts\"");
  EXPECT_EQ(refused({"--env", "prod", "--jsno"}).message.find("prod"), std::string::npos);
}

TEST(Arguments, NothingIsQuotedOfAUrl) {
  const Finding finding = refused({"--url", "postgres://u:secret@h/db", "stauts"});
  EXPECT_PRED2(lacks, finding.message + finding.hint + finding.next, "secret");
}

// It was quoted as a word too many, with its password.
TEST(Arguments, AUrlInTheWrongPlaceIsNotQuoted) {
  const std::string url = "postgres://u:s3cr3t p'w@h/db";
  for (const Words& words :
       {Words{"up", url}, Words{url}, Words{url, "up"}, Words{"up", "-url=" + url},
        Words{"up", "--to", url}, Words{"up", "--steps", url}, Words{"local", url},
        Words{"up", "--urll=" + url}, Words{"baseline", url},
        Words{"status", "host=h password=s3cr3t"}}) {
    const Finding finding = refused(words);
    EXPECT_PRED2(lacks, finding.message + finding.hint + finding.next + finding.detail, "s3cr3t")
        << ::testing::PrintToString(words);
  }
  EXPECT_EQ(refused({"up", url}).next, "give it with --url");
}

TEST(Arguments, RepairNeedsExactlyOneAction) {
  const Words repair{"repair", "1", "--reason", "x"};
  EXPECT_PRED2(contains, refused(repair).message, "exactly one");
  Words two = repair;
  two.insert(two.end(), {"--forget", "--mark-applied"});
  EXPECT_PRED2(contains, refused(two).message, "exactly one");
  for (const std::string flag : {"--forget", "--mark-applied", "--accept-file"}) {
    Words one = repair;
    one.push_back(flag);
    EXPECT_EQ(parse(one).command, "repair");
  }
  EXPECT_PRED2(contains, refused({"repair", "1", "--forget"}).message, "--reason");
  EXPECT_PRED2(contains, refused({"repair", "1", "--forget", "--reason", " "}).message, "--reason");
}

TEST(Help, OfEachCommandFitsEightyColumns) {
  std::vector<Words> all{{"--help"}};
  for (const std::string& name : command_names()) {
    Words words;
    std::istringstream in(name);
    for (std::string word; in >> word;) words.push_back(word);
    words.push_back("--help");
    all.push_back(words);
  }
  EXPECT_GE(all.size(), 22U);
  for (const Words& words : all) {
    const std::string help = help_of(words);
    EXPECT_PRED2(contains, help, "migrator");
    EXPECT_PRED2(lacks, help, "\n\n\n");
    for (const std::string_view line : split_lines(help))
      EXPECT_LE(count_characters(line), 80U) << line;
  }
}

TEST(Help, ListsTheCommandsAndTheExitCodes) {
  const std::string help = help_of({"--help"});
  for (const std::string& name : command_names())
    if (name.find(' ') == name.npos) {
      EXPECT_PRED2(contains, help, "\n  " + name);
    }
  EXPECT_PRED2(contains, help, "Exit codes: 0");
}

TEST(Help, OfACommandIsItsOwn) {
  EXPECT_PRED2(contains, help_of({"up", "--help"}), "--allow-late");
  EXPECT_PRED2(lacks, help_of({"status", "--help"}), "--allow-late");
}

TEST(Arguments, CommandsBelowOthers) {
  const Arguments drop = parse({"db", "drop", "--yes", "--force-protected", "app"});
  EXPECT_EQ(drop.command, "db drop");
  EXPECT_TRUE(drop.database.yes);
  EXPECT_EQ(drop.database.force_protected, "app");
  EXPECT_EQ(parse({"db", "connect", "--", "-c", "select 1"}).database.psql,
            (Words{"-c", "select 1"}));
  EXPECT_EQ(parse({"db", "create"}).command, "db create");
  EXPECT_EQ(refused({"db"}).next, "migrator db --help lists the commands");
  EXPECT_EQ(refused({"db", "drp"}).hint, "did you mean drop?");
}

TEST(Arguments, TheCommandOfARunIsWhatFollowsTheTwoDashes) {
  const Words command{"sh", "-c", "exit 1", "--", "--json"};
  for (const Words& before :
       {Words{"run"}, Words{"run", "--set", "a=1", "--set", "b=2"},
        Words{"run", "--listen", ":8086"}, Words{"run", "--listen=:0", "-q"}}) {
    Words words = before;
    words.emplace_back("--");
    words.insert(words.end(), command.begin(), command.end());
    EXPECT_EQ(parse(words).program, command) << before.back();
  }
  EXPECT_EQ(parse({"run", "--set", "a=1", "app"}).program, Words{"app"});
  EXPECT_EQ(refused({"run"}).message, "COMMAND is required");
  EXPECT_EQ(refused({"run", "--"}).message, "COMMAND is required");
  for (const Words& words : {Words{"run", "sh", "-c", "x"}, Words{"run", "app", "--port", "80"}})
    EXPECT_EQ(refused(words).next, "put -- before the command: migrator run -- COMMAND");
  EXPECT_EQ(refused({"run", "--timout", "1s", "--", "app", "-x"}).hint, "did you mean --timeout?");
}

TEST(Help, Version) {
  EXPECT_TRUE(help_of({"--version"}).starts_with("migrator "));
}

}  // namespace
}  // namespace migrator

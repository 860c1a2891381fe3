#include "engine/sql/directives.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include "engine/sql/splitter.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

DirectivesResult read(std::string_view text) {
  const Source source{.file = "f.sql", .text = text};
  DirectivesResult result = read_directives(source);
  StatementReader reader(source);
  while (reader.next()) {
  }
  for (Finding& late : late_directives(source, reader.marked_comments(), result.end))
    result.findings.push_back(std::move(late));
  return result;
}

TEST(Directives, AreReadFromTheTop) {
  const DirectivesResult result = read(
      "-- Adds an index.\n"
      "\n"
      "-- migrator: transaction off\n"
      "/* migrator: run never */\n"
      "--migrator:lock-timeout 5s\r\n"
      "  --  MIGRATOR :  Statement-Timeout   10 min  \n"
      "-- migrator: run ONCE\n"
      "create index concurrently i on t (a);\n");
  EXPECT_TRUE(result.findings.empty());
  EXPECT_EQ(result.directives, (Directives{TransactionMode::off, milliseconds(5000),
                                           milliseconds(600'000), RunPolicy::once}));
}

TEST(Directives, HaveDefaults) {
  EXPECT_EQ(read("select 1;").directives, Directives{});
  EXPECT_EQ(read("").directives.run, RunPolicy::on_change);
}

TEST(Directives, TakeTheirValues) {
  EXPECT_EQ(read("-- migrator: transaction auto").directives.transaction,
            TransactionMode::automatic);
  EXPECT_EQ(read("-- migrator: transaction on").directives.transaction, TransactionMode::on);
  EXPECT_EQ(read("-- migrator: run on-change").directives.run, RunPolicy::on_change);
  EXPECT_EQ(read("-- migrator: run always").directives.run, RunPolicy::always);
  EXPECT_EQ(read("-- migrator: lock-timeout 0").directives.lock_timeout, milliseconds(0));
}

struct Case {
  std::string_view text;
  std::string_view finding;  ///< "line:column id: message; next", or empty
};

TEST(Directives, OfSeedsSayWhenTheyRun) {
  const DirectivesResult result =
      read_directives({"t.sql",
                       "-- migrator: after 10_a.sql\n-- migrator: after dev/B c.sql\n"
                       "-- migrator: requires 0042\nselect 1;"});
  EXPECT_TRUE(result.findings.empty());
  EXPECT_EQ(result.directives.after, (std::vector<std::string>{"10_a.sql", "dev/B c.sql"}));
  EXPECT_EQ(result.directives.needed_version, 42U);
}

TEST(Directives, ComplainAboutWhatTheyDoNotKnow) {
  const auto cases = std::to_array<Case>({
      {"-- migrator: transacton off",
       "1:1 unknown-directive: there is no directive \"transacton\"; did you mean transaction?"},
      {"-- migrator: lock_timeout 5s",
       "1:1 unknown-directive: there is no directive \"lock_timeout\"; did you mean lock-timeout?"},
      {"\n  -- migrator: behind 3",
       "2:3 unknown-directive: there is no directive \"behind\"; known are: transaction, "
       "lock-timeout, statement-timeout, transaction-timeout, run, after, requires, variables"},
      {"-- migrator:",
       "1:1 unknown-directive: this directive has no key; known are: transaction, lock-timeout, "
       "statement-timeout, transaction-timeout, run, after, requires, variables"},
      {"-- migrator: variables yes",
       "1:1 bad-directive-value: the directive variables cannot be \"yes\"; write on or off"},
      {"-- migrator: requires 1x",
       "1:1 bad-directive-value: the directive requires cannot be \"1x\"; write the version of a "
       "migration"},
      {"-- migrator: transaction",
       "1:1 bad-directive-value: the directive transaction lacks its value; write auto, on or off"},
      {"-- migrator: transaction off please",
       "1:1 bad-directive-value: the directive transaction cannot be \"off please\"; write auto, "
       "on or off"},
      {"-- migrator: transaction = off",
       "1:1 bad-directive-value: the directive transaction cannot be \"= off\"; write auto, on or "
       "off"},
      {"-- migrator: lock-timeout -5s",
       "1:1 bad-directive-value: the directive lock-timeout cannot be \"-5s\"; write a duration "
       "such as 250ms, 5s or 10min (0 for none, at most 24 days)"},
      {"-- migrator: run never",
       "1:1 bad-directive-value: the directive run cannot be \"never\"; write once, on-change or "
       "always"},
      {"-- migrator: run once\n-- migrator: RUN once",
       "2:1 duplicate-directive: the directive run is given twice; keep one of them"},
      {"-- migrator transaction off",
       "1:1 unknown-directive: this comment reads like a directive, but lacks its colon; write "
       "\"-- migrator: transaction off\", or word the comment differently"},
      {"select 1;\n-- migrator: run once\n",
       "2:1 late-directive: this directive stands after the first statement; move it to the top, "
       "before the first statement"},
      {"select 1\n  --migrator: nonsense\n;",
       "2:3 late-directive: this directive stands after the first statement; move it to the top, "
       "before the first statement"},
      {"copy t from stdin;\n-- migrator: run once\n\\.\n-- migrator: run once",
       "4:1 late-directive: this directive stands after the first statement; move it to the top, "
       "before the first statement"},
      // No directives:
      {"-- migrator runs this once", ""},
      {"-- migrator run by the team", ""},
      {"-- migrators: run once", ""},
      {"-- our migrator: run once", ""},
      {"-- migrate:up", ""},
      {"/* -- migrator: run once */ select '\n-- migrator: run once\n'", ""},
      {"select $$\n-- migrator: run once\n$$;", ""},
      {"set standard_conforming_strings = off; select '\\'\n-- migrator: run once\n';", ""},
      {"copy t from stdin;\n-- migrator: run once\n\\.\n", ""},
      {"\\echo -- migrator: run once\n", ""},
  });
  for (const Case& c : cases) {
    std::string findings;
    for (const Finding& f : read(c.text).findings) {
      EXPECT_EQ(f.severity, Severity::error);
      findings += std::to_string(f.place->line) + ":" + std::to_string(f.place->column) + " " +
                  f.id + ": " + f.message + "; " + f.next;
    }
    EXPECT_EQ(findings, c.finding) << c.text;
  }
}

TEST(Directives, AreAllReported) {
  EXPECT_EQ(read("-- migrator: a b\n-- migrator: run x\n;-- migrator: run y\n").findings.size(),
            3U);
}

TEST(Durations, AreParsed) {
  struct Duration {
    std::string_view text;
    std::optional<milliseconds> value;
  };
  const auto cases = std::to_array<Duration>({
      {"250ms", milliseconds(250)},
      {"5s", milliseconds(5000)},
      {"10min", milliseconds(600'000)},
      {"10m", milliseconds(600'000)},
      {"1h", milliseconds(3'600'000)},
      {"2d", milliseconds(172'800'000)},
      {"7", milliseconds(7)},
      {"0", milliseconds(0)},
      {" 5 S ", milliseconds(5000)},
      {"2147483647", milliseconds(2'147'483'647)},
      {"2147483648", std::nullopt},
      {"25d", std::nullopt},
      {"99999999999999999999999999s", std::nullopt},
      {"", std::nullopt},
      {"s", std::nullopt},
      {"-5s", std::nullopt},
      {"1.5s", std::nullopt},
      {"5 sec", std::nullopt},
      {"5s5", std::nullopt},
  });
  for (const Duration& c : cases) EXPECT_EQ(parse_duration(c.text), c.value) << c.text;
}

}  // namespace
}  // namespace migrator

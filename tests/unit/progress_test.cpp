// The words and the JSON line for a statement that takes long.
#include "engine/report/progress.h"

#include <gtest/gtest.h>

#include "engine/report/to_json.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

StatementProgress sample() {
  return {.file = "migrations/3_big.sql",
          .line = 5,
          .statement = 2,
          .statements = 4,
          .what = "create index concurrently i on big(n)",
          .elapsed = milliseconds(12'900)};
}

TEST(Progress, TellsTheStatementWhereNothingElseIsKnown) {
  EXPECT_EQ(to_text(sample()),
            "migrations/3_big.sql:5: 12 s, create index concurrently i on big(n)");
}

TEST(Progress, TellsPhaseAndShare) {
  StatementProgress progress = sample();
  progress.phase = "building index: scanning table";
  progress.share = 0.42;
  progress.elapsed = std::chrono::minutes(2);
  EXPECT_EQ(to_text(progress),
            "migrations/3_big.sql:5: 2 min 00 s, building index: scanning table, 42 %");
}

TEST(Progress, TellsTheDataOfACopy) {
  StatementProgress progress = sample();
  progress.bytes_sent = 250'000'000;
  progress.bytes_total = 1'000'000'000;
  progress.rows = 1'234'567;
  EXPECT_EQ(
      to_text(progress),
      "migrations/3_big.sql:5: 12 s, 250.0 MB of 1000.0 MB (25 %), 1234567 rows, 19.4 MB/s, 38 s "
      "left");
  progress.elapsed = std::chrono::milliseconds(10);
  EXPECT_EQ(to_text(progress).find("left"), std::string::npos);
}

TEST(Progress, TellsWhoIsInTheWayBeforeAllElse) {
  StatementProgress progress = sample();
  progress.phase = "waiting for writers before build";
  progress.blockers = {{.pid = 42,
                        .user = "anna",
                        .application_name = "psql",
                        .client = "10.0.0.9",
                        .state = "idle in transaction",
                        .since = "2026-11-02T10:00:00Z",
                        .statement = "select 1"},
                       {.pid = 43}};
  EXPECT_EQ(to_text(progress),
            "migrations/3_big.sql:5: 12 s, waits for process 42 (psql) of user anna, from "
            "10.0.0.9, idle in transaction, since 2026-11-02T10:00:00Z, last: select 1 (and 1 "
            "more)");
}

Retry sample_retry() {
  return {.file = "migrations/2_b.sql",
          .line = 3,
          .message = "canceling statement due to lock timeout",
          .next_try = 2,
          .tries = 30,
          .pause = std::chrono::milliseconds(340),
          .blockers = {{.pid = 42,
                        .application_name = "psql",
                        .state = "idle in transaction",
                        .since = "2026-11-02T10:00:00Z",
                        .statement = "select 1",
                        .transaction_age = std::chrono::seconds(75),
                        .lock = "ACCESS SHARE on t"},
                       {.pid = 0, .state = "a prepared transaction", .blocks = 42}}};
}

TEST(Retry, SaysWhoIsInTheWayAndWhoInTheirs) {
  EXPECT_EQ(to_text(sample_retry()),
            "migrations/2_b.sql:3: canceling statement due to lock timeout; rolled back, try 2 of "
            "30 in 0.3 s\n"
            "  blocked by process 42 (psql), idle in transaction, has ACCESS SHARE on t, its "
            "transaction is 1 min 15 s old, last: select 1\n"
            "  42 by a prepared transaction");
  Retry storm = sample_retry();
  storm.blockers.resize(80, {.pid = 43});
  EXPECT_TRUE(to_text(storm).ends_with("\n  blocked by process 43\n  and 75 more"));
  Retry alone = sample_retry();
  alone.rolled_back = false;
  alone.blockers.clear();
  EXPECT_EQ(to_text(alone),
            "migrations/2_b.sql:3: canceling statement due to lock timeout; try 2 of 30 in 0.3 s");
}

TEST(Retry, IsOneLineOfJson) {
  EXPECT_EQ(to_json_line(sample_retry()),
            R"({"event":"retry","file":"migrations/2_b.sql","line":3,)"
            R"("message":"canceling statement due to lock timeout","next_try":2,"tries":30,)"
            R"("pause_ms":340,"blockers":[{"pid":42,"application_name":"psql",)"
            R"("state":"idle in transaction","since":"2026-11-02T10:00:00Z",)"
            R"("statement":"select 1","transaction_age_s":75,"lock":"ACCESS SHARE on t"},)"
            R"({"pid":0,"state":"a prepared transaction","blocks":42}]})"
            "\n");
}

TEST(Progress, IsOneLineOfJson) {
  StatementProgress progress = sample();
  progress.phase = "building index: scanning table";
  progress.share = 0.5;
  progress.bytes_sent = 1;
  progress.bytes_total = 4;
  progress.rows = 3;
  progress.blockers = {{.pid = 42, .user = "anna"}};
  EXPECT_EQ(to_json_line(progress),
            R"({"event":"progress","file":"migrations/3_big.sql","line":5,)"
            R"_("statement":{"number":2,"of":4},"what":"create index concurrently i on big(n)",)_"
            R"("elapsed_ms":12900,"phase":"building index: scanning table","share":0.5,)"
            R"("bytes":{"sent":1,"total":4},"rows":3,"blockers":[{"pid":42,"user":"anna"}]})"
            "\n");
}

TEST(Progress, TheOtherEventsAreLinesToo) {
  EXPECT_EQ(waiting_as_json_line("for \"b\""),
            "{\"event\":\"waiting\",\"message\":\"for \\\"b\\\"\"}\n");
  EXPECT_EQ(echo_as_json_line("a\n"), "{\"event\":\"echo\",\"text\":\"a\\n\"}\n");
  EXPECT_EQ(to_json_line(Finding{.severity = Severity::note, .id = "x", .message = "y"}),
            "{\"event\":\"notice\",\"severity\":\"note\",\"id\":\"x\",\"message\":\"y\"}\n");
  StepResult step;
  step.id = "1";
  EXPECT_TRUE(to_json_line(step).starts_with("{\"event\":\"step\",\"id\":\"1\","));
}

}  // namespace
}  // namespace migrator

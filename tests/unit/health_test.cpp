// What probes say of each standing, and that they never say more than they may.
#include <gtest/gtest.h>

#include "engine/report/health.h"
#include "engine/report/metrics.h"

namespace migrator {
namespace {

StatusLine line(std::string id, Standing standing, StepKind kind = StepKind::versioned) {
  return {
      .id = std::move(id), .kind = kind, .name = "secret_name", .file = "f", .standing = standing};
}

Sight seen(std::vector<StatusLine> lines) {
  return {.status = {.head = {}, .lines = std::move(lines)}};
}

Sight unseen(std::string id) {
  return {.status = {}, .error = Finding{.id = std::move(id), .message = "host db.internal"}};
}

struct Case {
  const char* name;
  Sight sight;
  bool ready;
  bool strictly;
};

TEST(Health, ReadyIsWhatIsDoneAndNothingElse) {
  const Case cases[] = {
      {"applied", seen({line("1", Standing::applied)}), true, true},
      {"nothing", seen({}), true, true},
      {"cosmetic", seen({line("1", Standing::cosmetic)}), true, true},
      {"baseline", seen({line("1", Standing::baseline)}), true, true},
      {"pending", seen({line("1", Standing::pending)}), false, false},
      {"late", seen({line("1", Standing::late)}), false, false},
      {"half done", seen({line("1", Standing::half_done)}), false, false},
      {"changed", seen({line("1", Standing::changed)}), false, false},
      {"ahead", seen({line("1", Standing::ahead)}), true, false},
      {"missing", seen({line("1", Standing::missing)}), true, false},
      {"seed", seen({line("seed/a", Standing::pending, StepKind::seed)}), true, false},
      {"away", unseen("connection-refused"), false, false},
      {"no folder", unseen("migrations-missing"), false, false},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(is_good(readiness(one.sight, {})), one.ready) << one.name;
    EXPECT_EQ(is_good(readiness(one.sight, {.strict = true})), one.strictly) << one.name;
  }
}

TEST(Health, AnEmptyFolderIsNotReady) {
  Sight sight = seen({});
  sight.status.findings = {{.severity = Severity::note, .id = "migrations-empty", .message = ""}};
  EXPECT_FALSE(is_good(readiness(sight, {})));
}

TEST(Health, StartupWaitsForAMigratorThatMoves) {
  Sight sight = seen({line("1", Standing::pending)});
  EXPECT_FALSE(is_good(startup(sight, {})));
  sight.status.running = AtWork{};
  sight.motionless = std::chrono::minutes(4);
  EXPECT_TRUE(is_good(startup(sight, {})));
  EXPECT_FALSE(is_good(readiness(sight, {})));
  sight.motionless = std::chrono::minutes(6);
  EXPECT_FALSE(is_good(startup(sight, {})));
  EXPECT_TRUE(is_good(startup(sight, {.stalled_after = std::chrono::minutes(7)})));
}

TEST(Health, TextIsThatOfKubernetes) {
  const Sight sight = seen({line("1", Standing::applied), line("2", Standing::pending),
                            line("3", Standing::pending), line("9", Standing::ahead)});
  EXPECT_EQ(to_text(readiness(sight, {}), "readyz"),
            "[+]database ok\n[+]files ok\n[+]project ok\n"
            "[-]pending failed: 2 migrations are not applied (2, 3)\n"
            "[+]late ok\n[+]failed ok\n[+]checksums ok\n"
            "[+]ahead ok: 1 migration of a newer release is applied (9)\n"
            "[+]missing ok\n[+]seeds ok\nreadyz check failed\n");
  EXPECT_EQ(reasons_text(readiness(sight, {})), "pending: 2 migrations are not applied (2, 3)\n");
  EXPECT_EQ(reasons_text(readiness(seen({}), {})), "ok\n");
}

TEST(Health, NoNameAndNoHostIsTold) {
  for (const Standing standing : {Standing::pending, Standing::late, Standing::half_done,
                                  Standing::changed, Standing::ahead, Standing::missing}) {
    const Sight sight = seen({line("R__secret_name", standing, StepKind::repeatable)});
    EXPECT_EQ(to_text(readiness(sight, {}), "readyz").find("secret"), std::string::npos);
  }
  for (const char* id : {"connection-refused", "host-unknown", "foreign-history-table"})
    EXPECT_EQ(to_text(readiness(unseen(id), {}), "readyz").find("internal"), std::string::npos);
}

TEST(Metrics, HoldWhatTheDatabaseHolds) {
  Sight sight = seen(
      {line("1", Standing::applied), line("2", Standing::pending), line("3", Standing::half_done)});
  sight.status.lines[0].applied_at = "2026-11-22T10:00:00.500Z";
  sight.status.lines[0].duration = std::chrono::milliseconds(250);
  sight.status.lines[0].name = "a\"b\\c\nd";
  LookTimes times;
  times.add(std::chrono::milliseconds(3));
  times.add(std::chrono::seconds(5));
  const std::string text =
      to_prometheus({.sight = sight, .looks = times, .requests = {{{"/readyz", 503}, 7}}});
  for (const char* expected :
       {"migrator_database_up 1\n", "migrator_ready 0\n", "migrator_migrations_applied 1\n",
        "migrator_migrations_pending 1\n", "migrator_migrations_failed 1\n",
        "migrator_migration_duration_seconds{version=\"1\",name=\"a\\\"b\\\\c\\nd\"} 0.25\n",
        "migrator_last_success_timestamp_seconds 1795341600.75\n",
        "migrator_probe_duration_seconds_bucket{le=\"0.001\"} 0\n",
        "migrator_probe_duration_seconds_bucket{le=\"0.005\"} 1\n",
        "migrator_probe_duration_seconds_bucket{le=\"+Inf\"} 2\n",
        "migrator_http_requests_total{path=\"/readyz\",code=\"503\"} 7\n"})
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  EXPECT_EQ(last_success(seen({}).status), 0);
}

}  // namespace
}  // namespace migrator

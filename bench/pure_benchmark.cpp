// The parts that need no server: reading SQL, checksums, planning.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>

#include "engine/plan/comparison.h"
#include "engine/plan/planner.h"
#include "engine/project/checksum.h"
#include "engine/sql/splitter.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

/// A dump of rows, as pg_dump --inserts writes one.
std::string inserts(std::size_t bytes) {
  std::string text;
  text.reserve(bytes + 200);
  for (std::size_t i = 0; text.size() < bytes; ++i)
    text += fmt::format("INSERT INTO public.visit VALUES ({}, 'visitor {}', '/pages/{}', {}.25);\n",
                        i, i % 1000, i % 77, i % 101);
  return text;
}

void split_inserts(benchmark::State& state) {
  const std::string text = inserts(static_cast<std::size_t>(state.range(0)) << 20U);
  for (auto _ : state) {
    StatementReader reader(Source{.file = "inserts.sql", .text = text});
    std::size_t count = 0;
    while (reader.next()) ++count;
    benchmark::DoNotOptimize(count);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(split_inserts)->Arg(200)->Unit(benchmark::kMillisecond);

void hash_text(benchmark::State& state) {
  const std::string text = inserts(static_cast<std::size_t>(state.range(0)) << 10U);
  for (auto _ : state) benchmark::DoNotOptimize(checksums_of(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(hash_text)->Arg(1)->Arg(10240);

struct Applied {
  Project project;
  History history{.exists = true};
};

/// All but the last ten are applied.
Applied many(std::size_t count) {
  Applied many;
  for (std::size_t i = 1; i <= count; ++i) {
    many.project.migrations.push_back(
        migration_of(i, "m", fmt::format("create table m{} (n int);", i)));
    if (i + 10 <= count) many.history.rows.push_back(row_of(many.project.migrations.back()));
  }
  return many;
}

void plan_pending(benchmark::State& state) {
  const Applied applied = many(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const Comparison comparison = compare(applied.project, applied.history);
    benchmark::DoNotOptimize(plan_up(applied.project, comparison, {}, {}));
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(plan_pending)
    ->Arg(1000)
    ->Arg(10000)
    ->Arg(100000)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace migrator

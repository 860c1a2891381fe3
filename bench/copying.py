"""COPY data in a seed, beside psql with the same file: rows per second, and memory."""
import os
import sys

MAKE = "create table visit (id bigint primary key, name text, path text, score numeric)"


def write_rows(path, count):
    with open(path, "w") as file:
        file.write("copy visit (id, name, path, score) from stdin;\n")
        for i in range(count):
            file.write(f"{i}\tvisitor {i % 1000}\t/pages/{i % 77}/{i}\t{i % 101}.25\n")
        file.write("\\.\n")


def measure(bench, count):
    folder = bench.project("copy")
    seed = os.path.join(folder, "seeds", "1_visit.sql")
    write_rows(seed, count)

    def check(label):
        rows = int(bench.server.psql("bench", "-c", "select count(*) from visit"))
        if rows != count:
            sys.exit(f"{label} left {rows} rows")

    size = os.path.getsize(seed) / 1e6
    costs = bench.beside(
        f"COPY of {count:,} rows ({size:.0f} MB)",
        [("migrator", [bench.tool("migrator").program, "seed", "--quiet"], True),
         ("psql", bench.psql_at("bench", "-1", "-v", "ON_ERROR_STOP=1", "-f", seed), True)],
        folder, MAKE, check)
    print(f"\nRows per second: {costs['psql'].wall / costs['migrator'].wall:.2f} of psql's.",
          flush=True)

"""A seed of data (CSV), beside psql's \\copy of the same file: into an empty table, again with nothing
to do, and again with everything compared."""
import os

MAKE = ("create table users (uuid uuid primary key, display_name text not null, handle text not null "
        "unique, email text not null, created_at timestamptz not null default now())")


def write_rows(path, count):
    with open(path, "w") as file:
        file.write("uuid,display_name,handle,email\n")
        for i in range(count):
            file.write(f"00000000-0000-4000-8000-{i:012d},User {i},user{i},user{i}@example.com\n")


def measure(bench, count):
    folder = bench.project("loading")
    file = os.path.join(folder, "seeds", "users.csv")
    write_rows(file, count)
    seed = [bench.tool("migrator").program, "seed", "--quiet"]
    copy = f"\\copy {{}} (uuid, display_name, handle, email) from '{file}' with (format csv, header)"
    temporary = ["-c", "create temp table t (like users including defaults)", "-c",
                 copy.format("t")]
    size = os.path.getsize(file) / 1e6
    bench.beside(
        f"CSV of {count:,} users ({size:.0f} MB)",
        [("psql", bench.psql_at("bench", "-c", copy.format("users")), True),
         ("psql, into a temporary table", bench.psql_at("bench", *temporary), True),
         ("migrator, into an empty table", seed, True),
         ("migrator, nothing to do", seed, False),
         ("migrator, all compared, nothing differs", seed + ["--again"], False)],
        folder, MAKE)

"""A seed of data (CSV), beside psql's \\copy of the same file: into an empty table, again with nothing
changed, and again with a few rows changed in the table."""
import os

from measure import median, run
from report import row, table

MAKE = ("create table users (uuid uuid primary key, display_name text not null, handle text not null "
        "unique, email text not null, created_at timestamptz not null default now())")


def write_rows(path, count):
    with open(path, "w") as file:
        file.write("uuid,display_name,handle,email\n")
        for i in range(count):
            file.write(f"00000000-0000-4000-8000-{i:012d},User {i},user{i},user{i}@example.com\n")


def measure(bench, count):
    folder = os.path.join(bench.folder, "loading")
    os.makedirs(os.path.join(folder, "seeds"))
    os.makedirs(os.path.join(folder, "migrations"))
    seed = os.path.join(folder, "seeds", "users.csv")
    write_rows(seed, count)
    migrator = next(tool for tool in bench.tools if tool.name == "migrator")
    psql = next(tool for tool in bench.tools if tool.name == "psql")
    host, port = bench.server.place("bench")
    _, environment = migrator.command(host, port, "bench")
    keep = {"PATH": os.environ["PATH"], "LC_ALL": "C", **environment}
    by_psql = [psql.program, "-Xqh", host, "-p", str(port), "-U", "postgres", "-d", "bench", "-c"]
    copy = f"\\copy {{}} (uuid, display_name, handle, email) from '{seed}' with (format csv, header)"
    temporary = by_psql[:-1] + ["-c", "create temp table t (like users including defaults)", "-c", copy.format("t")]
    again = [migrator.program, "seed", "--quiet", "--again"]
    steps = [("psql", by_psql + [copy.format("users")], True),
             ("psql, into a temporary table", temporary, True),
             ("migrator, into an empty table", [migrator.program, "seed", "--quiet"], True),
             ("migrator, nothing to do", [migrator.program, "seed", "--quiet"], False),
             ("migrator, all compared, nothing differs", again, False)]
    costs = {}
    for _ in range(bench.runs):
        for name, command, is_new in steps:
            if is_new:
                bench.server.make_database("bench")
                bench.server.psql("bench", "-c", MAKE, "-c", "checkpoint")
            cost = run(command, keep, folder)
            if cost.code != 0:
                raise SystemExit(f"{name} ended with {cost.code}:\n{cost.output}")
            costs.setdefault(name, []).append(cost)
    size = os.path.getsize(seed) / 1e6
    print(table(f"CSV of {count:,} users ({size:.0f} MB)",
                [row(name, median(them)) for name, them in costs.items()]), flush=True)

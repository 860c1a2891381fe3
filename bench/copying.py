"""COPY data in a seed, beside psql with the same file: rows per second, and memory."""
import os

from measure import median, run
from report import row, table


def write_rows(path, count):
    with open(path, "w") as file:
        file.write("copy visit (id, name, path, score) from stdin;\n")
        for i in range(count):
            file.write(f"{i}\tvisitor {i % 1000}\t/pages/{i % 77}/{i}\t{i % 101}.25\n")
        file.write("\\.\n")


def measure(bench, count):
    folder = os.path.join(bench.folder, "copy")
    os.makedirs(os.path.join(folder, "seeds"))
    os.makedirs(os.path.join(folder, "migrations"))
    seed = os.path.join(folder, "seeds", "1_visit.sql")
    write_rows(seed, count)
    migrator = next(tool for tool in bench.tools if tool.name == "migrator")
    psql = next(tool for tool in bench.tools if tool.name == "psql")
    host, port = bench.server.place("bench")
    _, environment = migrator.command(host, port, "bench")
    commands = {
        "migrator": [migrator.program, "seed", "--quiet"],
        "psql": [psql.program, "-Xq1", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", str(port), "-U",
                 "postgres", "-d", "bench", "-f", seed],
    }
    keep = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    costs = {name: [] for name in commands}
    for _ in range(bench.runs):
        for name, command in commands.items():
            bench.server.make_database("bench")
            bench.server.psql("bench", "-c", "create table visit (id bigint primary key, "
                              "name text, path text, score numeric)", "-c", "checkpoint")
            cost = run(command, {**keep, **environment}, folder)
            rows = int(bench.server.psql("bench", "-c", "select count(*) from visit"))
            if cost.code != 0 or rows != count:
                raise SystemExit(f"{name} ended with {cost.code}, {rows} rows:\n{cost.output}")
            costs[name].append(cost)
    middle = {name: median(them) for name, them in costs.items()}
    size = os.path.getsize(seed) / 1e6
    print(table(f"COPY of {count:,} rows ({size:.0f} MB)",
                [row(name, cost) for name, cost in middle.items()]))
    print(f"\nRows per second: {middle['psql'].wall / middle['migrator'].wall:.2f} of psql's.",
          flush=True)

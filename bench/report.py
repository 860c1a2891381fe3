"""Tables as Markdown."""
import datetime
import os
import platform


def table(title, rows):
    base = dict(rows).get("psql")
    lines = [f"\n### {title}\n",
             "| | wall | of psql's | client CPU | of psql's | memory | round trips |",
             "|---|---|---|---|---|---|---|"]
    for name, cost in rows:
        ratio = lambda mine, theirs: f"{mine / theirs:.2f}" if base else ""
        trips = str(cost.round_trips) if cost.round_trips else ""
        lines.append(f"| {name} | {seconds(cost.wall)} | {ratio(cost.wall, base and base.wall)} | "
                     f"{seconds(cost.cpu)} | {ratio(cost.cpu, base and base.cpu)} | "
                     f"{cost.memory / 1e6:.0f} MB | {trips} |")
    return "\n".join(lines)


def seconds(value):
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def describe_machine(server):
    version = server.psql("postgres", "-c", "show server_version").strip()
    model = "?"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":")[1].strip()
                break
    return (f"{datetime.date.today()}, {os.cpu_count()} x {model}, {platform.system()} "
            f"{platform.release().split('-')[0]}, PostgreSQL {version}")

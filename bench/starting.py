"""`migrator --version`: its CPU time, and its size on disk with what it needs."""
import os
import re
import subprocess

from measure import median, run


def libraries(program):
    text = subprocess.run(["ldd", program], check=True, text=True, stdout=subprocess.PIPE).stdout
    return [os.path.realpath(path) for path in re.findall(r"=> (/\S+)", text)]


def measure(program, folder):
    cost = median([run([program, "--version"], {"LC_ALL": "C"}, folder) for _ in range(50)])
    own = os.path.getsize(program) / 1e6
    needed = libraries(program)
    size = sum(os.path.getsize(path) for path in needed) / 1e6
    print(f"\n### Start\n\n`migrator --version`: {cost.cpu * 1000:.1f} ms of CPU, "
          f"{cost.wall * 1000:.1f} ms; {own:.1f} MB on disk, and {size:.1f} MB in "
          f"{len(needed)} libraries.", flush=True)

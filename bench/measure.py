"""Runs a command and says what it cost: wall time, CPU time of it and its children, memory."""
import os
import statistics
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Cost:
    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: int  # bytes resident at most
    code: int  # exit code
    round_trips: int = 0
    output: str = ""


def run(command, environment, folder):
    with open(os.path.join(folder, "output.log"), "w+") as log:
        begun = time.perf_counter()
        child = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log,
                                 stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024,
                    child.returncode, output=log.read())


def median(costs):
    """Of each number; they are not of one run."""
    middle = lambda name: statistics.median(getattr(cost, name) for cost in costs)
    return Cost(middle("wall"), middle("cpu"), int(middle("memory")), costs[-1].code,
                int(middle("round_trips")))

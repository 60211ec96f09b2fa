"""What the benchmarks against other programs share: each program is a process of its own, whose wall time, processor time and peak of memory are taken."""

import os
import subprocess
import sys
import time


def timed(command, says_time=False):
    """Wall seconds, processor seconds, and peak memory in MiB of the process. One that `says_time` prints its wall seconds itself, without what it took to start."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE if says_time else subprocess.DEVNULL, text=True)
    said = child.stdout.read() if says_time else None
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    if status:
        sys.exit(f"{command} failed")
    return float(said) if says_time else wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def best(command, runs, says_time=False):
    """The least of the two times, and the greatest peak."""
    walls, processors, peaks = zip(*(timed(command, says_time) for _ in range(runs)))
    return min(walls), min(processors), max(peaks)


def step(name, *arguments):
    """The command that takes a step of the script that is running, as a process of its own: its peak counts from the size of its parent, so the parent never loads what is measured."""
    return [sys.executable, sys.argv[0], "--step", name, *map(str, arguments)]


def run_step_or(steps, main):
    if sys.argv[1:2] == ["--step"]:
        steps[sys.argv[2]](*sys.argv[3:])
    else:
        main()


def number(text):
    """`20_000_000`"""
    return int(text.replace("_", ""))

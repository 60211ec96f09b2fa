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


def number(text):
    """`20_000_000`"""
    return int(text.replace("_", ""))

"""What the benchmarks in Python share: each program is a process of its own, whose wall time, processor time and peak of memory are taken; and what they print."""

import datetime
import os
import subprocess
import sys
import time
from pathlib import Path

BENCHES = Path(__file__).parent


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


def table(header, rows):
    """A table in Markdown; the first column is text, the others are numbers."""
    line = lambda cells: "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"  # noqa: E731
    return "\n".join([line(header), "|---" + "|---:" * (len(header) - 1) + "|", *map(line, rows)])


def said(command):
    """What a program prints about itself; nothing if it is not there."""
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=BENCHES).stdout.strip()
    except OSError:
        return ""


def busy_share(seconds=1):
    """How much of the machine others use."""

    def spent():
        times = [int(ticks) for ticks in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        return sum(times), sum(times) - times[3] - times[4]

    before, busy_before = spent()
    time.sleep(seconds)
    after, busy_after = spent()
    return (busy_after - busy_before) / (after - before)


def taken():
    """When and where, and whether the machine had other work: a sentence for the figures."""
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    commit = said(["git", "rev-parse", "--short", "HEAD"])
    cores = len(os.sched_getaffinity(0))
    others = busy_share()
    busy = f", {others:.0%} of them busy with other work when it began" if others > 0.05 else " with nothing else to do"
    rust = said(["rustc", "--version"]).split(" (")[0]
    return f"Taken on {datetime.date.today()} at {commit} with {rust} on {cores} cores ({models[0]}){busy}"


def publish(name, text, readme):
    """Prints the figures; if `readme`, they also take the place of what stands between their two marks in README.md."""
    print(text)
    if readme:
        path = BENCHES / "README.md"
        before, begin, rest = path.read_text().partition(f"<!-- {name}: begin -->\n")
        _, end, after = rest.partition(f"<!-- {name}: end -->")
        if not end:
            sys.exit(f"{path} has no marks for `{name}`")
        path.write_text(f"{before}{begin}{text}\n{end}{after}")

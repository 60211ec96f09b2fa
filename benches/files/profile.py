"""Where the processor time of scoring a file goes, by whose code it is: `perf` looks at leadwright a thousand times a second.

usage: profile.py LEADWRIGHT [--leads 2_000_000] [--formats csv parquet ndjson]

Needs `perf`, the Python package `duckdb`, and a leadwright with names in it: `cargo rustc --release --bin leadwright -- -C strip=none`. The leads and the policy are those of
run.py; everything runs on one thread.
"""

import argparse
import collections
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from measure import number  # noqa: E402
from scorecard import make_leads  # noqa: E402

# the first that is found in a sample's library, kind or name counts
WHOSE = [
    ("the system: reading, writing, pages of memory", r"^\S+ k "),
    ("copying, comparing and asking for memory (libc)", r"^libc"),
    ("scoring", r"leadwright::jit"),
    ("snappy", r"snap::"),
    ("parquet and arrow", r"parquet|arrow_|bytes::"),
    ("leadwright: cells to columns, answers to text, tallies", r"leadwright::"),
    ("the rest: std, hashing, searching", r""),
]


def shares(data):
    """Per cent of the samples by whose they are."""
    report = ["perf", "report", "-i", data, "--no-children", "--stdio", "--sort", "dso,sym"]
    text = subprocess.run(report, check=True, capture_output=True, text=True).stdout
    found = collections.Counter()
    for line in text.splitlines():
        if row := re.match(r"\s*([\d.]+)%\s+(\S+)\s+\[(.)\]\s+(.*)", line):
            what = f"{row[2]} {row[3]} {row[4]}"
            found[next(name for name, pattern in WHOSE if re.search(pattern, what))] += float(row[1])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("leadwright")
    parser.add_argument("--leads", type=number, default=2_000_000)
    parser.add_argument("--formats", nargs="+", default=["csv", "parquet", "ndjson"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_leads(folder, options.leads, options.formats)
        found = {}
        for format in options.formats:
            command = [options.leadwright, "score", HERE / "scorecard.lead", f"{folder}/leads.{format}", "-o", f"{folder}/scored.{format}", "--threads", "1"]
            recorded = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "1000", "-o", f"{folder}/perf", "--", *map(str, command)]
            subprocess.run(recorded, check=True, stdout=subprocess.DEVNULL)
            found[format] = shares(f"{folder}/perf")
    print(f"| per cent of the processor time | {' | '.join(found)} |\n|---|{'---:|' * len(found)}")
    for name, _ in WHOSE:
        print(f"| {name} | {' | '.join(f'{of[name]:.0f}' for of in found.values())} |")


main()

"""What the program consists of: bytes of code and tables by the package that they come from.

usage: size.py LEADWRIGHT

Needs `nm` and a leadwright with names in it: `cargo rustc --release --bin leadwright -- -C strip=none`. What is generated for a type counts for the first package in its name, so that a
hash table of leadwright's is leadwright's.
"""

import collections
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHOWN_MIN = 100_000
C_NAMES = [("libgit2", r"^(git_|git2_|p_|xdl_|ntlm|http_)"), ("zstd", r"^(ZSTD|HUF|FSE|HIST|COVER|ZDICT|XXH|ERR_|POOL)")]
STD = {"core", "alloc", "std"}


def packages():
    names = re.findall(r'^name = "(.+)"', (ROOT / "Cargo.lock").read_text(), re.MULTILINE)
    return {name.replace("-", "_") for name in names}


def package_of(symbol, known):
    words = re.findall(r"[A-Za-z_][A-Za-z_0-9]*(?=::)", symbol)
    if own := next((word for word in words if word in known), None):
        return own
    if words and STD & set(words):
        return "std"
    return next((name for name, pattern in C_NAMES if re.search(pattern, symbol)), "other")


def main():
    known, sizes = packages(), collections.Counter()
    lines = subprocess.run(["nm", "-S", "-C", sys.argv[1]], check=True, capture_output=True, text=True).stdout.splitlines()
    for line in lines:
        if row := re.match(r"[0-9a-f]+ ([0-9a-f]+) ([a-zA-Z]) (.*)", line):
            # memory that is empty at the start takes no room in the file
            if row[2] not in "bB":
                sizes[package_of(row[3], known)] += int(row[1], 16)
    print("| package | MB |\n|---|---:|")
    for name, size in sizes.most_common():
        if size >= SHOWN_MIN:
            print(f"| {name} | {size / 1e6:.2f} |")
    print(f"| all | {sum(sizes.values()) / 1e6:.2f} |")


main()

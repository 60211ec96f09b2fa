"""The same policy in other engines, leads in memory: builds the engines in Rust, runs all, compares every answer, and prints a table of ratios in Markdown.

usage: run.py [--leads 2_000_000] [--calls 20_000] [--seconds 2] [--rounds 2] [--threads 1 2] [--folder DIR] [--readme]

Needs the Python packages of requirements.txt and a Rust toolchain. Over columns: all leads, in each engine's own form of columns, once with choices as numbers and
once as texts. One lead per call: the first leads, in each engine's own form of a lead. Every engine runs as a process of its own, in turns; shown is the least time a
lead of all passes (of one thread the processor time or, one lead per call, the sum of the least times of each hundred leads, so that it is right while the machine
has other work). All answers are compared with leadwright's, row by row; if one differs, there is no table. `--readme` puts the tables into ../README.md.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from array import array
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import texts  # noqa: E402
from columns import ZEN_CALL_LEADS, columns, zen_tables  # noqa: E402
from measure import number, publish, run_step_or, step, table, taken  # noqa: E402
from scorecard import make_leads  # noqa: E402

TARGET = HERE.parent.parent / "target"
ROW_CALLS_MAX = 500_000
REFERENCE = "leadwright-blocks-1"
PACKAGES = {"duckdb": "DuckDB", "polars": "Polars", "datafusion": "DataFusion"}
KINDS = {"codes": "choices as numbers", "strings": "choices as texts"}
CALLED = {
    "leadwright-policy": "Leadwright, `Policy::score`: checked, encoded, all answers as texts",
    "zen": "ZEN, compiled expressions",
    "cel": "CEL",
    "rhai": "Rhai",
    "regorus": "regorus",
}
CRATES = {"zen": "zen-expression", "cel": "cel", "rhai": "rhai", "regorus": "regorus"}


def build():
    """The program of the engines in Rust. What the root has built for release is used again; what the root has come to need since, the lock file gets here."""
    command = ["cargo", "build", "--release", "--quiet", "--manifest-path", HERE / "Cargo.toml", "--target-dir", TARGET]
    subprocess.run(command, check=True)
    return TARGET / "release" / "leadwright-peers"


def measured(runs, rounds):
    """The least nanoseconds of each run, over rounds in which all take turns."""
    least = {}
    for _ in range(rounds):
        for name, command in runs.items():
            child = subprocess.run(command, stdout=subprocess.PIPE, text=True)
            if child.returncode:
                sys.exit(f"{name} failed")
            found = [float(line) for line in child.stdout.split()]
            least[name] = [min(pair) for pair in zip(found, least.get(name, found))]
            print(f"{name:24} {found[0]:12.1f} ns a lead", file=sys.stderr)
    return least


def differing(folder, name, reference):
    """How many answers there are, and how many of them differ."""
    found = array("q", Path(folder, f"{name}.answers").read_bytes())
    known = reference[: len(found)]
    return len(found), 0 if found == known else sum(one != other for one, other in zip(found, known)) + len(found) - len(known)


def shown(nanoseconds):
    return f"{nanoseconds:,.2f}" if nanoseconds < 10 else f"{nanoseconds:,.1f}" if nanoseconds < 100 else f"{nanoseconds:,.0f}"


def times(nanoseconds, ours):
    ratio = nanoseconds / ours
    return f"{ratio:,.1f}" if ratio < 100 else f"{ratio:,.0f}"


def versions():
    locked = {package["name"]: package["version"] for package in tomllib.loads((HERE / "Cargo.lock").read_text())["package"]}
    crates = [f"{name} {locked[name]}" for name in CRATES.values()]
    return ", ".join([*(f"{name} {metadata.version(package)}" for package, name in PACKAGES.items()), f"zen-engine {metadata.version('zen-engine')}", *crates])


def columns_table(least, threads):
    """A row for each engine and kind of column, with two figures for each number of threads."""
    ours = {count: least[f"leadwright-blocks-{count}"][0] for count in threads}
    header = ["ns a lead, over columns"]
    rows = [["Leadwright, blocks of 8,192 leads"]]
    for count in threads:
        header += [f"{count} thread{'s' * (count > 1)}", "times Leadwright"]
        rows[0] += [shown(ours[count]), ""]
    for package, name in PACKAGES.items():
        for kind, described in KINDS.items():
            row = [f"{name}, {described}"]
            for count in threads:
                theirs = least[f"{package}-{kind}-{count}"][0]
                row += [shown(theirs), times(theirs, ours[count])]
            rows.append(row)
    return table(header, rows)


def calls_table(least):
    ours = least["leadwright-row"][0]
    rows = [["Leadwright, machine code for a row", shown(ours), ""]]
    rows += [[described, shown(least[name][0]), times(least[name][0], ours)] for name, described in CALLED.items()]
    decided, nothing = least["zen-tables"]
    described = f"ZEN, decision tables ({ZEN_CALL_LEADS} leads a call of its Python package; {shown(nothing)} of it for a decision that decides nothing)"
    rows.append([described, shown(decided), times(decided, ours)])
    first, *rest = rows
    return table(["ns a lead, one lead per call", "1 thread", "times Leadwright"], [first, *sorted(rest, key=lambda row: float(row[2].replace(",", "")))])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=number, default=2_000_000)
    parser.add_argument("--calls", type=number, default=20_000)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--folder")
    parser.add_argument("--readme", action="store_true")
    arguments = parser.parse_args()
    when = taken()
    program = build()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or temporary
        Path(folder).mkdir(parents=True, exist_ok=True)
        subprocess.run(step("make_leads", folder, arguments.leads), check=True)
        Path(folder, "policy.json").write_text(json.dumps(texts.policy()))
        ours = lambda name, leads: [program, name, folder, str(leads), str(arguments.seconds)]  # noqa: E731
        runs = {f"leadwright-blocks-{threads}": ours(f"leadwright-blocks-{threads}", arguments.leads) for threads in arguments.threads}
        for threads in arguments.threads:
            for package in PACKAGES:
                for kind in KINDS:
                    runs[f"{package}-{kind}-{threads}"] = step("columns", package, kind, threads, folder, arguments.seconds)
        runs["leadwright-row"] = ours("leadwright-row", min(arguments.leads, ROW_CALLS_MAX))
        runs |= {name: ours(name, arguments.calls) for name in CALLED}
        runs["zen-tables"] = step("zen_tables", folder, arguments.calls, arguments.seconds)
        least = measured(runs, arguments.rounds)
        reference = array("q", Path(folder, f"{REFERENCE}.answers").read_bytes())
        compared = {name: differing(folder, name, reference) for name in runs}
    if wrong := {name: found for name, found in compared.items() if found[1]}:
        sys.exit("\n".join(f"{name}: {different} of {rows} answers differ" for name, (rows, different) in wrong.items()))
    agreement = f"All {arguments.leads:,} answers over columns agree row by row"
    agreement += f", and so do those of one lead per call, for the first {arguments.calls:,} (Leadwright's rows: {compared['leadwright-row'][0]:,})."
    text = f"{when}. {versions()}. {agreement}\n\n{columns_table(least, arguments.threads)}\n\n{calls_table(least)}"
    publish("peers", text, arguments.readme)


def make_for_peers(folder, leads):
    make_leads(folder, leads, ["parquet", "csv"])


run_step_or({"make_leads": make_for_peers, "columns": columns, "zen_tables": zen_tables}, main)

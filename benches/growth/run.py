"""How the cost of `leadwright score` grows: wall time, processor time and peak memory by leads, by attributes of a score, by rows of a table and by rows of a decision.

usage: run.py LEADWRIGHT [--rows-max 10_000_000] [--leads 200_000] [--runs 2] [--threads 1 2] [--folder DIR] [--readme]

Needs the Python package `duckdb`, which makes the leads. Everything is read from CSV and written to CSV. Leads are counted from ten thousand up to `--rows-max` with
the policy of ../files/scorecard.lead; for a hundred million, CSV of leads and answers takes 10 GB. The other three are over `--leads` leads. Each figure is the least
time and the greatest peak of the runs. Writes a picture of each beside this file, and prints a table of all; `--readme` puts it into ../README.md.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import policies  # noqa: E402
from measure import best, number, publish, run_step_or, step, table, taken  # noqa: E402
from plot import plot  # noqa: E402
from scorecard import make_leads  # noqa: E402

ATTRIBUTES = [5, 10, 20, 50, 100, 200]
ROWS = [10, 100, 1_000, 10_000]
MAKERS = {"attributes": policies.with_attributes, "table": policies.with_table, "decision": policies.with_decision}


def make_scorecard_leads(folder, leads):
    make_leads(folder, leads, ["csv"])


def scored(arguments, policy, leads, threads):
    command = [arguments.leadwright, "score", str(policy), str(leads), "--quiet", "--threads", str(threads), "-o", f"{leads}.scored.csv"]
    return best(command, arguments.runs)


def by_leads(arguments, folder):
    """Sizes, and for each the figures of each number of threads; what is done with is removed."""
    sizes = [10**power for power in range(4, 9) if 10**power <= arguments.rows_max]
    policy, path = HERE.parent / "files" / "scorecard.lead", Path(folder, "leads.csv")
    for size in sizes:
        subprocess.run(step("make_scorecard_leads", folder, size), check=True)
        Path(folder, "leads.parquet").unlink()
        yield size, [scored(arguments, policy, path, threads) for threads in arguments.threads]


def by_size(kind, sizes):
    def measured(arguments, folder):
        path = Path(folder, f"{kind}.csv")
        for size in sizes:
            subprocess.run(step("make_leads", path, arguments.leads, kind, size), check=True)
            policy = MAKERS[kind](folder, size)
            yield size, [scored(arguments, policy, path, threads) for threads in arguments.threads]

    return measured


# name, what is counted, whether the sizes and the times are shown by powers of ten, what measures
GROWTH = [
    ("leads", "leads", True, True, by_leads),
    ("attributes", "attributes of a score", False, False, by_size("attributes", ATTRIBUTES)),
    ("table", "rows of a look-up table", True, False, by_size("table", ROWS)),
    ("decision", "rows of a decision", True, True, by_size("decision", ROWS)),
]


def picture(arguments, name, counted, size_powers, time_powers, found):
    sizes, figures = zip(*found)
    of = lambda which: [[of_size[place][which] for of_size in figures] for place in range(len(arguments.threads))]  # noqa: E731
    panels = [("wall time, s", time_powers, of(0)), ("processor time, s", time_powers, of(1)), ("peak memory, MiB", False, of(2))]
    names = [f"{threads} thread{'s' * (threads > 1)}" for threads in arguments.threads]
    title = f"Cost of leadwright score by {counted}"
    (HERE / f"{name}.svg").write_text(plot(title, sizes, counted, size_powers, names, panels))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("leadwright")
    parser.add_argument("--rows-max", type=number, default=10_000_000)
    parser.add_argument("--leads", type=number, default=200_000)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="one or two numbers")
    parser.add_argument("--folder")
    parser.add_argument("--readme", action="store_true")
    arguments = parser.parse_args()
    when = taken()
    header = ["", *(f"{threads} thread{'s' * (threads > 1)}: {what}" for threads in arguments.threads for what in ["wall", "processor", "peak"])]
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or temporary
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name, counted, size_powers, time_powers, measure in GROWTH:
            found = []
            for size, figures in measure(arguments, folder):
                shown = [cell for wall, processor, peak in figures for cell in [f"{wall:.2f} s", f"{processor:.2f} s", f"{peak:.0f} MiB"]]
                rows.append([f"{size:,} {counted}", *shown])
                print(*rows[-1], file=sys.stderr)
                found.append((size, figures))
            picture(arguments, name, counted, size_powers, time_powers, found)
    publish("growth", f"{when}; {arguments.leads:,} leads where something else is counted.\n\n{table(header, rows)}", arguments.readme)


run_step_or({"make_scorecard_leads": make_scorecard_leads, "make_leads": policies.make_leads}, main)

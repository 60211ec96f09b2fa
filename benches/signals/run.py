"""Signals counted in windows: leadwright against DuckDB, over the same files, each as a process of its own.

usage: run.py LEADWRIGHT [--signals 20_000_000] [--leads 2_000_000] [--runs 3] [--threads 2] [--memory MIB] [--folder DIR]

Needs the Python package `duckdb`. The files are made by DuckDB from hashes of row numbers, the same every time. Both programs read leads and
signals, from CSV and from Parquet, and write one row of five scores for each lead as Parquet; the rows are compared, all of them. Shown are the
least wall time of the runs, the peak of resident memory, and the ratio.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from measure import best, number, run_step_or, step  # noqa: E402

AS_OF = "2026-11-18T15:00"
COLUMNS = ["careers_score", "products_score", "brochure_score", "asked_score", "quiet_score"]


def make_files(folder, leads, signals):
    import duckdb

    db = duckdb.connect()
    db.sql(f"COPY (SELECT 'L-' || range AS lead_id FROM range({leads})) TO '{folder}/leads.parquet'")
    db.sql(f"COPY (FROM '{folder}/leads.parquet') TO '{folder}/leads.csv'")
    # 400 days up to a day behind as-of; some leads have many signals, some none
    db.sql(f"""
        COPY (
          SELECT
            'L-' || CAST(floor({leads} * pow((hash(range) % 1000003) / 1000003.0, 1.5)) AS BIGINT) AS lead_id,
            ['page_view', 'page_view', 'page_view', 'brochure_download', 'ask_for_rep', 'view_video'][CAST(1 + hash(range + 1_000_000_007) % 6 AS BIGINT)] AS signal,
            TIMESTAMPTZ '2026-11-19 20:00:00+00' - to_seconds(CAST(hash(range + 2_000_000_011) % 34_560_000 AS DOUBLE)) AS time,
            CASE WHEN hash(range + 1_000_000_007) % 6 < 3
              THEN ['/products/', '/careers/', '/about/', '/'][CAST(1 + hash(range + 3_000_000_019) % 4 AS BIGINT)] || hash(range + 4_000_000_007) % 500 END AS path
          FROM range({signals})
        ) TO '{folder}/signals.parquet'
    """)
    db.sql(f"""
        COPY (
          SELECT lead_id, signal, strftime(timezone('UTC', time), '%Y-%m-%dT%H:%M:%SZ') AS time, path FROM '{folder}/signals.parquet'
        ) TO '{folder}/signals.csv'
    """)


def duckdb_run(folder, format, out, threads):
    """What the child process does."""
    import duckdb

    db = duckdb.connect()
    db.sql(f"SET threads = {threads}")
    if format == "csv":
        types = "{'lead_id': 'VARCHAR', 'signal': 'VARCHAR', 'time': 'TIMESTAMPTZ', 'path': 'VARCHAR'}"
        signals, leads = f"read_csv('{folder}/signals.csv', columns = {types})", f"read_csv('{folder}/leads.csv', all_varchar = true)"
    else:
        signals, leads = f"'{folder}/signals.parquet'", f"'{folder}/leads.parquet'"
    db.sql((HERE / "windows.sql").read_text().format(signals=signals, leads=leads, out=out))


def compare(one, other):
    """Prints the number of rows, and of those that differ."""
    import duckdb

    same = " AND ".join(f"abs(CAST(a.{column} AS DOUBLE) - CAST(b.{column} AS DOUBLE)) < 1e-9" for column in COLUMNS)
    query = f"SELECT count(*), count(*) FILTER (NOT ({same}) OR b.lead_id IS NULL) FROM '{one}' a LEFT JOIN '{other}' b USING (lead_id)"
    print(*duckdb.sql(query).fetchall()[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("leadwright")
    parser.add_argument("--signals", type=number, default=20_000_000)
    parser.add_argument("--leads", type=number, default=2_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", type=int, help="MiB of signals that leadwright keeps in memory")
    parser.add_argument("--folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or temporary
        Path(folder).mkdir(parents=True, exist_ok=True)
        if not Path(folder, "signals.csv").exists():
            subprocess.run(step("make_files", folder, arguments.leads, arguments.signals), check=True)
        print(f"{arguments.signals:,} signals, {arguments.leads:,} leads, {arguments.threads} threads")
        for format in ["csv", "parquet"]:
            ours, theirs = f"{folder}/ours.{format}.parquet", f"{folder}/theirs.{format}.parquet"
            command = [arguments.leadwright, "score", str(HERE / "windows.lead"), f"{folder}/leads.{format}", "--as-of", AS_OF]
            command += ["--signals", f"{folder}/signals.{format}", "-o", ours, "--threads", str(arguments.threads), "--quiet"]
            if arguments.memory is not None:
                command += ["--signal-memory", str(arguments.memory)]
            wall, _, peak = best(command, arguments.runs)
            their_wall, _, their_peak = best(step("duckdb_run", folder, format, theirs, arguments.threads), arguments.runs)
            compared = subprocess.run(step("compare", ours, theirs), check=True, capture_output=True, text=True)
            rows, different = compared.stdout.split()
            print(f"{format:8} leadwright {wall:6.2f} s {peak:6.0f} MiB   duckdb {their_wall:6.2f} s {their_peak:6.0f} MiB   "
                  f"{their_wall / wall:.2f} times as fast; {different} of {rows} rows differ")


run_step_or({"make_files": make_files, "duckdb_run": duckdb_run, "compare": compare}, main)

"""A file of leads to a scored file: leadwright against DuckDB and Polars, over the same files, each as a process of its own.

usage: run.py LEADWRIGHT [--leads 2_000_000] [--runs 5] [--threads 1 2] [--formats csv parquet ndjson] [--folder DIR]

Needs the Python packages `duckdb` and `polars`. The leads are made by DuckDB from hashes of row numbers, the same every time: 13 fields, three of them with
missing values. All programs read them and write key, score, status and queue in the same format; all rows are compared before a time is shown. Shown are the least
wall and processor time of the runs, the peak of resident memory, and how many times as fast as the others leadwright was. The wall time of leadwright is that of
the whole process; that of the others leaves out what Python takes to start and to import them.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from measure import best, number, run_step_or, step  # noqa: E402
from scorecard import CHOICES, NUMBERS, make_leads, sql, with_answers  # noqa: E402


def duckdb_run(folder, format, out, threads):
    """What the child process does; prints the seconds it took, without the import of the package."""
    import duckdb

    start = time.monotonic()
    types = {"id": "VARCHAR"} | {name: "VARCHAR" for name in CHOICES} | {name: "BIGINT" for name in NUMBERS}
    leads = {
        "csv": f"read_csv('{folder}/leads.csv', header = true, columns = {types})",
        "ndjson": f"read_json('{folder}/leads.ndjson', format = 'newline_delimited', columns = {types})",
        "parquet": f"'{folder}/leads.parquet'",
    }[format]
    db = duckdb.connect()
    db.sql(f"SET threads = {threads}")
    written = "json" if format == "ndjson" else format
    selected = "id, CAST(total AS DECIMAL(18, 3)) / 1000 AS total, status, handover"
    db.sql(f"COPY ({sql(leads, selected)}) TO '{out}' (FORMAT {written})")
    print(time.monotonic() - start)


def polars_run(folder, format, out, threads):
    """What the child process does; prints the seconds it took, without the import of the package."""
    import os

    os.environ["POLARS_MAX_THREADS"] = threads
    import polars as pl

    start = time.monotonic()

    schema = {"id": pl.String} | {name: pl.String for name in CHOICES} | {name: pl.Int64 for name in NUMBERS}
    path = f"{folder}/leads.{format}"
    frame = {
        "csv": lambda: pl.scan_csv(path, schema=schema),
        "ndjson": lambda: pl.scan_ndjson(path, schema=schema),
        "parquet": lambda: pl.scan_parquet(path),
    }[format]()
    scored = with_answers(frame).select("id", pl.col("total") / 1000, "status", "handover")
    {"csv": scored.sink_csv, "ndjson": scored.sink_ndjson, "parquet": scored.sink_parquet}[format](out)
    print(time.monotonic() - start)


def compare(format, one, other):
    """Prints the number of rows, and of those that differ."""
    import duckdb

    read = {"csv": "read_csv('{}', all_varchar = true)", "ndjson": "read_json('{}', format = 'newline_delimited')", "parquet": "'{}'"}[format]
    a, b = read.format(one), read.format(other)
    same = "round(CAST(a.total AS DOUBLE) * 1000) = round(CAST(b.total AS DOUBLE) * 1000) AND a.status = b.status AND a.handover = b.handover"
    query = f"SELECT count(*), count(*) FILTER (NOT ({same}) OR b.id IS NULL) FROM {a} a LEFT JOIN {b} b USING (id)"
    print(*duckdb.sql(query).fetchall()[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("leadwright")
    parser.add_argument("--leads", type=number, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--formats", nargs="+", default=["csv", "parquet", "ndjson"])
    parser.add_argument("--folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or temporary
        Path(folder).mkdir(parents=True, exist_ok=True)
        if not Path(folder, "leads.ndjson").exists():
            subprocess.run(step("make_leads", folder, arguments.leads), check=True)
        versions = "import duckdb, polars; print(f'DuckDB {duckdb.__version__}, Polars {polars.__version__}')"
        print(f"{arguments.leads:,} leads;", subprocess.run([sys.executable, "-c", versions], capture_output=True, text=True).stdout.strip())
        for format in arguments.formats:
            for threads in arguments.threads:
                ours = f"{folder}/leadwright.{format}"
                command = [arguments.leadwright, "score", str(HERE / "scorecard.lead"), f"{folder}/leads.{format}", "--quiet"]
                wall, processor, peak = best([*command, "-o", ours, "--threads", str(threads)], arguments.runs)
                print(f"{format:8} {threads} threads  leadwright {wall:6.2f} s {processor:6.2f} s {peak:6.0f} MiB")
                for peer in ["duckdb", "polars"]:
                    theirs = f"{folder}/{peer}.{format}"
                    their_wall, their_processor, their_peak = best(step(f"{peer}_run", folder, format, theirs, threads), arguments.runs, True)
                    compared = subprocess.run(step("compare", format, ours, theirs), check=True, capture_output=True, text=True)
                    rows, different = compared.stdout.split()
                    print(f"{'':18}  {peer:10} {their_wall:6.2f} s {their_processor:6.2f} s {their_peak:6.0f} MiB   "
                          f"{their_wall / wall:.2f} times as fast; {different} of {rows} rows differ")


run_step_or({"make_leads": make_leads, "duckdb_run": duckdb_run, "polars_run": polars_run, "compare": compare}, main)

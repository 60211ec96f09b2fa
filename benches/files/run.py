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
from peers import best, number, run_step_or, step  # noqa: E402

CHOICES = {
    "a0": "a b c d",
    "a1": "alpha beta gamma delta epsilon",
    "a2": "north middle south",
    "a3": " ".join(f"c{choice}" for choice in range(14)),
    "a4": "intern manager director vp chief founder",
    "a5": "web referral event partner paid organic social email",
    "a6": "small medium large",
    "wants": "no yes",
}
NUMBERS = {"beds": 1_000, "years": 61, "deal": 200_000_000, "quiet": 120}
OPTIONAL = ["a1", "a5", "beds"]
POINTS = {
    "fit": [
        ("a0", 20, [10, 6, 4, -10]),
        ("a1", 10, [10, 8, 6, -10, 2]),
        ("a2", 10, [5, 3, 1]),
        ("a3", 10, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3]),
        ("beds", 30, ([100, 250, 500], [1, 4, 6, 10])),
        ("years", 20, ([2, 5, 10, 20, 40], [0, 2, 4, 6, 8, 10])),
    ],
    "interest": [
        ("a4", 20, [0, 2, 4, 6, 8, 10]),
        ("a5", 10, [10, 0, -5, 5, 3, 1, -1, -3]),
        ("a6", 20, [7, -7, 3]),
        ("wants", 10, [0, 10]),
        ("deal", 30, ([1_000_000, 5_000_000, 25_000_000, 100_000_000], [-2, 1, 4, 8, 10])),
        ("quiet", 10, ([1, 3, 7, 14, 30, 90], [10, 8, 6, 3, 0, -5, -10])),
    ],
}


def make_files(folder, leads):
    import duckdb

    def value(index, name):
        drawn = f"hash(range + {index * 1_000_000_007})"
        if name in CHOICES:
            choices = CHOICES[name].split()
            made = f"{choices}[CAST(1 + {drawn} % {len(choices)} AS BIGINT)]"
        else:
            made = f"CAST({drawn} % {NUMBERS[name]} AS BIGINT)"
        return f"{made} AS {name}" if name not in OPTIONAL else f"CASE WHEN {drawn} % 97 >= 10 THEN {made} END AS {name}"

    fields = ", ".join(value(index, name) for index, name in enumerate([*CHOICES, *NUMBERS], 1))
    db = duckdb.connect()
    db.sql(f"COPY (SELECT 'L' || range AS id, {fields} FROM range({leads})) TO '{folder}/leads.parquet'")
    db.sql(f"COPY (FROM '{folder}/leads.parquet') TO '{folder}/leads.csv'")
    db.sql(f"COPY (FROM '{folder}/leads.parquet') TO '{folder}/leads.ndjson' (FORMAT json)")


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
    db.sql((HERE / "scorecard.sql").read_text().format(leads=leads, out=out).rstrip().rstrip(";") + f" (FORMAT {written})")
    print(time.monotonic() - start)


def polars_run(folder, format, out, threads):
    """What the child process does; prints the seconds it took, without the import of the package."""
    import os

    os.environ["POLARS_MAX_THREADS"] = threads
    import polars as pl

    start = time.monotonic()

    def points(name, weight, given):
        column = pl.col(name)
        if isinstance(given, tuple):
            thresholds, values = given
            made = pl.when(column.is_null()).then(-2) if name in OPTIONAL else pl
            for threshold, value in zip(thresholds, values):
                made = made.when(column < threshold).then(value)
            made = made.otherwise(values[-1])
        else:
            made = column.replace_strict(CHOICES[name].split(), given, default=-2, return_dtype=pl.Int64)
        return made * weight

    schema = {"id": pl.String} | {name: pl.String for name in CHOICES} | {name: pl.Int64 for name in NUMBERS}
    path = f"{folder}/leads.{format}"
    frame = {
        "csv": lambda: pl.scan_csv(path, schema=schema),
        "ndjson": lambda: pl.scan_ndjson(path, schema=schema),
        "parquet": lambda: pl.scan_parquet(path),
    }[format]()
    sums = [sum((points(*row) for row in rows), pl.lit(0)).alias(section) for section, rows in POINTS.items()]
    total, status = pl.col("total"), pl.col("status")
    scored = (
        frame.with_columns(sums)
        .with_columns((45 * pl.col("fit") + 55 * pl.col("interest")).clip(0, 100_000).alias("total"))
        .with_columns(pl.when(total >= 42_000).then(pl.lit("qualified")).when(total >= 25_000).then(pl.lit("nurture")).otherwise(pl.lit("out")).alias("status"))
        .select(
            "id",
            (total / 1000).alias("total"),
            "status",
            pl.when((pl.col("beds") >= 500) & (total >= 25_000)).then(pl.lit("big"))
            .when(pl.col("a0") == "d").then(pl.lit("special"))
            .when((pl.col("wants") == "yes") & (status == "qualified")).then(pl.lit("yes_desk"))
            .when(status == "qualified").then(pl.lit("usual"))
            .otherwise(pl.lit("rest")).alias("handover"),
        )
    )
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
            subprocess.run(step("make_files", folder, arguments.leads), check=True)
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


run_step_or({"make_files": make_files, "duckdb_run": duckdb_run, "polars_run": polars_run, "compare": compare}, main)

"""The policy of files/scorecard.lead for programs that have no language for it: its fields and points as data, from which its SQL and its Polars expressions are made, and leads for it.

Scores are whole thousandths of a point here.
"""

CHOICES = {
    "a0": "a b c d".split(),
    "a1": "alpha beta gamma delta epsilon".split(),
    "a2": "north middle south".split(),
    "a3": [f"c{choice}" for choice in range(14)],
    "a4": "intern manager director vp chief founder".split(),
    "a5": "web referral event partner paid organic social email".split(),
    "a6": "small medium large".split(),
    "wants": "no yes".split(),
}
NUMBERS = {"beds": 1_000, "years": 61, "deal": 200_000_000, "quiet": 120}
FIELDS = [*CHOICES, *NUMBERS]
OPTIONAL = ["a1", "a5", "beds"]
MISSING_POINTS = -2

# weight, and points by choice or (thresholds, points below each and from the last on)
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
SECTION_WEIGHTS = {"fit": 45, "interest": 55}
TOTAL_MAX = 100_000
STATUSES = {"qualified": 42_000, "nurture": 25_000, "out": None}
QUEUES = ["big", "special", "yes_desk", "usual", "rest"]




def drawn(index, name):
    """SQL of DuckDB: the field's value in row number `range`, the same every time."""
    hashed = f"hash(range + {index * 1_000_000_007})"
    if name in CHOICES:
        made = f"{CHOICES[name]}[CAST(1 + {hashed} % {len(CHOICES[name])} AS BIGINT)]"
    else:
        made = f"CAST({hashed} % {NUMBERS[name]} AS BIGINT)"
    return f"{made} AS {name}" if name not in OPTIONAL else f"CASE WHEN {hashed} % 97 >= 10 THEN {made} END AS {name}"


def make_leads(folder, leads, formats=("parquet", "csv", "ndjson")):
    """`leads.parquet` and the same in the other formats, through the Python package `duckdb`."""
    import duckdb

    fields = ", ".join(drawn(index, name) for index, name in enumerate(FIELDS, 1))
    db = duckdb.connect()
    db.sql(f"COPY (SELECT 'L' || range AS id, {fields} FROM range({leads})) TO '{folder}/leads.parquet'")
    for format in set(formats) - {"parquet"}:
        option = " (FORMAT json)" if format == "ndjson" else ""
        db.sql(f"COPY (FROM '{folder}/leads.parquet') TO '{folder}/leads.{format}'{option}")


def spelled(name, choice, codes):
    return str(choice) if codes else f"'{name[choice]}'"


def factors(weight, codes):
    """What points are multiplied with in advance and what when they are known: who works with codes saves the multiplication."""
    return (weight, 1) if codes else (1, weight)


def sql_points(name, weight, given, codes):
    before, after = factors(weight, codes)
    if isinstance(given, tuple):
        thresholds, points = given
        cases = [f"WHEN {name} IS NULL THEN {before * MISSING_POINTS}"] if name in OPTIONAL else []
        cases += [f"WHEN {name} < {threshold} THEN {before * below}" for threshold, below in zip(thresholds, points)]
        made = f"CASE {' '.join(cases)} ELSE {before * points[-1]} END"
    else:
        cases = [f"WHEN {spelled(CHOICES[name], choice, codes)} THEN {before * points}" for choice, points in enumerate(given)]
        cases, otherwise = (cases, MISSING_POINTS) if name in OPTIONAL else (cases[:-1], given[-1])
        made = f"CASE {name} {' '.join(cases)} ELSE {before * otherwise} END"
    return f"({made})" if after == 1 else f"{after} * ({made})"


def sql(leads, selected, codes=False):
    """A query over a table of leads; `codes`: choices, status and queue are their numbers."""
    statuses, status_of = [*STATUSES], lambda number: spelled(statuses, number, codes)
    queue_of = lambda number: spelled(QUEUES, number, codes)  # noqa: E731
    kind = "TINYINT" if codes else "VARCHAR"
    sections = ",\n    ".join(" + ".join(sql_points(*row, codes) for row in rows) + f" AS {section}" for section, rows in POINTS.items())
    weighted = " + ".join(f"{weight} * {section}" for section, weight in SECTION_WEIGHTS.items())
    decided = " ".join(f"WHEN total >= {least} THEN {status_of(number)}" for number, least in enumerate(STATUSES.values()) if least is not None)
    return f"""
WITH sums AS (
  SELECT *,
    {sections}
  FROM {leads}
), totals AS (
  SELECT *, least(greatest({weighted}, 0), {TOTAL_MAX}) AS total FROM sums
), stated AS (
  SELECT *, CAST(CASE {decided} ELSE {status_of(2)} END AS {kind}) AS status FROM totals
), routed AS (
  SELECT *, CAST(CASE WHEN beds >= 500 AND total >= {STATUSES['nurture']} THEN {queue_of(0)}
    WHEN a0 = {spelled(CHOICES['a0'], 3, codes)} THEN {queue_of(1)}
    WHEN wants = {spelled(CHOICES['wants'], 1, codes)} AND status = {status_of(0)} THEN {queue_of(2)}
    WHEN status = {status_of(0)} THEN {queue_of(3)} ELSE {queue_of(4)} END AS {kind}) AS handover
  FROM stated
)
SELECT {selected} FROM routed"""


def with_answers(frame, codes=False):
    """The same in expressions of Polars: the frame with `total`, `status` and `handover`."""
    import polars as pl

    def literal(names, number):
        return pl.lit(number, dtype=pl.UInt8) if codes else pl.lit(names[number])

    def chosen(rows, otherwise):
        (condition, value), *rows = rows
        made = pl.when(condition).then(value)
        for condition, value in rows:
            made = made.when(condition).then(value)
        return made.otherwise(otherwise)

    def points(name, weight, given):
        column = pl.col(name)
        before, after = factors(weight, codes)
        if isinstance(given, tuple):
            thresholds, values = given
            rows = [(column.is_null(), before * MISSING_POINTS)] if name in OPTIONAL else []
            rows += [(column < threshold, before * value) for threshold, value in zip(thresholds, values)]
            made = chosen(rows, before * values[-1])
        elif codes:
            values = pl.lit(pl.Series([before * value for value in [*given, MISSING_POINTS]], dtype=pl.Int32))
            made = values.gather(column.fill_null(len(given)) if name in OPTIONAL else column)
        else:
            made = column.replace_strict(CHOICES[name], given, default=MISSING_POINTS, return_dtype=pl.Int64)
        return made if after == 1 else made * after

    total, status = pl.col("total"), pl.col("status")
    statuses = [*STATUSES]
    sums = [sum((points(*row) for row in rows), pl.lit(0)).alias(section) for section, rows in POINTS.items()]
    weighted = sum((weight * pl.col(section) for section, weight in SECTION_WEIGHTS.items()), pl.lit(0))
    decided = [(total >= least, literal(statuses, number)) for number, least in enumerate(STATUSES.values()) if least is not None]
    qualified = status == literal(statuses, 0)
    route = [
        ((pl.col("beds") >= 500) & (total >= STATUSES["nurture"]), literal(QUEUES, 0)),
        (pl.col("a0") == literal(CHOICES["a0"], 3), literal(QUEUES, 1)),
        ((pl.col("wants") == literal(CHOICES["wants"], 1)) & qualified, literal(QUEUES, 2)),
        (qualified, literal(QUEUES, 3)),
    ]
    return (
        frame.with_columns(sums)
        .with_columns(weighted.clip(0, TOTAL_MAX).alias("total"))
        .with_columns(chosen(decided, literal(statuses, 2)).alias("status"))
        .with_columns(chosen(route, literal(QUEUES, 4)).alias("handover"))
    )

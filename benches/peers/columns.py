"""The policy over columns in memory, and decision tables of ZEN, in their Python packages. Each is loaded before its clock starts."""

import json
import os
import time
from array import array

from scorecard import CHOICES, FIELDS, NUMBERS, QUEUES, STATUSES, sql, with_answers

ANSWERS = "total, status, handover"
ZEN_CALL_LEADS = 200


def on_cores(count):
    """Engines have more threads than the one they are told of; so that they do not help, they share its core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def least(seconds, cores, leads, one_pass):
    """The least nanoseconds of a pass that a lead takes; three passes at least. On one core that is processor time, which is also right while others work there."""
    clock = time.process_time if cores == 1 else time.perf_counter
    begin, passes, nanoseconds = time.monotonic(), 0, float("inf")
    while passes < 3 or time.monotonic() - begin < seconds:
        start = clock()
        one_pass()
        nanoseconds = min(nanoseconds, (clock() - start) * 1e9 / leads)
        passes += 1
    return nanoseconds


def leads_of(folder, codes):
    """An Arrow table of leads with `row`, their number; `codes`: the choices are 8-bit numbers."""
    import duckdb

    def selected(name):
        return f"CAST(list_position({CHOICES[name]}, {name}) - 1 AS UTINYINT) AS {name}" if codes else name

    chosen = ", ".join(selected(name) for name in CHOICES)
    query = f"SELECT CAST(id[2:] AS BIGINT) AS row, {chosen}, {', '.join(NUMBERS)} FROM '{folder}/leads.parquet'"
    return duckdb.sql(query).to_arrow_table()


def duckdb_scorer(leads, codes, threads):
    import duckdb

    db = duckdb.connect()
    db.sql(f"SET threads = {threads}")
    db.register("given", leads)
    db.sql("CREATE TABLE leads AS FROM given")
    return lambda selected: db.sql(sql("leads", selected, codes)).to_arrow_table()


def polars_scorer(leads, codes, threads):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    frame = pl.from_arrow(leads, rechunk=True)
    return lambda selected: with_answers(frame.lazy(), codes).select(selected.split(", ")).collect()


def datafusion_scorer(leads, codes, threads):
    import datafusion

    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(threads))
    batches = leads.to_batches(max_chunksize=65_536)
    share = -(-len(batches) // threads)
    context.register_record_batches("leads", [batches[start : start + share] for start in range(0, len(batches), share)])
    return lambda selected: context.sql(sql("leads", selected, codes)).collect()


SCORERS = {"duckdb": duckdb_scorer, "polars": polars_scorer, "datafusion": datafusion_scorer}


def packed(scored, codes):
    """Answers as the Rust program packs them, in the order of the rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = scored if isinstance(scored, pa.Table) else pa.Table.from_batches(scored) if isinstance(scored, list) else scored.to_arrow()

    def number(name, names):
        column = table[name]
        return column.cast(pa.int64()) if codes else pc.index_in(column.cast(pa.string()), pa.array(names)).cast(pa.int64())

    queue, status = number("handover", QUEUES), number("status", [*STATUSES])
    score = pc.multiply(table["total"].cast(pa.int64()), 100)
    answers = pc.add(score, pc.add(pc.multiply(status, 10), queue))
    return array("q", answers.take(pc.sort_indices(table["row"])).to_pylist())


def columns(engine, kind, threads, folder, seconds):
    """What the child process does: prints the nanoseconds a lead takes, and writes the answers."""
    on_cores(int(threads))
    codes = kind == "codes"
    leads = leads_of(folder, codes)
    score = SCORERS[engine](leads, codes, int(threads))
    answers = packed(score(f"row, {ANSWERS}"), codes)
    with open(f"{folder}/{engine}-{kind}-{threads}.answers", "wb") as file:
        answers.tofile(file)
    print(least(float(seconds), int(threads), leads.num_rows, lambda: score(ANSWERS)))


def zen_tables(folder, rows, seconds):
    """The same for a decision of ZEN, which is given some leads a call: prints what a decision costs a lead, and what one does that decides nothing."""
    import texts
    import zen

    on_cores(1)
    leads = leads_of(folder, False).slice(0, int(rows)).select(FIELDS).to_pylist()
    requests = [{"key": "scorecard", "context": lead | {"wants": lead["wants"] == "yes"}} for lead in leads]
    calls = [requests[start : start + ZEN_CALL_LEADS] for start in range(0, len(requests), ZEN_CALL_LEADS)]

    def engine(decision):
        content = zen.ZenDecisionContent(json.dumps(decision))
        return zen.ZenEngine({"loader": lambda _: content})

    decisions, nothing = engine(texts.zen_tables()), engine(texts.nothing_of_zen())
    results = [answer["data"]["result"] for call in calls for answer in decisions.evaluate_batch(call)]
    answers = array("q", ([*STATUSES].index(of["status"]) * 10 + QUEUES.index(of["handover"]) + 100 * int(of["total"]) for of in results))
    with open(f"{folder}/zen-tables.answers", "wb") as file:
        answers.tofile(file)
    for measured in [decisions, nothing]:
        print(least(float(seconds), 1, len(requests), lambda: [measured.evaluate_batch(call) for call in calls]))

"""Policies of any size, and leads for them."""

from pathlib import Path

HEADER = 'leadwright 1\n\npolicy growth { timezone "UTC" }\n\n'
CHOICES = 8
THRESHOLDS = [100, 250, 500, 1_000, 5_000]


def shape(attributes):
    """Sections, and attributes in each: their weights are whole per cents."""
    for sections in [1, 2, 4, 5, 10, 20]:
        inside, rest = divmod(attributes, sections)
        if not rest and 100 % inside == 0:
            return sections, inside
    raise ValueError(f"{attributes} attributes cannot be weighted in whole per cents")


def attribute(number, weight):
    """The field of an attribute and its points: half are choices, half numbers in bands; every fifth may be missing."""
    missing = number % 5 == 0
    if number % 2:
        field = f"f{number} one of {', '.join(f'c{choice}' for choice in range(CHOICES))}"
        rows = [f"c{choice} {(choice * 7 + number) % 11}" for choice in range(CHOICES)]
    else:
        field = f"f{number} whole 0..10_000"
        bands = [f"under {THRESHOLDS[0]}", *(f"{low} to under {high}" for low, high in zip(THRESHOLDS, THRESHOLDS[1:])), f"{THRESHOLDS[-1]} or more"]
        rows = [f"{band} {(place * 3 + number) % 11}" for place, band in enumerate(bands)]
    points = "   ".join([*rows, *(["missing -2"] if missing else [])])
    return field + "   optional" * missing, f"f{number} {weight}% {{ {points} }}"


def with_attributes(folder, attributes):
    """A score of so many attributes, and a decision by it."""
    sections, inside = shape(attributes)
    fields, points = zip(*(attribute(number, 100 // inside) for number in range(attributes)))
    parts = [f"  section s{place} {100 // sections}% {{\n    " + "\n    ".join(points[place * inside : (place + 1) * inside]) + "\n  }" for place in range(sections)]
    text = HEADER + "lead {\n  id text key\n  " + "\n  ".join(fields) + "\n}\n\nscore total from 0 to 100 {\n" + "\n".join(parts) + "\n}\n\n"
    text += "decide status {\n  qualified when total >= 50\n  out otherwise\n}\n"
    return written(folder, f"attributes-{attributes}", text)


def with_table(folder, rows):
    """A look-up table of so many texts, which decides a queue."""
    areas = "".join(f"{row * 7:06},Region {row % 11},{['inside', 'field'][row % 2]}\n" for row in range(rows))
    Path(folder, f"areas-{rows}.csv").write_text("postcode,region,queue\n" + areas)
    text = HEADER + "team desk\nqueue inside team desk\nqueue field team desk\n\nlead {\n  id text key\n  postcode text\n  beds whole 0..50_000\n}\n\n"
    text += f'table areas from "areas-{rows}.csv" {{ postcode text key   region text   queue queue }}\n\n'
    text += 'decide region {\n  third when areas[postcode].region is "Region 3"\n  another otherwise\n}\n\n'
    text += "route handover {\n  by areas[postcode].queue when beds >= 100\n  inside otherwise\n}\n"
    return written(folder, f"table-{rows}", text)


def with_decision(folder, rows):
    """A decision of so many rows over 20 numbers, of which the first that applies counts."""
    text = HEADER + "lead {\n  id text key\n" + "".join(f"  f{field} whole 0..100_000 optional\n" for field in range(20)) + "}\n\ndecide status {\n"
    text += "".join(f"  o{row % 9} when f{row % 20} >= {row % 99_991} and f{row * 7 % 20} < {row * 31 % 99_991 + 1}\n" for row in range(rows))
    return written(folder, f"decision-{rows}", text + "  none_of_these otherwise\n}\n")


def written(folder, name, text):
    path = Path(folder, f"{name}.lead")
    path.write_text(text)
    return path


def make_leads(path, leads, kind, size):
    """A file of CSV through the Python package `duckdb`, the same every time."""
    import duckdb

    def drawn(number, values):
        return f"hash(range + {(number + 1) * 1_000_000_007}) % {values}"

    def of_attribute(number):
        made = f"'c' || {drawn(number, CHOICES)}" if number % 2 else drawn(number, 10_000)
        return f"CASE WHEN {drawn(number, 97)} >= 10 THEN {made} END" if number % 5 == 0 else made

    size = int(size)
    fields = {
        "attributes": lambda: {f"f{number}": of_attribute(number) for number in range(size)},
        # one in eleven postcodes is in no row
        "table": lambda: {"postcode": f"lpad(CAST({drawn(0, size + size // 10)} * 7 AS VARCHAR), 6, '0')", "beds": drawn(1, 1_000)},
        "decision": lambda: {f"f{number}": drawn(number, 100_001) for number in range(20)},
    }[kind]()
    columns = ", ".join(f"{value} AS {name}" for name, value in fields.items())
    duckdb.sql(f"COPY (SELECT 'L' || range AS id, {columns} FROM range({leads})) TO '{path}'")

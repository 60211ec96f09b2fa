"""The policy of ../scorecard.py in the languages of other engines, as someone who knows the language would write it."""

import json
from dataclasses import dataclass

from scorecard import CHOICES, FIELDS, MISSING_POINTS, OPTIONAL, POINTS, QUEUES, SECTION_WEIGHTS, STATUSES, TOTAL_MAX

QUALIFIED, NURTURE, OUT = STATUSES
WEIGHTED = " + ".join(f"{weight} * {section}" for section, weight in SECTION_WEIGHTS.items())


@dataclass
class Words:
    """What differs between languages in a condition."""

    missing: str
    conjunction: str
    before_fields: str = ""

    def field(self, name):
        return self.before_fields + name

    def bands(self, name, given):
        """Conditions over a number with the points of each, and the points of the rest."""
        thresholds, points = given
        rows = [(f"{self.field(name)} == {self.missing}", MISSING_POINTS)] if name in OPTIONAL else []
        return rows + [(f"{self.field(name)} < {threshold}", below) for threshold, below in zip(thresholds, points)], points[-1]

    def yes(self, name, given):
        return [(self.field(name), given[1])], given[0]

    def decide(self):
        return [(f"total >= {least}", quoted(status)) for status, least in STATUSES.items() if least is not None], quoted(OUT)

    def route(self):
        beds, qualified = self.field("beds"), f'status == "{QUALIFIED}"'
        large = self.conjunction.join([f"{beds} != {self.missing}", f"{beds} >= 500", f"total >= {STATUSES[NURTURE]}"])
        conditions = [large, f'{self.field("a0")} == "d"', self.conjunction.join([self.field("wants"), qualified]), qualified]
        *queues, otherwise = map(quoted, QUEUES)
        return [*zip(conditions, queues)], otherwise

    def clamped(self, sum):
        return [(f"{sum} < 0", 0), (f"{sum} > {TOTAL_MAX}", TOTAL_MAX)], sum


def quoted(text):
    return f'"{text}"'


def sums(points):
    """The sections' sums, by what writes the points of a field."""
    return {section: " + ".join(f"{weight} * {points(name, given)}" for name, weight, given in rows) for section, rows in POINTS.items()}


def with_ternaries(words):
    """Four expressions, for CEL and ZEN: the later ones know the answers of the earlier ones."""

    def ternaries(rows, otherwise):
        return "(" + "".join(f"{condition} ? {value} : " for condition, value in rows) + f"{otherwise})"

    def points(name, given):
        if isinstance(given, tuple):
            return ternaries(*words.bands(name, given))
        if name == "wants":
            return ternaries(*words.yes(name, given))
        rows = [(f"{name} == {quoted(choice)}", value) for choice, value in zip(CHOICES[name], given)]
        return ternaries(rows, MISSING_POINTS) if name in OPTIONAL else ternaries(rows[:-1], given[-1])

    sections = sums(points)
    weighted = " + ".join(f"{weight} * ({sections[section]})" for section, weight in SECTION_WEIGHTS.items())
    rest = {"total": words.clamped("sum"), "status": words.decide(), "handover": words.route()}
    return {"sum": weighted} | {name: ternaries(*rows) for name, rows in rest.items()}


def cel():
    return with_ternaries(Words("null", " && "))


def zen():
    return with_ternaries(Words("null", " and "))


def rhai():
    words = Words("()", " && ")

    def ifs(rows, otherwise):
        return " else ".join(f"if {condition} {{ {value} }}" for condition, value in rows) + f" else {{ {otherwise} }}"

    def points(name, given):
        if isinstance(given, tuple):
            return f"({ifs(*words.bands(name, given))})"
        if name == "wants":
            return f"({ifs(*words.yes(name, given))})"
        rows = [f"{quoted(choice)} => {value}" for choice, value in zip(CHOICES[name], given)]
        return f"(switch {name} {{ {', '.join([*rows, f'_ => {MISSING_POINTS}'])} }})"

    parts = sums(points) | {"sum": WEIGHTED, "total": ifs(*words.clamped("sum")), "status": ifs(*words.decide()), "handover": ifs(*words.route())}
    return {"script": "\n".join([*(f"let {name} = {value};" for name, value in parts.items()), "[total, status, handover]"])}


def rego():
    words = Words("null", "; ", "input.")
    lines = ["package scorecard", "import rego.v1"]

    def elses(name, rows, otherwise):
        first, *rest = [f"{value} if {{ {condition} }}" for condition, value in rows]
        lines.extend([f"{name} := {first}", *(f"else := {row}" for row in rest), f"else := {otherwise}"])
        return name

    def points(name, given):
        if isinstance(given, tuple):
            return elses(f"points_{name}", *words.bands(name, given))
        if name == "wants":
            return elses(f"points_{name}", *words.yes(name, given))
        lines.append(f"points_{name} := {json.dumps(dict(zip(CHOICES[name], given)))}")
        return f"object.get(points_{name}, input.{name}, {MISSING_POINTS})" if name in OPTIONAL else f"points_{name}[input.{name}]"

    lines += [f"{section} := {sum}" for section, sum in sums(points).items()]
    lines.append(f"sum_of_both := {WEIGHTED}")
    elses("total", *words.clamped("sum_of_both"))
    elses("status", *words.decide())
    elses("handover", *words.route())
    lines.append('answer := {"total": total, "status": status, "handover": handover}')
    return {"module": "\n".join(lines)}


def zen_tables():
    """A decision of ZEN in its JSON: a table whose rows give points, all that apply; an expression that adds them up; a table for the status and one for the queue."""

    def node(name, kind, content=None):
        return {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}} | ({"content": content} if content else {})

    def table(name, policy, fields, rows, output, path=None):
        inputs = [{"id": f"in_{field}", "name": field, "field": field} for field in fields]
        rules = [
            {"_id": f"{name}_{number}", "out": value} | {f"in_{field}": cells.get(field, "") for field in fields}
            for number, (cells, value) in enumerate(rows)
        ]
        content = {"hitPolicy": policy, "inputs": inputs, "outputs": [{"id": "out", "name": output, "field": output}], "rules": rules}
        return node(name, "decisionTableNode", content | ({"outputPath": path} if path else {"passThrough": True}))

    def cells(name, given):
        if isinstance(given, tuple):
            thresholds, points = given
            between = [f"[{low}..{high})" for low, high in zip(thresholds, thresholds[1:])]
            made = zip([f"< {thresholds[0]}", *between, f">= {thresholds[-1]}"], points)
        else:
            made = zip(["false", "true"] if name == "wants" else [f"'{choice}'" for choice in CHOICES[name]], given)
        return [*made, ("null", MISSING_POINTS)] if name in OPTIONAL else [*made]

    points = [
        ({name: cell}, str(SECTION_WEIGHTS[section] * weight * points))
        for section, rows in POINTS.items() for name, weight, given in rows for cell, points in cells(name, given)
    ]
    total = {"id": "total", "key": "total", "value": f"min([max([sum(map(rows, #.points)), 0]), {TOTAL_MAX}])"}
    statuses = [({"total": f">= {least}"} if least is not None else {}, f"'{status}'") for status, least in STATUSES.items()]
    conditions = [{"beds": ">= 500", "total": f">= {STATUSES[NURTURE]}"}, {"a0": "'d'"}, {"wants": "true", "status": f"'{QUALIFIED}'"}, {"status": f"'{QUALIFIED}'"}, {}]
    nodes = [
        node("lead", "inputNode"),
        table("points", "collect", FIELDS, points, "points", path="rows"),
        node("total", "expressionNode", {"expressions": [total], "passThrough": True}),
        table("status", "first", ["total"], statuses, "status"),
        table("handover", "first", ["beds", "total", "a0", "wants", "status"], [*zip(conditions, (f"'{queue}'" for queue in QUEUES))], "handover"),
        node("answer", "outputNode"),
    ]
    names = [node["name"] for node in nodes]
    edges = [*zip(names, names[1:]), ("lead", "total")]
    return {"nodes": nodes, "edges": [{"id": f"{source} {target}", "type": "edge", "sourceId": source, "targetId": target} for source, target in edges]}


def nothing_of_zen():
    """A decision that hands back what it is given: what a call costs."""
    tables = zen_tables()
    return {"nodes": [tables["nodes"][0], tables["nodes"][-1]], "edges": [{"id": "all", "type": "edge", "sourceId": "lead", "targetId": "answer"}]}


def policy():
    """What the Rust program reads."""
    kind = lambda name: "yes_no" if name == "wants" else "choice" if name in CHOICES else "number"  # noqa: E731
    return {
        "fields": [{"name": name, "kind": kind(name), "choices": CHOICES.get(name, [])} for name in FIELDS],
        "statuses": [*STATUSES],
        "queues": QUEUES,
        "texts": {"cel": cel(), "zen": zen(), "rhai": rhai(), "rego": rego()},
    }

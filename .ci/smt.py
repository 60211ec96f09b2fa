"""Holds proofs against an SMT solver. Random policies, far too large to try every lead, are made here twice from one description: as the text
that `leadwright` reads, and as formulas for z3. Neither knows of the other, so what both say is not one mistake made twice.

    python3 .ci/smt.py target/debug/leadwright [POLICIES] [FIRST_SEED]        needs the package z3-solver

Asked of each policy: five claims (`always`, `never`, `possible`, `never falls as`, `never rises as`), for each row of its decision and its route
whether some lead gets it, the least and the greatest score, and, of the policy and a copy with one change, whether any lead gets another score,
decision or queue. A disagreement ends with exit code 1 and the policy; what either side leaves undecided is counted and is no agreement.
"""

import copy
import json
import multiprocessing
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from fractions import Fraction
from pathlib import Path

import z3

CHOICES = ["emea", "apac", "amer", "latam", "anz"]
QUEUES = ["north", "south", "desk"]
OUTCOMES = ["hot", "warm", "cold"]
NUMBERS, LISTS, SIGNS = 8, 4, 4
LAST = 10_000
# a check of a policy as large as these is decided in far fewer steps
BUDGET = "2000000"
TIMEOUT_MS = 120_000
NEVER_USED = {"E0803", "E0804", "E0805"}

number = [z3.Int(f"n{i}") for i in range(NUMBERS)]
missing = [z3.Bool(f"m{i}") for i in range(NUMBERS)]
choice = [z3.Int(f"c{i}") for i in range(LISTS)]
sign = [z3.Bool(f"y{i}") for i in range(SIGNS)]
raised = z3.Int("raised")
LEADS = z3.And([z3.And(0 <= n, n <= LAST) for n in number] + [z3.And(0 <= c, c < len(CHOICES)) for c in choice])


# --- one description ---


def condition(rng):
    kind = rng.choice("nncy")
    if kind == "n":
        return ("n", rng.randrange(NUMBERS), rng.choice([">=", "<"]), rng.randint(1, LAST))
    if kind == "c":
        return ("c", rng.randrange(LISTS), rng.choice(["is", "is not"]), rng.randrange(len(CHOICES)))
    return ("y", rng.randrange(SIGNS), "", rng.randrange(2))


def weights(rng, count):
    """Whole percentages that make 100."""
    cuts = sorted(rng.sample(range(1, 20), count - 1))
    return [5 * (high - low) for low, high in zip([0, *cuts], [*cuts, 20])]


def describe(rng):
    def priority():
        return rng.randint(-4, 10)

    attributes = [("n", i, sorted(rng.sample(range(10, LAST // 2), 3)), [priority() for _ in range(5)]) for i in range(NUMBERS)]
    attributes += [("c", i, None, [priority() for _ in CHOICES]) for i in range(LISTS)]
    attributes += [("y", i, None, [priority(), priority()]) for i in range(SIGNS)]
    rng.shuffle(attributes)
    # each outcome at least twice, so that one row can go
    outcomes = [*OUTCOMES, *OUTCOMES, rng.choice(OUTCOMES)]
    rng.shuffle(outcomes)
    halves = [attributes[: len(attributes) // 2], attributes[len(attributes) // 2 :]]
    return {
        "high": rng.choice([95, 100, 110]),
        "sections": [
            (weight, list(zip(weights(rng, len(half)), half))) for weight, half in zip(weights(rng, 2), halves)
        ],
        "adjusts": [[rng.choice([-20, -9, -5, 4, 6, 8]), condition(rng), condition(rng)] for _ in range(5)],
        "rows": [[rng.randint(20, 95), condition(rng), condition(rng), outcome] for outcome in outcomes],
        "route": [[rng.choice(OUTCOMES), condition(rng), rng.choice(QUEUES)] for _ in range(6)],
        "claims": [condition(rng), condition(rng), rng.randint(40, 95), rng.choice(OUTCOMES), rng.randrange(NUMBERS)],
    }


def changed(policy, rng):
    """A copy in which one thing is otherwise."""
    other = copy.deepcopy(policy)
    match rng.randrange(6):
        case 0:
            rng.choice(other["adjusts"])[0] += rng.choice([-1, 1])
        case 1:
            rng.choice(other["rows"])[0] += rng.choice([-1, 1])
        case 2:
            at = rng.randrange(len(other["rows"]) - 1)
            other["rows"][at], other["rows"][at + 1] = other["rows"][at + 1], other["rows"][at]
        case 3:
            at = rng.randrange(len(other["route"]) - 1)
            other["route"][at], other["route"][at + 1] = other["route"][at + 1], other["route"][at]
        case 4:
            _, attributes = rng.choice(other["sections"])
            _, (_, _, _, priorities) = rng.choice(attributes)
            at = rng.randrange(len(priorities))
            priorities[at] += 1 if priorities[at] < 10 else -1
        case 5:
            other["rows"].pop(rng.randrange(len(other["rows"])))
    return other


# --- as text ---


def written(condition):
    kind, index, operator, value = condition
    if kind == "n":
        return f"n{index} {operator} {value}"
    if kind == "c":
        return f"c{index} {operator} {CHOICES[value]}"
    return f"y{index}" if value else f"not y{index}"


def text(policy):
    lines = ["leadwright 1", "", 'policy random { version "1" owner ops timezone "UTC" }', "team ops", "", "lead {", "  id text key"]
    lines += [f"  n{i} whole 0..{LAST} optional" for i in range(NUMBERS)]
    lines += [f"  c{i} one of {', '.join(CHOICES)}" for i in range(LISTS)]
    lines += [f"  y{i} yes_no" for i in range(SIGNS)]
    lines += ["}", "", f"score points from 0 to {policy['high']} {{"]
    for name, (weight, attributes) in zip("ab", policy["sections"]):
        lines.append(f"  section {name} {weight}% {{")
        for share, (kind, index, edges, priorities) in attributes:
            if kind == "n":
                (a, b, c), (lowest, low, middle, top, none) = edges, priorities
                bands = f"{c} or more {top}  {b} to under {c} {middle}  {a} to under {b} {low}  under {a} {lowest}  missing {none}"
            elif kind == "c":
                bands = "  ".join(f"{name} {priority}" for name, priority in zip(CHOICES, priorities))
            else:
                bands = "yes {} no {}".format(*priorities)
            lines.append(f"    {kind}{index} {share}% {{ {bands} }}")
        lines.append("  }")
    for points, one, two in policy["adjusts"]:
        lines.append(f"  adjust {points:+} when {written(one)} and {written(two)}")
    lines += ["}", "", "decide status {"]
    for least, one, two, outcome in policy["rows"]:
        lines.append(f"  {outcome} when points >= {least} and ({written(one)} or {written(two)})")
    lines += ["  rest otherwise", "}", "", "route handover {"]
    for outcome, one, queue in policy["route"]:
        lines.append(f"  {queue} when status is {outcome} and {written(one)}")
    lines += ["  desk otherwise", "}", ""] + [f"queue {queue} team ops" for queue in QUEUES]
    one, two, least, outcome, field = policy["claims"]
    lines += [
        "",
        f'claim "0" always points >= {least} implies not ({written(one)} and {written(two)})',
        f'claim "1" never status is {outcome} and {written(one)}',
        f'claim "2" possible points >= {least} and {written(one)} and {written(two)}',
        f'claim "3" points never falls as n{field} rises',
        f'claim "4" points never rises as n{field} rises',
    ]
    return "\n".join(lines) + "\n"


# --- as formulas; points are counted in thousandths ---


def holds(condition, numbers=number):
    kind, index, operator, value = condition
    if kind == "n":
        return z3.And(z3.Not(missing[index]), numbers[index] >= value if operator == ">=" else numbers[index] < value)
    if kind == "c":
        return choice[index] == value if operator == "is" else choice[index] != value
    return sign[index] if value else z3.Not(sign[index])


def first(rows, otherwise):
    """The answer of the first pair whose condition holds."""
    for condition, answer in reversed(rows):
        otherwise = z3.If(condition, answer, otherwise)
    return otherwise


def points(policy, numbers=number):
    total = z3.IntVal(0)
    for weight, attributes in policy["sections"]:
        for share, (kind, index, edges, priorities) in attributes:
            if kind == "n":
                (a, b, c), (lowest, low, middle, top, none), n = edges, priorities, numbers[index]
                priority = first([(missing[index], none), (n >= c, top), (n >= b, middle), (n >= a, low)], z3.IntVal(lowest))
            elif kind == "c":
                priority = first([(choice[index] == at, value) for at, value in enumerate(priorities[:-1])], z3.IntVal(priorities[-1]))
            else:
                priority = z3.If(sign[index], priorities[0], priorities[1])
            # weight% × share% × priority × 10 in thousandths
            total = total + weight * share * priority
    for given, one, two in policy["adjusts"]:
        total = total + z3.If(z3.And(holds(one, numbers), holds(two, numbers)), given * 1000, 0)
    return first([(total < 0, 0), (total > policy["high"] * 1000, policy["high"] * 1000)], total)


def applies(policy, score):
    """The condition of each row of the decision."""
    return [z3.And(score >= least * 1000, z3.Or(holds(one), holds(two))) for least, one, two, _ in policy["rows"]]


def answers(policy):
    score = points(policy)
    rows = applies(policy, score)
    status = first([(row, OUTCOMES.index(outcome)) for row, (*_, outcome) in zip(rows, policy["rows"])], z3.IntVal(len(OUTCOMES)))
    route = [z3.And(status == OUTCOMES.index(outcome), holds(one)) for outcome, one, _ in policy["route"]]
    queue = first([(row, QUEUES.index(queue)) for row, (*_, queue) in zip(route, policy["route"])], z3.IntVal(QUEUES.index("desk")))
    return {"points": score, "status": status, "handover": queue}, rows, route


def satisfiable(*formulas):
    """True, False, or None where z3 gives up."""
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.add(LEADS, *formulas)
    answer = solver.check()
    return None if answer == z3.unknown else answer == z3.sat


def claims(policy):
    """Whether each claim is proved."""
    score, status = (found := answers(policy)[0])["points"], found["status"]
    one, two, least, outcome, field = policy["claims"]
    above = [raised if at == field else of for at, of in enumerate(number)]
    rises = z3.And(z3.Not(missing[field]), raised > number[field], raised <= LAST)
    higher = points(policy, above)

    def never(answer):
        return None if answer is None else not answer

    return [
        never(satisfiable(score >= least * 1000, holds(one), holds(two))),
        never(satisfiable(status == OUTCOMES.index(outcome), holds(one))),
        satisfiable(score >= least * 1000, holds(one), holds(two)),
        never(satisfiable(rises, higher < score)),
        never(satisfiable(rises, higher > score)),
    ]


def used(rows):
    """Whether some lead gets each row, and none before it."""
    return [satisfiable(row, *[z3.Not(earlier) for earlier in rows[:at]]) for at, row in enumerate(rows)]


# --- what Leadwright says ---


class Disagreement(Exception):
    pass


def run(binary, folder, *arguments):
    ran = subprocess.run([binary, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1, 3):
        raise Disagreement(f"{' '.join(arguments)} ended with {ran.returncode}: {ran.stderr}{ran.stdout}")
    return ran.stdout


class Counts(Counter):
    def note(self, what, leadwright, solver):
        """`leadwright` and `solver`: the answers, None for undecided."""
        if leadwright is None or solver is None:
            self["undecided"] += 1
        elif leadwright != solver:
            raise Disagreement(f"{what}: leadwright says {leadwright}, z3 {solver}")
        else:
            self[f"{what.split(' ')[0]} {leadwright}"] += 1


def ask(binary, seed):
    """Counts of the answers to one policy and its copy that agree."""
    counts, rng = Counts(), random.Random(seed)
    policy = describe(rng)
    other = changed(policy, rng)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.lead").write_text(text(policy))
        Path(folder, "b.lead").write_text(text(other))
        proved = json.loads(run(binary, folder, "prove", "a.lead", "--stats", "--output", "json", "--budget", BUDGET))
        compared = json.loads(run(binary, folder, "diff", "--prove", "a.lead", "b.lead", "--output", "json"))
    verdicts = {"proved": True, "refuted": False, "undecided": None}
    for claim, solver in zip(proved["claims"], claims(policy), strict=True):
        counts.note(f"claim {claim['title']}", verdicts[claim["verdict"]], solver)
    found, rows, route = answers(policy)
    undecided = {question["line"] for question in proved["undecided"]}
    lines = text(policy).splitlines()
    unused = {label["line"] for finding in proved["diagnostics"] if finding["code"] in NEVER_USED for label in finding["labels"][:1]}
    for name, conditions, start in [("decide", rows, "decide status {"), ("route", route, "route handover {")]:
        line = lines.index(start) + 1
        for at, solver in enumerate(used(conditions)):
            place = line + at + 1
            # no finding says that some lead gets the row
            used_by_leadwright = None if place in undecided else place not in unused
            counts.note(f"row {at} of {name}", used_by_leadwright, solver)
    told = next(of["text"] for of in proved["stats"] if of["name"] == "points")
    low, high = [int(Fraction(end) * 1000) for end in re.match(r"(?:from|within) (\S+) (?:to|and) ([^:\s]+)", told).groups()]
    score = found["points"]
    counts.note("least", True, satisfiable(score == low))
    counts.note("least", False, satisfiable(score < low))
    counts.note("greatest", True, satisfiable(score == high))
    counts.note("greatest", False, satisfiable(score > high))
    treated = {"same": False, "differs": True, "undecided": None}
    differ = {answer["answer"]: treated[answer["verdict"]] for answer in compared["policies"][0]["proof"]["answers"]}
    for name, new in answers(other)[0].items():
        counts.note(f"versions {name}", differ[name], satisfiable(found[name] != new))
    return counts


def attempt(job):
    binary, seed = job
    try:
        return seed, ask(binary, seed), None
    except Disagreement as mistake:
        return seed, Counts(), str(mistake)


def main(binary, policies="200", first_seed="0"):
    seeds = range(int(first_seed), int(first_seed) + int(policies))
    jobs = [(str(Path(binary).resolve()), seed) for seed in seeds]
    totals = Counter()
    with multiprocessing.Pool() as pool:
        for seed, counts, mistake in pool.imap_unordered(attempt, jobs):
            if mistake is not None:
                print(f"seed {seed}: {mistake}\n\n{text(describe(random.Random(seed)))}", file=sys.stderr)
                return 1
            totals.update(counts)
    undecided = totals.pop("undecided", 0)
    print(f"{policies} policies: {totals.total()} answers agree with z3 {z3.get_version_string()}, {undecided} are undecided")
    print(", ".join(f"{key}: {count}" for key, count in sorted(totals.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

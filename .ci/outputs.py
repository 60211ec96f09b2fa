"""Holds what the commands write for other programs against the definitions of those formats, which this project did not make or
(its own JSON) says in docs/schema: SARIF against the schema of OASIS, JUnit against an XML parser, all others field by field.

    python3 .ci/outputs.py target/debug/leadwright        needs the package jsonschema

The policies are those of docs/codes (one with each mistake), the examples, the examples with mistakes put in, and one full of text that tries to break out.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from jsonschema import Draft4Validator, Draft202012Validator
from referencing import Registry, Resource

ROOT = Path(__file__).resolve().parent.parent
# so many leads of each example are explained; goals besides the answers that they have
EXPLAINED = 4
OTHER_GOALS = {"medbank": ["status=qualified", "stage=mql", "queue=inside", "readiness>=65"]}
MORE = {"fmt": ["--check"]}
KINDS = ["json", "sarif", "github", "gitlab", "junit", "markdown"]
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
EVIL = "\x1b[31m\x9b2J\u202e\u200b|x|`--> ]]> <b>&amp; ::error::y %0A @all [l](http://e.vil) '"


def schemas():
    documents = {path.name: json.loads(path.read_text()) for path in sorted((ROOT / "docs/schema").glob("*.json"))}
    registry = Registry().with_resources((name, Resource.from_contents(document)) for name, document in documents.items())
    own = {}
    for name, document in documents.items():
        Draft202012Validator.check_schema(document)
        own[name.removesuffix(".json")] = Draft202012Validator(document, registry=registry)
    sarif = json.loads((ROOT / "tests/data/sarif/sarif-schema-2.1.0.json").read_text())
    Draft4Validator.check_schema(sarif)
    return own, Draft4Validator(sarif)


def blocks(page):
    """The policies of a page: (files, is a mistake). Files before a policy belong to it."""
    files = {}
    for kind, body in re.findall(r"^```(\S+(?: \S+)?)\n(.*?)^```$", page, re.M | re.S):
        word, _, name = kind.partition(" ")
        if word == "file":
            files[name] = body
        elif word == "leadwright":
            yield files | {"policy.lead": body}
            files = {}


def hold(condition, what, text):
    if not condition:
        sys.exit(f"{what}:\n{text[:4000]}")


def hold_schema(validator, value, what):
    error = next(iter(sorted(validator.iter_errors(value), key=lambda error: list(error.path))), None)
    if error:
        sys.exit(f"{what}: at {'/'.join(map(str, error.absolute_path))}: {error.message[:1000]}")


class Checker:
    def __init__(self, program):
        self.program = program
        self.own, self.standard = schemas()
        self.count = 0

    def run(self, folder, command, kind):
        arguments = [self.program, command, str(folder), "--output", kind, *MORE.get(command, [])]
        ran = subprocess.run(arguments, capture_output=True, text=True, cwd=folder if Path(folder).is_dir() else None)
        what = f"leadwright {command} {folder} --output {kind}"
        hold(ran.returncode in (0, 1) and not ran.stderr, f"{what} ends with {ran.returncode}", ran.stderr)
        hold(not HARMFUL.search(ran.stdout), f"{what} can steer a terminal", repr(ran.stdout))
        self.count += 1
        return ran, what

    def all(self, folder, commands):
        for command in commands:
            counts = {}
            for kind in KINDS:
                ran, what = self.run(folder, command, kind)
                counts[kind] = getattr(self, kind)(ran, what, command)
            hold(len(set(counts.values()) - {None}) == 1, f"{folder}, {command}: the formats count differently", str(counts))

    def json(self, ran, what, command):
        report = json.loads(ran.stdout)
        hold_schema(self.own[command], report, what)
        return len(report["diagnostics"])

    def sarif(self, ran, what, command):
        log = json.loads(ran.stdout)
        hold_schema(self.standard, log, what)
        (run,) = log["runs"]
        rules = run["tool"]["driver"]["rules"]
        prints = [result["partialFingerprints"]["leadwright/v1"] for result in run["results"]]
        hold(len(set(prints)) == len(prints), f"{what}: a fingerprint stands twice", str(prints))
        hold(run["invocations"][0]["exitCode"] == ran.returncode, f"{what}: another exit code", ran.stdout)
        for rule in rules:
            hold({"shortDescription", "help"} <= rule.keys(), f"{what}: nothing is said of {rule['id']}", str(rule))
        for result in run["results"]:
            hold(rules[result["ruleIndex"]]["id"] == result["ruleId"], f"{what}: another rule", str(result))
            hold(len(result["locations"]) == 1, f"{what}: no place", str(result))
        for uri in re.findall(r'"uri": "([^"]*)"', ran.stdout):
            hold(re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri) and ".." not in uri.split("/") and uri[0] != "/", f"{what}: the URI {uri}", "")
        return len(run["results"])

    def github(self, ran, what, command):
        lines = ran.stdout.splitlines()
        for line in lines:
            shape = r"::(error|warning|notice) (?:(?:file|line|endLine|col|endColumn|title)=[^:,]*,?)+::.*"
            hold(re.fullmatch(shape, line), f"{what}: no annotation", line)
        return len(lines)

    def gitlab(self, ran, what, command):
        violations = json.loads(ran.stdout)
        for violation in violations:
            hold(violation.keys() == {"description", "check_name", "fingerprint", "severity", "location"}, what, str(violation))
            hold(violation["severity"] in ("info", "minor", "major", "critical", "blocker"), what, str(violation))
            hold(violation["location"]["lines"]["begin"] >= 1 and violation["location"]["path"], what, str(violation))
        prints = [violation["fingerprint"] for violation in violations]
        hold(len(set(prints)) == len(prints), f"{what}: a fingerprint stands twice", str(prints))
        return len(violations)

    def junit(self, ran, what, command):
        suites = ElementTree.fromstring(ran.stdout)
        cases = list(suites.iter("testcase"))
        failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
        hold(suites.tag == "testsuites" and int(suites.get("tests")) == len(cases) > 0, what, ran.stdout)
        hold(int(suites.get("failures")) + int(suites.get("errors")) == len(failed), what, ran.stdout)
        hold(bool(failed) == (ran.returncode == 1), f"{what}: passes although the command does not", ran.stdout)

    def markdown(self, ran, what, command):
        lines = ran.stdout.splitlines()
        hold(lines[0].startswith(f"### leadwright {command}: ") and "`" not in ran.stdout, what, ran.stdout)
        rows = [line for line in lines[4:] if line.startswith("| ")]
        hold(len(lines) in (1, 4 + len(rows)) and all(row.count("|") == 4 for row in rows), f"{what}: a table that breaks", ran.stdout)
        return len(rows)


    def explain(self, policy, leads, key, *more):
        arguments = [self.program, "explain", str(policy), str(leads), "--lead", key, *more, "--output", "json"]
        ran = subprocess.run(arguments, capture_output=True, text=True)
        what = " ".join(arguments[1:])
        hold(ran.returncode in (0, 1, 3) and ran.stdout, f"{what} ends with {ran.returncode}", ran.stderr)
        hold(not HARMFUL.search(ran.stdout), f"{what} can steer a terminal", repr(ran.stdout))
        hold_schema(self.own["explain"], json.loads(ran.stdout), what)
        self.count += 1
        return json.loads(ran.stdout)

    def explanations(self, example):
        """Of some leads of an example, with their signals: why, the cheapest way to each outcome, why not."""
        leads = example / "leads.csv"
        with leads.open(newline="") as file:
            rows = list(csv.reader(file))
        place = next(at for at, name in enumerate(rows[0]) if name in ("lead_id", "id"))
        signals = ["--signals", str(example / "signals.csv"), "--as-of", "2026-11-18T15:00"]
        verdicts = set()
        for row in rows[1 : 1 + EXPLAINED]:
            plain = self.explain(example, leads, row[place], *signals)
            goals = [f"{decide['name']}={decide['value']}" for decide in plain["decides"]]
            if plain["stage"] is not None:
                goals.append(f"stage={plain['stage']['after']['name']}")
            for goal in dict.fromkeys([*goals, *OTHER_GOALS.get(example.name, [])]):
                verdicts.add(self.explain(example, leads, row[place], *signals, "--reach", goal, "--budget", "20000")["verdict"])
                self.explain(example, leads, row[place], *signals, "--why-not", goal)
        return verdicts


def hostile(folder):
    """A policy that checks, has a test that fails, and says hostile things wherever it can; and one with mistakes."""
    text = (ROOT / "tests/it/outputs/hostile.lead").read_text().replace("EVIL", EVIL)
    (folder / f"good {EVIL.replace('/', '')}.lead").write_text(text)
    broken = text.replace("is clinic", f"is `{EVIL.replace('`', '')}`")
    other = folder / "broken"
    other.mkdir()
    (other / f"bad {EVIL.replace('/', '')}.lead").write_text(broken)


def main(program):
    checker = Checker(program)
    for page in sorted((ROOT / "docs/codes").glob("E*.md")):
        for files in blocks(page.read_text()):
            with tempfile.TemporaryDirectory() as folder:
                for path, text in files.items():
                    place = Path(folder, path)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text(text)
                checker.all(folder, ["check", "lint", "fmt"])
    verdicts = set()
    for example in sorted((ROOT / "examples").iterdir()):
        if any(example.glob("*.lead")):
            checker.all(example, ["check", "lint", "fmt", "test"])
        if (example / "leads.csv").exists() and (example / "signals.csv").exists():
            verdicts |= checker.explanations(example)
    hold({"already", "reached", "never"} <= verdicts, "explanations of all kinds", str(verdicts))
    with tempfile.TemporaryDirectory() as folder:
        for path in (ROOT / "examples/medbank").rglob("*"):
            if path.suffix == ".lead" or path.name in ("territories.csv", "named_accounts.csv"):
                place = Path(folder, path.relative_to(ROOT / "examples"))
                place.parent.mkdir(parents=True, exist_ok=True)
                text = path.read_text().replace("40%", "30%").replace("hospital", "hospitl").replace("marketing", "marketin")
                place.write_text(text if path.name not in ("lead.lead", "teams.lead") else path.read_text())
        checker.all(Path(folder, "medbank"), ["check", "lint", "fmt", "test"])
    with tempfile.TemporaryDirectory() as folder:
        hostile(Path(folder))
        (good,) = [path for path in Path(folder).iterdir() if path.is_file()]
        checker.all(good, ["check", "lint", "fmt", "test"])
        checker.all(folder, ["check", "lint", "fmt"])
    print(f"{checker.count} reports hold")


main(str(Path(sys.argv[1]).resolve()))

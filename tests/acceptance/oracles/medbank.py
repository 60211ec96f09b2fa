"""examples/medbank once more, written by hand from the policy's text in plain Python: the answers that `leadwright score` must give.

usage: medbank.py LEADS.csv SIGNALS.csv TERRITORIES.csv NAMED_ACCOUNTS.csv LEFT_OUT.csv > expected.csv

LEFT_OUT.csv is written: line and outcome of every signal that has no part.

Fractions throughout, no floating point. A row that the policy cannot read comes out with the name of its first bad column in
`rejected` and nothing else. Nothing here is shared with the project's own code.
"""

import csv
import re
import sys
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
AS_OF = date(2026, 11, 18)
AS_OF_INSTANT = datetime(2026, 11, 18, 15, 0, tzinfo=NEW_YORK)
OUTPUTS = [
    "readiness", "readiness.demographic", "readiness.behavioural", "urgency", "urgency.timing", "urgency.people",
    "fit", "fit.size", "fit.place", "status", "grade", "call_order", "stage", "handover", "handover.owner",
    "service_desk", "service_desk.owner",
]

SITES = {
    "hospital": "hospital", "acute_care": "hospital", "medical_center": "hospital",
    "long_term_care": "long_term_care", "ltc": "long_term_care", "nursing_home": "long_term_care",
    "clinic": "clinic", "outpatient": "clinic", "ambulatory_surgery_center": "clinic",
    "retail_pharmacy": "retail_pharmacy", "retail": "retail_pharmacy", "drugstore": "retail_pharmacy",
}
ROLES = {
    "pharmacist": "pharmacist", "pharmacy_director": "pharmacist", "pharmd": "pharmacist",
    "nurse_manager": "nurse_manager", "nursing": "nurse_manager", "director_of_nursing": "nurse_manager",
    "buyer": "buyer", "purchasing": "buyer", "supply_chain": "buyer",
    "student": "student",
}
SIGNALS = {
    "page_view": "page_view", "brochure_download": "brochure_download", "view_video": "view_video", "video_watched": "view_video",
    "ask_for_rep": "ask_for_rep", "asked_for_a_rep": "ask_for_rep", "visit_tradeshow": "visit_tradeshow", "trade_show_visit": "visit_tradeshow",
    "email_click": "email_click", "e_mail_click": "email_click", "accepted": "accepted", "rejected": "rejected",
    "first_call": "first_call", "meeting_booked": "meeting_booked", "activity": "activity", "closed_won": "closed_won",
    "closed_lost": "closed_lost",
}
REASONS = {name: name for name in ("no_budget", "wrong_role", "duplicate", "timing")}
PRODUCTS = {name: name for name in ("dispensing", "consumables", "service")}
STAGES = {name: name for name in ("inquiry", "mql", "sal", "opportunity", "won", "lost")}


# queue -> owners and their weights
ROTATIONS = {
    "inside": [("rep_a", 1), ("rep_b", 1), ("rep_c", 2)],
    "field_northeast": [("east_1", 1), ("east_2", 1)],
    "field_midwest": [("midwest_1", 1)],
    "field_south": [("south_1", 3), ("south_2", 2)],
    "field_west": [("west_1", 1)],
    "service": [("care_1", 1), ("care_2", 1)],
}

MASK = 2**64 - 1
PRIME_1, PRIME_2, PRIME_3 = 11400714785074694791, 14029467366897019727, 1609587929392839161
PRIME_4, PRIME_5 = 9650029242287828579, 2870177450012600261


def rotate_left(value, bits):
    return ((value << bits) | (value >> (64 - bits))) & MASK


def xxh64(data):
    """XXH64 with seed 0, from its specification."""
    def round_of(lane, value):
        return rotate_left((lane + value * PRIME_2) & MASK, 31) * PRIME_1 & MASK

    at = 0
    if len(data) >= 32:
        lanes = [(PRIME_1 + PRIME_2) & MASK, PRIME_2, 0, -PRIME_1 & MASK]
        while at + 32 <= len(data):
            lanes = [round_of(lane, int.from_bytes(data[at + 8 * i:at + 8 * i + 8], "little")) for i, lane in enumerate(lanes)]
            at += 32
        digest = sum(rotate_left(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            digest = ((digest ^ round_of(0, lane)) * PRIME_1 + PRIME_4) & MASK
    else:
        digest = PRIME_5
    digest = (digest + len(data)) & MASK
    while at + 8 <= len(data):
        digest = (rotate_left(digest ^ round_of(0, int.from_bytes(data[at:at + 8], "little")), 27) * PRIME_1 + PRIME_4) & MASK
        at += 8
    if at + 4 <= len(data):
        digest = (rotate_left(digest ^ int.from_bytes(data[at:at + 4], "little") * PRIME_1 & MASK, 23) * PRIME_2 + PRIME_3) & MASK
        at += 4
    for byte in data[at:]:
        digest = rotate_left(digest ^ byte * PRIME_5 & MASK, 11) * PRIME_1 & MASK
    digest = (digest ^ digest >> 33) * PRIME_2 & MASK
    digest = (digest ^ digest >> 29) * PRIME_3 & MASK
    return digest ^ digest >> 32


assert [xxh64(text) for text in (b"", b"a", b"abc")] == [0xEF46DB3751D8E999, 0xD24EC4F1A98C6E5B, 0x44BC2CF5AD770999]


def owner_of(queue, key):
    """The stable rotation: hashes of the key and of the queue's name, mixed as MurmurHash3 does, then scaled to the weights."""
    if queue not in ROTATIONS:
        return None
    mixed = xxh64(key.encode()) ^ xxh64(queue.encode())
    mixed = (mixed ^ mixed >> 33) * 0xFF51AFD7ED558CCD & MASK
    mixed = (mixed ^ mixed >> 33) * 0xC4CEB9FE1A85EC53 & MASK
    mixed ^= mixed >> 33
    turn = mixed * sum(weight for _, weight in ROTATIONS[queue]) >> 64
    for owner, weight in ROTATIONS[queue]:
        if turn < weight:
            return owner
        turn -= weight


class Bad(Exception):
    pass


def choice(names):
    def read(cell):
        return names[re.sub(r"[-_\s]+", "_", cell.lower())]
    return read


def choices(names):
    return lambda cell: {choice(names)(part.strip()) for part in re.split("[;,]", cell)}


def yes_no(cell):
    return {"yes": True, "true": True, "no": False, "false": False}[cell.lower()]


def number(places, low, high):
    def read(cell):
        if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
            raise ValueError(cell)
        value = Fraction(cell)
        if not low <= value <= high or (value * 10**places).denominator != 1:
            raise ValueError(cell)
        return value
    return read


def instant(cell):
    found = datetime.fromisoformat(cell.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=NEW_YORK)


# name, how a cell is read, whether it may be empty
FIELDS = [
    ("lead_id", str, False), ("organization", str, True), ("email", str, True), ("created_at", instant, True),
    ("site_of_care", choice(SITES), False), ("role", choice(ROLES), True),
    ("beds", number(0, 0, 50_000), True), ("occupancy", number(1, 0, 100), True), ("years_experience", number(0, 0, 60), True),
    ("sites", number(0, 1, 10_000), False), ("state", str, False), ("budget", yes_no, True), ("authority", yes_no, True),
    ("need_by", date.fromisoformat, True), ("deal_size", number(2, 0, 100_000_000), True), ("tiered_discount", yes_no, False),
    ("products", choices(PRODUCTS), True), ("partner_deal", date.fromisoformat, True), ("competitor", yes_no, False),
    ("stage", choice(STAGES), True), ("stage_since", instant, True), ("rest_until", instant, True),
]


class Lead:
    def __init__(self, row):
        for name, read, optional in FIELDS:
            cell = row[name].strip()
            if cell == "":
                if not optional:
                    raise Bad(name)
                setattr(self, name, None)
                continue
            try:
                setattr(self, name, read(cell))
            except (KeyError, ValueError):
                raise Bad(name) from None


class Signal:
    def __init__(self, row):
        try:
            self.key, self.kind, self.at = row["lead_id"], choice(SIGNALS)(row["signal"]), instant(row["time"])
            self.path = row["path"].strip().lower()
            if self.key.strip() == "" or self.kind == "page_view" and self.path == "":
                raise ValueError(row)
            if self.kind == "page_view" and row["seconds"]:
                number(0, 0, 86_400)(row["seconds"])
            if self.kind == "rejected" and row["reason"]:
                choice(REASONS)(row["reason"])
        except (KeyError, ValueError):
            raise Bad(row["lead_id"]) from None
        self.days = (AS_OF - self.at.astimezone(NEW_YORK).date()).days


class History:
    """The signals of one lead up to as-of."""

    def __init__(self, signals):
        self.signals = sorted(signals, key=lambda signal: signal.at)
        clicks = [signal for signal in self.signals if signal.kind == "email_click"]
        bursts = set()
        for first in range(len(clicks) - 3):
            if clicks[first + 3].at - clicks[first].at <= timedelta(seconds=1):
                bursts |= set(range(first, first + 4))
        self.clicks = [click for index, click in enumerate(clicks) if index not in bursts]

    def of(self, kind, prefix="", within=10**6):
        return [signal for signal in self.signals if signal.kind == kind and signal.days <= within and signal.path.startswith(prefix)]

    def faded(self, prefix):
        getcontext().prec = 60
        factors = (Decimal(2) ** (Decimal(-signal.days) / 30) for signal in self.of("page_view", prefix))
        total = sum((factor.quantize(Decimal("0.000001"), ROUND_HALF_UP) for factor in factors), Decimal(0))
        return Fraction(total.quantize(Decimal("0.01"), ROUND_HALF_UP))

    def since(self, kind, since):
        return [signal.at for signal in self.signals if signal.kind == kind and signal.at >= since]


def later(at, days):
    """The same local time so many calendar days later."""
    local = at.astimezone(NEW_YORK).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=NEW_YORK)


def days_since(day):
    return None if day is None or day > AS_OF else (AS_OF - day).days


def days_until(day):
    return None if day is None or day < AS_OF else (day - AS_OF).days


def at_most(value, limit):
    return value is not None and value <= limit


def above(value, limit):
    return value is not None and value > limit


def at_least(value, limit):
    return value is not None and value >= limit


def band(value, missing, *steps):
    """The points of the first (least value, points) that the value reaches; steps run downwards."""
    if value is None:
        return missing
    for low, points in steps:
        if value >= low:
            return points
    raise AssertionError(f"{value} is in no band")


def weighted(*pairs):
    return sum(Fraction(weight, 100) * points * 10 for weight, points in pairs)


def half_away(value):
    return (2 * value.numerator + value.denominator) // (2 * value.denominator) if value >= 0 else -half_away(-value)


def clamp(value, low, high):
    return max(low, min(high, value))


def answers(lead, history, territories, accounts):
    out = dict.fromkeys(OUTPUTS)

    created = None if lead.created_at is None else lead.created_at.astimezone(ZoneInfo("America/New_York")).date()
    quiet = min((view.days for view in history.of("page_view")), default=None)
    asked = bool(history.of("ask_for_rep", within=14))
    brochures = len({signal.days for signal in history.of("brochure_download", within=90)})
    careers = len(history.of("page_view", "/careers", 30))
    videos = len(history.of("view_video", within=90))
    clicks = sum(click.days <= 30 for click in history.clicks)
    interest = history.faded("/products")
    due_soon = at_most(days_until(lead.need_by), 120)
    research = min(brochures * 2 + videos, 20)
    active = None if lead.beds is None or lead.occupancy is None else half_away(Fraction(lead.beds * lead.occupancy, 100))
    per_site = None if lead.deal_size is None else Fraction(half_away(lead.deal_size / lead.sites * 100), 100)
    complex_lead = lead.sites > 1 or lead.tiered_discount
    partner = lead.partner_deal is not None and at_most(days_since(lead.partner_deal), 90)
    domain = lead.email.rsplit("@", 1)[1].lower() if lead.email and "@" in lead.email else None
    tier = accounts.get(domain)
    territory = territories.get(lead.state.lower())
    region = territory and territory["region"].lower()

    demographic = weighted(
        (40, {"hospital": 10, "long_term_care": 6, "clinic": 4, "retail_pharmacy": -10}[lead.site_of_care]),
        (30, band(lead.beds, 0, (500, 10), (100, 6), (0, 1))),
        (30, {"pharmacist": 10, "nurse_manager": 8, "buyer": 6, "student": -10, None: 0}[lead.role]),
    )
    behavioural = weighted(
        (40, 10 if asked else 0),
        (25, band(brochures, None, (3, 10), (1, 5), (0, 0))),
        (20, 10 if interest >= 5 else 2 * interest),
        (15, band(quiet, -10, (30, -5), (7, 4), (0, 10))),
    )
    readiness = Fraction(40, 100) * demographic + Fraction(60, 100) * behavioural
    readiness -= 25 if careers >= 3 else 0
    readiness += 5 if lead.budget and lead.authority else 0
    readiness = clamp(readiness, 0, 100)
    out |= {"readiness": readiness, "readiness.demographic": demographic, "readiness.behavioural": behavioural}

    timing = 40 * asked + 20 * due_soon + 10 * (brochures >= 1) + 5 * (clicks >= 3) - 15 * above(quiet, 30)
    answer = {True: 15, False: 0, None: 5}
    people = answer[lead.authority] + answer[lead.budget] + (15 if research >= 10 else research)
    people += 5 * at_least(lead.years_experience, 10)
    timing, people = min(timing, 60), min(people, 40)
    urgency = clamp(timing + people - 10 * above(days_since(created), 365), 0, 100)
    out |= {"urgency": urgency, "urgency.timing": timing, "urgency.people": people}

    place = None
    if lead.site_of_care == "hospital":
        size = weighted(
            (60, band(active, 3, (400, 10), (200, 7), (50, 4), (0, 0))),
            (40, band(lead.sites, None, (10, 10), (2, 6), (1, 2))),
        )
        place = weighted(
            (60, {"northeast": 10, "south": 8, "midwest": 6, "west": 4, None: 0}[region]),
            (40, {"strategic": 10, "growth": 6, None: 0}[tier]),
        )
        fit = Fraction(75, 100) * size + Fraction(25, 100) * place
    elif lead.site_of_care == "long_term_care":
        size = weighted(
            (50, band(lead.beds, 3, (200, 10), (60, 6), (0, 2))),
            (50, 10 if lead.sites >= 20 else int(lead.sites) // 2),
        )
        place = weighted((100, {"south": 10, "midwest": 8, "northeast": 6, "west": 4, None: 0}[region]))
        fit = Fraction(80, 100) * size + Fraction(20, 100) * place
    else:
        size = weighted(
            (70, band(lead.sites, None, (10, 8), (2, 5), (1, 1))),
            (30, band(per_site, 0, (50_000, 10), (10_000, 5), (0, 0))),
        )
        fit = size
    fit = half_away(clamp(Fraction(fit), 0, 100))
    out |= {"fit": fit, "fit.size": size, "fit.place": place}

    if lead.competitor or lead.role == "student":
        status = "unqualified"
    elif lead.email and lead.email.lower().endswith(".edu") and lead.deal_size is None:
        status = "unqualified"
    elif readiness >= 65 and demographic >= 20:
        status = "qualified"
    else:
        status = "nurture"
    letter = "a" if fit >= 70 else "b" if fit >= 40 else "c"
    grade = letter + ("1" if urgency >= 60 else "2" if urgency >= 30 else "3")
    if status == "unqualified":
        call = "never"
    elif grade in ("a1", "b1") or (grade == "a2" and at_least(per_site, 50_000)):
        call = "today"
    elif grade in ("a2", "b2", "c1"):
        call = "this_week"
    else:
        call = "later"
    out |= {"status": status, "grade": grade, "call_order": call}

    before = lead.stage or "inquiry"
    after = before
    since = lead.stage_since or AS_OF_INSTANT
    rests = lead.rest_until is not None and lead.rest_until > AS_OF_INSTANT
    said = lambda kind: bool(history.since(kind, since))
    waited = lambda days, kind: AS_OF_INSTANT >= later(max([since, *history.since(kind, since)]), days)
    if before == "inquiry" and status == "qualified" and not rests:
        after = "mql"
    elif before == "mql" and said("accepted"):
        after = "sal"
    elif before == "mql" and (said("rejected") or waited(30, "first_call")):
        after = "inquiry"
    elif before == "sal" and said("meeting_booked"):
        after = "opportunity"
    elif before == "sal" and said("rejected"):
        after = "inquiry"
    elif before == "opportunity" and said("closed_won"):
        after = "won"
    elif before == "opportunity" and said("closed_lost"):
        after = "lost"
    elif before == "opportunity" and waited(60, "activity"):
        after = "inquiry"
    out["stage"] = after

    if before == "inquiry" and after == "mql":
        if partner:
            out["handover"] = "partner_desk"
        elif territory and (complex_lead or at_least(lead.deal_size, 250_000)):
            out["handover"] = territory["queue"]
        elif territory and tier == "strategic":
            out["handover"] = territory["queue"]
        elif lead.state.upper() in ("AK", "HI"):
            out["handover"] = "field_west"
        else:
            out["handover"] = "inside"
    if lead.products and "service" in lead.products:
        out["service_desk"] = "service_fast" if urgency >= 50 else "service"
    for route in ("handover", "service_desk"):
        out[f"{route}.owner"] = owner_of(out[route], lead.lead_id)
    return out


def show(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    value = Fraction(value)
    scaled = value * 10**6
    assert scaled.denominator == 1, value
    sign = "-" if scaled < 0 else ""
    whole, rest = divmod(abs(scaled.numerator), 10**6)
    return sign + (f"{whole}.{rest:06}".rstrip("0").rstrip(".") if rest else str(whole))


def histories(signals_file, keys, left_out_file):
    """The signals of each lead; those that have no part are listed by line."""
    found, left_out = {}, []
    with open(signals_file, newline="", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                signal = Signal(row)
            except Bad:
                left_out.append((line, "rejected"))
                continue
            if signal.at > AS_OF_INSTANT or signal.key not in keys:
                left_out.append((line, "left out"))
            else:
                found.setdefault(signal.key, []).append(signal)
    with open(left_out_file, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("line", "outcome"), *left_out])
    return found


def lead_or_bad(row):
    try:
        return Lead(row)
    except Bad as bad:
        return bad


def main():
    leads_file, signals_file, territories_file, accounts_file, left_out_file = sys.argv[1:]
    with open(territories_file, newline="", encoding="utf-8") as file:
        territories = {row["state"].lower(): row for row in csv.DictReader(file)}
    with open(accounts_file, newline="", encoding="utf-8") as file:
        accounts = {row["domain"].lower(): row["tier"] for row in csv.DictReader(file)}
    with open(leads_file, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    leads = [lead_or_bad(row) for row in rows]
    # signals of rejected leads have no part either
    past = histories(signals_file, {lead.lead_id for lead in leads if isinstance(lead, Lead)}, left_out_file)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["row", "lead_id", "rejected", *OUTPUTS])
    for number, (row, lead) in enumerate(zip(rows, leads), start=1):
        if isinstance(lead, Bad):
            writer.writerow([number, row["lead_id"], str(lead), *[""] * len(OUTPUTS)])
            continue
        out = answers(lead, History(past.get(lead.lead_id, [])), territories, accounts)
        writer.writerow([number, row["lead_id"], "", *(show(out[name]) for name in OUTPUTS)])


main()

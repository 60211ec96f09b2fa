"""examples/medbank once more, written by hand from the policy's text in plain Python: the answers that `leadwright score` must give.

usage: medbank.py LEADS.csv TERRITORIES.csv NAMED_ACCOUNTS.csv > expected.csv

Fractions throughout, no floating point. A row that the policy cannot read comes out with the name of its first bad column in
`rejected` and nothing else. Nothing here is shared with the project's own code.
"""

import csv
import re
import sys
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

AS_OF = date(2026, 11, 18)
AS_OF_INSTANT = datetime(2026, 11, 18, 15, 0, tzinfo=ZoneInfo("America/New_York"))
OUTPUTS = [
    "readiness", "readiness.demographic", "readiness.behavioural", "urgency", "urgency.timing", "urgency.people",
    "fit", "fit.size", "fit.place", "status", "grade", "call_order", "stage", "handover", "service_desk",
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
RESPONSES = {name: name for name in ("accepted", "rejected")}
REASONS = {name: name for name in ("no_budget", "wrong_role", "duplicate", "timing")}
OUTCOMES = {"won": "won", "closed_won": "won", "lost": "lost", "closed_lost": "lost"}
PRODUCTS = {name: name for name in ("dispensing", "consumables", "service")}
STAGES = {name: name for name in ("inquiry", "mql", "sal", "opportunity", "won", "lost")}


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
    return datetime.fromisoformat(cell.replace("Z", "+00:00"))


# name, how a cell is read, whether it may be empty
FIELDS = [
    ("lead_id", str, False), ("organization", str, True), ("email", str, True), ("created_at", instant, True),
    ("site_of_care", choice(SITES), False), ("role", choice(ROLES), True),
    ("beds", number(0, 0, 50_000), True), ("occupancy", number(1, 0, 100), True), ("years_experience", number(0, 0, 60), True),
    ("sites", number(0, 1, 10_000), False), ("state", str, False), ("budget", yes_no, True), ("authority", yes_no, True),
    ("need_by", date.fromisoformat, True), ("deal_size", number(2, 0, 100_000_000), True), ("tiered_discount", yes_no, False),
    ("products", choices(PRODUCTS), True), ("partner_deal", date.fromisoformat, True), ("competitor", yes_no, False),
    ("brochures_90d", number(0, 0, 1_000), False), ("product_views", number(2, 0, 10_000), True),
    ("careers_views_30d", number(0, 0, 10_000), True), ("videos_90d", number(0, 0, 1_000), True),
    ("last_page_view", date.fromisoformat, True), ("rep_request", date.fromisoformat, True),
    ("handed_over", date.fromisoformat, True), ("sales_response", choice(RESPONSES), True),
    ("rejection_reason", choice(REASONS), True), ("meeting_booked", yes_no, True), ("deal_outcome", choice(OUTCOMES), True),
    ("stage", choice(STAGES), True), ("rest_until", instant, True),
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


def answers(lead, territories, accounts):
    out = dict.fromkeys(OUTPUTS)

    created = None if lead.created_at is None else lead.created_at.astimezone(ZoneInfo("America/New_York")).date()
    quiet = days_since(lead.last_page_view)
    asked = at_most(days_since(lead.rep_request), 14)
    due_soon = at_most(days_until(lead.need_by), 120)
    interest = lead.product_views or 0
    research = min(lead.brochures_90d * 2 + (lead.videos_90d or 0), 20)
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
        (25, band(lead.brochures_90d, None, (3, 10), (1, 5), (0, 0))),
        (20, 10 if interest >= 5 else 2 * interest),
        (15, band(quiet, -10, (30, -5), (7, 4), (0, 10))),
    )
    readiness = Fraction(40, 100) * demographic + Fraction(60, 100) * behavioural
    readiness -= 25 if at_least(lead.careers_views_30d, 3) else 0
    readiness += 5 if lead.budget and lead.authority else 0
    readiness = clamp(readiness, 0, 100)
    out |= {"readiness": readiness, "readiness.demographic": demographic, "readiness.behavioural": behavioural}

    timing = 40 * asked + 20 * due_soon + 10 * (lead.brochures_90d >= 1) - 15 * above(quiet, 30)
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
    if lead.rest_until is None or lead.rest_until <= AS_OF_INSTANT:
        if before == "inquiry" and status == "qualified":
            after = "mql"
        elif before == "mql" and lead.sales_response == "accepted":
            after = "sal"
        elif before == "mql" and lead.sales_response == "rejected":
            after = "inquiry"
        elif before == "mql" and above(days_since(lead.handed_over), 30):
            after = "inquiry"
        elif before == "sal" and lead.sales_response == "rejected":
            after = "inquiry"
        elif before == "sal" and lead.meeting_booked:
            after = "opportunity"
        elif before == "opportunity" and lead.deal_outcome is not None:
            after = lead.deal_outcome
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


def main():
    leads, territories_file, accounts_file = sys.argv[1:]
    with open(territories_file, newline="", encoding="utf-8") as file:
        territories = {row["state"].lower(): row for row in csv.DictReader(file)}
    with open(accounts_file, newline="", encoding="utf-8") as file:
        accounts = {row["domain"].lower(): row["tier"] for row in csv.DictReader(file)}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["row", "lead_id", "rejected", *OUTPUTS])
    with open(leads, newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            try:
                out = answers(Lead(row), territories, accounts)
                writer.writerow([number, row["lead_id"], "", *(show(out[name]) for name in OUTPUTS)])
            except Bad as bad:
                writer.writerow([number, row["lead_id"], str(bad), *[""] * len(OUTPUTS)])


main()

//! Business time against cases transcribed from the test suites of four public libraries, and derived ones for clock changes.
//!
//! Every case that is `plain` gives what the data expects. Of the others, each carries the name of a convention: docs/business-time.md says
//! which side is taken, and [`taken`] says what it gives instead.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::DateTime};
use leadwright::calendar::{Block, Calendar, MICROS_PER_MINUTE};
use serde_json::Value;

use crate::tools::data;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[test]
fn every_plain_case_holds_and_every_convention_is_decided() {
    let Some(folder) = data() else { return };
    let text = std::fs::read_to_string(folder.join("business_time/cases.json")).expect("the cases");
    let cases: Value = serde_json::from_str(&text).expect("JSON");
    let calendars: BTreeMap<&String, (TimeZone, Calendar)> =
        cases["calendars"].as_object().expect("calendars").iter().map(|(id, value)| (id, calendar(value))).collect();

    let mut wrong = Vec::new();
    let mut counts: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for case in cases["cases"].as_array().expect("a list of cases") {
        let (zone, calendar) = &calendars[&case["calendar"].as_str().expect("an id").to_owned()];
        let expected = expectation(case, zone);
        let found = answer(case, zone, calendar);
        let plain = case["plain"] == Value::Bool(true);
        let convention = case["convention"].as_str().unwrap_or("").to_owned();
        let holds = if plain || AS_EXPECTED.contains(&convention.as_str()) { found == expected } else { found == taken(case) };
        if !holds {
            wrong.push(format!("{} {convention}: {found:?}, expected {expected:?}", case["id"]));
        }
        *counts.entry((convention, plain)).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{} cases: {}", wrong.len(), wrong[..wrong.len().min(10)].join("\n"));
    assert_eq!(counts.values().sum::<usize>(), 931);
    assert_eq!(counts.iter().filter(|((_, plain), _)| *plain).map(|(_, count)| count).sum::<usize>(), 874);
    let page = include_str!("../../docs/business-time.md");
    let undecided: Vec<&String> =
        counts.keys().map(|(convention, _)| convention).filter(|name| !name.is_empty() && !page.contains(&format!("`{name}`"))).collect();
    assert!(undecided.is_empty(), "docs/business-time.md says nothing of {undecided:?}");
}

/// Of the cases that the plain reading does not give: the conventions in which the data's side is ours.
const AS_EXPECTED: [&str; 1] = ["edge_in_skipped_hour"];

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Instant(Option<i64>),
    Micros(i64),
    Days(Option<i64>),
    Holds(bool),
}

/// What our side of a convention gives where the data has the other.
fn taken(case: &Value) -> Answer {
    let id = case["id"].as_str().expect("an id");
    match id {
        // Tuesday the 21st and Wednesday the 22nd; Monday, the first, does not count
        "bt-043" => Answer::Days(Some(2)),
        // Tuesday, Thursday and Friday; Wednesday the 22nd is closed
        "bt-045" => Answer::Days(Some(3)),
        // a Sunday of 25 hours
        "wh-137" => Answer::Micros(25 * 60 * MICROS_PER_MINUTE),
        _ if case["convention"] == "closing_instant_counts_as_open" => Answer::Holds(false),
        _ => match BY_HAND.iter().find(|(ours, _)| *ours == id) {
            Some((_, text)) => Answer::Instant(format!("{text}Z").parse::<Timestamp>().ok().map(Timestamp::as_microsecond)),
            None => panic!("{id} has no decision"),
        },
    }
}

/// Answers by hand, all of calendars in UTC.
#[rustfmt::skip]
const BY_HAND: [(&str, &str); 46] = [
    // due at the closing at which the amount is used up
    ("pd-005", "2014-07-01T17:00"),
    ("pd-018", "2014-07-01T17:00"),
    ("pd-065", "2014-07-01T16:00"),
    ("pd-072", "2014-07-02T16:00"),
    ("pd-112", "2014-07-05T05:00"),
    ("pd-141", "2014-07-01T12:00"),
    ("pd-146", "2014-07-01T18:00"),
    ("pd-147", "2014-07-02T12:00"),
    ("pd-154", "2014-07-04T18:00"),
    ("pd-158", "2014-07-01T18:00"),
    ("pd-161", "2014-07-02T12:00"),
    ("pd-168", "2014-07-07T12:00"),
    ("pd-205", "2014-07-08T17:00"),
    ("pd-207", "2014-07-08T17:00"),
    ("pd-208", "2014-07-09T17:00"),
    ("pd-209", "2014-07-09T17:00"),
    ("pd-210", "2014-07-09T17:00"),
    ("pd-211", "2014-07-11T17:00"),
    ("pd-212", "2014-07-11T17:00"),
    ("pd-230", "2014-07-09T02:00"),
    ("pd-255", "2014-07-09T01:00"),
    ("pd-256", "2014-07-09T04:00"),
    ("pd-323", "2014-07-01T17:00"),
    ("pd-336", "2014-07-01T17:00"),
    ("pd-381", "2014-07-01T13:00"),
    ("pd-435", "2018-11-10T17:00"),
    // days counted from the start's own day, its time of day kept
    ("bt-058", "2010-04-12T11:00"),
    ("bt-059", "2010-04-12T23:55"),
    ("bt-060", "2015-10-15T01:54"),
    ("bt-061", "2010-04-09T11:00"),
    ("bt-062", "2010-04-09T03:00"),
    ("bt-063", "2015-10-15T21:54"),
    ("bt-064", "2015-10-13T01:54"),
    ("bt-065", "2015-10-13T21:54"),
    ("bt-080", "2010-04-12T00:00"),
    ("bt-081", "2010-04-09T00:00"),
    ("wh-006", "2014-04-09T00:00"),
    ("wh-007", "2014-04-07T00:00"),
    ("wh-009", "2014-04-10T00:00"),
    ("wh-010", "2014-04-08T00:00"),
    // nothing added, nothing moved
    ("bt-004", "2010-04-10T12:33"),
    ("bt-005", "2016-01-30T12:33"),
    ("bt-053", "2010-04-10T12:33"),
    ("bt-054", "2016-01-30T12:33"),
    // an opening is open, so that there is nothing to roll back
    ("wh-089", "2014-04-08T09:00"),
    ("wh-091", "2014-04-07T13:00"),
];

fn answer(case: &Value, zone: &TimeZone, calendar: &Calendar) -> Answer {
    let start = instant(&case["start"], zone);
    let end = || instant(&case["end"], zone);
    match case["op"].as_str().expect("an operation") {
        "add" => Answer::Instant(calendar.add(start, number(&case["amount_minutes"]) * MICROS_PER_MINUTE)),
        "between" => Answer::Micros(calendar.between(start, end())),
        "add_days" => Answer::Instant(calendar.add_days(start, number(&case["amount_days"]))),
        "days_between" => Answer::Days(calendar.days_between(start, end())),
        "is_open" => Answer::Holds(calendar.is_open(start)),
        "is_business_day" => Answer::Holds(calendar.is_business_day(start)),
        "next_open" => Answer::Instant(calendar.next_open(start)),
        "next_opening" => Answer::Instant(calendar.next_opening(start)),
        "next_close" => Answer::Instant(calendar.next_close(start)),
        "roll_back" => Answer::Instant(calendar.roll_back(start)),
        "day_on_or_after" => Answer::Instant(calendar.day_on_or_after(start)),
        "day_on_or_before" => Answer::Instant(calendar.day_on_or_before(start)),
        other => panic!("unknown operation {other}"),
    }
}

fn expectation(case: &Value, zone: &TimeZone) -> Answer {
    match &case["expect"] {
        Value::Bool(holds) => Answer::Holds(*holds),
        Value::Number(_) if case["op"] == "between" => Answer::Micros(number(&case["expect_seconds"]) * 1_000_000),
        Value::Number(_) => Answer::Days(Some(number(&case["expect"]))),
        text => Answer::Instant(Some(instant(text, zone))),
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

/// An instant, or the local midnight of a day.
fn instant(value: &Value, zone: &TimeZone) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no instant"));
    let instant = match text.parse::<Timestamp>() {
        Ok(instant) => instant,
        Err(_) => {
            let day: Date = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            zone.to_timestamp(DateTime::from_parts(day, Time::midnight())).expect("an instant")
        }
    };
    instant.as_microsecond()
}

fn calendar(value: &Value) -> (TimeZone, Calendar) {
    let zone = TimeZone::get(value["tz"].as_str().expect("a zone")).expect("a zone that exists");
    let week = WEEKDAYS.map(|day| blocks(&value["hours"][day]));
    let day = |text: &str| {
        let day: Date = text.parse().expect("a day");
        i64::from(day.since(Date::constant(1970, 1, 1)).expect("days").get_days())
    };
    let closed = value["closed"].as_array().expect("a list").iter().map(|text| (day(text.as_str().expect("a day")), Vec::new()));
    let special = value["special"].as_object().into_iter().flatten().map(|(text, hours)| (day(text), blocks(hours)));
    (zone.clone(), Calendar::new(zone, week, closed.chain(special)))
}

fn blocks(hours: &Value) -> Vec<Block> {
    let minute = |text: &Value| {
        let (hour, minute) = text.as_str().and_then(|text| text.split_once(':')).expect("a time of day");
        hour.parse::<u16>().expect("an hour") * 60 + minute.parse::<u16>().expect("a minute")
    };
    let list = hours.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|block| Block { open_minute: minute(&block[0]), close_minute: minute(&block[1]) }).collect()
}

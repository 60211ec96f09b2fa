//! Business time: by hand at the clock changes and the ends of time, and against a walk that reads the clock minute by minute.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use leadwright::calendar::{Block, Calendar, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, instant};

const NEW_YORK: &str = "America/New_York";

/// `09:00-12:00 13:00-17:00`
fn blocks(text: &str) -> Vec<Block> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let block = |text: &str| {
        let (open, close) = text.split_once('-').unwrap();
        Block { open_minute: minute(open), close_minute: minute(close) }
    };
    text.split_whitespace().map(block).collect()
}

/// The same hours on days numbered from Monday = 0.
fn calendar(zone: &str, days: &[usize], hours: &str, exceptions: &[(&str, &str)]) -> Calendar {
    let mut week = [const { Vec::new() }; 7];
    days.iter().for_each(|day| week[*day] = blocks(hours));
    let exceptions = exceptions.iter().map(|(day, hours)| (at(&format!("{day}T00:00:00Z")) / MICROS_PER_DAY, blocks(hours)));
    Calendar::named(zone, week, exceptions).unwrap()
}

fn at(text: &str) -> i64 {
    instant(text).unwrap_or_else(|| panic!("{text}"))
}

const WEEKDAYS: [usize; 5] = [0, 1, 2, 3, 4];
const ALL_DAYS: [usize; 7] = [0, 1, 2, 3, 4, 5, 6];

#[test]
fn a_due_time_stays_at_the_closing_that_uses_the_amount_up() {
    let office = calendar(NEW_YORK, &WEEKDAYS, "09:00-17:00", &[]);
    // Tuesday 13:00 and four hours is Tuesday 17:00; a microsecond more is Wednesday 09:00
    let start = at("2026-11-17T18:00:00Z");
    assert_eq!(office.add(start, 4 * MICROS_PER_HOUR), instant("2026-11-17T22:00:00Z"));
    assert_eq!(office.add(start, 4 * MICROS_PER_HOUR + 1), instant("2026-11-18T14:00:00.000001Z"));
    // back from Wednesday 09:00: four hours end at Tuesday 13:00, eight at the opening, and no later instant has eight
    let end = at("2026-11-18T14:00:00Z");
    assert_eq!(office.add(end, -4 * MICROS_PER_HOUR), Some(start));
    assert_eq!(office.add(end, -8 * MICROS_PER_HOUR), instant("2026-11-17T14:00:00Z"));
    // sixteen hours: the latest instant is Monday's opening, not Friday's closing
    assert_eq!(office.add(end, -16 * MICROS_PER_HOUR), instant("2026-11-16T14:00:00Z"));
    assert_eq!(office.add(start, 0), Some(start));
}

#[test]
fn closed_and_special_days_take_the_place_of_the_week() {
    let us_sales = calendar(NEW_YORK, &WEEKDAYS, "08:30-17:00", &[("2026-11-26", ""), ("2026-11-28", "10:00-12:00")]);
    // Wednesday 16:00, four hours: one until 17:00, Thanksgiving is closed, three on Friday from 08:30
    let start = at("2026-11-25T21:00:00Z");
    assert_eq!(us_sales.add(start, 4 * MICROS_PER_HOUR), instant("2026-11-27T16:30:00Z"));
    // 1 h on Wednesday, 8.5 h on Friday, 2 h on the special Saturday, then Monday
    assert_eq!(us_sales.between(start, at("2026-11-30T00:00:00Z")), 11 * MICROS_PER_HOUR + 30 * MICROS_PER_MINUTE);
    assert!(!us_sales.is_business_day(at("2026-11-26T15:00:00Z")));
    assert!(us_sales.is_business_day(at("2026-11-28T20:00:00Z")));
    // Friday, Saturday, Monday
    assert_eq!(us_sales.add_days(start, 3), instant("2026-11-30T21:00:00Z"));
    assert_eq!(us_sales.days_between(start, at("2026-11-30T15:00:00Z")), Some(3));
    assert_eq!(us_sales.days_between(at("2026-11-30T15:00:00Z"), start), Some(-3));
    assert_eq!(us_sales.next_opening(at("2026-11-26T15:00:00Z")), instant("2026-11-27T13:30:00Z"));
    assert_eq!(us_sales.roll_back(at("2026-11-26T15:00:00Z")), instant("2026-11-25T22:00:00Z"));
    assert_eq!(us_sales.next_close(at("2026-11-26T15:00:00Z")), instant("2026-11-27T22:00:00Z"));
}

#[test]
fn edges_at_a_clock_change_are_the_first_instant_that_shows_them() {
    let sunday = |hours: &str| calendar(NEW_YORK, &[6], hours, &[]);
    let spring = (at("2026-03-08T05:00:00Z"), at("2026-03-09T04:00:00Z"));
    let autumn = (at("2026-11-01T04:00:00Z"), at("2026-11-02T05:00:00Z"));
    let hours = |calendar: &Calendar, (from, until): (i64, i64)| calendar.between(from, until) as f64 / MICROS_PER_HOUR as f64;
    // worked out on docs/business-time.md
    assert_eq!(hours(&sunday("02:30-05:00"), spring), 2.0);
    assert_eq!(hours(&sunday("00:00-02:30"), spring), 2.0);
    assert_eq!(hours(&sunday("02:10-02:50"), spring), 0.0);
    assert_eq!(hours(&sunday("01:30-05:00"), autumn), 4.5);
    // closes at the first 01:30 and stays closed as the hour comes round
    assert_eq!(hours(&sunday("00:00-01:30"), autumn), 1.5);
    assert_eq!(hours(&sunday("00:00-24:00"), spring), 23.0);
    assert_eq!(hours(&sunday("00:00-24:00"), autumn), 25.0);
    // 02:00 shows once, after the repeated hour
    assert_eq!(hours(&sunday("01:00-02:00"), autumn), 2.0);
    let early = sunday("02:30-05:00");
    assert_eq!(early.next_opening(spring.0), instant("2026-03-08T07:00:00Z"));
    assert_eq!(early.add(spring.0, MICROS_PER_HOUR), instant("2026-03-08T08:00:00Z"));
    let late = sunday("00:00-01:30");
    assert_eq!(late.next_close(autumn.0), instant("2026-11-01T05:30:00Z"));
    assert!(!late.is_open(at("2026-11-01T06:10:00Z")), "01:10 the second time");
    // a day keeps its local time: 02:30 is skipped, 01:30 comes twice
    let always = calendar(NEW_YORK, &ALL_DAYS, "00:00-24:00", &[]);
    assert_eq!(always.add_days(at("2026-03-07T07:30:00Z"), 1), instant("2026-03-08T07:30:00Z"));
    assert_eq!(always.add_days(at("2026-10-31T05:30:00Z"), 1), instant("2026-11-01T05:30:00Z"));
}

#[test]
fn touching_blocks_are_one_open_period() {
    let nights = calendar(NEW_YORK, &[0, 1], "00:00-06:00 22:00-24:00", &[]);
    // open from Monday 22:00 to Tuesday 06:00
    let monday_night = at("2026-11-17T03:30:00Z");
    assert_eq!(nights.next_close(monday_night), instant("2026-11-17T11:00:00Z"));
    assert_eq!(nights.next_opening(monday_night), instant("2026-11-18T03:00:00Z"));
    let split = calendar(NEW_YORK, &[0], "09:00-12:00 12:00-17:00 11:00-13:00", &[]);
    assert_eq!(split.next_close(at("2026-11-16T15:00:00Z")), instant("2026-11-16T22:00:00Z"));
}

#[test]
fn what_has_no_answer_gives_none_at_once() {
    let never = calendar(NEW_YORK, &[], "", &[("2026-11-28", "10:00-12:00")]);
    let start = at("2026-11-18T20:00:00Z");
    assert_eq!(never.add(start, 2 * MICROS_PER_HOUR), instant("2026-11-28T17:00:00Z"));
    for none in [
        never.add(start, 2 * MICROS_PER_HOUR + 1),
        never.add(start, -1),
        never.add(start, i64::MIN),
        never.add_days(start, 2),
        never.add_days(start, -1),
        never.add_days(start, i64::MIN),
        never.add_days(start, i64::MAX),
        never.next_open(at("2026-11-29T00:00:00Z")),
        never.roll_back(start),
    ] {
        assert_eq!(none, None);
    }
    let always = calendar(NEW_YORK, &ALL_DAYS, "00:00-24:00", &[]);
    assert_eq!(always.next_close(start), None);
    assert_eq!(always.next_opening(start), None);
    assert_eq!(always.add(start, i64::MAX), None);
    assert_eq!(always.add(i64::MAX, 1), None);
    assert_eq!(always.add(i64::MIN, -1), None);
    let end_of_time = Timestamp::MAX.as_microsecond();
    assert_eq!(always.add(end_of_time, MICROS_PER_DAY), None);
    assert_eq!(always.add_days(end_of_time, 1), None);
    assert!(always.between(i64::MIN, i64::MAX) > 0);
}

#[test]
fn amounts_of_centuries_take_no_walk() {
    let office = calendar(NEW_YORK, &WEEKDAYS, "09:00-17:00", &[]);
    let start = at("2026-11-18T14:00:00Z");
    let begun = std::time::Instant::now();
    for hours in [1_000, 100_000, 1_000_000] {
        let due = office.add(start, hours * MICROS_PER_HOUR).expect("before 9999");
        assert_eq!(office.between(start, due), hours * MICROS_PER_HOUR);
        assert_eq!(office.add(due, -hours * MICROS_PER_HOUR), Some(start));
    }
    // a thousand hours are 125 days of eight hours: 25 weeks, of which the last day ends at its closing
    assert_eq!(office.add(start, 1_000 * MICROS_PER_HOUR), instant("2027-05-11T21:00:00Z"));
    assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
}

/// Reads the clock of each minute, and knows nothing of sums.
struct Walk<'a> {
    zone: TimeZone,
    week: &'a [Vec<Block>; 7],
    exceptions: &'a [(i64, Vec<Block>)],
}

impl Walk<'_> {
    fn is_open(&self, minute: i64) -> bool {
        let local = self.zone.to_datetime(Timestamp::from_second(minute * 60).unwrap());
        let day = i64::from(local.date().since(jiff::civil::Date::constant(1970, 1, 1)).unwrap().get_days());
        let of_day = local.hour() as u16 * 60 + local.minute() as u16;
        let weekday = local.weekday().since(Weekday::Monday) as usize;
        let blocks = self.exceptions.iter().find(|(exception, _)| *exception == day).map_or(&self.week[weekday], |(_, blocks)| blocks);
        blocks.iter().any(|block| block.open_minute <= of_day && of_day < block.close_minute)
    }
}

#[test]
fn it_agrees_with_reading_the_clock_minute_by_minute() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    };
    // Lord Howe's clock moves by half an hour, Samoa skipped a whole day, Cairo changes at midnight
    let zones = [NEW_YORK, "Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "Pacific/Apia", "UTC"];
    for round in 0..140 {
        let zone = TimeZone::get(zones[round % zones.len()]).unwrap();
        // edges on full hours: within a repeated hour reading the clock alone is another convention
        let mut some_blocks = || -> Vec<Block> {
            (0..random(3))
                .map(|_| (random(24) as u16, random(24) as u16))
                .map(|(a, b)| Block { open_minute: a.min(b) * 60, close_minute: a.max(b) * 60 + 60 })
                .collect()
        };
        let week: [Vec<Block>; 7] = std::array::from_fn(|_| some_blocks());
        let exceptional: Vec<Vec<Block>> = (0..3).map(|_| some_blocks()).collect();
        let change = zone.following(Timestamp::from_second((random(1_000_000_000) + 900_000_000) as i64).unwrap()).next();
        let middle = change.map_or(1_300_000_000, |change| change.timestamp().as_second()) / 60;
        let exceptions: Vec<(i64, Vec<Block>)> =
            exceptional.into_iter().enumerate().map(|(index, blocks)| (middle / 1440 - 1 + index as i64, blocks)).collect();
        let calendar = Calendar::new(zone.clone(), week.clone(), exceptions.clone());
        let walk = Walk { zone, week: &week, exceptions: &exceptions };
        let minutes: Vec<i64> = (middle - 4 * 1440..middle + 4 * 1440).collect();
        let open: Vec<bool> = minutes.iter().map(|minute| walk.is_open(*minute)).collect();
        for (minute, open) in minutes.iter().zip(&open) {
            assert_eq!(calendar.is_open(minute * MICROS_PER_MINUTE), *open, "{} at {minute}", zones[round % zones.len()]);
        }
        for _ in 0..20 {
            let (a, b) = (random(minutes.len() as u64) as usize, random(minutes.len() as u64) as usize);
            let (a, b) = (a.min(b), a.max(b));
            let counted = open[a..b].iter().filter(|open| **open).count() as i64;
            let (from, until) = (minutes[a] * MICROS_PER_MINUTE, minutes[b] * MICROS_PER_MINUTE);
            assert_eq!(calendar.between(from, until), counted * MICROS_PER_MINUTE);
            assert_eq!(calendar.between(until, from), -counted * MICROS_PER_MINUTE);
            let mut passed = 0;
            let earliest = (a..open.len()).find(|index| {
                passed += i64::from(open[*index]);
                passed == counted
            });
            if counted > 0 {
                assert_eq!(calendar.add(from, counted * MICROS_PER_MINUTE), earliest.map(|index| (minutes[index] + 1) * MICROS_PER_MINUTE));
                let latest = (0..b).rev().scan(0, |passed, index| {
                    *passed += i64::from(open[index]);
                    Some((index, *passed))
                });
                let latest = latest.into_iter().find(|(_, passed)| *passed == counted).map(|(index, _)| minutes[index] * MICROS_PER_MINUTE);
                assert_eq!(calendar.add(until, -counted * MICROS_PER_MINUTE), latest);
            }
            let opening =
                (a + 1..open.len()).find(|index| open[*index] && !open[*index - 1]).map(|index| minutes[index] * MICROS_PER_MINUTE);
            if let Some(opening) = opening {
                assert_eq!(calendar.next_opening(from), Some(opening));
            }
            let closing =
                (a + 1..open.len()).find(|index| !open[*index] && open[*index - 1]).map(|index| minutes[index] * MICROS_PER_MINUTE);
            if let Some(closing) = closing {
                assert_eq!(calendar.next_close(from), Some(closing));
            }
        }
    }
}

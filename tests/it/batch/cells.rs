//! One cell of text to one value.

use std::fmt::Write;

use leadwright::batch::bad::Reason;
use leadwright::batch::cells::{Cell, CellReader, Cells, date_text, time_text, zoned_text};
use leadwright::calendar::{Zone, civil_from_days};
use leadwright::column::{Column, Width};
use leadwright::model::{Interval, Type, Unit};

use super::scene::{POLICY, policy};
use crate::support::random::Random;

fn read(ty: Type, cell: &str) -> Result<Option<i64>, Reason> {
    let policy = policy(POLICY);
    let zone = Zone::named("America/New_York").unwrap();
    CellReader::new(policy.model(), ty, Interval::FULL, &zone).text(cell)
}

/// Cells side by side in one text.
struct SideBySide {
    text: String,
    places: Vec<(usize, usize)>,
}

impl Cells for SideBySide {
    fn cell(&self, row: usize) -> Cell<'_> {
        let (start, end) = self.places[row];
        Cell { text: self.text.as_bytes(), start, end }
    }
}

#[test]
fn many_cells_at_once_are_read_as_each_alone() {
    let policy = policy(POLICY);
    let zone = Zone::named("America/New_York").unwrap();
    let mut random = Random::new(7);
    let limits = Interval { low: -5_000_000_000_000, high: 5_000_000_000_000_000 };
    for round in 0..2_000 {
        let ty = *random.pick(&[number(0), number(2), Type::YesNo, Type::Text, Type::Date, Type::OneOf(0)]);
        let new = || CellReader::new(policy.model(), ty, limits, &zone);
        let names = &policy.model().choices[0].members;
        let mut cells = SideBySide { text: String::new(), places: Vec::new() };
        for _ in 0..random.below(200) {
            let start = cells.text.len();
            match random.below(8) {
                0..=2 => (0..random.below(21)).for_each(|_| cells.text.push(*random.pick(&['0', '1', '5', '9']))),
                3 => write!(cells.text, "{}", random.integer() >> random.below(64)).unwrap(),
                4 => write!(cells.text, "{}.{}", random.below(1_000), random.below(120)).unwrap(),
                5 => cells.text.push_str(&random.pick(names).name),
                6 => cells.text.push_str(random.pick::<&str>(&[
                    "yes",
                    "no",
                    "true",
                    "2026-11-18",
                    "2026-11-19",
                    " yes",
                    "y\0",
                    "yes\0",
                    "a word that is long",
                ])),
                _ => (0..random.below(12)).for_each(|_| cells.text.push(*random.pick(&['1', '-', '.', '/', ':', 'a', ' ', '\0', 'é']))),
            }
            cells.places.push((start, cells.text.len()));
        }
        let (mut reader, count) = (new(), cells.places.len());
        let mut found = Column::with_capacity(Width::I64, 0);
        let (mut values, mut row) = (Vec::new(), 0);
        while row < count {
            let end = reader.extend(&cells, row..count, false, &mut found);
            values.extend((row..end).map(|row| Ok(found.get(row))));
            if end < count {
                let value = reader.text(cells.cell(end).as_str());
                reader.remember(cells.cell(end), value);
                found.push(value.unwrap_or_default());
                values.push(value);
            }
            row = end + 1;
        }
        for (row, value) in values.into_iter().enumerate() {
            let cell = cells.cell(row).as_str();
            assert_eq!(value, new().text(cell), "{cell:?} of {ty:?}, round {round}");
        }
    }
}

fn number(scale: u8) -> Type {
    Type::Number { scale, unit: Unit::Plain }
}

#[test]
fn numbers_are_read_exactly_or_refused() {
    let known = |scale, cell: &str, value| assert_eq!(read(number(scale), cell), Ok(Some(value)), "{cell:?} at {scale}");
    known(0, "7", 7);
    known(0, " +7 ", 7);
    known(0, "-7", -7);
    known(0, "007", 7);
    known(0, "-0", 0);
    known(0, "9.0", 9);
    known(0, "9.000000000000000000000000000000", 9);
    known(2, "12.5", 1250);
    known(2, "12.500", 1250);
    known(2, ".5", 50);
    known(2, "-.05", -5);
    known(2, "0.1", 10);
    known(0, "9223372036854775807", i64::MAX);
    known(0, "-9223372036854775808", i64::MIN);
    known(2, "92233720368547758.07", i64::MAX);
    known(18, "0.000000000000000001", 1);

    let bad = |scale, cell: &str, reason| assert_eq!(read(number(scale), cell), Err(reason), "{cell:?} at {scale}");
    bad(0, "9.5", Reason::TooManyPlaces(0));
    bad(2, "0.001", Reason::TooManyPlaces(2));
    bad(0, "9223372036854775808", Reason::TooLarge);
    bad(0, "-9223372036854775809", Reason::TooLarge);
    bad(2, "92233720368547758.08", Reason::TooLarge);
    bad(0, "99999999999999999999999999999999999999999999999999", Reason::TooLarge);
    bad(0, "1,000", Reason::NumberSeparator);
    bad(2, "1.000,50", Reason::NumberSeparator);
    bad(0, "1'000", Reason::NumberSeparator);
    bad(0, "1 000", Reason::NumberSeparator);
    bad(0, "1_000", Reason::NumberSeparator);
    bad(0, "5.", Reason::NothingBehindPoint);
    bad(2, "-12.", Reason::NothingBehindPoint);
    bad(0, "1e3", Reason::Exponent);
    bad(0, "1.2E+11", Reason::Exponent);
    for cell in ["many", "$5", "5-20", "200+", ".", "-", "+", "--5", "+-5", "0x10", "NaN", "inf", "٣", "1/2", "5%", "e5"] {
        assert!(matches!(read(number(2), cell), Err(Reason::NotANumber | Reason::NumberSeparator)), "{cell:?}");
    }
    assert_eq!(read(number(0), ""), Ok(None));
    assert_eq!(read(number(0), " \t\u{a0}"), Ok(None));
}

#[test]
fn json_numbers_may_have_exponents() {
    let policy = policy(POLICY);
    let zone = Zone::named("UTC").unwrap();
    let mut reader = CellReader::new(policy.model(), number(2), Interval::FULL, &zone);
    for (token, value) in
        [("1e3", 100_000), ("-1.5E+2", -15_000), ("12.5e-1", 125), ("0e999999999999999999999", 0), ("10e-1", 100), ("100e-2", 100)]
    {
        assert_eq!(reader.json_number(token), Ok(Some(value)), "{token}");
    }
    assert_eq!(reader.json_number("1e-3"), Err(Reason::TooManyPlaces(2)));
    assert_eq!(reader.json_number("1e99"), Err(Reason::TooLarge));
    assert_eq!(reader.json_number("1e99999999999999999999"), Err(Reason::TooLarge));
    assert_eq!(reader.json_number("1e-99999999999999999999"), Err(Reason::TooManyPlaces(2)));
}

#[test]
fn yes_and_no_as_crms_write_them() {
    for cell in ["yes", "Yes", " TRUE ", "y", "T", "1"] {
        assert_eq!(read(Type::YesNo, cell), Ok(Some(1)), "{cell:?}");
    }
    for cell in ["no", "NO", "False", "n", "f", "0"] {
        assert_eq!(read(Type::YesNo, cell), Ok(Some(0)), "{cell:?}");
    }
    for cell in ["2", "ja", "on", "yess", "truefalse", "-1", "0.0"] {
        assert_eq!(read(Type::YesNo, cell), Err(Reason::NotYesNo), "{cell:?}");
    }
}

#[test]
fn choices_by_any_spelling() {
    let policy = policy(POLICY);
    let zone = Zone::named("UTC").unwrap();
    let field = |name: &str| policy.model().fields.iter().find(|field| field.name == name).unwrap().ty;
    let mut kind = CellReader::new(policy.model(), field("kind"), Interval::FULL, &zone);
    // twice, because the second time the answer is remembered
    for _ in 0..2 {
        for (cell, value) in [("hospital", 0), (" HOSPITAL", 0), ("Long-term care", 1), ("long term  care", 1), ("ltc", 1), ("clinic", 2)] {
            assert_eq!(kind.text(cell), Ok(Some(value)), "{cell:?}");
        }
        assert_eq!(kind.text("klinik"), Err(Reason::NotAChoice));
        assert_eq!(kind.text("  "), Ok(None));
    }
    let mut products = CellReader::new(policy.model(), field("products"), Interval::FULL, &zone);
    for (cell, value) in
        [("service", 4), ("Dispensing;service", 5), (" service , dispensing ", 5), ("service;;", 4), ("a", -1), ("service;x", -1)]
    {
        match value {
            -1 => assert_eq!(products.text(cell), Err(Reason::NotAChoice), "{cell:?}"),
            value => assert_eq!(products.text(cell), Ok(Some(value)), "{cell:?}"),
        }
    }
    assert_eq!(products.text(" ; , "), Ok(None));
    assert_eq!(products.list(["service", "consumables", ""].into_iter()), Ok(Some(6)));
    assert_eq!(products.list([].into_iter()), Ok(None));
}

#[test]
fn days() {
    for (cell, day) in
        [("1970-01-01", 0), (" 2026-11-18 ", 20_775), ("2024-02-29", 19_782), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896)]
    {
        assert_eq!(read(Type::Date, cell), Ok(Some(day)), "{cell:?}");
        assert_eq!(date_text(day), cell.trim());
    }
    assert_eq!(read(Type::Date, "2026-11-18T00:00:00"), Ok(Some(20_775)));
    assert_eq!(read(Type::Date, "2026-11-18 00:00"), Ok(Some(20_775)));
    for (cell, reason) in [
        ("2026-11-18T15:00", Reason::DateWithTime),
        // midnight in London is the evening before in New York
        ("2026-11-18T00:00Z", Reason::MidnightElsewhere),
        ("2026-11-18T00:00:00.000+00:00", Reason::MidnightElsewhere),
        ("2026-11-18T00:00-04:00", Reason::MidnightElsewhere),
        ("2026-11-18T05:00Z", Reason::DateWithTime),
        ("2026-02-29", Reason::NoSuchDay),
        ("2026-13-01", Reason::NoSuchDay),
        ("2026-00-10", Reason::NoSuchDay),
        ("0000-01-01", Reason::NoSuchDay),
        ("1900-02-29", Reason::NoSuchDay),
        ("11/18/2026", Reason::NotADate),
        ("18.11.2026", Reason::NotADate),
        ("2026-1-18", Reason::NotADate),
        ("20261118", Reason::NotADate),
        ("2026-11-18x", Reason::NotADate),
        ("tomorrow", Reason::NotADate),
    ] {
        assert_eq!(read(Type::Date, cell), Err(reason), "{cell:?}");
    }
}

/// jiff knows the calendar independently.
#[test]
fn every_day_of_the_calendar_goes_there_and_back() {
    let mut date = jiff::civil::date(1, 1, 1);
    for day in -719_162..=2_932_896 {
        let (year, month, number) = civil_from_days(day);
        assert_eq!((year, month, number), (date.year().into(), date.month().into(), date.day().into()));
        if day < 2_932_896 {
            date = date.tomorrow().unwrap();
        }
        if day % 97 == 0 {
            assert_eq!(read_day(&date_text(day)), Ok(Some(day)));
        }
    }
}

fn read_day(text: &str) -> Result<Option<i64>, Reason> {
    thread_local! {
        static READER: std::cell::RefCell<CellReader> = std::cell::RefCell::new(CellReader::new(
            policy(POLICY).model(), Type::Date, Interval::FULL, &Zone::named("UTC").unwrap()));
    }
    READER.with_borrow_mut(|reader| reader.text(text))
}

#[test]
fn instants() {
    let second = 1_000_000;
    for (cell, instant) in [
        ("1970-01-01T00:00Z", 0),
        ("1970-01-01T00:00:01.5Z", 1_500_000),
        ("1970-01-01 00:00:00.000001 UTC", 1),
        ("1970-01-01T00:00:00.1234560000Z", 123_456),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T01:30:00+0130", 0),
        ("1969-12-31T19:00:00-05", 0),
        // local in New York
        ("1969-12-31 19:00", 0),
        ("2026-11-18T15:00", 1_795_032_000 * second),
        // skipped: 02:30 does not exist, the clock shows 03:30
        ("2026-03-08 02:30", 1_772_955_000 * second),
        // occurs twice: the first, in summer time
        ("2026-11-01 01:30", 1_793_511_000 * second),
    ] {
        assert_eq!(read(Type::Time, cell), Ok(Some(instant)), "{cell:?}");
    }
    for (cell, reason) in [
        ("2026-11-18", Reason::TimeWithoutClock),
        ("2026-11-18T24:00", Reason::NoSuchTime),
        ("2026-11-18T23:60", Reason::NoSuchTime),
        ("2026-11-18T23:59:60Z", Reason::NoSuchTime),
        ("2026-02-30T10:00", Reason::NoSuchDay),
        ("2026-11-18T10:00:00.0000001Z", Reason::TimeTooFine),
        ("2026-11-18T10", Reason::NotATime),
        ("2026-11-18T10:00 PM", Reason::NotATime),
        ("2026-11-18T10:00+5", Reason::NotATime),
        ("18/11/2026 10:00", Reason::NotATime),
        ("0001-01-01T00:00+01:00", Reason::NoSuchTime),
        ("9999-12-31T23:59-01:00", Reason::NoSuchTime),
    ] {
        assert_eq!(read(Type::Time, cell), Err(reason), "{cell:?}");
    }
}

#[test]
fn instants_are_written_in_a_zone() {
    let mut zone = Zone::named("America/New_York").unwrap();
    assert_eq!(time_text(0), "1970-01-01T00:00:00Z");
    assert_eq!(time_text(-1), "1969-12-31T23:59:59.999999Z");
    assert_eq!(zoned_text(0, &mut zone), "1969-12-31T19:00:00-05:00");
    assert_eq!(zoned_text(1_784_000_000_000_000, &mut zone), "2026-07-13T23:33:20-04:00");
}

#[test]
fn a_value_must_lie_in_its_range() {
    let policy = policy(POLICY);
    let zone = Zone::named("UTC").unwrap();
    let mut reader = CellReader::new(policy.model(), number(0), Interval { low: 1, high: 10 }, &zone);
    assert_eq!(reader.text("1"), Ok(Some(1)));
    assert_eq!(reader.text("10"), Ok(Some(10)));
    assert_eq!(reader.text("0"), Err(Reason::OutOfRange));
    assert_eq!(reader.whole(11), Err(Reason::OutOfRange));
}

#[test]
fn a_list_is_for_a_set_alone() {
    let policy = policy(
        "leadwright 1\npolicy p {}\nlead { id text key   one one of a, b, c   many some of a, b, c optional }\ndecide d { x when one is a   y otherwise }\n",
    );
    let zone = Zone::named("UTC").unwrap();
    let list = |field: usize, members: &[&str]| {
        CellReader::new(policy.model(), policy.model().fields[field].ty, Interval::FULL, &zone).list(members.iter().copied())
    };
    assert_eq!(list(1, &["a"]), Err(Reason::NotOneValue));
    assert_eq!(list(1, &[]), Err(Reason::NotOneValue));
    assert_eq!(list(2, &["a", "c"]), Ok(Some(0b101)));
    assert_eq!(list(2, &[]), Ok(None));
}

#[test]
fn midnight_with_an_offset_is_a_day_where_it_is_midnight() {
    // New York is five hours behind in winter, four in summer.
    assert_eq!(read(Type::Date, "2026-11-18T00:00:00-05:00"), Ok(Some(20_775)));
    assert_eq!(read(Type::Date, "2026-07-01T00:00-0400"), Ok(Some(20_635)));
    let policy = policy(POLICY);
    let mut utc = CellReader::new(policy.model(), Type::Date, Interval::FULL, &Zone::utc());
    assert_eq!(utc.text("2026-11-18T00:00:00.000Z"), Ok(Some(20_775)));
    assert_eq!(utc.text("2026-11-18T00:00:00-05:00"), Err(Reason::MidnightElsewhere));
}

//! Slips in dates, times of day, lengths of time and days of the week.

use super::{Habit, instead, slip, translated};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 9] = [
    day_and_time_apart,
    not_on_the_clock,
    time_of_no_day,
    time_needed,
    date_with_slashes,
    clock,
    day_of_the_week,
    unit_of_time,
    counted_in_other_units,
];

/// What other tools call the units of time.
pub(super) const UNIT_WORDS: [(&str, &[&str]); 5] = [
    ("seconds", &["s", "sec", "secs"]),
    ("minutes", &["m", "min", "mins"]),
    ("hours", &["h", "hr", "hrs"]),
    ("days", &["d"]),
    ("weeks", &["w", "wk", "wks"]),
];

/// `2026-11-18 15:00`
fn day_and_time_apart(found: &Found) -> Option<Diagnostic> {
    // The day fits where a date is expected, and is in the way where a time is.
    let offset = [-1, 0].into_iter().find(|offset| is_day(found.word(*offset)))?;
    if !found.word(offset + 1).contains(':') || found.kind(offset + 1) != Some(Kind::Number) {
        return None;
    }
    let span = found.span(offset).to(found.span(offset + 1));
    let fixed = format!("{}T{}", found.word(offset), found.word(offset + 1));
    Some(slip("a time is one word: day, `T`, time of day", span, "two words", format!("write `{fixed}`")).replace(
        format!("write `{fixed}`"),
        Applicability::Safe,
        span,
        fixed,
    ))
}

/// `12:185`, `25:0`
fn not_on_the_clock(found: &Found) -> Option<Diagnostic> {
    let (hour, minute) = found.word(0).split_once(':')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if found.kind(0) != Some(Kind::Number) || !is_number(hour) || !is_number(minute) {
        return None;
    }
    let fits = |text: &str, most: u8| text.len() <= 2 && text.parse::<u8>().is_ok_and(|value| value <= most);
    if fits(hour, 24) && minute.len() == 2 && fits(minute, 59) {
        return None;
    }
    let help = "a time of day is an hour up to 24 and two digits of minutes: `08:30`";
    Some(slip(format!("there is no time `{}`", found.word(0)), found.span(0), "not on the clock", help))
}

/// `2026-11-18T15`, `2026-11-18T12:185`
fn time_of_no_day(found: &Found) -> Option<Diagnostic> {
    let (day, _) = found.word(0).split_once(['T', 't'])?;
    if found.kind(0) != Some(Kind::Number) || !is_day(day) {
        return None;
    }
    let help = "a time is a day, `T` and a time of day: `2026-11-18T15:00`, with seconds, `Z` or an offset if need be";
    Some(slip(format!("there is no time `{}`", found.word(0)), found.span(0), "not on the clock", help))
}

fn is_day(word: &str) -> bool {
    let mut fields = word.split('-');
    let is_number = |field: Option<&str>, length: std::ops::RangeInclusive<usize>| {
        field.is_some_and(|field| length.contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_digit()))
    };
    is_number(fields.next(), 4..=4) && is_number(fields.next(), 1..=2) && is_number(fields.next(), 1..=2) && fields.next().is_none()
}

/// `as of 2026-11-18`
fn time_needed(found: &Found) -> Option<Diagnostic> {
    if !found.expects_any(&[Rule::time, Rule::ago]) || !is_day(found.word(0)) {
        return None;
    }
    let span = found.span(0);
    if found.word(0).parse::<jiff::civil::Date>().is_err() {
        let help = "a time is written as day, `T`, time of day: `2026-11-18T15:00`";
        return Some(slip(
            format!("there is no day `{}`, and a time of day is needed too", found.word(0)),
            span,
            "not in the calendar",
            help,
        ));
    }
    let help = format!("write `{}T00:00`, or the time that is meant", found.word(0));
    Some(slip("a time of day is needed too", span, "only a day", help).replace(
        "add midnight",
        Applicability::Unsafe,
        span.after(),
        "T00:00",
    ))
}

/// `closed 12/25/2026`
fn date_with_slashes(found: &Found) -> Option<Diagnostic> {
    if !found.expects_any(&[Rule::date, Rule::closed_day])
        || !["/", "."].iter().any(|sign| found.word(1) == *sign || found.word(0).contains(sign))
    {
        return None;
    }
    Some(slip("a date is written year, month, day", found.span(0), "not a date", "write `2026-12-25`"))
}

/// `hours since last call`, `months until due`
fn counted_in_other_units(found: &Found) -> Option<Diagnostic> {
    let (unit, word) = (found.word(-1), found.word(0));
    if !["since", "until"].contains(&word) || !["seconds", "minutes", "hours", "weeks", "months", "years"].contains(&unit) {
        return None;
    }
    let counted = format!("days {word}");
    let help = match (word, unit) {
        ("since", "seconds" | "minutes" | "hours") => {
            "write `days since`; whether something happened within hours is asked of a signal: `any call in last 4 hours`"
        }
        _ => "calendar days are counted, in the policy's zone: a week has 7 of them",
    };
    Some(slip(format!("`{word}` counts days"), found.span(-1).to(found.span(0)), "not how time is counted", help).replace(
        format!("write `{counted}`"),
        Applicability::Unsafe,
        found.span(-1).to(found.span(0)),
        counted,
    ))
}

/// `8 to 17`, `8am`, `08:00-17:00`
fn clock(found: &Found) -> Option<Diagnostic> {
    let (written, span) = (found.word(0), found.span(0));
    let help = "a time of day is hours and minutes: `08:30 to 17:00`";
    if found.expects(Rule::TO) && written.contains(':') {
        return written.split_once('-').map(|(open, close)| instead(found, span, &format!("{open} to {close}"), help));
    }
    if !found.expects(Rule::clock) || found.kind(0) != Some(Kind::Number) {
        return None;
    }
    let open = time_of_day(written)?;
    // both ends are written alike
    if found.word(1) == "to"
        && found.kind(2) == Some(Kind::Number)
        && let Some(close) = time_of_day(found.word(2))
        && close != found.word(2)
    {
        return Some(instead(found, span.to(found.span(2)), &format!("{open} to {close}"), help));
    }
    Some(instead(found, span, &open, help))
}

/// `8am` as `08:00`
fn time_of_day(written: &str) -> Option<String> {
    let small = written.to_lowercase();
    let (digits, half) = small.split_at(small.trim_end_matches(|character: char| character.is_alphabetic()).len());
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "00"));
    let hour = match (half, hour.parse::<u8>().ok()?) {
        ("", hour @ 0..=24) => hour,
        ("am", 12) => 0,
        ("am", hour @ 1..=11) | ("pm", hour @ 12) => hour,
        ("pm", hour @ 1..=11) => hour + 12,
        _ => return None,
    };
    Some(format!("{hour:02}:{minute}"))
}

/// `monday`, `mon-fri`
fn day_of_the_week(found: &Found) -> Option<Diagnostic> {
    let span = found.span(0);
    if found.expects(Rule::clock) && found.expects(Rule::TO) && found.word(0) == "-" {
        let message = "write `to` for `-`";
        return Some(super::slip(message, span, "not how it is written here", "days are `mon to fri`").replace(
            "write `to`",
            Applicability::Safe,
            span,
            super::spaced(found, span, "to"),
        ));
    }
    if !found.expects_any(&[Rule::weekday, Rule::opening]) {
        return None;
    }
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let small = found.word(0).to_lowercase();
    let day = days.iter().find(|day| small.len() >= 3 && day.starts_with(&small))?;
    Some(instead(found, span, &day[..3], "days are `mon`, `tue`, `wed`, `thu`, `fri`, `sat` and `sun`"))
}

/// `30 d`, `90 months`
fn unit_of_time(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::unit) {
        return None;
    }
    let span = found.span(0);
    if let Some(unit) = translated(&UNIT_WORDS, found.word(0)) {
        return Some(instead(found, span, unit, "time is counted in `seconds`, `minutes`, `hours`, `days` or `weeks`"));
    }
    let uneven = ["month", "months", "quarter", "quarters", "year", "years"].contains(&found.word(0));
    uneven.then(|| {
        slip(format!("`{}` are not all of one length", found.word(0)), span, "not a unit of time", "count in `days`, or in `weeks`")
    })
}

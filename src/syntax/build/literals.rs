//! Literals: strings, numbers, dates, times, durations.
//!
//! Enters: atomic nodes, whose shape the grammar has checked. Leaves: values, exact. Always holds: what cannot be (30 February, a number
//! beyond 64 bits, an unknown escape) is reported as a bad literal, and nothing is made up in its place.

use jiff::civil;

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{Duration, Name, Number, Text, TimeLiteral, Unit};

/// Decimal places that a number may have: as many as fit into 64 bits.
pub(in crate::syntax) const PLACES_MAX: usize = 18;

impl Builder<'_> {
    /// A string literal, unescaped.
    pub fn text_of(&mut self, node: Node) -> Text {
        let span = self.span(&node);
        let written = node.as_str();
        // Other quotation marks and a string that is not closed are the scanner's to report.
        let Some(inside) = written.strip_prefix('"') else {
            return Text { value: written.trim_matches(['\'', '“', '”', '„', '"']).to_owned(), span };
        };
        let mut value = String::with_capacity(inside.len());
        let mut characters = inside.char_indices();
        while let Some((index, character)) = characters.next() {
            match character {
                '"' => break,
                '\\' => match characters.next() {
                    Some((_, '"')) => value.push('"'),
                    Some((_, '\\')) => value.push('\\'),
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, other)) => {
                        value.push(other);
                        let start = span.start as usize + 1 + index;
                        self.bad_escape(Span::new(self.source, start, start + 1 + other.len_utf8()), other);
                    }
                    None => {}
                },
                other => value.push(other),
            }
        }
        Text { value, span }
    }

    fn bad_escape(&mut self, span: Span, other: char) {
        let backslash = Span { end: span.start + 1, ..span };
        self.report(
            Diagnostic::new(Code::BadLiteral, format!("`\\{other}` means nothing in a string"))
                .at(span, "not an escape")
                .help("a string knows `\\\"`, `\\\\`, `\\n` and `\\t`; write `\\\\` for a backslash")
                .replace("write a backslash as `\\\\`", Applicability::Unsafe, backslash, "\\\\"),
        );
    }

    /// `-25`, `250_000`, `12.50`
    pub fn number(&mut self, node: Node) -> Number {
        let span = self.span(&node);
        let written = node.as_str();
        let unreadable = Number { mantissa: Number::UNREADABLE, places: 0, currency: None, span };
        let (negative, unsigned) = match written.as_bytes().first() {
            Some(b'-') => (true, &written[1..]),
            Some(b'+') => (false, &written[1..]),
            _ => (false, written),
        };
        if unsigned.contains(',') {
            self.report_thousands(span, written);
        }
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        if [whole, fraction].iter().any(|digits| digits.ends_with('_') || digits.contains("__")) {
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("`{written}` has a `_` that does not stand between two digits"))
                    .at(span, "stray `_`")
                    .help("write one `_` between groups of digits, as in `250_000`"),
            );
        }
        let digits = || whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit);
        let places = fraction.bytes().filter(u8::is_ascii_digit).count();
        if places > PLACES_MAX {
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("`{written}` has {places} decimal places, more than {PLACES_MAX}"))
                    .at(span, "too many places")
                    .help(format!("a number keeps at most {PLACES_MAX} decimal places")),
            );
            return unreadable;
        }
        let magnitude = digits().try_fold(0_i64, |value, digit| value.checked_mul(10)?.checked_add(i64::from(digit - b'0')));
        let Some(magnitude) = magnitude else {
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("`{written}` is too {}", if negative { "small" } else { "large" }))
                    .at(span, "does not fit into 64 bits")
                    .help(format!(
                        "numbers reach from `-{0}` to `{0}`; a number with decimal places has that many digits at most",
                        i64::MAX
                    )),
            );
            return unreadable;
        };
        let mantissa = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
        Number { mantissa, places: places as u8, currency: None, span }
    }

    fn report_thousands(&mut self, span: Span, written: &str) {
        let instead = written.replace(',', "_");
        self.report(
            Diagnostic::new(Code::Syntax, format!("write `{instead}` for `{written}`"))
                .at(span, "a comma parts the members of a list")
                .help(format!("write `{instead}`; in a list put a blank behind the comma"))
                .replace(format!("replace by `{instead}`"), Applicability::Unsafe, span, instead),
        );
    }

    /// `250_000`, `100 EUR`
    pub fn amount(&mut self, node: Node) -> Built<Number> {
        let mut parts = Parts::of(node);
        let number = self.number(parts.need(Rule::number)?);
        let currency = parts.optional(Rule::currency_code).map(|code| self.currency(code));
        let span = currency.as_ref().map_or(number.span, |currency| number.span.to(currency.span));
        Ok(Number { currency, span, ..number })
    }

    pub fn currency(&mut self, node: Node) -> Name {
        Name { text: node.as_str().to_owned(), span: self.span(&node) }
    }

    /// `40%`; a weight without its `%` is reported.
    pub fn weight(&mut self, node: Node) -> Built<Number> {
        let mut parts = Parts::of(node);
        let number = self.number(parts.need(Rule::number)?);
        match parts.next_if(Rule::PERCENT) {
            Some(percent) => Ok(Number { span: number.span.to(self.span(&percent)), ..number }),
            None => {
                let written = self.text[number.span.start as usize..number.span.end as usize].to_owned();
                self.report(
                    Diagnostic::new(Code::Syntax, format!("a `%` is missing behind `{written}`"))
                        .at(number.span, "a share of the whole")
                        .help(format!("write `{written}%`"))
                        .replace("insert `%`", Applicability::Safe, number.span.after(), "%"),
                );
                Ok(number)
            }
        }
    }

    /// A whole number that is not negative; 1 in place of one that cannot be read, as 0 of something often is a mistake of its own.
    pub fn integer(&mut self, node: Node) -> u64 {
        self.number(node).mantissa.try_into().unwrap_or(1)
    }

    /// A number of decimal places.
    pub fn places(&mut self, node: Node) -> u8 {
        let span = self.span(&node);
        let places = self.integer(node);
        if places > PLACES_MAX as u64 {
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("{places} decimal places are more than {PLACES_MAX}"))
                    .at(span, "too many places")
                    .help(format!("write a number from 0 to {PLACES_MAX}")),
            );
            return 0;
        }
        places as u8
    }

    /// `4 business hours`
    pub fn duration(&mut self, node: Node) -> Built<Duration> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let amount = self.integer(parts.need(Rule::integer)?);
        let business = parts.optional(Rule::BUSINESS);
        let unit_node = parts.need(Rule::unit)?;
        let unit = match unit_node.as_str().trim_end_matches('s') {
            "second" => Unit::Seconds,
            "minute" => Unit::Minutes,
            "hour" => Unit::Hours,
            "day" => Unit::Days,
            "week" => Unit::Weeks,
            _ => return Err(Unbuilt),
        };
        if let (Some(business), Unit::Seconds | Unit::Weeks) = (&business, unit) {
            let at = self.span(business).to(self.span(&unit_node));
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("there are no business {}", unit_node.as_str()))
                    .at(at, "business time is counted in minutes, hours and days")
                    .help("write `business minutes`, `business hours` or `business days`"),
            );
        }
        Ok(Duration { amount, unit, business: business.is_some(), span })
    }

    /// `2026-11-26`; none if there is no such day, which is reported.
    pub fn date(&mut self, node: Node) -> Option<civil::Date> {
        let span = self.span(&node);
        self.civil_date(node.as_str(), span)
    }

    fn civil_date(&mut self, written: &str, span: Span) -> Option<civil::Date> {
        let mut fields = written.split('-').map(|field| field.parse::<i16>().ok());
        let date = match (fields.next().flatten(), fields.next().flatten(), fields.next().flatten()) {
            (Some(year), Some(month), Some(day)) => {
                i8::try_from(month).ok().zip(i8::try_from(day).ok()).and_then(|(month, day)| civil::Date::new(year, month, day).ok())
            }
            _ => None,
        };
        if date.is_none() {
            let diagnostic = Diagnostic::new(Code::BadLiteral, format!("there is no day `{written}`")).at(span, "not in the calendar");
            self.report(match last_day(written) {
                Some(last) => diagnostic.help(format!("the last day of that month is `{last}`")),
                None => diagnostic.help("a date is written year, month, day: `2026-11-26`"),
            });
        }
        date
    }

    /// `2026-11-18T15:00`, with seconds and places of them, `Z` or an offset; none if there is no such time, which is reported.
    pub fn time(&mut self, node: Node) -> Option<TimeLiteral> {
        let span = self.span(&node);
        let written = node.as_str();
        let (day, clock) = written.split_once('T').unwrap_or((written, ""));
        let date = self.civil_date(day, span);
        let offset_start = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
        let (clock, zone) = clock.split_at(offset_start);
        let (whole, places) = clock.split_once('.').unwrap_or((clock, ""));
        // of a second, up to six places: billionths
        let parts = format!("{places:0<9}").parse::<i32>().unwrap_or(-1);
        let mut fields = whole.split(':').map(|field| field.parse::<i8>().unwrap_or(-1));
        let (hour, minute, second) = (fields.next().unwrap_or(-1), fields.next().unwrap_or(-1), fields.next().unwrap_or(0));
        let time = civil::Time::new(hour, minute, second, parts).ok();
        if time.is_none() {
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("there is no time `{clock}`"))
                    .at(span, "not on the clock")
                    .help("a time runs from `00:00` to `23:59:59`"),
            );
        }
        let offset = self.offset(zone, span);
        Some(TimeLiteral { local: date?.to_datetime(time?), offset: offset? })
    }

    /// Seconds east of UTC: `Z`, `+01:00`; the inner one is none where nothing is written, the outer one if there is no such offset.
    fn offset(&mut self, zone: &str, span: Span) -> Option<Option<i32>> {
        if zone.is_empty() {
            return Some(None);
        }
        let (hours, minutes) = zone.get(1..).and_then(|digits| digits.split_once(':')).unwrap_or(("0", "0"));
        let (hours, minutes) = (hours.parse::<i32>().unwrap_or(99), minutes.parse::<i32>().unwrap_or(99));
        if hours > 23 || minutes > 59 {
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("there is no offset `{zone}`"))
                    .at(span, "not an offset from UTC")
                    .help("write `Z`, or an offset such as `+01:00`"),
            );
            return None;
        }
        let seconds = hours * 3600 + minutes * 60;
        Some(Some(if zone.starts_with('-') { -seconds } else { seconds }))
    }

    /// `08:30` in minutes from midnight; `24:00` is the end of the day. None if there is no such time, which is reported.
    pub fn clock(&mut self, node: Node) -> Option<u16> {
        let span = self.span(&node);
        let written = node.as_str();
        let (hour, minute) = written.split_once(':').unwrap_or((written, ""));
        let (hour, minute) = (hour.parse::<u16>().unwrap_or(99), minute.parse::<u16>().unwrap_or(99));
        let minutes = hour * 60 + minute;
        if minute > 59 || minutes > 24 * 60 {
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("there is no time `{written}`"))
                    .at(span, "not on the clock")
                    .help("a time of day runs from `00:00` to `24:00`"),
            );
            return None;
        }
        Some(minutes)
    }
}

/// The last day of the month that is written, if it is one.
fn last_day(written: &str) -> Option<civil::Date> {
    let mut fields = written.split('-');
    let (year, month) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(civil::Date::new(year, month, 1).ok()?.last_of_month())
}

//! How values, types and places are put into words for messages, and where fixes insert text.

use jiff::tz::TimeZoneDatabase;

use super::Policy;
use super::check::Checker;
use super::ranges::domain_of;
use super::value::{Interval, Type, Unit, format_scaled};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::source::Span;
use crate::syntax::RESERVED_WORDS;

impl Checker<'_> {
    /// A value as the policy would write it.
    pub(crate) fn show(&self, value: i64, ty: Type) -> String {
        show(&self.policy, value, ty)
    }

    /// `0 to 50_000`
    pub(crate) fn show_range(&self, range: Interval, ty: Type) -> String {
        format!("{} to {}", self.show(range.low, ty), self.show(range.high, ty))
    }

    /// `under 0`, `100 to 499`, `500 or more`, `7`: values of one type.
    pub(crate) fn show_values(&self, values: Interval, ty: Type) -> String {
        let limits = domain_of(ty);
        match (values.low <= limits.low, values.high >= limits.high) {
            _ if values.low == values.high => self.show(values.low, ty),
            (true, true) => "every value".to_owned(),
            (true, false) => format!("under {}", self.show(values.high.saturating_add(1), ty)),
            (false, true) => format!("{} or more", self.show(values.low, ty)),
            (false, false) => self.show_range(values, ty),
        }
    }

    /// Where a row can be inserted behind the row at `row` of a block, and how it has to begin there: on a line of its own, indented alike,
    /// if `row` starts its line, else behind some blanks.
    pub(crate) fn new_row(&self, row: Span, text: &str) -> String {
        let source = &self.sources.get(row.source).text;
        let line_start = source[..row.start as usize].rfind('\n').map_or(0, |end| end + 1);
        let before = &source[line_start..row.start as usize];
        if before.chars().all(char::is_whitespace) { format!("\n{before}{text}") } else { format!("   {text}") }
    }

    /// What is taken out with a row: its whole line, if nothing else stands there.
    pub(crate) fn line_of(&self, row: Span) -> Span {
        let source = &self.sources.get(row.source).text;
        let start = source[..row.start as usize].rfind('\n').map_or(0, |end| end + 1);
        let end = source[row.end as usize..].find('\n').map_or(source.len(), |length| row.end as usize + length + 1);
        let is_alone =
            [&source[start..row.start as usize], &source[row.end as usize..end]].into_iter().all(|beside| beside.trim().is_empty());
        if is_alone { Span::new(row.source, start, end) } else { row }
    }
}

impl Diagnostic {
    /// Says what was surely meant, and offers to write it.
    pub(crate) fn did_you_mean(self, place: Span, name: &str) -> Diagnostic {
        self.help(format!("did you mean `{name}`?")).replace(format!("write `{name}`"), Applicability::Unsafe, place, name)
    }
}

/// A name as a policy writes it: a reserved word stands in backquotes.
pub(crate) fn as_written(name: &str) -> String {
    if RESERVED_WORDS.contains(&name) { format!("`{name}`") } else { name.to_owned() }
}

/// "a whole number", "a choice": what a value of this type is.
pub(crate) fn a_value_of(ty: Type) -> &'static str {
    match ty {
        Type::Text => "a text",
        Type::Number { unit: Unit::Money, .. } => "an amount of money",
        Type::Number { scale: 0, .. } => "a whole number",
        Type::Number { .. } => "a number",
        Type::YesNo => "a yes or no",
        Type::OneOf(_) => "a choice",
        Type::SomeOf(_) => "a set of choices",
        Type::Date => "a date",
        Type::Time => "a time",
    }
}

/// "`a`, `b` and `c`", at most a handful.
pub(crate) fn listed(names: &[String]) -> String {
    const SHOWN_MAX: usize = 6;
    let shown = names.len().min(SHOWN_MAX);
    let rest = names.len() - shown;
    let quoted: Vec<String> = names[..shown].iter().map(|name| format!("`{name}`")).collect();
    match (rest, quoted.split_last()) {
        (0, Some((last, []))) => last.clone(),
        (0, Some((last, others))) => format!("{} and {last}", others.join(", ")),
        (_, _) => format!("{} and {rest} more", quoted.join(", ")),
    }
}

fn show(policy: &Policy, value: i64, ty: Type) -> String {
    match ty {
        Type::Number { scale, .. } => grouped(&format_scaled(i128::from(value), scale)),
        Type::YesNo => if value == 0 { "no" } else { "yes" }.to_owned(),
        Type::OneOf(choices) => choice_name(policy, choices, value).unwrap_or_else(|| value.to_string()),
        Type::SomeOf(choices) => {
            let names: Vec<String> =
                (0..63).filter(|bit| value >> bit & 1 == 1).filter_map(|bit| choice_name(policy, choices, bit)).collect();
            names.join(", ")
        }
        Type::Date => date(value).map_or_else(|| value.to_string(), |date| date.to_string()),
        Type::Time => {
            let zone = TimeZoneDatabase::bundled().get(&policy.timezone).ok();
            let instant = zone.zip(jiff::Timestamp::from_microsecond(value).ok());
            instant.map_or_else(|| value.to_string(), |(zone, instant)| instant.to_zoned(zone).datetime().to_string())
        }
        Type::Text => value.to_string(),
    }
}

fn choice_name(policy: &Policy, choices: super::ChoicesId, index: i64) -> Option<String> {
    let member = policy.choices.get(choices)?.members.get(usize::try_from(index).ok()?)?;
    Some(member.name.clone())
}

fn date(days: i64) -> Option<jiff::civil::Date> {
    let span = jiff::Span::new().try_days(days).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(span).ok()
}

/// `50000.00` as policies write it: `50_000`; four digits stay together, and places that are all zero are left out.
fn grouped(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, places) = number.split_once('.').unwrap_or((number, ""));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len() > 4 && (whole.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    if places.chars().any(|digit| digit != '0') {
        out.push('.');
        out.push_str(places);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_policies_write_them() {
        let cases = [("0", "0"), ("1234", "1234"), ("50000", "50_000"), ("-1234567.50", "-1_234_567.50"), ("12.00", "12")];
        for (number, expected) in cases {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn lists_of_names_read_as_sentences() {
        let names = |count: usize| (0..count).map(|index| format!("n{index}")).collect::<Vec<_>>();
        assert_eq!(listed(&names(1)), "`n0`");
        assert_eq!(listed(&names(3)), "`n0`, `n1` and `n2`");
        assert_eq!(listed(&names(9)), "`n0`, `n1`, `n2`, `n3`, `n4`, `n5` and 3 more");
    }
}

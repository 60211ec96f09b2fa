//! Literals and small clauses as text on one line.
//!
//! Enters: what the tree has. Leaves: text in the language. Always holds: different literals give different texts; `_` in numbers leaves no trace, nor do
//! places of points and weights that are 0.

use crate::model::value::{Decimal, format_scaled};
use crate::syntax::{RESERVED_WORDS, tree};
use tree::{Cap, Duration, Fading, Name, Number, Period, Since, Subject, Text, TimeLiteral, TypeExpr, TypeKind, Unit};

/// A name, in backquotes if it is a reserved word.
pub fn name(name: &Name) -> String {
    if RESERVED_WORDS.contains(&name.text.as_str()) { format!("`{}`", name.text) } else { name.text.clone() }
}

pub fn names(list: &[Name]) -> String {
    list.iter().map(name).collect::<Vec<_>>().join(", ")
}

pub fn path(path: &[Name]) -> String {
    path.iter().map(name).collect::<Vec<_>>().join(".")
}

pub fn text(text: &Text) -> String {
    quoted(&text.value)
}

pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// As written, with all its places: in an expression they may count.
/// In backquotes, as many as it takes to see where it ends.
pub fn code(text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    match longest {
        0 => format!("`{text}`"),
        _ => {
            let fence = "`".repeat(longest + 1);
            format!("{fence} {text} {fence}")
        }
    }
}

/// A text of the policy that stands without backquotes, unless it has some of its own that are no name's.
pub fn plain(text: &str) -> String {
    let is_name = |piece: &str| !piece.is_empty() && piece.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let pieces: Vec<&str> = text.split('`').collect();
    let names_alone = pieces.len() % 2 == 1 && pieces.iter().skip(1).step_by(2).all(|piece| is_name(piece));
    if names_alone { text.to_owned() } else { code(text) }
}

pub fn number(number: &Number) -> String {
    with_currency(format_scaled(number.mantissa, number.places), number)
}

/// The value alone: `10`, `2.5`.
pub fn amount(number: &Number) -> String {
    with_currency(Decimal { mantissa: number.mantissa, places: number.places }.reduced().to_string(), number)
}

/// Points that are added: `+5`, `-25`.
pub fn signed(number: &Number) -> String {
    if number.mantissa >= 0 { format!("+{}", amount(number)) } else { amount(number) }
}

pub fn percent(number: &Number) -> String {
    format!("{}%", amount(number))
}

fn with_currency(text: String, number: &Number) -> String {
    match &number.currency {
        Some(currency) => format!("{text} {}", currency.text),
        None => text,
    }
}

pub fn duration(duration: &Duration) -> String {
    let Duration { amount, unit, business, span: _ } = duration;
    let (one, many) = match unit {
        Unit::Seconds => ("second", "seconds"),
        Unit::Minutes => ("minute", "minutes"),
        Unit::Hours => ("hour", "hours"),
        Unit::Days => ("day", "days"),
        Unit::Weeks => ("week", "weeks"),
    };
    format!("{amount} {}{}", if *business { "business " } else { "" }, if *amount == 1 { one } else { many })
}

pub fn time(time: &TimeLiteral) -> String {
    let TimeLiteral { local, offset } = time;
    let local = local.to_string();
    let local = local.strip_suffix(":00").unwrap_or(&local);
    match offset {
        None => local.to_owned(),
        Some(0) => format!("{local}Z"),
        Some(seconds) => {
            let sign = if *seconds < 0 { '-' } else { '+' };
            let minutes = seconds.unsigned_abs() / 60;
            format!("{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

pub fn period(period: &Period) -> String {
    match period {
        Period::Hour => "hour".to_owned(),
        Period::Day => "day".to_owned(),
        Period::Week => "week".to_owned(),
        Period::Month => "month".to_owned(),
        Period::Quarter => "quarter".to_owned(),
        Period::Year => "year".to_owned(),
        Period::Days(days) => format!("{days} days"),
        Period::Ever => "ever".to_owned(),
    }
}

/// `at most 1 per day`
pub fn cap(cap: &Cap) -> String {
    let Cap { amount, per, span: _ } = cap;
    match per {
        Period::Ever => format!("at most {amount} ever"),
        Period::Hour | Period::Day | Period::Week | Period::Month | Period::Quarter | Period::Year | Period::Days(_) => {
            format!("at most {amount} per {}", period(per))
        }
    }
}

pub fn fading(fading: &Fading) -> String {
    match fading {
        Fading::HalfEvery(length) => format!("fading half every {}", duration(length)),
        Fading::ToNothingOver(length) => format!("fading to nothing over {}", duration(length)),
    }
}

pub fn since(since: &Since) -> String {
    match since {
        Since::Entering(stage) => format!("since entering {}", name(stage)),
        Since::LastSignal(signal) => format!("since last {}", name(signal)),
    }
}

pub fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Signal(signal) => name(signal),
        Subject::Entering(stage) => format!("entering {}", name(stage)),
        Subject::Leaving(stage) => format!("leaving {}", name(stage)),
        // `days in` stands before it
        Subject::Stage(stage) => name(stage),
    }
}

/// A type without its choices, which are parts of their own.
pub fn type_name(ty: &TypeExpr) -> String {
    let range = |(low, high): &(Number, Number)| format!("{}..{}", number(low), number(high));
    let with = |word: String, limits: Option<String>| match limits {
        Some(limits) => format!("{word} {limits}"),
        None => word,
    };
    match &ty.kind {
        TypeKind::Text => "text".to_owned(),
        TypeKind::Whole => "whole".to_owned(),
        TypeKind::WholeRange(low, high) => format!("whole {}..{}", number(low), number(high)),
        TypeKind::Decimal { places, range: limits } => with(format!("decimal {places}"), limits.as_ref().map(range)),
        TypeKind::Money { currency, range: limits } => {
            with(with("money".to_owned(), currency.as_ref().map(|currency| currency.text.clone())), limits.as_ref().map(range))
        }
        TypeKind::YesNo => "yes_no".to_owned(),
        TypeKind::OneOf(_) => "one of".to_owned(),
        TypeKind::SomeOf(_) => "some of".to_owned(),
        TypeKind::Date => "date".to_owned(),
        TypeKind::Time => "time".to_owned(),
        TypeKind::Queue => "queue".to_owned(),
        TypeKind::Team => "team".to_owned(),
        TypeKind::Owner => "owner".to_owned(),
        TypeKind::Stage => "stage".to_owned(),
        TypeKind::Unread => "?".to_owned(),
    }
}

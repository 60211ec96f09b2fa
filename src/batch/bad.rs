//! Cells and rows that cannot be read, and why.
//!
//! Enters: what a reader could not turn into a value. Leaves: [`BadCell`], with a [`Reason`] that is small enough to count by and a
//! sentence made only when it is shown. Always holds: a shown value is short and cannot steer a terminal.

use super::cells::pieces;
use crate::diagnostic::{nearest, sanitise};
use crate::model::value::{fold_choice, format_scaled};
use crate::model::{Choices, ChoicesId, FieldId, Interval, MeasureId, Policy, Type};

/// What was expected to be in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Field(FieldId),
    Stage,
    StageSince,
    RestUntil,
    /// worked out, never read
    Measure(MeasureId),
    /// the owner whom a route may keep
    RouteOwner(usize),
    /// the queue that the lead is in, of such a route
    RouteQueue(usize),
    /// the row as a whole
    Row,
}

/// Why a cell or a row is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    // cells
    RequiredEmpty,
    NotANumber,
    /// `1,000`
    NumberSeparator,
    NothingBehindPoint,
    /// of a JSON text
    BrokenEscape,
    /// `1E+05`
    Exponent,
    /// more places than the field keeps
    TooManyPlaces(u8),
    /// does not fit 64 bits
    TooLarge,
    OutOfRange,
    NotYesNo,
    NotAChoice,
    NotADate,
    NoSuchDay,
    DateWithTime,
    /// `2026-11-18T00:00:00Z` where the policy's zone is not UTC
    MidnightElsewhere,
    NotATime,
    NoSuchTime,
    TimeWithoutClock,
    /// finer than a microsecond
    TimeTooFine,
    NotUtf8,
    HoldsNul,
    CellTooLong,
    /// an object or a list where one value should stand
    NotOneValue,

    // rows
    CellCount {
        found: u32,
        expected: u32,
    },
    RowNotUtf8,
    RowHoldsNul,
    /// text directly behind the closing quote of a cell
    QuoteInside,
    NotJson,
    NotAnObject,
    RepeatedName,
    TwoColumns,

    // rows of signals and of the stage log
    AfterAsOf,
    UnknownLead,
    RejectedLead,
    LaterLead,
}

impl Reason {
    /// Whether the reason is said of the value: "`many` is not a number".
    fn is_of_value(self) -> bool {
        match self {
            Reason::RequiredEmpty
            | Reason::CellCount { .. }
            | Reason::RowNotUtf8
            | Reason::RowHoldsNul
            | Reason::CellTooLong
            | Reason::QuoteInside
            | Reason::NotJson
            | Reason::NotAnObject
            | Reason::RepeatedName
            | Reason::TwoColumns
            | Reason::UnknownLead
            | Reason::RejectedLead
            | Reason::LaterLead => false,
            Reason::NotANumber
            | Reason::NumberSeparator
            | Reason::NothingBehindPoint
            | Reason::BrokenEscape
            | Reason::Exponent
            | Reason::TooManyPlaces(_)
            | Reason::TooLarge
            | Reason::OutOfRange
            | Reason::NotYesNo
            | Reason::NotAChoice
            | Reason::NotADate
            | Reason::NoSuchDay
            | Reason::DateWithTime
            | Reason::MidnightElsewhere
            | Reason::NotATime
            | Reason::NoSuchTime
            | Reason::TimeWithoutClock
            | Reason::TimeTooFine
            | Reason::NotUtf8
            | Reason::HoldsNul
            | Reason::NotOneValue
            | Reason::AfterAsOf => true,
        }
    }
}

/// A bad cell, or a row that could not be split into cells (`Subject::Row`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCell {
    /// line of the file where the row begins, or number of the row in Parquet and Arrow; both from one
    pub line: u64,
    /// the lead's key, as far as it is known
    pub key: String,
    /// the column's name in the file; empty for a row
    pub column: String,
    /// what stands there, shortened and made harmless
    pub value: String,
    pub subject: Subject,
    pub reason: Reason,
    pub outcome: Outcome,
}

/// What became of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Rejected,
    /// the cell counts as missing
    TakenAsMissing,
    /// nothing is wrong with the row, but it has no part in this run
    LeftOut,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Rejected => "rejected",
            Outcome::TakenAsMissing => "taken as missing",
            Outcome::LeftOut => "left out",
        }
    }
}

/// The most characters of a value that are shown.
const SHOWN_CHARS_MAX: usize = 60;

/// A value as it is shown in reports and rejects.
pub fn shown(value: &str) -> String {
    let short = match value.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    };
    sanitise::one_line(&short).into_owned()
}

impl BadCell {
    /// The whole story: `column `beds`: `many` is not a number`.
    pub fn sentence(&self, policy: &Policy) -> String {
        let reason = reason_sentence(policy, self.subject, self.reason, Some(&self.value));
        match self.subject {
            Subject::Row => reason,
            Subject::Field(_)
            | Subject::Stage
            | Subject::StageSince
            | Subject::RestUntil
            | Subject::RouteOwner(_)
            | Subject::RouteQueue(_)
            | Subject::Measure(_) => {
                let value = if self.reason.is_of_value() { format!("`{}` ", self.value) } else { String::new() };
                format!("column `{}`: {value}{reason}", shown(&self.column))
            }
        }
    }
}

/// The reason, without the value; `value` serves to guess what was meant.
pub fn reason_sentence(policy: &Policy, subject: Subject, reason: Reason, value: Option<&str>) -> String {
    let field = match subject {
        Subject::Field(field) => policy.fields.get(field),
        Subject::Stage
        | Subject::StageSince
        | Subject::RestUntil
        | Subject::RouteOwner(_)
        | Subject::RouteQueue(_)
        | Subject::Measure(_)
        | Subject::Row => None,
    };
    let name = match subject {
        Subject::Field(_) => field.map_or("", |field| field.name.as_str()),
        Subject::Stage => "stage",
        Subject::StageSince => "stage_since",
        Subject::RestUntil => "rest_until",
        Subject::RouteOwner(_) => "owner",
        Subject::RouteQueue(_) => "queue",
        Subject::Measure(_) | Subject::Row => "",
    };
    match reason {
        Reason::RequiredEmpty => format!("the required field `{name}` is empty"),
        Reason::NotANumber => "is not a number".to_owned(),
        Reason::NothingBehindPoint => "has no digit behind its point: write `5` or `5.0`".to_owned(),
        Reason::BrokenEscape => "holds an escape that is no character, such as one half of a pair".to_owned(),
        Reason::NumberSeparator => {
            "is not a plain number: write it without separators between thousands and with a decimal point".to_owned()
        }
        Reason::Exponent => "is written with an exponent: write the digits out".to_owned(),
        Reason::TooManyPlaces(0) => "is not a whole number".to_owned(),
        Reason::TooManyPlaces(1) => "has more than the 1 decimal place that the field keeps".to_owned(),
        Reason::TooManyPlaces(places) => format!("has more than the {places} decimal places that the field keeps"),
        Reason::TooLarge => "is beyond what can be counted (64 bits)".to_owned(),
        Reason::OutOfRange => match field.and_then(|field| Some((field, field.range?))) {
            Some((field, range)) => format!("is outside {}", range_text(policy, field.ty, range)),
            None => "is outside what the field can hold".to_owned(),
        },
        Reason::NotYesNo => "is neither yes nor no".to_owned(),
        Reason::NotAChoice => not_a_choice(policy, subject, name, value),
        Reason::NotADate => "is not a date written as `2026-11-18`".to_owned(),
        Reason::NoSuchDay => "is no day of the calendar".to_owned(),
        Reason::DateWithTime => "is a moment, not a day: its time of day would be lost".to_owned(),
        Reason::MidnightElsewhere => {
            format!("is midnight elsewhere, and another moment in {}: write the day alone, as in `2026-11-18`", policy.timezone)
        }
        Reason::NotATime => "is not a time written as `2026-11-18T15:00`, with `Z` or an offset if it is not local".to_owned(),
        Reason::NoSuchTime => "is no time of the calendar".to_owned(),
        Reason::TimeWithoutClock => "is a day without a time".to_owned(),
        Reason::TimeTooFine => "is finer than a microsecond".to_owned(),
        Reason::NotUtf8 => "is not UTF-8".to_owned(),
        Reason::HoldsNul => "holds a NUL character".to_owned(),
        Reason::CellTooLong => "a cell is longer than 1 MiB".to_owned(),
        Reason::NotOneValue => "is not one value".to_owned(),
        Reason::CellCount { found, expected } => {
            format!("the row has {found} {}, the header has {expected}", if found == 1 { "cell" } else { "cells" })
        }
        Reason::RowNotUtf8 => "the row is not UTF-8".to_owned(),
        Reason::RowHoldsNul => "the row holds a NUL character".to_owned(),
        Reason::QuoteInside => "a quote inside a quoted cell is not doubled".to_owned(),
        Reason::NotJson => "the line is not JSON".to_owned(),
        Reason::NotAnObject => "the line is not a JSON object".to_owned(),
        Reason::RepeatedName => "a name occurs twice in the object".to_owned(),
        Reason::TwoColumns => format!("two names of the object stand for `{name}`"),
        Reason::AfterAsOf => "is later than as-of".to_owned(),
        Reason::UnknownLead => "no lead of the file has this key".to_owned(),
        Reason::RejectedLead => "is of a lead that is rejected".to_owned(),
        Reason::LaterLead => "is of a lead that came into being after the end".to_owned(),
    }
}

fn not_a_choice(policy: &Policy, subject: Subject, name: &str, value: Option<&str>) -> String {
    let choices = subject_choices(policy, subject).and_then(|choices| policy.choices.get(choices));
    let Some(choices) = choices else { return format!("is not a choice of `{name}`") };
    // of several values it is one that is wrong
    let member = value.and_then(|value| bad_member(policy, subject, choices, value));
    let held = member.as_ref().map(|member| format!("holds `{}`, which ", shown(member))).unwrap_or_default();
    let folded = member.as_deref().or(value).map(fold_choice).unwrap_or_default();
    let spellings = choices.members.iter().flat_map(|member| member.spellings.iter().map(String::as_str));
    match nearest(&folded, spellings).and_then(|spelling| choices.index_of_spelling(spelling)) {
        Some(meant) => format!("{held}is not a choice of `{name}`; did you mean `{}`", choices.members[meant].name),
        // a few can be named, once it is said of a value
        None if value.is_some() && choices.members.len() <= CHOICES_SHOWN_MAX => {
            let names: Vec<String> = choices.members.iter().map(|member| format!("`{}`", member.name)).collect();
            match &names[..] {
                [] => format!("{held}is not a choice of `{name}`, which has none in this policy"),
                [one] => format!("{held}is not a choice of `{name}`; it has only {one}"),
                names => format!("{held}is not a choice of `{name}`; it has {}", names.join(", ")),
            }
        }
        None => format!("{held}is not a choice of `{name}`"),
    }
}

/// The first of the values in a cell of a `some of` that is not a choice, if it holds several.
fn bad_member(policy: &Policy, subject: Subject, choices: &Choices, value: &str) -> Option<String> {
    let Subject::Field(field) = subject else { return None };
    let Type::SomeOf(_) = policy.fields.get(field)?.ty else { return None };
    let is_choice = |piece: &str| choices.index_of_spelling(piece).is_some();
    if value.starts_with('[') {
        let members: Vec<String> = serde_json::from_str(value).ok()?;
        return members.into_iter().find(|member| !is_choice(member));
    }
    let mut pieces = pieces(value, ';').filter(|piece| !is_choice(piece)).flat_map(|outer| pieces(outer, ','));
    pieces.find(|piece| !is_choice(piece)).filter(|piece| *piece != value.trim()).map(str::to_owned)
}

const CHOICES_SHOWN_MAX: usize = 6;

fn subject_choices(policy: &Policy, subject: Subject) -> Option<ChoicesId> {
    match subject {
        Subject::Field(field) => match policy.fields.get(field)?.ty {
            Type::OneOf(choices) | Type::SomeOf(choices) => Some(choices),
            Type::Text | Type::Number { .. } | Type::YesNo | Type::Date | Type::Time => None,
        },
        Subject::Stage => policy.stage_choices,
        Subject::RouteOwner(_) => policy.owner_choices,
        Subject::RouteQueue(_) => policy.queue_choices,
        Subject::StageSince | Subject::RestUntil | Subject::Measure(_) | Subject::Row => None,
    }
}

fn range_text(policy: &Policy, ty: Type, range: Interval) -> String {
    let end = |value: i64| match ty {
        Type::Number { scale, .. } => format_scaled(i128::from(value), scale),
        Type::Date => super::cells::date_text(value),
        Type::Time => super::cells::time_text(value),
        Type::Text | Type::YesNo => value.to_string(),
        Type::OneOf(choices) | Type::SomeOf(choices) => policy
            .choices
            .get(choices)
            .and_then(|choices| choices.members.get(usize::try_from(value).ok()?))
            .map_or_else(|| value.to_string(), |member| member.name.clone()),
    };
    match range {
        Interval { low: i64::MIN, high } => format!("the field's range: at most {}", end(high)),
        Interval { low, high: i64::MAX } => format!("the field's range: at least {}", end(low)),
        Interval { low, high } => format!("the field's range {} to {}", end(low), end(high)),
    }
}

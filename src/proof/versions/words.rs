//! Parts of domains in the policy's words.
//!
//! Enters: a variable and the parts of its domain on a way. Leaves: `beds 50 to 99`, `region is EMEA or APAC`. Always holds: what is written is true of exactly the values of the
//! parts, as far as words tell them apart.

use std::borrow::Cow;

use super::parts::Reading;
use crate::calendar::MICROS_PER_DAY;
use crate::model::value::format_scaled;
use crate::model::{ChoicesId, ColumnId, Policy, TextTest, Type};
use crate::program::{InputSource, Program, TextMap, TextMapKind};
use crate::proof::graph::Leaf;
use crate::proof::texts::{self, TextKind};
use crate::proof::variables::{Meaning, Variable, stand_ins};
use crate::record;
use crate::record::show::Show;

/// More than so many values of one variable are not listed.
const LISTED_MAX: usize = 6;

pub struct Words<'a> {
    pub policy: &'a Policy,
    pub program: &'a Program,
    /// what stands for itself, by its number
    pub parts: &'a [(String, Reading)],
    pub made_up: &'a dyn Fn(usize) -> Option<String>,
}

impl Words<'_> {
    pub fn condition(&self, variable: &Variable, parts: &[Leaf]) -> String {
        let policy = self.policy;
        let choices = |choices: Option<usize>| -> Vec<String> { super::joint::members(policy, choices) };
        let whole = variable.domain;
        match &variable.meaning {
            Meaning::Column(column) => {
                if let Some(name) = (self.made_up)(*column) {
                    return name;
                }
                let Some(of) = policy.column(*column) else { return String::new() };
                match of.ty {
                    Type::SomeOf(choices) => sets(of.name, &self.told_apart(*column, choices, whole), whole, parts),
                    ty => self.typed(&counted(of.name), ty, whole, parts),
                }
            }
            Meaning::Day(column) => self.typed(&format!("the day of {}", self.name(*column)), Type::Date, whole, parts),
            Meaning::DaysBefore { column, .. } => days(self.name(*column), whole, parts),
            Meaning::Text { column, kinds } => self.texts(*column, kinds, parts),
            Meaning::Identity { column, .. } => format!("{} is the same as another text, or not", self.name(*column)),
            Meaning::Stage => {
                let names: Vec<String> = policy.stages.iter().map(|stage| stage.name.clone()).collect();
                let text = self.listed("stage", &names, whole, parts);
                // where it stands, not where it goes
                match text.strip_prefix("stage is not ") {
                    Some(stages) => format!("not in stage {stages}"),
                    None => text.replacen("stage is", "in stage", 1),
                }
            }
            Meaning::StageSince => ranges("time in the stage", whole, parts, &time),
            // it rests until an instant that is not yet there
            Meaning::RestUntil => match parts {
                [missing, over] if missing.missing && over.low == 0 && over.high >= whole.high => "not at rest".into(),
                [rest] if rest.high == -1 && rest.low <= whole.low => "at rest".into(),
                parts => ranges("time since the rest", whole, parts, &time),
            },
            Meaning::RouteOwner(_) => self.listed("owner", &choices(policy.owner_choices), whole, parts),
            Meaning::RouteQueue(_) => {
                self.listed("queue", &policy.queues.iter().map(|queue| queue.name.clone()).collect::<Vec<_>>(), whole, parts)
            }
            Meaning::KeyHash | Meaning::Raised(_) => "some keys".into(),
            Meaning::AsOfDay => self.typed("the day", Type::Date, whole, parts),
            Meaning::AsOf => self.typed("the time", Type::Time, whole, parts),
            Meaning::Part(number) => match self.parts.get(*number) {
                Some((name, Reading::Names(names))) => {
                    // not the one that the lead is in
                    let next = if name.split(' ').next() == Some("stage") { format!("next {name}") } else { name.clone() };
                    self.listed(&next, names, whole, parts)
                }
                Some((name, Reading::Days)) => days(name, whole, parts),
                Some((name, Reading::Number(scale))) => ranges(name, whole, parts, &|value| format_scaled(i128::from(value), *scale)),
                None => String::new(),
            },
        }
    }

    fn texts(&self, column: usize, kinds: &[TextKind], parts: &[Leaf]) -> String {
        let name = self.name(column);
        let has = |value: Option<i64>| parts.iter().any(|part| part.contains(value));
        let maps = texts::maps(self.program, column);
        let question = maps.iter().enumerate().find_map(|(place, map)| {
            let codes = |wanted: bool| -> Vec<Option<i64>> {
                let kinds = kinds.iter().enumerate().filter(|(kind, _)| has(Some(*kind as i64)) == wanted);
                kinds.map(|(_, kind)| kind.codes.get(place).copied().flatten()).collect()
            };
            let (inside, outside) = (codes(true), codes(false));
            let is_told = !inside.is_empty() && !outside.is_empty();
            is_told.then(|| kinds_by_question(name, self.program.text_maps.get(*map)?, &inside, &outside))?
        });
        match question {
            Some(question) if has(None) => format!("{question} or is missing"),
            Some(question) => question,
            None => kinds_by_example(name, kinds, parts),
        }
    }

    fn name(&self, column: usize) -> &str {
        self.policy.column(column).map(|column| column.name).unwrap_or_default()
    }

    fn typed(&self, name: &str, ty: Type, whole: Leaf, parts: &[Leaf]) -> String {
        match ty {
            Type::YesNo => self.listed(name, &["no".into(), "yes".into()], whole, parts),
            Type::OneOf(choices) => self.listed(name, &super::joint::members(self.policy, Some(choices)), whole, parts),
            Type::SomeOf(_) | Type::Text | Type::Number { .. } | Type::Date | Type::Time => {
                let Ok(zone) = record::zone(self.policy) else { return String::new() };
                ranges(name, whole, parts, &|value| Show { policy: self.policy, zone: &zone }.integer(ty, value))
            }
        }
    }

    /// Per member of a `some of` that is told apart its bit, and the names of those that it stands for.
    fn told_apart(&self, column: ColumnId, choices: ChoicesId, whole: Leaf) -> Vec<(i64, Vec<String>)> {
        let input = self.program.inputs.iter().position(|input| input.source == InputSource::Column(column));
        let stand_ins = input.map(|input| stand_ins(self.program, input, whole.high)).unwrap_or_default();
        let mut told: Vec<(i64, Vec<String>)> = Vec::new();
        for ((bit, stands), name) in stand_ins.into_iter().zip(super::joint::members(self.policy, Some(choices))) {
            match told.iter_mut().find(|(known, _)| *known == stands) {
                Some((_, names)) => names.push(name),
                None => told.push((bit, vec![name])),
            }
        }
        told
    }

    /// `region is EMEA or APAC`, `region is not LATAM, or missing`, `region is known and not LATAM`
    fn listed(&self, name: &str, names: &[String], whole: Leaf, parts: &[Leaf]) -> String {
        let has = |value: Option<i64>| parts.iter().any(|part| part.contains(value));
        let text = |value: i64| names.get(value as usize).cloned().unwrap_or_else(|| value.to_string());
        let (inside, outside): (Vec<i64>, Vec<i64>) = (whole.low..=whole.high).partition(|value| has(Some(*value)));
        let [inside, outside] = [inside, outside].map(|values| values.into_iter().map(text).collect::<Vec<String>>());
        let is_negative = outside.len() < inside.len() && outside.len() <= 2;
        let missing = if !whole.missing { None } else { Some(has(None)) };
        match (is_negative, missing) {
            (true, Some(false)) if outside.is_empty() => format!("{name} is known"),
            (true, Some(false)) => format!("{name} is known and not {}", outside.join(" or ")),
            (true, Some(true)) if outside.is_empty() => format!("{name} is known or missing"),
            (true, Some(true)) => format!("{name} is not {}, or missing", outside.join(" or ")),
            (true, None) => format!("{name} is not {}", outside.join(" or ")),
            (false, Some(true)) if inside.is_empty() => format!("{name} is missing"),
            (false, Some(true)) => format!("{name} is {} or missing", inside.join(" or ")),
            (false, Some(false) | None) => format!("{name} is {}", inside.join(" or ")),
        }
    }
}

/// What is counted by a row of points, `3 per 1 visit in last 30 days`, as a measure would say it: `count of visit in last 30 days`.
fn counted(name: &str) -> Cow<'_, str> {
    let is_number = |word: &str| word.trim_start_matches(['+', '-']).starts_with(|first: char| first.is_ascii_digit());
    let Some((_, counted)) = name.split_once(" per ").filter(|(points, _)| is_number(points)) else { return Cow::Borrowed(name) };
    let counted = match counted.split_once(' ') {
        Some((times, counted)) if is_number(times) => counted,
        Some(_) | None => counted,
    };
    Cow::Owned(format!("count of {counted}"))
}

/// `beds 50 to 99`, `beds under 50 or missing`
fn ranges(name: &str, whole: Leaf, parts: &[Leaf], show: &dyn Fn(i64) -> String) -> String {
    let known: Vec<&Leaf> = parts.iter().filter(|part| part.known).collect();
    let missing = parts.iter().any(|part| part.missing);
    let mut texts: Vec<String> = Vec::new();
    for part in known.iter().take(LISTED_MAX) {
        texts.push(match (part.low <= whole.low, part.high >= whole.high) {
            (true, true) => "known".into(),
            (true, false) => format!("at most {}", show(part.high)),
            (false, true) => format!("at least {}", show(part.low)),
            (false, false) if part.low == part.high => show(part.low),
            (false, false) => format!("{} to {}", show(part.low), show(part.high)),
        });
    }
    if known.len() > LISTED_MAX {
        texts.push(format!("one of {} further ranges", known.len() - LISTED_MAX));
    }
    if missing {
        texts.push("missing".into());
    }
    format!("{name} {}", texts.join(" or "))
}

/// `days since created 3 to 5`; of days to come `days until due 3 to 5`, and of both `due 3 days ahead to 5 days ago`
fn days(name: &str, whole: Leaf, parts: &[Leaf]) -> String {
    let known = || parts.iter().filter(|part| part.known);
    let is_open = |part: &Leaf| part.low <= whole.low && part.high >= whole.high;
    if known().all(|part| part.low >= 0 || is_open(part)) {
        return ranges(&format!("days since {name}"), whole, parts, &|days| days.to_string());
    }
    let turned = |leaf: &Leaf| Some(Leaf { low: leaf.high.checked_neg()?, high: leaf.low.checked_neg()?, ..*leaf });
    let until: Option<Vec<Leaf>> = parts.iter().map(|part| if part.known { turned(part) } else { Some(*part) }).collect();
    if known().all(|part| part.high <= 0 || is_open(part))
        && let (Some(until), Some(whole)) = (until, turned(&whole))
    {
        return ranges(&format!("days until {name}"), whole, &until, &|days| days.to_string());
    }
    let day = |days: i64| match days {
        0 => "today".to_string(),
        ..0 => format!("{} days ahead", days.unsigned_abs()),
        _ => format!("{days} days ago"),
    };
    let mut texts: Vec<String> = Vec::new();
    for part in known().take(LISTED_MAX) {
        texts.push(match (part.low <= whole.low, part.high >= whole.high) {
            (true, true) => "known".into(),
            (true, false) => format!("{} or later", day(part.high)),
            (false, true) => format!("{} or earlier", day(part.low)),
            (false, false) if part.low == part.high => day(part.low),
            (false, false) => format!("{} to {}", day(part.low), day(part.high)),
        });
    }
    let more = known().count().saturating_sub(LISTED_MAX);
    texts.extend((more > 0).then(|| format!("one of {more} further ranges")));
    texts.extend(parts.iter().any(|part| part.missing).then(|| "missing".to_string()));
    format!("{name} {}", texts.join(" or "))
}

/// `products has pumps and not beds`. Per member that is told apart its bit, and those that it stands for: of these one is there, or none.
fn sets(name: &str, members: &[(i64, Vec<String>)], whole: Leaf, parts: &[Leaf]) -> String {
    let named = |bits: i64| members.iter().filter(move |(bit, _)| bits & bit != 0).map(|(_, names)| names);
    let known: Vec<&Leaf> = parts.iter().filter(|part| part.known).collect();
    let mut texts: Vec<String> = Vec::new();
    for part in known.iter().take(LISTED_MAX) {
        let any = |names: &Vec<String>| if names.len() > 1 { format!("any of {}", names.join(", ")) } else { names.join("") };
        let must: Vec<String> = named(part.low).map(any).collect();
        let must_not: Vec<String> = named(whole.high & !part.high).flatten().cloned().collect();
        texts.push(match (must.is_empty(), must_not.is_empty()) {
            (true, true) => "known".into(),
            (false, true) => format!("has {}", must.join(" and ")),
            (true, false) => format!("has not {}", must_not.join(" nor ")),
            (false, false) => format!("has {} and not {}", must.join(" and "), must_not.join(" nor ")),
        });
    }
    if known.len() > LISTED_MAX {
        texts.push(format!("is one of {} further combinations", known.len() - LISTED_MAX));
    }
    if parts.iter().any(|part| part.missing) {
        texts.push("missing".into());
    }
    format!("{name} {}", texts.join(", or "))
}

/// Kinds of texts by a text of the kind.
fn kinds_by_example(name: &str, kinds: &[TextKind], parts: &[Leaf]) -> String {
    let has = |value: Option<i64>| parts.iter().any(|part| part.contains(value));
    let known = kinds.iter().enumerate();
    let (inside, outside): (Vec<_>, Vec<_>) = known.partition(|(place, _)| has(Some(*place as i64)));
    let is_negative = outside.len() < inside.len();
    let listed = if is_negative { &outside } else { &inside };
    let examples: Vec<String> = listed.iter().filter_map(|(_, kind)| Some(format!("\"{}\"", kind.text.as_ref()?))).collect();
    let mut texts: Vec<String> = examples.iter().take(LISTED_MAX).cloned().collect();
    if listed.len() > texts.len() {
        texts.push(format!("{} further kinds", listed.len() - texts.len()));
    }
    let missing = if has(None) { " or missing" } else { "" };
    match (inside.is_empty(), outside.is_empty(), is_negative) {
        (true, _, _) => format!("{name} is missing"),
        (false, true, _) => format!("{name} is known{missing}"),
        (false, false, true) => format!("{name} is not like {}{missing}", texts.join(" or ")),
        (false, false, false) => format!("{name} is like {}{missing}", texts.join(" or ")),
    }
}

/// What one question says of all of them: `email ends with ".edu"`.
fn kinds_by_question(name: &str, map: &TextMap, inside: &[Option<i64>], outside: &[Option<i64>]) -> Option<String> {
    if inside.iter().any(|code| outside.contains(code)) {
        return None;
    }
    let name = if map.domain { format!("the domain of {name}") } else { name.to_string() };
    match &map.kind {
        TextMapKind::Test { test, text } => {
            let words = match test {
                TextTest::StartsWith => ["starts with", "does not start with"],
                TextTest::EndsWith => ["ends with", "does not end with"],
                TextTest::Contains => ["contains", "does not contain"],
            };
            let word = if inside.contains(&Some(1)) { words[0] } else { words[1] };
            Some(format!("{name} {word} \"{text}\""))
        }
        TextMapKind::Exact { codes, other } => {
            let named = |of: &[Option<i64>]| {
                let mut texts: Vec<String> =
                    codes.iter().filter(|(_, code)| of.contains(&Some(**code))).map(|(text, _)| format!("\"{text}\"")).collect();
                texts.sort_unstable();
                texts
            };
            let rest = other.is_some() || map.domain;
            let is_open = rest && inside.contains(other);
            let mut texts = named(if is_open { outside } else { inside });
            let more = texts.len().saturating_sub(LISTED_MAX);
            texts.truncate(LISTED_MAX);
            if more > 0 {
                texts.push(format!("{more} more"));
            }
            (!texts.is_empty()).then(|| format!("{name} {} {}", if is_open { "is not" } else { "is" }, texts.join(" or ")))
        }
        TextMapKind::LongestPrefix { .. } => None,
    }
}

fn time(micros: i64) -> String {
    let (days, rest) = (micros.div_euclid(MICROS_PER_DAY), micros.rem_euclid(MICROS_PER_DAY));
    if rest == 0 {
        return format!("{days} days");
    }
    let seconds = micros.div_euclid(1_000_000);
    format!("{} h {} min {} s", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

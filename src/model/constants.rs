//! Constants: a literal or a choice goes in, a value in the units of what it belongs to comes out.
//!
//! Always holds: nothing is rounded. A constant with more places than its type keeps is reported, except where it is only compared
//! ([`Checker::compared_constant`]): there it stays exact.

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use super::check::Checker;
use super::decimals::{power_of_ten, rescaled};
use super::hidden::Space;
use super::ranges::domain_of;
use super::value::{Constant, Decimal, Interval, Type, Unit, fold_choice};
use super::words::a_value_of;
use super::{ChoicesId, Expr};
use crate::diagnostic::{Applicability, Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind, Literal, Name, Number, TimeLiteral};

/// Words that stand in place of a constant: behind `is`, in a band, and between bands of numbers.
const ASKED_WORDS: [&str; 2] = ["missing", "known"];
const BAND_WORDS: [&str; 2] = ["missing", "otherwise"];
const POINTS_WORDS: [&str; 2] = ["per", "each"];

impl Checker<'_> {
    /// The value of a constant given to, or compared with, something of type `ty` whose values lie in `range`. `what` names that something
    /// in messages, backquotes included: "`beds`". A choice for a `some of` comes out as its bit.
    pub(crate) fn constant(&mut self, tree: &tree::Expr, ty: Type, range: Option<Interval>, what: &str) -> Option<Constant> {
        let tree = bare(tree);
        match (ty, &tree.kind) {
            (Type::Text, ExprKind::Literal(Literal::Text(text))) => Some(Constant::Text(text.clone())),
            (Type::YesNo, ExprKind::Literal(Literal::YesNo(value))) => Some(Constant::Integer(i64::from(*value))),
            (Type::OneOf(choices), ExprKind::Path(path)) if path.len() == 1 => {
                self.choice(&path[0], choices, what).map(|index| Constant::Integer(index as i64))
            }
            (Type::SomeOf(choices), ExprKind::Path(path)) if path.len() == 1 => {
                self.choice(&path[0], choices, what).map(|index| Constant::Integer(1 << index))
            }
            (Type::OneOf(choices) | Type::SomeOf(choices), ExprKind::Literal(Literal::Text(text))) => {
                self.report_quoted_choice(tree.span, text, choices, what);
                None
            }
            (Type::Number { .. } | Type::Date | Type::Time, _) => {
                let value = self.compared_constant(tree, ty, range, what)?;
                let scale = scale_of(ty);
                match value.at_scale(scale) {
                    Some(units) => Some(Constant::Integer(units)),
                    None => {
                        self.report_too_many_places(tree.span, scale, what);
                        None
                    }
                }
            }
            _ => {
                self.report_not_a_constant(tree, ty, what);
                None
            }
        }
    }

    /// The exact value of a number, date or time that something of type `ty` is compared with, in whole units of `ty` times 10^-scale.
    pub(crate) fn compared_constant(&mut self, tree: &tree::Expr, ty: Type, range: Option<Interval>, what: &str) -> Option<Decimal> {
        self.constant_up_to(tree, ty, range, range.map(|range| range.high), what)
    }

    /// The same for the end of a band that the band leaves out, which may be the first value above the range: `under 101`.
    pub(crate) fn end_left_out(&mut self, tree: &tree::Expr, ty: Type, range: Option<Interval>, what: &str) -> Option<Decimal> {
        self.constant_up_to(tree, ty, range, range.map(|range| range.high.saturating_add(1)), what)
    }

    fn constant_up_to(
        &mut self,
        tree: &tree::Expr,
        ty: Type,
        range: Option<Interval>,
        highest: Option<i64>,
        what: &str,
    ) -> Option<Decimal> {
        let tree = bare(tree);
        let value = match (ty, &tree.kind) {
            (Type::Number { unit, .. }, ExprKind::Literal(Literal::Number(number))) => self.amount(number, unit, what)?,
            (Type::Date, ExprKind::Literal(Literal::Date(date))) => Decimal::whole(days_of(*date)),
            (Type::Time, ExprKind::Literal(Literal::Time(time))) => match self.instant(time) {
                Some(instant) => Decimal::whole(instant),
                None => {
                    self.report(
                        Diagnostic::new(Code::OutOfRange, format!("`{}` lies outside the calendar", self.one_line(tree.span)))
                            .at(tree.span, "years run from -9999 to 9999"),
                    );
                    return None;
                }
            },
            _ => {
                self.report_not_a_constant(tree, ty, what);
                return None;
            }
        };
        let scale = scale_of(ty);
        let limits = domain_of(ty);
        let range = range.unwrap_or(limits);
        if value.compare_units(range.low, scale).is_lt() || value.compare_units(highest.unwrap_or(limits.high), scale).is_gt() {
            let written = self.one_line(tree.span);
            let message = format!("`{written}` lies outside the range of {what}");
            let (label, help) = if range == limits {
                (format!("{what} is {} of 64 bits", a_value_of(ty)), "write a smaller constant".to_owned())
            } else {
                let range = self.show_range(range, ty);
                (format!("{what} runs from {range}"), format!("write a constant from {range}"))
            };
            self.report(Diagnostic::new(Code::OutOfRange, message).at(tree.span, label).help(help));
            // what stands around it still makes sense, unless the constant fits nothing
            return value.floor_at(scale).and_then(|units| i64::try_from(units).ok()).filter(|_| range != limits).map(|_| value);
        }
        Some(value)
    }

    /// The value of a number that stands where a number of this unit is needed; plain numbers count as money next to money.
    pub(crate) fn amount(&mut self, number: &Number, unit: Unit, what: &str) -> Option<Decimal> {
        let value = self.decimal(number)?;
        let Some(currency) = &number.currency else { return Some(value) };
        match unit {
            Unit::Money => self.money_scale(number.span, Some(currency)).map(|_| value),
            Unit::Plain => {
                let written = self.one_line(number.span);
                let amount = self.one_line(Span { end: currency.span.start, ..number.span });
                self.report(
                    Diagnostic::new(Code::WrongUnit, format!("{what} is a plain number, but `{written}` is an amount of money"))
                        .at(number.span, "an amount of money")
                        .replace(format!("write `{amount}`"), Applicability::Unsafe, number.span, amount),
                );
                None
            }
        }
    }

    /// The value of a number that has no unit: points, weights, steps.
    pub(crate) fn plain(&mut self, number: &Number, what: &str) -> Option<Decimal> {
        self.amount(number, Unit::Plain, what)
    }

    /// Microseconds since the epoch. Without an offset the literal is local time in the policy's zone: a skipped time moves forward, a repeated one
    /// is the first. `None` outside the calendar.
    pub(crate) fn instant(&self, literal: &TimeLiteral) -> Option<i64> {
        let zone = match literal.offset {
            Some(seconds) => TimeZone::fixed(Offset::from_seconds(seconds).ok()?),
            None => TimeZoneDatabase::bundled().get(&self.policy.timezone).ok()?,
        };
        Some(zone.to_ambiguous_timestamp(literal.local).compatible().ok()?.as_microsecond())
    }

    /// The index of a choice.
    pub(crate) fn choice(&mut self, name: &Name, choices: ChoicesId, what: &str) -> Option<usize> {
        let written = self.one_line(name.span);
        if let Some(index) = self.choice_index(choices, &name.text) {
            // capitals stand for nothing else here
            if written != name.text && written.eq_ignore_ascii_case(&name.text) {
                let message = format!("write `{}` for `{written}`", name.text);
                let help = "the names of choices have small letters";
                let diagnostic = Diagnostic::new(Code::Syntax, message).at(name.span, format!("a choice of {what}")).help(help);
                self.report(diagnostic.replace(format!("write `{}`", name.text), Applicability::Safe, name.span, name.text.clone()));
            }
            return Some(index);
        }
        let word = self.word_meant(name).filter(|_| self.can_suggest());
        let word = word.filter(|_| nearest(&name.text, self.choice_names(choices).iter().map(String::as_str)).is_none());
        if word.is_none() && self.choice_may_be_declared(choices, &name.text, Some(name.span)) {
            return None;
        }
        let (code, noun) = self.kind_of_choice(choices);
        let message = match code {
            Code::UnknownChoice => format!("`{}` is not a choice of {what}", shown(&written, name)),
            _ => format!("there is no {noun} `{}`", shown(&written, name)),
        };
        let diagnostic = Diagnostic::new(code, message).at(name.span, format!("not a {noun}"));
        let diagnostic = match self.spelled(choices, &name.text) {
            Some(member) => diagnostic.did_you_mean(name.span, &member),
            None if self.can_suggest() => {
                let names = self.choice_names(choices);
                let taken = nearest(&name.text, names.iter().map(String::as_str)).filter(|near| self.memory.rows_of.contains(*near));
                let left = names.iter().filter(|name| !self.memory.rows_of.contains(*name)).map(String::as_str);
                match word.or_else(|| nearest(&name.text, left.filter(|_| taken.is_some()))) {
                    None if let Some(taken) = taken => {
                        diagnostic.help(format!("did you mean `{taken}`? it has a row already: leave one of them out"))
                    }
                    Some(word) => diagnostic.did_you_mean(name.span, word),
                    None => self.propose(diagnostic, noun, name, names),
                }
            }
            None => diagnostic,
        };
        self.report(diagnostic);
        None
    }

    pub(crate) fn choice_index(&mut self, choices: ChoicesId, name: &str) -> Option<usize> {
        let members = &self.policy.choices.get(choices)?.members;
        let index = self.memory.choice_indexes.entry(choices).or_default();
        if index.len() < members.len() {
            *index = members.iter().enumerate().rev().map(|(number, member)| (member.name.clone(), number)).collect();
        }
        index.get(name).copied()
    }

    /// The name of the choice that a spelling of some system stands for.
    pub(crate) fn spelled(&self, choices: ChoicesId, spelling: &str) -> Option<String> {
        let set = self.policy.choices.get(choices).filter(|_| self.can_suggest())?;
        Some(set.members.get(set.index_of_spelling(spelling)?)?.name.clone())
    }

    pub(crate) fn choice_names(&self, choices: ChoicesId) -> Vec<String> {
        self.policy.choices.get(choices).map_or_else(Vec::new, |set| set.members.iter().map(|member| member.name.clone()).collect())
    }

    fn kind_of_choice(&self, choices: ChoicesId) -> (Code, &'static str) {
        if self.policy.stage_choices == Some(choices) {
            (Code::UnknownStage, "stage")
        } else if self.policy.queue_choices == Some(choices) {
            (Code::UnknownQueue, "queue")
        } else {
            (Code::UnknownChoice, "choice")
        }
    }

    /// The number as written, if it is one that the language can hold.
    fn decimal(&mut self, number: &Number) -> Option<Decimal> {
        let value = Decimal { mantissa: number.mantissa, places: number.places };
        if value.is_sane() || number.is_unreadable() {
            return Some(value).filter(|_| !number.is_unreadable());
        }
        let written = self.one_line(number.span);
        let reduced = value.reduced();
        let diagnostic =
            if reduced.places > super::value::SCALE_MAX && power_of_ten(reduced.places).is_none_or(|one| reduced.mantissa < one) {
                Diagnostic::new(Code::TooManyPlaces, format!("`{written}` has more than 18 decimal places")).at(number.span, "")
            } else {
                Diagnostic::new(Code::OutOfRange, format!("`{written}` does not fit 64 bits")).at(number.span, "")
            };
        self.report(diagnostic);
        None
    }

    fn report_too_many_places(&mut self, place: Span, scale: u8, what: &str) {
        let written = self.one_line(place);
        let keeps = match scale {
            0 => format!("{what} holds whole numbers"),
            1 => format!("{what} keeps 1 decimal place"),
            _ => format!("{what} keeps {scale} decimal places"),
        };
        self.report(
            Diagnostic::new(Code::TooManyPlaces, format!("`{written}` has more decimal places than {what} keeps"))
                .at(place, keeps)
                .help("write fewer decimal places; only `>=`, `>`, `<=` and `<` take a constant between two values"),
        );
    }

    /// The word of the language that a name in place of a constant of this type nearly is.
    fn word_for(&self, name: &Name, ty: Type) -> Option<&'static str> {
        match ty {
            Type::YesNo => nearest(&name.text, ["yes", "no"]).or_else(|| self.word_meant(name)),
            Type::Number { .. } => self.word_meant(name).or_else(|| nearest(&name.text, POINTS_WORDS)),
            Type::Text | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => self.word_meant(name),
        }
    }

    /// The word that a name in place of a constant nearly is.
    fn word_meant(&self, name: &Name) -> Option<&'static str> {
        let before = self.sources.get(name.span.source).text[..name.span.start as usize].trim_end();
        let is_asked = ["is", "not"].iter().any(|word| before.strip_suffix(word).is_some_and(|rest| rest.ends_with(char::is_whitespace)));
        nearest(&name.text, if is_asked { ASKED_WORDS } else { BAND_WORDS })
    }

    fn report_quoted_choice(&mut self, place: Span, text: &str, choices: ChoicesId, what: &str) {
        let written = self.one_line(place);
        let (code, noun) = self.kind_of_choice(choices);
        let diagnostic = Diagnostic::new(code, format!("`{written}` is a text, and {what} takes the name of a {noun}"))
            .at(place, "names stand without quotes");
        let diagnostic = match self.spelled(choices, text) {
            Some(member) => diagnostic.did_you_mean(place, &member),
            None if self.can_suggest() => {
                let names = self.choice_names(choices);
                self.propose(diagnostic, noun, &Name { text: fold_choice(text), span: place }, names)
            }
            None => diagnostic,
        };
        self.report(diagnostic);
    }

    fn report_not_a_constant(&mut self, tree: &tree::Expr, ty: Type, what: &str) {
        let written = self.one_line(tree.span);
        let wanted = match ty {
            Type::Text => "a text in quotes",
            Type::Number { unit: Unit::Money, .. } => "an amount",
            Type::Number { .. } => "a number",
            Type::YesNo => "`yes` or `no`",
            Type::OneOf(_) | Type::SomeOf(_) => "the name of a choice",
            Type::Date => "a date such as `2026-11-26`",
            Type::Time => "a time such as `2026-11-26T15:00`",
        };
        let word = match &tree.kind {
            ExprKind::Path(path) if path.len() == 1 && !self.names.contains_key(&path[0].text) => self.word_for(&path[0], ty),
            _ => None,
        };
        let found = match &tree.kind {
            ExprKind::Literal(Literal::Number(_)) => Some("a number"),
            ExprKind::Literal(Literal::Text(_)) => Some("a text"),
            ExprKind::Literal(Literal::YesNo(_)) => Some("a yes or no"),
            ExprKind::Literal(Literal::Date(_)) => Some("a date"),
            ExprKind::Literal(Literal::Time(_)) => Some("a time"),
            ExprKind::Literal(Literal::Unreadable) => return,
            ExprKind::Path(path) => {
                let known = path.first().is_some_and(|name| self.names.contains_key(&name.text));
                if word.is_none()
                    && path.first().is_some_and(|name| !known && self.may_be_declared(Space::Value, &name.text, Some(name.span)))
                {
                    return;
                }
                (path.len() == 1 && !known).then_some("a name")
            }
            _ => None,
        };
        let diagnostic = match found {
            Some(kind) => Diagnostic::new(Code::WrongType, format!("{what} is {}, but `{written}` is {kind}", a_value_of(ty)))
                .at(tree.span, format!("{wanted} is needed here")),
            None => Diagnostic::new(Code::NotConstant, format!("`{written}` is not a constant"))
                .at(tree.span, format!("{wanted} is needed here")),
        };
        let fix = match (&tree.kind, ty) {
            // as it is written: capitals are no part of the name
            (ExprKind::Path(path), Type::Text) if path.len() == 1 && found.is_some() => Some(format!("\"{written}\"")),
            (ExprKind::Path(path), Type::YesNo) if path.len() == 1 && found.is_some() => match path[0].text.as_str() {
                "true" | "y" => Some("yes".to_owned()),
                "false" | "n" => Some("no".to_owned()),
                _ => None,
            },
            (ExprKind::Literal(Literal::Date(_)), Type::Time) => Some(format!("{written}T00:00")),
            _ => None,
        };
        let looks_at_today =
            matches!(&tree.kind, ExprKind::Path(path) if path.len() == 1 && ["today", "now"].contains(&path[0].text.as_str()));
        if looks_at_today && matches!(ty, Type::Date | Type::Time) {
            let help = "count the days from it: `days since … < 1` is so on the day itself, `days until … <= 7` in the week before";
            self.report(diagnostic.help(help));
            return;
        }
        let diagnostic = match word.map(|word| diagnostic.clone().did_you_mean(tree.span, word)) {
            Some(diagnostic) => return self.report(diagnostic),
            None => diagnostic,
        };
        let diagnostic = match fix {
            Some(text) => diagnostic.replace(format!("write `{text}`"), Applicability::Unsafe, tree.span, text),
            None => diagnostic.help(format!("write {wanted}")),
        };
        self.report(diagnostic);
    }
}

/// The name as it is written, if that differs in capitals alone.
fn shown<'n>(written: &'n str, name: &'n Name) -> &'n str {
    if written.eq_ignore_ascii_case(&name.text) { written } else { &name.text }
}

/// The expression inside all parentheses around it.
pub(crate) fn bare(mut tree: &tree::Expr) -> &tree::Expr {
    while let ExprKind::Paren(inner) = &tree.kind {
        tree = inner;
    }
    tree
}

/// A literal: constant whatever stands next to it.
pub(crate) fn is_literal(tree: &tree::Expr) -> bool {
    matches!(bare(tree).kind, ExprKind::Literal(_))
}

/// Decimal places of the units of a type.
pub(crate) fn scale_of(ty: Type) -> u8 {
    match ty {
        Type::Number { scale, .. } => scale,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => 0,
    }
}

/// Days since 1970-01-01.
pub(crate) fn days_of(date: jiff::civil::Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    date.since((jiff::Unit::Day, epoch)).map_or(0, |span| i64::from(span.get_days()))
}

/// The range that the policy itself writes for a value, in the value's units: what constants are held against.
pub(crate) fn written_range(policy: &super::Policy, value: &Expr) -> Option<Interval> {
    match &value.kind {
        super::ExprKind::Reference(super::Reference::Field(field)) => policy.fields.get(*field)?.range,
        super::ExprKind::Reference(super::Reference::Cell { table, column, .. }) => policy.tables.get(*table)?.columns.get(*column)?.range,
        super::ExprKind::Reference(super::Reference::Score(score)) => written_units(policy.scores.get(*score)?),
        _ => None,
    }
}

/// `from A to B` of a score, in the units of its values.
pub(crate) fn written_units(score: &super::Score) -> Option<Interval> {
    let range = score.range?;
    let (low, high) = (rescaled(range.low, score.sum_scale, score.scale)?, rescaled(range.high, score.sum_scale, score.scale)?);
    Some(Interval { low, high })
}

//! Types as written, to types of the model.
//!
//! Enters: a type expression of a field, a property or a column. Leaves: its [`Type`] and the bounds that the schema gives its values, in
//! the type's units. Always holds: the choices of one type have distinct names and spellings; a `some of` fits in the bits of a value;
//! `None` means that the mistake has been reported, and that the thing of this type is broken.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::lost::Set;
use super::ranges::domain_of;
use super::value::{SCALE_MAX, fold_choice};
use super::{ChoiceMember, Choices, ChoicesId, Interval, SOME_OF_CHOICES_MAX, Type, Unit};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree::{self, TypeKind};

/// The most choices of a `one of`.
const ONE_OF_CHOICES_MAX: usize = 10_000;

/// Where a type stands; not every type may stand everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypePlace {
    Field,
    Property,
    Column,
}

/// A choice before its spellings are known to be free.
pub(crate) struct NewChoice<'t> {
    pub name: &'t tree::Name,
    pub display: Option<&'t tree::Text>,
    pub spellings: &'t [tree::Text],
}

impl<'t> NewChoice<'t> {
    /// A stage, a queue, a team: its display name is a spelling too, as that is what files carry.
    pub fn named(name: &'t tree::Name, display: Option<&'t tree::Text>) -> NewChoice<'t> {
        NewChoice { name, display, spellings: display.map(std::slice::from_ref).unwrap_or_default() }
    }
}

impl Checker<'_> {
    pub(crate) fn resolve_type(&mut self, ty: &tree::TypeExpr, place: TypePlace) -> Option<(Type, Option<Interval>)> {
        let plain = |scale| Type::Number { scale, unit: Unit::Plain };
        match &ty.kind {
            TypeKind::Text => Some((Type::Text, None)),
            TypeKind::Whole => Some((plain(0), None)),
            TypeKind::WholeRange(low, high) => Some((plain(0), self.range(low, high, 0, Unit::Plain))),
            TypeKind::Decimal { places, range } => {
                // more than that has been reported by the parser
                let places = (*places).min(SCALE_MAX);
                let range = range.as_ref().and_then(|(low, high)| self.range(low, high, places, Unit::Plain));
                Some((plain(places), range))
            }
            TypeKind::Money { currency, range } => {
                let scale = self.money_scale(ty.span, currency.as_ref())?;
                let range = range.as_ref().and_then(|(low, high)| self.range(low, high, scale, Unit::Money));
                Some((Type::Number { scale, unit: Unit::Money }, range))
            }
            TypeKind::YesNo => Some((Type::YesNo, None)),
            TypeKind::OneOf(choices) => {
                if choices.len() > ONE_OF_CHOICES_MAX {
                    self.too_many_choices(ty.span, "one of", choices.len(), ONE_OF_CHOICES_MAX);
                    return None;
                }
                Some((Type::OneOf(self.field_choices(choices)), None))
            }
            TypeKind::SomeOf(choices) => {
                if choices.len() > SOME_OF_CHOICES_MAX {
                    self.too_many_choices(ty.span, "some of", choices.len(), SOME_OF_CHOICES_MAX);
                    return None;
                }
                Some((Type::SomeOf(self.field_choices(choices)), None))
            }
            TypeKind::Date => Some((Type::Date, None)),
            TypeKind::Time => Some((Type::Time, None)),
            TypeKind::Queue => self.named_type(ty.span, "queue", self.policy.queue_choices, place),
            TypeKind::Team => self.named_type(ty.span, "team", self.team_choices, place),
            TypeKind::Owner => self.named_type(ty.span, "owner", self.policy.owner_choices, place),
            TypeKind::Stage => self.named_type(ty.span, "stage", self.policy.stage_choices, place),
            TypeKind::Unread => None,
        }
    }

    /// A bound of a range in units of 10^-`scale`; if it has no such value, it has been said.
    fn bound(&mut self, number: &tree::Number, scale: u8, unit: Unit) -> Option<i64> {
        let decimal = self.amount(number, unit, "the range")?;
        let units = decimal.at_scale(scale);
        if units.is_none() {
            let places = decimal.reduced().places;
            let diagnostic = if places > scale {
                let kept = match scale {
                    0 => "only whole numbers are kept here".to_owned(),
                    1 => "one decimal place is kept here".to_owned(),
                    _ => format!("{scale} decimal places are kept here"),
                };
                Diagnostic::new(Code::TooManyPlaces, format!("`{decimal}` has {places} decimal places")).at(number.span, kept)
            } else {
                Diagnostic::new(Code::OutOfRange, format!("`{decimal}` does not fit in 64 bits")).at(number.span, "too large")
            };
            self.report(diagnostic);
        }
        units
    }

    /// Enters a set of choices; a spelling that two of them share is reported and stays with the first.
    pub(crate) fn new_choices(&mut self, choices: &[NewChoice], noun: &str) -> ChoicesId {
        let mut taken: FxHashMap<String, (usize, Span)> = FxHashMap::default();
        let mut members: Vec<ChoiceMember> = Vec::with_capacity(choices.len());
        let mut repeated = Vec::new();
        for choice in choices {
            let name = fold_choice(&choice.name.text);
            if let Some((owner, first)) = taken.get(&name) {
                let owner = &members[*owner].name;
                let message = if *owner == choice.name.text {
                    format!("the {noun} `{owner}` stands twice")
                } else {
                    format!("the {noun} `{}` is spelled like `{owner}`", choice.name.text)
                };
                self.diagnostics.push(
                    Diagnostic::new(Code::RepeatedChoice, message)
                        .at(choice.name.span, "stands again here")
                        .at(*first, "stands first here")
                        .help("case, blanks, `-` and `_` make no difference; leave one of them out"),
                );
                repeated.push(choice.name);
                continue;
            }
            let index = members.len();
            taken.insert(name.clone(), (index, choice.name.span));
            members.push(ChoiceMember {
                name: choice.name.text.clone(),
                display: choice.display.map(|text| text.value.clone()),
                spellings: vec![name],
                span: choice.name.span,
            });
        }
        // spellings after all names: a name is never lost to another choice's spelling
        for choice in choices {
            let Some((index, _)) = taken.get(&fold_choice(&choice.name.text)).copied() else { continue };
            for spelling in choice.spellings {
                let folded = fold_choice(&spelling.value);
                if folded.is_empty() {
                    self.diagnostics.push(
                        Diagnostic::new(Code::BadLiteral, format!("a spelling of `{}` is empty", choice.name.text))
                            .at(spelling.span, "an empty cell is missing, whatever its column")
                            .help("leave it out"),
                    );
                    continue;
                }
                match taken.get(&folded) {
                    // "Long term care" for `long_term_care` says nothing new, and nothing wrong
                    Some((owner, _)) if *owner == index => {}
                    Some((owner, first)) => {
                        let owner = &members[*owner].name;
                        let message = format!("the spelling `{}` stands for `{}` and for `{owner}`", spelling.value, choice.name.text);
                        self.diagnostics.push(
                            Diagnostic::new(Code::RepeatedChoice, message)
                                .at(spelling.span, format!("for `{}` here", choice.name.text))
                                .at(*first, format!("for `{owner}` here"))
                                .help("case, blanks, `-` and `_` make no difference; a spelling belongs to one choice"),
                        );
                    }
                    None => {
                        taken.insert(folded.clone(), (index, spelling.span));
                        members[index].spellings.push(folded);
                    }
                }
            }
        }
        let id = self.policy.choices.len();
        self.policy.choices.push(Choices { members });
        for name in repeated {
            self.memory.lost.add_repeated(Set::Choices(id), &name.text, Some(name.span));
        }
        id
    }

    fn field_choices(&mut self, choices: &[tree::Choice]) -> ChoicesId {
        let choices: Vec<NewChoice> = choices
            .iter()
            .map(|choice| NewChoice { name: &choice.name, display: choice.spellings.first(), spellings: &choice.spellings })
            .collect();
        self.new_choices(&choices, "choice")
    }

    fn too_many_choices(&mut self, span: Span, kind: &str, count: usize, limit: usize) {
        self.report(
            Diagnostic::new(Code::OutOfRange, format!("a `{kind}` of {count} choices is too large"))
                .at(span, format!("at most {limit} choices"))
                .help("keep these values in a `text` field, or look them up in a table"),
        );
    }

    /// The type of a cell that names a queue, team, owner or stage.
    fn named_type(&mut self, span: Span, noun: &str, choices: Option<ChoicesId>, place: TypePlace) -> Option<(Type, Option<Interval>)> {
        if place != TypePlace::Column {
            self.report(
                Diagnostic::new(Code::WrongType, format!("`{noun}` is a type of table columns only"))
                    .at(span, "not a type of a field")
                    .help("write `text`, or `one of` and the names it may take"),
            );
            return None;
        }
        let is_hidden = if noun == "owner" { self.hidden.may_have_owners() } else { self.hidden.may_have(noun) };
        if choices.is_none() && !is_hidden {
            let missing =
                if noun == "owner" { "no queue rotates among owners".to_owned() } else { format!("the policy declares no {noun}") };
            self.report(
                Diagnostic::new(Code::WrongType, format!("no cell can name {} {noun}", if noun == "owner" { "an" } else { "a" }))
                    .at(span, missing)
                    .help("write `text` for a column of plain texts"),
            );
        }
        choices.map(|id| (Type::OneOf(id), None))
    }

    /// The places of an amount; money needs a currency in the header.
    pub(crate) fn money_scale(&mut self, span: Span, written: Option<&tree::Name>) -> Option<u8> {
        let Some(currency) = self.policy.currency else {
            let header = self.items.policies.first().map(|(item, _)| item.span);
            if !self.currency_broken && !header.is_some_and(|header| self.hidden.may_continue(header, "currency")) {
                let code = written.map_or("USD", |name| name.text.as_str());
                let mut diagnostic = Diagnostic::new(Code::BadHeader, "the policy has amounts of money, but no currency")
                    .at(span, "in which currency?")
                    .help(format!("write `currency {code}` in the `policy` header"));
                if let Some((_, header)) = self.items.policies.first() {
                    diagnostic = diagnostic.at(header.name.span, "this header names none");
                }
                self.report(diagnostic);
                // one header, one report
                self.currency_broken = true;
            }
            return None;
        };
        if let Some(written) = written
            && !self.is_policy_currency(written)
        {
            return None;
        }
        Some(currency.places)
    }

    fn is_policy_currency(&mut self, written: &tree::Name) -> bool {
        let Some(currency) = self.policy.currency else { return !self.currency_broken };
        if written.text.as_bytes() == currency.code {
            return true;
        }
        if super::currencies::currency(&written.text).is_none() {
            self.unknown_currency(written);
            return false;
        }
        let own = String::from_utf8_lossy(&currency.code).into_owned();
        self.report(
            Diagnostic::new(Code::WrongCurrency, format!("an amount is in `{}`, but the policy counts in `{own}`", written.text))
                .at(written.span, format!("not `{own}`"))
                .help(format!("a policy has one currency: convert the amount and write it in `{own}`")),
        );
        false
    }

    fn range(&mut self, low: &tree::Number, high: &tree::Number, scale: u8, unit: Unit) -> Option<Interval> {
        let (low_units, high_units) = (self.bound(low, scale, unit), self.bound(high, scale, unit));
        // an end that makes no sense is taken as open: what else is said of the range stands
        let all = domain_of(Type::Number { scale, unit });
        let interval = Interval { low: low_units.unwrap_or(all.low), high: high_units.unwrap_or(all.high) };
        if interval.low <= interval.high {
            return Some(interval);
        }
        let text = |span: Span| self.sources.text(span).to_owned();
        let edits = vec![Edit { span: low.span, text: text(high.span) }, Edit { span: high.span, text: text(low.span) }];
        self.report(
            Diagnostic::new(Code::BadRange, "a range runs backwards, so that no value lies in it")
                .at(low.span.to(high.span), "the first bound is larger than the second")
                .fix("exchange the bounds", Applicability::Unsafe, edits),
        );
        // with its bounds exchanged it says what was meant
        Some(Interval { low: interval.high, high: interval.low })
    }
}

//! Typing of measures over signals and over the stage log.
//!
//! Enters: the tree of a measure, or the clauses of a row that counts signals. Leaves: an entry of [`super::Policy::measures`] and the expression
//! that reads it. Always holds: `count of`, `sum of`, `any` and `days in` are never missing; `first of`, `last of` and `days since last`
//! always can be; the same text gives the same measure.

use super::check::Checker;
use super::expressions::{Scope, known_range};
use super::lookups::same_kind;
use super::ranges::{DAYS_BETWEEN, SIGNALS};
use super::value::{Interval, Type, Unit};
use super::words::a_value_of;
use super::{CapPeriod, Measure, MeasureKind};
use super::{EventColumn, EventColumnId, EventCondition, EventConditionId, Expr, ExprKind, Field, Length, MeasureId, Reference, SignalId};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Cap, Duration, Fading, Name, Period, Since, Subject};

/// The clauses that every measure may have.
#[derive(Clone, Copy, Default)]
pub(crate) struct Clauses<'t> {
    pub condition: Option<&'t tree::Expr>,
    pub window: Option<&'t Duration>,
    pub since: Option<&'t Since>,
    pub cap: Option<&'t Cap>,
    pub fading: Option<&'t Fading>,
}

/// Subject and clauses in the model's terms.
pub(crate) struct Measured {
    pub subject: super::Subject,
    pub condition: Option<EventConditionId>,
    pub window: Option<Length>,
    pub since: Option<super::Since>,
    pub cap: Option<super::Cap>,
    pub fading: Option<super::Fading>,
}

/// Type, whether it can be missing, bounds.
pub(crate) type Answer = (Type, bool, Option<Interval>);

pub(crate) const WHOLE: Type = Type::Number { scale: 0, unit: Unit::Plain };

/// A length of time beyond any lead's life is a slip of the pen.
const DAYS_MAX: u64 = 36_525;

impl Checker<'_> {
    pub(crate) fn measure(&mut self, measure: &tree::Measure, span: Span, scope: &Scope) -> Option<Expr> {
        if let Scope::Signal(_) = scope {
            let message = format!("`{}` cannot stand inside the `where` of another measure", self.one_line(span));
            self.report(
                Diagnostic::new(Code::WrongType, message)
                    .at(span, "only the signal's own properties are known here")
                    .help("give each measure a `let` of its own, and ask both there"),
            );
            return None;
        }
        let clauses = Clauses {
            condition: measure.condition.as_ref(),
            window: measure.window.as_ref(),
            since: measure.since.as_ref(),
            cap: measure.cap.as_ref(),
            fading: measure.fading.as_ref(),
        };
        let measured = self.measured(&measure.subject, &clauses);
        let fits = self.subject_fits(measure, span) & self.clauses_fit(measure, span);
        let property = match (&measure.property, &measure.subject) {
            (Some(property), Subject::Signal(signal)) => Some((self.event_column(property, &signal.text)?, property)),
            (Some(_) | None, _) => None,
        };
        let measured = measured.filter(|_| fits)?;
        let fades = measure.fading.is_some();
        let (kind, answer) = match measure.kind {
            tree::MeasureKind::CountOf => (MeasureKind::Count, count_of(fades, measure.cap.as_ref())),
            tree::MeasureKind::Any => (MeasureKind::Any, (Type::YesNo, false, None)),
            tree::MeasureKind::DaysSinceLast => (MeasureKind::DaysSinceLast, (WHOLE, true, Some(DAYS_BETWEEN))),
            tree::MeasureKind::DaysIn => (MeasureKind::DaysIn, (WHOLE, false, Some(DAYS_BETWEEN))),
            tree::MeasureKind::FirstOf | tree::MeasureKind::LastOf => {
                let column = property?.0;
                let field = &self.policy.event_columns.get(column)?.field;
                let kind = match measure.kind {
                    tree::MeasureKind::FirstOf => MeasureKind::First(column),
                    _ => MeasureKind::Last(column),
                };
                (kind, (field.ty, true, known_range(field.ty, field.range)))
            }
            tree::MeasureKind::SumOf => {
                let (column, name) = property?;
                (MeasureKind::Sum(column), self.sum_of(column, name, fades)?)
            }
        };
        self.new_measure(kind, measured, answer, span)
    }

    /// The sum of a property. Beyond 64 bits it is missing, as any result is.
    fn sum_of(&mut self, column: EventColumnId, name: &Name, fades: bool) -> Option<Answer> {
        let field = &self.policy.event_columns.get(column)?.field;
        let (ty, range) = (field.ty, field.range);
        let Type::Number { scale, unit } = ty else {
            let message = format!("`{}` is {}, and only numbers are summed", name.text, a_value_of(ty));
            let help = format!("`count of` counts the signals, and `where {} …` says which of them", name.text);
            self.report(Diagnostic::new(Code::WrongType, message).at(name.span, "").help(help));
            return None;
        };
        let bound = |end: i64| (i128::from(end) * i128::from(SIGNALS.high), end);
        let fits = |(sum, _): (i128, i64)| sum >= i128::from(i64::MIN) / 100 && sum <= i128::from(i64::MAX) / 100;
        let (low, high) = (bound(range.map_or(i64::MIN, |range| range.low)), bound(range.map_or(i64::MAX, |range| range.high)));
        let sign = Interval { low: if low.1 >= 0 { 0 } else { i64::MIN }, high: if high.1 <= 0 { 0 } else { i64::MAX } };
        Some((Type::Number { scale: if fades { 2 } else { scale }, unit }, !(fits(low) && fits(high)), Some(sign)))
    }

    /// Enters a measure, and gives the expression that reads it.
    pub(crate) fn new_measure(&mut self, kind: MeasureKind, measured: Measured, answer: Answer, span: Span) -> Option<Expr> {
        let (ty, optional, range) = answer;
        let Measured { subject, condition, window, since, cap, fading } = measured;
        let text = self.one_line(span);
        let measure = Measure { kind, subject, condition, window, since, cap, fading, ty, optional, range, text, span };
        let same = |id: &MeasureId| {
            self.policy.measures.get(*id).is_some_and(|other| {
                (other.kind, &other.subject, other.condition, other.window) == (kind, &measure.subject, condition, window)
                    && (&other.since, other.cap, other.fading) == (&measure.since, cap, fading)
            })
        };
        let key = (measure.text.clone(), std::mem::discriminant(&kind));
        let known = self.memory.measures.get(&key).copied().filter(same);
        let id = known.unwrap_or_else(|| {
            self.policy.measures.push(measure);
            self.policy.measures.len() - 1
        });
        self.memory.measures.insert(key, id);
        Some(Expr { kind: ExprKind::Reference(Reference::Measure(id)), ty, optional, range, span })
    }

    /// Checks what is measured and the clauses; none if something of it means nothing.
    pub(crate) fn measured(&mut self, subject: &Subject, clauses: &Clauses<'_>) -> Option<Measured> {
        let of = match subject {
            Subject::Signal(name) => self.signals_named(name).map(super::Subject::Signals),
            Subject::Entering(stage) => self.stage_named(stage).map(super::Subject::Entering),
            Subject::Leaving(stage) => self.stage_named(stage).map(super::Subject::Leaving),
            Subject::Stage(stage) => self.stage_named(stage).map(super::Subject::Stage),
        };
        let condition = match (clauses.condition, subject) {
            (None, _) => Some(None),
            // the properties of an unknown signal are unknown too
            (Some(_), Subject::Signal(_)) if of.is_none() => None,
            (Some(condition), Subject::Signal(name)) => self.event_condition(condition, name).map(Some),
            (Some(condition), Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_)) => {
                let message = "the stage log has no properties, so nothing can be asked with `where`";
                self.report(Diagnostic::new(Code::UnknownProperty, message).at(condition.span, ""));
                None
            }
        };
        let window = match clauses.window {
            None => Some(None),
            Some(window) => self.length(window, "a window").map(Some),
        };
        let since = match clauses.since {
            None => Some(None),
            Some(Since::Entering(stage)) => self.stage_named(stage).map(|stage| Some(super::Since::Entering(stage))),
            Some(Since::LastSignal(signal)) => self.signals_named(signal).map(|signals| Some(super::Since::LastSignal(signals))),
        };
        let fading = match clauses.fading {
            None => Some(None),
            Some(Fading::HalfEvery(over)) => self.fading_days(over).map(|days| Some(super::Fading::HalfEveryDays(days))),
            Some(Fading::ToNothingOver(over)) => self.fading_days(over).map(|days| Some(super::Fading::ToNothingOverDays(days))),
        };
        let cap = match clauses.cap {
            None => Some(None),
            Some(cap) => self.cap(cap).map(Some),
        };
        Some(Measured { subject: of?, condition: condition?, window: window?, since: since?, cap: cap?, fading: fading? })
    }

    /// The signals that a name stands for, ascending; none if it is unknown, which has been said.
    pub(crate) fn signals_named(&mut self, name: &Name) -> Option<Vec<SignalId>> {
        if !self.signal_named(name) {
            return None;
        }
        Some(self.signal_ids(&name.text))
    }

    /// Of a signal, or of each member of a group.
    fn signal_ids(&self, name: &str) -> Vec<SignalId> {
        let id = |name: &str| self.policy.signals.iter().position(|signal| signal.name == name);
        if self.signals.contains_key(name) {
            return id(name).into_iter().collect();
        }
        let mut members: Vec<SignalId> = self.groups.get(name).into_iter().flatten().filter_map(|member| id(member)).collect();
        members.sort_unstable();
        members
    }

    /// `where …`; the same text asked of the same signals is one condition.
    pub(crate) fn event_condition(&mut self, condition: &tree::Expr, signal: &Name) -> Option<EventConditionId> {
        let typed = self.holds(condition, &Scope::Signal(signal.text.clone()))?;
        let key = (signal.text.clone(), self.one_line(condition.span));
        if let Some(id) = self.memory.event_conditions.get(&key) {
            return Some(*id);
        }
        let id = self.policy.event_conditions.len();
        self.policy.event_conditions.push(EventCondition { condition: typed, signals: self.signal_ids(&signal.text) });
        self.memory.event_conditions.insert(key, id);
        Some(id)
    }

    /// A name inside a `where`.
    pub(crate) fn property(&mut self, path: &[Name], signal: &str, span: Span) -> Option<Expr> {
        let name = match path {
            [name] => name,
            [owner, name] if owner.text == signal => name,
            _ => {
                let message = format!("`{}` is not a property of `{signal}`", self.one_line(span));
                self.report(Diagnostic::new(Code::UnknownProperty, message).at(span, "only the signal's own properties are known here"));
                return None;
            }
        };
        let column = self.event_column(name, signal)?;
        let field = &self.policy.event_columns.get(column)?.field;
        Some(Expr {
            kind: ExprKind::Reference(Reference::Property(column)),
            ty: field.ty,
            optional: field.optional,
            range: known_range(field.ty, field.range),
            span,
        })
    }

    /// The column of a property of a signal or group.
    pub(crate) fn event_column(&mut self, name: &Name, signal: &str) -> Option<EventColumnId> {
        let field = self.property_of(name, signal)?;
        let key = (signal.to_owned(), name.text.clone());
        if let Some(id) = self.memory.event_columns.get(&key) {
            return Some(*id);
        }
        let of = self.signal_ids(signal).into_iter().filter_map(|signal| {
            let properties = &self.policy.signals.get(signal)?.properties;
            Some((signal, properties.iter().position(|property| property.name == name.text)?))
        });
        let column = EventColumn { of: of.collect(), field };
        let id = self.policy.event_columns.len();
        self.policy.event_columns.push(column);
        self.memory.event_columns.insert(key, id);
        Some(id)
    }

    /// The property of a signal, or one that every signal of a group has alike.
    fn property_of(&mut self, name: &Name, signal: &str) -> Option<Field> {
        let members = match self.groups.get(signal) {
            Some(members) if !self.signals.contains_key(signal) => members.clone(),
            Some(_) | None => vec![signal.to_owned()],
        };
        let mut found: Option<Field> = None;
        for member in &members {
            let Some(info) = self.signals.get(member) else { continue };
            if info.broken_properties.contains(&name.text) {
                return None;
            }
            let Some(property) = info.properties.iter().find(|property| property.name == name.text).cloned() else {
                self.property_named(signal, name);
                return None;
            };
            if let Some(first) = &mut found {
                if !same_kind(&self.policy, first.ty, property.ty) {
                    let message = format!(
                        "`{}` is {} in one signal of `{signal}` and {} in another",
                        name.text,
                        a_value_of(first.ty),
                        a_value_of(property.ty)
                    );
                    let diagnostic =
                        Diagnostic::new(Code::WrongType, message).at(name.span, "").at(first.span, "here").at(property.span, "and here");
                    self.report(diagnostic);
                    return None;
                }
                first.optional |= property.optional;
                first.range = first.range.zip(property.range).map(|(first, second)| first.hull(second));
            } else {
                found = Some(property);
            }
        }
        found
    }

    /// Whether this kind of measure can be taken of this subject.
    fn subject_fits(&mut self, measure: &tree::Measure, span: Span) -> bool {
        let fits = match measure.kind {
            tree::MeasureKind::CountOf | tree::MeasureKind::Any | tree::MeasureKind::DaysSinceLast => {
                !matches!(measure.subject, Subject::Stage(_))
            }
            tree::MeasureKind::SumOf | tree::MeasureKind::FirstOf | tree::MeasureKind::LastOf => {
                matches!(measure.subject, Subject::Signal(_)) && measure.property.is_some()
            }
            tree::MeasureKind::DaysIn => matches!(measure.subject, Subject::Stage(_)),
        };
        if !fits {
            let message = format!("`{}` cannot be measured", self.one_line(span));
            let help = "`count of`, `any` and `days since last` take a signal, `entering` or `leaving`; `sum of`, `first of` and `last of` a property, as in `last of call.reason`; `days in` a stage";
            self.report(Diagnostic::new(Code::WrongType, message).at(span, "").help(help));
        }
        fits
    }

    /// `at most` and `fading` only make sense where signals add up.
    fn clauses_fit(&mut self, measure: &tree::Measure, span: Span) -> bool {
        let adds_up = match measure.kind {
            tree::MeasureKind::CountOf | tree::MeasureKind::SumOf => true,
            tree::MeasureKind::Any
            | tree::MeasureKind::FirstOf
            | tree::MeasureKind::LastOf
            | tree::MeasureKind::DaysSinceLast
            | tree::MeasureKind::DaysIn => false,
        };
        if measure.kind == tree::MeasureKind::DaysIn && (measure.window.is_some() || measure.since.is_some()) {
            let place = measure.window.as_ref().map_or(span, |window| window.span);
            let message = "`days in` counts all stays of a lead, without window and without `since`";
            self.report(Diagnostic::new(Code::WrongType, message).at(place, "not for stays").help("leave the clause out"));
            return false;
        }
        if adds_up || (measure.cap.is_none() && measure.fading.is_none()) {
            return true;
        }
        let place = measure.cap.as_ref().map_or(span, |cap| cap.span);
        let message = "`at most … per …` and `fading …` only belong to `count of` and `sum of`";
        self.report(Diagnostic::new(Code::WrongType, message).at(place, "signals do not add up here").help("leave the clause out"));
        false
    }

    /// A length of time that is not business time.
    pub(crate) fn length(&mut self, duration: &Duration, what: &str) -> Option<Length> {
        let seconds = match duration.unit {
            tree::Unit::Seconds => 1,
            tree::Unit::Minutes => 60,
            tree::Unit::Hours => 3_600,
            tree::Unit::Days => 86_400,
            tree::Unit::Weeks => 7 * 86_400,
        };
        let written = self.one_line(duration.span);
        if duration.business {
            let message = format!("`{written}` is business time, and {what} has no calendar");
            self.report(Diagnostic::new(Code::WrongUnit, message).at(duration.span, "").help("leave `business` out"));
            return None;
        }
        if duration.amount == 0 {
            self.report(
                Diagnostic::new(Code::BadRange, format!("`{written}` is no time at all"))
                    .at(duration.span, "")
                    .help("write how long it is, at least 1"),
            );
            return None;
        }
        let most = DAYS_MAX * 86_400 / seconds;
        if duration.amount > most {
            let message = format!("`{written}` is more than a hundred years");
            self.report(Diagnostic::new(Code::OutOfRange, message).at(duration.span, "longer than any lead is known"));
            return None;
        }
        let length = i64::try_from(duration.amount.checked_mul(seconds)?).ok()?;
        Some(match duration.unit {
            tree::Unit::Days | tree::Unit::Weeks => Length::Days(length / 86_400),
            tree::Unit::Seconds | tree::Unit::Minutes | tree::Unit::Hours => Length::Elapsed(length.checked_mul(1_000_000)?),
        })
    }

    fn fading_days(&mut self, over: &Duration) -> Option<u64> {
        match self.length(over, "fading")? {
            Length::Days(days) => u64::try_from(days).ok(),
            Length::Elapsed(_) => {
                let message = format!("signals fade by calendar days, not by `{}`", self.one_line(over.span));
                self.report(Diagnostic::new(Code::WrongUnit, message).at(over.span, "").help("write it in days or weeks"));
                None
            }
        }
    }

    pub(crate) fn cap(&mut self, cap: &Cap) -> Option<super::Cap> {
        if cap.amount == 0 || cap.per == Period::Days(0) {
            self.report(
                Diagnostic::new(Code::BadRange, format!("`{}` lets nothing count", self.one_line(cap.span)))
                    .at(cap.span, "")
                    .help("write how many may count in how long, such as `at most 1 per day`"),
            );
            return None;
        }
        Some(super::Cap { amount: cap.amount, per: CapPeriod::from(&cap.per) })
    }
}

impl From<&Period> for CapPeriod {
    fn from(period: &Period) -> CapPeriod {
        match period {
            Period::Hour => CapPeriod::Hour,
            Period::Day => CapPeriod::Day,
            Period::Week => CapPeriod::Week,
            Period::Month => CapPeriod::Month,
            Period::Quarter => CapPeriod::Quarter,
            Period::Year => CapPeriod::Year,
            Period::Days(days) => CapPeriod::Days(*days),
            Period::Ever => CapPeriod::Ever,
        }
    }
}

/// What `count of` gives: each signal fades to 6 places, their sum is rounded to 2.
pub(crate) fn count_of(fades: bool, cap: Option<&Cap>) -> Answer {
    if fades {
        return (Type::Number { scale: 2, unit: Unit::Plain }, false, Some(Interval { low: 0, high: SIGNALS.high * 100 }));
    }
    (WHOLE, false, Some(counted(cap)))
}

/// How many signals can count.
fn counted(cap: Option<&Cap>) -> Interval {
    match cap {
        Some(cap) if cap.per == Period::Ever => {
            Interval { low: 0, high: i64::try_from(cap.amount).map_or(SIGNALS.high, |most| most.min(SIGNALS.high)) }
        }
        Some(_) | None => SIGNALS,
    }
}

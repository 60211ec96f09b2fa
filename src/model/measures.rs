//! Typing of measures over signals and over the stage log.
//!
//! Names and types are checked in full, so that a policy that checks today still checks when measures are evaluated; until then each one is
//! entered into [`super::Policy::unevaluated`]. Always holds: `count of`, `sum of`, `any` and `days in` are never missing; `first of`, `last
//! of` and `days since last` always can be.

use super::check::Checker;
use super::expressions::{Scope, known_range};
use super::lookups::same_kind;
use super::ranges::{DAYS_BETWEEN, SIGNALS};
use super::value::{Interval, Type, Unit};
use super::words::a_value_of;
use super::{Expr, ExprKind, Field};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Cap, Duration, Fading, Measure, MeasureKind, Name, Period, Since, Subject};

/// The clauses that every measure may have.
pub(crate) struct Clauses<'t> {
    pub condition: Option<&'t tree::Expr>,
    pub window: Option<&'t Duration>,
    pub since: Option<&'t Since>,
    pub cap: Option<&'t Cap>,
    pub fading: Option<&'t Fading>,
}

impl Checker<'_> {
    pub(crate) fn measure(&mut self, measure: &Measure, span: Span, scope: &Scope) -> Option<Expr> {
        if let Scope::Signal(_) = scope {
            let message = format!("`{}` cannot stand inside the `where` of another measure", self.one_line(span));
            self.report(Diagnostic::new(Code::WrongType, message).at(span, "only the signal's own properties are known here"));
            return None;
        }
        self.not_evaluated(format!("`{}`", self.one_line(span)), span, true);
        let clauses = Clauses {
            condition: measure.condition.as_ref(),
            window: measure.window.as_ref(),
            since: measure.since.as_ref(),
            cap: measure.cap.as_ref(),
            fading: measure.fading.as_ref(),
        };
        let sound = self.measured(&measure.subject, &clauses) & self.subject_fits(measure, span) & self.clauses_fit(measure, span);
        let property = match (&measure.property, &measure.subject) {
            (Some(property), Subject::Signal(signal)) => Some(self.property_of(property, &signal.text)?),
            (Some(_) | None, _) => None,
        };
        if !sound {
            return None;
        }
        let fades = measure.fading.is_some();
        let whole = Type::Number { scale: 0, unit: Unit::Plain };
        let (ty, optional, range) = match measure.kind {
            // each signal fades to 6 places, their sum is rounded to 2
            MeasureKind::CountOf if fades => {
                (Type::Number { scale: 2, unit: Unit::Plain }, false, Some(Interval { low: 0, high: SIGNALS.high * 100 }))
            }
            MeasureKind::CountOf => (whole, false, Some(counted(measure.cap.as_ref()))),
            MeasureKind::Any => (Type::YesNo, false, None),
            MeasureKind::DaysSinceLast => (whole, true, Some(DAYS_BETWEEN)),
            MeasureKind::DaysIn => (whole, false, Some(DAYS_BETWEEN)),
            MeasureKind::FirstOf | MeasureKind::LastOf => {
                let property = property?;
                (property.ty, true, known_range(property.ty, property.range))
            }
            MeasureKind::SumOf => {
                let property = property?;
                let Type::Number { scale, unit } = property.ty else {
                    let name = measure.property.as_ref()?;
                    let message = format!("`{}` is {}, and only numbers are summed", name.text, a_value_of(property.ty));
                    self.report(Diagnostic::new(Code::WrongType, message).at(name.span, ""));
                    return None;
                };
                let scale = if fades { 2 } else { scale };
                let low = property.range.map_or(i64::MIN, |range| if range.low >= 0 { 0 } else { i64::MIN });
                let high = property.range.map_or(i64::MAX, |range| if range.high <= 0 { 0 } else { i64::MAX });
                (Type::Number { scale, unit }, false, Some(Interval { low, high }))
            }
        };
        Some(Expr { kind: ExprKind::Measure(self.one_line(span)), ty, optional, range, span })
    }

    /// Checks what is measured and the clauses; the answer is whether all of it means something.
    pub(crate) fn measured(&mut self, subject: &Subject, clauses: &Clauses<'_>) -> bool {
        let known = match subject {
            Subject::Signal(name) => self.signal_named(name),
            Subject::Entering(stage) | Subject::Leaving(stage) | Subject::Stage(stage) => self.stage_named(stage).is_some(),
        };
        let condition = match (clauses.condition, subject) {
            (None, _) => true,
            (Some(condition), Subject::Signal(name)) => {
                // the properties of an unknown signal are unknown too
                !known || self.holds(condition, &Scope::Signal(name.text.clone())).is_some()
            }
            (Some(condition), Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_)) => {
                let message = "the stage log has no properties, so nothing can be asked with `where`";
                self.report(Diagnostic::new(Code::UnknownProperty, message).at(condition.span, ""));
                false
            }
        };
        let window = clauses.window.is_none_or(|window| self.is_elapsed(window));
        let since = match clauses.since {
            None => true,
            Some(Since::Entering(stage)) => self.stage_named(stage).is_some(),
            Some(Since::LastSignal(signal)) => self.signal_named(signal),
        };
        let fading = match clauses.fading {
            None => true,
            Some(Fading::HalfEvery(over) | Fading::ToNothingOver(over)) => self.is_in_days(over),
        };
        let cap = clauses.cap.is_none_or(|cap| self.is_cap(cap));
        known & condition & window & since & fading & cap
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
        let property = self.property_of(name, signal)?;
        let range = known_range(property.ty, property.range);
        let kind = ExprKind::Measure(format!("{signal}.{}", name.text));
        Some(Expr { kind, ty: property.ty, optional: property.optional, range, span })
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
    fn subject_fits(&mut self, measure: &Measure, span: Span) -> bool {
        let fits = match measure.kind {
            MeasureKind::CountOf | MeasureKind::Any | MeasureKind::DaysSinceLast => !matches!(measure.subject, Subject::Stage(_)),
            MeasureKind::SumOf | MeasureKind::FirstOf | MeasureKind::LastOf => {
                matches!(measure.subject, Subject::Signal(_)) && measure.property.is_some()
            }
            MeasureKind::DaysIn => matches!(measure.subject, Subject::Stage(_)),
        };
        if !fits {
            let message = format!("`{}` cannot be measured", self.one_line(span));
            let help = "`count of`, `any` and `days since last` take a signal, `entering` or `leaving`; `sum of`, `first of` and `last of` a property, as in `last of call.reason`; `days in` a stage";
            self.report(Diagnostic::new(Code::WrongType, message).at(span, "").help(help));
        }
        fits
    }

    /// `at most` and `fading` only make sense where signals add up.
    fn clauses_fit(&mut self, measure: &Measure, span: Span) -> bool {
        let adds_up = match measure.kind {
            MeasureKind::CountOf | MeasureKind::SumOf => true,
            MeasureKind::Any | MeasureKind::FirstOf | MeasureKind::LastOf | MeasureKind::DaysSinceLast | MeasureKind::DaysIn => false,
        };
        if adds_up || (measure.cap.is_none() && measure.fading.is_none()) {
            return true;
        }
        let place = measure.cap.as_ref().map_or(span, |cap| cap.span);
        let message = "`at most … per …` and `fading …` only belong to `count of` and `sum of`";
        self.report(Diagnostic::new(Code::WrongType, message).at(place, "signals do not add up here"));
        false
    }

    fn is_elapsed(&mut self, window: &Duration) -> bool {
        if window.business {
            let message = format!("`{}` is business time, and a measure has no calendar", self.one_line(window.span));
            self.report(Diagnostic::new(Code::WrongUnit, message).at(window.span, "").help("write it without `business`"));
            return false;
        }
        self.is_some_time(window)
    }

    fn is_in_days(&mut self, over: &Duration) -> bool {
        let days = match over.unit {
            tree::Unit::Days | tree::Unit::Weeks => !over.business,
            tree::Unit::Seconds | tree::Unit::Minutes | tree::Unit::Hours => false,
        };
        if !days {
            let message = format!("signals fade by calendar days, not by `{}`", self.one_line(over.span));
            self.report(Diagnostic::new(Code::WrongUnit, message).at(over.span, "").help("write it in days or weeks"));
            return false;
        }
        self.is_some_time(over)
    }

    fn is_some_time(&mut self, duration: &Duration) -> bool {
        if duration.amount == 0 {
            let message = format!("`{}` is no time at all", self.one_line(duration.span));
            self.report(Diagnostic::new(Code::BadRange, message).at(duration.span, ""));
        }
        duration.amount > 0
    }

    pub(crate) fn is_cap(&mut self, cap: &Cap) -> bool {
        let empty = cap.amount == 0 || cap.per == Period::Days(0);
        if empty {
            self.report(Diagnostic::new(Code::BadRange, format!("`{}` lets nothing count", self.one_line(cap.span))).at(cap.span, ""));
        }
        !empty
    }
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

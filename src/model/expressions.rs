//! Typing of expressions: an untyped tree and the names that may stand in it go in, a typed [`Expr`] comes out.
//!
//! Always holds: `None` means that a mistake in the expression, or in something it needs, has been reported; the caller says nothing more.
//! Both sides of every operator are checked, so that one run reports every mistake. Arithmetic, conditions, look-ups and measures have files
//! of their own.

use super::check::{Checker, Named};
use super::constants::bare;
use super::lost::Set;
use super::ranges::{DAYS_BETWEEN, domain_of};
use super::value::{Constant, Interval, Type, Unit};
use super::wanted::Wanted;
use super::words::a_value_of;
use super::{Arithmetic, Conversion, Derived, Expr, ExprKind, Reference, ScoreId};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Name};

/// Which names an expression may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// fields, lets, scores, decides, `stage`
    Lead,
    /// the same, and `entering` and `leaving`: conditions of routes and clocks
    Moment,
    /// the properties of this signal or group of signals: `where …`
    Signal(String),
    /// the columns of this table, as `TABLE.column`: `skip when reps.away`
    Row(super::TableId),
}

/// Brackets nest at most 64 deep, and there are only so many operators between two of them; what is deeper did not come from the parser.
const DEPTH_MAX: usize = 1_000;

/// The checker may run on a thread with a small stack: with less than so many bytes left, it goes on in a new piece of so many.
pub(crate) const STACK_LEFT: usize = 128 * 1024;
pub(crate) const STACK_NEXT: usize = 1024 * 1024;

impl Checker<'_> {
    /// The typed expression; conditions come out as `yes_no`.
    pub(crate) fn expression(&mut self, tree: &tree::Expr, scope: Scope) -> Option<Expr> {
        self.value(tree, &scope)
    }

    /// The typed expression, which must be a `yes_no`; the result is never missing.
    pub(crate) fn condition(&mut self, tree: &tree::Expr, scope: Scope) -> Option<Expr> {
        self.holds(tree, &scope)
    }

    pub(crate) fn value(&mut self, tree: &tree::Expr, scope: &Scope) -> Option<Expr> {
        if self.memory.depth >= DEPTH_MAX {
            self.report(Diagnostic::new(Code::TooDeep, "an expression is nested too deep").at(tree.span, ""));
            return None;
        }
        self.memory.depth += 1;
        let typed = stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.value_of_kind(tree, scope));
        self.memory.depth -= 1;
        if self.memory.depth == 0 {
            self.memory.extents.clear();
        }
        typed
    }

    fn value_of_kind(&mut self, tree: &tree::Expr, scope: &Scope) -> Option<Expr> {
        let span = tree.span;
        match &tree.kind {
            tree::ExprKind::Literal(tree::Literal::Number(number)) => self.number(number),
            tree::ExprKind::Literal(tree::Literal::Text(text)) => Some(constant(Constant::Text(text.clone()), Type::Text, span)),
            tree::ExprKind::Literal(tree::Literal::YesNo(value)) => Some(constant(Constant::Integer(i64::from(*value)), Type::YesNo, span)),
            tree::ExprKind::Literal(tree::Literal::Date(_)) => {
                self.constant(tree, Type::Date, None, "this").map(|value| constant(value, Type::Date, span))
            }
            tree::ExprKind::Literal(tree::Literal::Time(_)) => {
                self.constant(tree, Type::Time, None, "this").map(|value| constant(value, Type::Time, span))
            }
            tree::ExprKind::Literal(tree::Literal::Unreadable) => None,
            tree::ExprKind::Missing => {
                self.report(
                    Diagnostic::new(Code::NotConstant, "`missing` is not a value")
                        .at(span, "")
                        .help("ask `is missing` or `is known`; `A else 0` puts a constant in place of a missing value"),
                );
                None
            }
            tree::ExprKind::Path(path) => self.path(path, span, scope),
            tree::ExprKind::Cell { table, keys, column } => self.cell(table, keys, column, span, scope),
            tree::ExprKind::Paren(inner) => {
                let value = self.value(inner, scope)?;
                if let Some(extent) = self.memory.extents.get(&value.span).cloned() {
                    self.memory.extents.insert(span, extent);
                }
                Some(Expr { span, ..value })
            }

            tree::ExprKind::Arithmetic(tree::Arithmetic::Sum(members)) => self.sum(members, span, scope),
            tree::ExprKind::Arithmetic(tree::Arithmetic::Product { factors, places }) => self.product(factors, *places, span, scope),
            tree::ExprKind::Arithmetic(tree::Arithmetic::Larger(members)) => self.extreme(members, span, scope, Arithmetic::Larger),
            tree::ExprKind::Arithmetic(tree::Arithmetic::Smaller(members)) => self.extreme(members, span, scope, Arithmetic::Smaller),
            tree::ExprKind::Conversion(tree::Conversion::Else { value, default }) => self.or_else(value, default, span, scope),
            tree::ExprKind::Conversion(tree::Conversion::DaysSince(of)) => self.days(of, span, scope, Conversion::DaysSince),
            tree::ExprKind::Conversion(tree::Conversion::DaysUntil(of)) => self.days(of, span, scope, Conversion::DaysUntil),
            tree::ExprKind::Conversion(tree::Conversion::DomainOf(of)) => self.domain(of, span, scope),
            tree::ExprKind::Measure(measure) => self.measure(measure, span, scope),

            tree::ExprKind::Connective(connective) => self.connective(connective, span, scope),
            tree::ExprKind::Predicate(predicate) => self.predicate(predicate, span, scope),
        }
    }

    /// A number by itself: `100 USD` is money, `100` is plain (and counts as money next to money, which the operators see to).
    fn number(&mut self, number: &tree::Number) -> Option<Expr> {
        let (unit, places) = match (&number.currency, self.policy.currency) {
            (Some(_), Some(currency)) => (Unit::Money, number.places.max(currency.places)),
            (Some(_), None) => (Unit::Money, number.places),
            (None, _) => (Unit::Plain, number.places),
        };
        let value = self.amount(number, unit, "this")?;
        let Some(units) = value.at_scale(places) else {
            let written = self.one_line(number.span);
            self.report(Diagnostic::new(Code::OutOfRange, format!("`{written}` does not fit 64 bits")).at(number.span, ""));
            return None;
        };
        Some(constant(Constant::Integer(units), Type::Number { scale: places, unit }, number.span))
    }

    /// `beds`, `readiness.demographic`, `stage`; the properties of a signal in its `where`.
    fn path(&mut self, path: &[Name], span: Span, scope: &Scope) -> Option<Expr> {
        let wanted = std::mem::take(&mut self.memory.wanted);
        if let Scope::Signal(signal) = scope {
            return self.property(path, signal, span);
        }
        if let Scope::Row(table) = scope {
            return self.row_cell(*table, path, span);
        }
        let (first, rest) = path.split_first()?;
        if first.text == "stage" && rest.is_empty() {
            return self.stage(span);
        }
        let Some((named, _)) = self.names.get(&first.text).copied() else {
            self.report_unknown(first, rest, &wanted);
            return None;
        };
        let typed = |kind: ExprKind, ty: Type, optional: bool, range: Option<Interval>| Some(Expr { kind, ty, optional, range, span });
        match (named, rest) {
            (Named::Broken, _) => None,
            (Named::Field(id), []) => {
                let field = self.policy.fields.get(id)?;
                typed(ExprKind::Reference(Reference::Field(id)), field.ty, field.optional, known_range(field.ty, field.range))
            }
            (Named::Let(id), []) => {
                let value = self.is_typed(Derived::Let(id)).then(|| self.policy.lets.get(id))??;
                typed(ExprKind::Reference(Reference::Let(id)), value.value.ty, value.value.optional, value.value.range)
            }
            (Named::Score(id), []) => {
                let score = self.is_typed(Derived::Score(id)).then(|| self.policy.scores.get(id))??;
                let ty = Type::Number { scale: score.scale, unit: Unit::Plain };
                typed(ExprKind::Reference(Reference::Score(id)), ty, false, Some(score.interval))
            }
            (Named::Score(id), [section]) => self.section(id, first, section, span),
            (Named::Decide(id), []) => {
                let decide = self.is_typed(Derived::Decide(id)).then(|| self.policy.decides.get(id))??;
                typed(ExprKind::Reference(Reference::Decide(id)), Type::OneOf(decide.choices), false, None)
            }
            (Named::Route(_), _) => {
                self.report_not_a_value(first, "a route", "routes are worked out after every condition has been read");
                None
            }
            (Named::Sla(_), _) => {
                self.report_not_a_value(first, "a clock", "clocks start after every condition has been read");
                None
            }
            (Named::Field(_) | Named::Let(_) | Named::Score(_) | Named::Decide(_), [part, ..]) => {
                let message = format!("`{}` has no parts, so `{}` means nothing here", first.text, self.one_line(span));
                self.report(
                    Diagnostic::new(Code::UnknownName, message)
                        .at(part.span, "")
                        .help("only the sections of a score are written with a dot"),
                );
                None
            }
        }
    }

    fn section(&mut self, id: ScoreId, score_name: &Name, section: &Name, span: Span) -> Option<Expr> {
        // a score with a mistake has the sections that are written all the same
        let (_, tree) = self.derived.scores.get(id)?;
        if tree.sections().all(|candidate| candidate.name.text != section.text) {
            let known = tree.sections().map(|candidate| candidate.name.text.as_str());
            if self.memory.lost.may_be(&Set::Sections(id), &section.text, Some(section.span), known) {
                return None;
            }
            let mut names: Vec<String> = tree.sections().map(|candidate| candidate.name.text.clone()).collect();
            names.dedup();
            let message = format!("score `{}` has no section `{}`", score_name.text, section.text);
            let diagnostic = Diagnostic::new(Code::UnknownName, message).at(section.span, "not a section of it");
            let diagnostic = self.propose(diagnostic, "section", section, names);
            self.report(diagnostic);
            return None;
        }
        let score = self.is_typed(Derived::Score(id)).then(|| self.policy.scores.get(id))??;
        let index = score.sections.iter().position(|candidate| candidate.name == section.text)?;
        let section = score.sections.get(index)?;
        Some(Expr {
            kind: ExprKind::Reference(Reference::Section(id, index)),
            ty: Type::Number { scale: section.scale, unit: Unit::Plain },
            optional: section.optional,
            range: Some(section.interval),
            span,
        })
    }

    fn stage(&mut self, span: Span) -> Option<Expr> {
        let Some(choices) = self.policy.stage_choices else {
            if !self.hidden.may_have("stage") {
                self.report(
                    Diagnostic::new(Code::UnknownStage, "`stage` is asked for, but the policy has no stages")
                        .at(span, "")
                        .help("declare stages, such as `stage inquiry owner marketing start`"),
                );
            }
            return None;
        };
        Some(Expr { kind: ExprKind::Reference(Reference::Stage), ty: Type::OneOf(choices), optional: false, range: None, span })
    }

    /// `A else CONSTANT`
    fn or_else(&mut self, value: &tree::Expr, default: &tree::Expr, span: Span, scope: &Scope) -> Option<Expr> {
        let value = self.value_as(value, Wanted::beside(default), scope)?;
        let what = format!("`{}`", self.one_line(value.span));
        let default = self.constant(default, value.ty, None, &what)?;
        let range = match &default {
            Constant::Integer(units) => value.range.map(|range| range.hull(Interval { low: *units, high: *units })),
            Constant::Text(_) => None,
        };
        Some(Expr { ty: value.ty, optional: false, range, span, kind: ExprKind::Conversion(Conversion::Else(Box::new(value), default)) })
    }

    /// `days since A`, `days until A`: missing when the day lies on the other side.
    fn days(&mut self, of: &tree::Expr, span: Span, scope: &Scope, kind: fn(Box<Expr>) -> Conversion) -> Option<Expr> {
        let of = self.value_as(of, Wanted::Day, scope)?;
        if let Scope::Signal(_) = scope {
            let message = format!("`{}` changes with as-of, and a `where` is about the signal alone", self.one_line(span));
            let help = "a window such as `in last 30 days` says how long ago a signal may be";
            self.report(Diagnostic::new(Code::WrongType, message).at(span, "not a matter of the signal").help(help));
            return None;
        }
        self.memory.looks_at_day = true;
        match of.ty {
            Type::Date | Type::Time => Some(Expr {
                kind: ExprKind::Conversion(kind(Box::new(of))),
                ty: Type::Number { scale: 0, unit: Unit::Plain },
                optional: true,
                range: Some(DAYS_BETWEEN),
                span,
            }),
            Type::Text | Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => {
                let fits = self.what_fits(&Wanted::Day);
                self.report_wrong_type(&of, "a date or a time is needed here", fits);
                None
            }
        }
    }

    fn domain(&mut self, of: &tree::Expr, span: Span, scope: &Scope) -> Option<Expr> {
        let of = self.value_as(of, Wanted::Text, scope)?;
        if of.ty != Type::Text {
            let fits = self.what_fits(&Wanted::Text);
            self.report_wrong_type(&of, "a text such as an address of mail is needed here", fits);
            return None;
        }
        Some(Expr { kind: ExprKind::Conversion(Conversion::DomainOf(Box::new(of))), ty: Type::Text, optional: true, range: None, span })
    }

    /// "`beds` is a whole number", and what is needed instead.
    pub(crate) fn report_wrong_type(&mut self, value: &Expr, needed: &str, help: Option<String>) {
        let message = format!("`{}` is {}", self.one_line(value.span), a_value_of(value.ty));
        let diagnostic = Diagnostic::new(Code::WrongType, message).at(value.span, needed);
        self.report(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }

    /// Whether the type of a derived value is known; if not, its mistake has been reported.
    pub(crate) fn is_typed(&self, derived: Derived) -> bool {
        !self.memory.broken.contains(&derived)
    }

    /// A name that nothing declares as a value, and what was probably meant.
    fn report_unknown(&mut self, name: &Name, rest: &[Name], wanted: &Wanted) {
        let signal = self.signals.contains_key(&name.text) || self.groups.contains_key(&name.text);
        let (label, help) = if self.tables.contains_key(&name.text) {
            ("a table", format!("look a row up by its key, as in `{}[state].column`", name.text))
        } else if let (true, [property, ..]) = (signal, rest) {
            ("a signal", format!("write `last of {0}.{1}` or `first of {0}.{1}`", name.text, property.text))
        } else if signal {
            ("a signal", format!("measure it, as in `count of {0}` or `any {0}`", name.text))
        } else if self.policy.stage_choices.is_some_and(|choices| self.choice_index(choices, &name.text).is_some()) {
            ("a stage", format!("write `stage is {}`", name.text))
        } else {
            self.unknown_name(name, wanted);
            return;
        };
        let message = format!("there is no field or derived value `{}`", name.text);
        self.report(Diagnostic::new(Code::UnknownName, message).at(name.span, format!("`{}` is {label}", name.text)).help(help));
    }

    fn report_not_a_value(&mut self, name: &Name, kind: &str, why: &str) {
        let message = format!("`{}` is {kind}, not a value", name.text);
        let help = "ask for what its rows ask: a `let` or a `decide` with their conditions is a value";
        self.report(Diagnostic::new(Code::WrongType, message).at(name.span, why).help(help));
    }
}

pub(crate) fn constant(value: Constant, ty: Type, span: Span) -> Expr {
    let range = match &value {
        Constant::Integer(units) => Some(Interval { low: *units, high: *units }),
        Constant::Text(_) => None,
    };
    let range = range.filter(|_| matches!(ty, Type::Number { .. } | Type::Date | Type::Time));
    Expr { kind: ExprKind::Constant(value), ty, optional: false, range, span }
}

/// Bounds of a known value, for numbers, dates and times.
pub(crate) fn known_range(ty: Type, written: Option<Interval>) -> Option<Interval> {
    match ty {
        Type::Number { .. } | Type::Date | Type::Time => Some(written.unwrap_or(domain_of(ty))),
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => None,
    }
}

/// Bounds of a known value, which may be all of its type's.
pub(crate) fn bounds(value: &Expr) -> Interval {
    value.range.unwrap_or(domain_of(value.ty))
}

/// Whether a plain number stands here that counts as money next to money.
pub(crate) fn is_plain_literal(tree: &tree::Expr) -> bool {
    matches!(&bare(tree).kind, tree::ExprKind::Literal(tree::Literal::Number(number)) if number.currency.is_none())
}

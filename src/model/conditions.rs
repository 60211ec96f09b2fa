//! Typing of conditions; those over lists of constants are in [`super::membership`].
//!
//! Always holds: a condition is a `yes_no` that is never missing: a comparison with a missing value is no, and a bare optional `yes_no` is
//! wrapped into the question whether it is yes. Constants are converted exactly to the units of the left side; in `>= > <= <` they may have
//! more places than the left side keeps.

use super::arithmetic::unit_of;
use super::check::Checker;
use super::constants::{bare, is_literal, scale_of, written_range};
use super::expressions::Scope;
use super::lookups::same_kind;
use super::value::{Decimal, Type, Unit, fold_text};
use super::wanted::Wanted;
use super::words::a_value_of;
use super::{Connective, Expr, ExprKind, Operator, Predicate, TextTest};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree::{self, Comparison, Name, Text};

impl Checker<'_> {
    /// A value that must be a `yes_no`; the result is never missing.
    pub(crate) fn holds(&mut self, tree: &tree::Expr, scope: &Scope) -> Option<Expr> {
        let value = self.value_as(tree, Wanted::Condition, scope)?;
        match value.ty {
            Type::YesNo if value.optional => {
                let span = value.span;
                Some(yes_no(Predicate::IsOneOf { left: Box::new(value), negated: false, values: vec![1] }, span))
            }
            Type::YesNo => Some(value),
            Type::Text | Type::Number { .. } | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => {
                let written = self.one_line(value.span);
                let message = format!("`{written}` is {}, and a condition is needed", a_value_of(value.ty));
                let help = how_to_ask(&written, value.ty);
                self.report(Diagnostic::new(Code::NotACondition, message).at(value.span, "neither yes nor no").help(help));
                None
            }
        }
    }

    /// `a and b`, `not a`
    pub(crate) fn connective(&mut self, connective: &tree::Connective, span: Span, scope: &Scope) -> Option<Expr> {
        match connective {
            tree::Connective::And(members) => self.all_hold(members, span, scope).map(|members| yes_no(Connective::And(members), span)),
            tree::Connective::Or(members) => self.any_holds(members, scope).map(|members| yes_no(Connective::Or(members), span)),
            tree::Connective::Not(inner) => self.holds(inner, scope).map(|inner| yes_no(Connective::Not(Box::new(inner)), span)),
            tree::Connective::Implies(left, right) => {
                let (left, right) = (self.holds(left, scope), self.holds(right, scope));
                Some(yes_no(Connective::Implies(Box::new(left?), Box::new(right?)), span))
            }
        }
    }

    /// `a >= 5`, `a is B`, `entering mql`
    pub(crate) fn predicate(&mut self, predicate: &tree::Predicate, span: Span, scope: &Scope) -> Option<Expr> {
        match predicate {
            tree::Predicate::Compare { left, operator, operator_span, right } => {
                self.comparison(left, *operator, *operator_span, right, span, scope)
            }
            tree::Predicate::Between { left, low, high } => self.between(left, low, high, span, scope),
            tree::Predicate::Is { left, negated, choices, one_of } => self.is(left, *negated, choices, *one_of, span, scope),
            tree::Predicate::SameAs { left, negated, right } => self.same_as(left, *negated, right, span, scope),
            tree::Predicate::IsKnown { left, known } => {
                let left = Box::new(self.value(left, scope)?);
                Some(yes_no(Predicate::IsKnown { left, known: *known }, span))
            }
            tree::Predicate::Has { left, choices } => self.has(left, choices, span, scope),
            tree::Predicate::StartsWith { left, text } => self.text_test(left, TextTest::StartsWith, text, span, scope),
            tree::Predicate::EndsWith { left, text } => self.text_test(left, TextTest::EndsWith, text, span, scope),
            tree::Predicate::Contains { left, text } => self.text_test(left, TextTest::Contains, text, span, scope),
            tree::Predicate::Entering(stage) => self.moment(stage, span, scope, Predicate::Entering),
            tree::Predicate::Leaving(stage) => self.moment(stage, span, scope, Predicate::Leaving),
        }
    }

    /// Of an `and` with a mistake in some members, the others are kept: more than these hold for it never does.
    fn all_hold(&mut self, members: &[tree::Expr], span: Span, scope: &Scope) -> Option<Vec<Expr>> {
        let all = members.len();
        let members: Vec<Option<Expr>> = members.iter().map(|member| self.holds(member, scope)).collect();
        let sound: Vec<Expr> = members.into_iter().flatten().collect();
        if sound.len() == all {
            return Some(sound);
        }
        if !sound.is_empty() {
            self.memory.partly.insert(span, yes_no(Connective::And(sound), span));
        }
        None
    }

    /// The members of an `or`. In `site is hospital or clinic` the second one is no condition, and what was meant is plain.
    fn any_holds(&mut self, members: &[tree::Expr], scope: &Scope) -> Option<Vec<Expr>> {
        let mut held: Vec<Option<Expr>> = Vec::with_capacity(members.len());
        for member in members {
            let before = held.iter().rev().flatten().next();
            let holds = if self.reports_second_choice(before, member) { None } else { self.holds(member, scope) };
            held.push(holds);
        }
        held.into_iter().collect()
    }

    /// Whether a member of an `or` is just another choice of what the member before it compares; if so, that is reported.
    fn reports_second_choice(&mut self, before: Option<&Expr>, member: &tree::Expr) -> bool {
        let tree::ExprKind::Path(path) = &member.kind else { return false };
        let ([name], Some(Expr { kind: ExprKind::Predicate(Predicate::IsOneOf { left, .. }), span, .. })) = (path.as_slice(), before)
        else {
            return false;
        };
        let Type::OneOf(choices) = left.ty else { return false };
        if self.names.contains_key(&name.text) || self.choice_index(choices, &name.text).is_none() {
            return false;
        }
        let help = format!("write `{} is one of …, {}`", self.one_line(left.span), name.text);
        self.report(
            Diagnostic::new(Code::NotACondition, format!("`{}` is a choice, and a condition is needed", name.text))
                .at(name.span, "neither yes nor no")
                .at(*span, "compared here with one choice")
                .help(help),
        );
        true
    }

    /// `a >= b`
    fn comparison(
        &mut self,
        left: &tree::Expr,
        operator: Comparison,
        operator_span: Span,
        right: &tree::Expr,
        span: Span,
        scope: &Scope,
    ) -> Option<Expr> {
        let operator = operator_of(operator);
        match (is_literal(left), is_literal(right)) {
            (true, true) => {
                self.report(
                    Diagnostic::new(Code::NotACondition, format!("`{}` compares two constants", self.one_line(span)))
                        .at(operator_span, "this never changes from lead to lead")
                        .help("compare a field or a derived value with a constant"),
                );
                None
            }
            // `100 <= beds` is read as `beds >= 100`
            (true, false) => {
                let value = self.value_as(right, Wanted::against(left), scope).or_else(|| self.stand_in(right, scope))?;
                let compared = self.compared(value, mirrored(operator), left, scope)?;
                Some(Expr { span, ..compared })
            }
            (false, _) => {
                let value = self.value_as(left, Wanted::against(right), scope);
                let value = value.or_else(|| self.stand_in(left, scope).filter(|_| is_literal(right)));
                let Some(value) = value else {
                    if !is_literal(right) {
                        self.value(right, scope);
                    } else if let tree::ExprKind::Path(path) = &bare(left).kind {
                        self.check_against_broken(path, right);
                    }
                    return None;
                };
                let compared = self.compared(value, operator, right, scope)?;
                Some(Expr { span, ..compared })
            }
        }
    }

    /// `a between B and C`
    fn between(&mut self, left: &tree::Expr, low: &tree::Expr, high: &tree::Expr, span: Span, scope: &Scope) -> Option<Expr> {
        let value = self.value_as(left, Wanted::against(low), scope);
        let value = value.or_else(|| self.stand_in(left, scope).filter(|_| is_literal(low) && is_literal(high)));
        let Some(left) = value else {
            for end in [low, high] {
                match &bare(left).kind {
                    tree::ExprKind::Path(path) if is_literal(end) => self.check_against_broken(path, end),
                    _ => {}
                }
            }
            return None;
        };
        let told = self.diagnostics.len();
        let from = self.compared(left.clone(), Operator::AtLeast, low, scope);
        // one message about a left side that has no order is enough
        if from.is_none() && !matches!(left.ty, Type::Number { .. } | Type::Date | Type::Time) {
            return None;
        }
        let to = self.compared(left, Operator::AtMost, high, scope);
        let (from, to) = (from?, to?);
        if let (
            ExprKind::Predicate(Predicate::CompareConstant { right: lowest, .. }),
            ExprKind::Predicate(Predicate::CompareConstant { right: highest, .. }),
        ) = (&from.kind, &to.kind)
            && is_above(*lowest, *highest)
        {
            // an end outside of the range is why it runs backwards
            if self.diagnostics.len() > told {
                return None;
            }
            let message =
                format!("`{}` to `{}` runs backwards, so nothing lies between", self.one_line(low.span), self.one_line(high.span));
            let (low_text, high_text) = (self.one_line(low.span), self.one_line(high.span));
            let edits = vec![Edit { span: low.span, text: high_text }, Edit { span: high.span, text: low_text }];
            self.report(Diagnostic::new(Code::BadRange, message).at(low.span.to(high.span), "the lower end stands first").fix(
                "exchange the ends",
                Applicability::Unsafe,
                edits,
            ));
            return None;
        }
        Some(yes_no(Connective::And(vec![from, to]), span))
    }

    /// A value with an order, compared with a constant or with another value.
    fn compared(&mut self, left: Expr, operator: Operator, right: &tree::Expr, scope: &Scope) -> Option<Expr> {
        let span = left.span.to(right.span);
        let written = self.one_line(left.span);
        if !matches!(left.ty, Type::Number { .. } | Type::Date | Type::Time) {
            let message = format!("`{written}` is {}, which has no order", a_value_of(left.ty));
            self.report(
                Diagnostic::new(Code::WrongType, message)
                    .at(left.span, "only numbers, dates and times are compared so")
                    .help(how_to_ask(&written, left.ty)),
            );
            // a choice of it has been told with it
            let is_choice = match (left.ty, &right.kind) {
                (Type::OneOf(choices), tree::ExprKind::Path(path)) => {
                    path.len() == 1 && self.choice_index(choices, &path[0].text).is_some()
                }
                _ => false,
            };
            if !is_literal(right) && !is_choice {
                self.value(right, scope);
            }
            return None;
        }
        if is_literal(right) || matches!(right.kind, tree::ExprKind::Missing) {
            if matches!(right.kind, tree::ExprKind::Missing) {
                self.report(
                    Diagnostic::new(Code::WrongType, format!("`{written}` cannot be compared with `missing`"))
                        .at(right.span, "a comparison with a missing value is always no")
                        .help(format!("write `{written} is missing` or `{written} is known`")),
                );
                return None;
            }
            let range = written_range(&self.policy, &left);
            let constant = self.compared_constant(right, left.ty, range, &format!("`{written}`"))?;
            return Some(yes_no(Predicate::CompareConstant { left: Box::new(left), operator, right: constant }, span));
        }
        let wanted = if let Type::Number { .. } = left.ty { Wanted::Number } else { Wanted::Like(left.ty) };
        let right = self.value_as(right, wanted, scope)?;
        let same = match (left.ty, right.ty) {
            (Type::Number { .. }, Type::Number { .. }) => {
                if unit_of(&left) != unit_of(&right) {
                    self.report_two_units(&left, &right);
                    return None;
                }
                true
            }
            (left, right) => left == right,
        };
        if !same {
            self.report_unlike(&left, &right);
            return None;
        }
        Some(yes_no(Predicate::Compare { left: Box::new(left), operator, right: Box::new(right) }, span))
    }

    /// `a is same as b`
    fn same_as(&mut self, left: &tree::Expr, negated: bool, right: &tree::Expr, span: Span, scope: &Scope) -> Option<Expr> {
        let (left, right) = match (self.value(left, scope), self.value(right, scope)) {
            (Some(left), Some(right)) => (left, right),
            (_, _) => return None,
        };
        if matches!(right.kind, ExprKind::Constant(_)) {
            let written = self.one_line(right.span);
            let gap = Span { start: left.span.end, end: right.span.start, ..span };
            let words = if negated { " is not " } else { " is " };
            self.report(
                Diagnostic::new(Code::WrongType, format!("`is same as` compares two values, and `{written}` is a constant"))
                    .at(right.span, "a constant")
                    .replace(format!("write `{}`", words.trim()), Applicability::Safe, gap, words),
            );
            return None;
        }
        if let (Type::Number { .. }, Type::Number { .. }) = (left.ty, right.ty) {
            if unit_of(&left) != unit_of(&right) {
                self.report_two_units(&left, &right);
                return None;
            }
            if scale_of(left.ty) != scale_of(right.ty) {
                return Some(same_number(left, negated, right, span));
            }
        } else if !same_kind(&self.policy, left.ty, right.ty) {
            self.report_unlike(&left, &right);
            return None;
        }
        Some(yes_no(Predicate::SameAs { left: Box::new(left), negated, right: Box::new(right) }, span))
    }

    fn text_test(&mut self, left: &tree::Expr, test: TextTest, text: &Text, span: Span, scope: &Scope) -> Option<Expr> {
        let left = self.value_as(left, Wanted::Text, scope)?;
        if left.ty != Type::Text {
            let fits = self.what_fits(&Wanted::Text);
            self.report_wrong_type(&left, "only a text starts with, ends with or contains something", fits);
            return None;
        }
        Some(yes_no(Predicate::TextTest { left: Box::new(left), test, text: fold_part(&text.value) }, span))
    }

    fn moment(&mut self, stage: &Name, span: Span, scope: &Scope, kind: fn(usize) -> Predicate) -> Option<Expr> {
        let index = self.stage_named(stage)?;
        if *scope == Scope::Moment {
            return Some(yes_no(kind(index), span));
        }
        self.report(
            Diagnostic::new(Code::NoTransitionHere, format!("`{}` is only known once the flow has moved the lead", self.one_line(span)))
                .at(span, "no transition can be seen here")
                .help(format!("use it in a route or a clock; `stage is {}` asks for the stage before the transition", stage.text)),
        );
        None
    }

    fn report_two_units(&mut self, left: &Expr, right: &Expr) {
        let (money, plain) = if unit_of(left) == Unit::Money { (left, right) } else { (right, left) };
        let message = format!("`{}` is money, and `{}` is a plain number", self.one_line(money.span), self.one_line(plain.span));
        self.report(
            Diagnostic::new(Code::WrongUnit, message)
                .at(right.span, format!("{} here", a_value_of(right.ty)))
                .at(left.span, a_value_of(left.ty)),
        );
    }

    fn report_unlike(&mut self, left: &Expr, right: &Expr) {
        let (left_is, right_is) = (a_value_of(left.ty), a_value_of(right.ty));
        let (left_written, right_written) = (self.one_line(left.span), self.one_line(right.span));
        let message = if left_is == right_is {
            format!("`{left_written}` and `{right_written}` do not have the same choices")
        } else {
            format!("`{left_written}` is {left_is}, and `{right_written}` is {right_is}")
        };
        let mut diagnostic =
            Diagnostic::new(Code::WrongType, message).at(right.span, "compared with something of another type").at(left.span, "");
        diagnostic.help = self.what_fits(&Wanted::of_kind(left.ty));
        self.report(diagnostic);
    }
}

/// How a value of a type is made a condition.
fn how_to_ask(written: &str, ty: Type) -> String {
    match ty {
        Type::Number { .. } | Type::Date | Type::Time => format!("compare it, as in `{written} >= …`, or ask `{written} is known`"),
        Type::OneOf(_) => format!("write `{written} is …` or `{written} is one of …`"),
        Type::SomeOf(_) => format!("write `{written} has …`"),
        Type::Text => format!("write `{written} is \"…\"` or `{written} contains \"…\"`"),
        Type::YesNo => format!("write `{written}` or `not {written}`"),
    }
}

/// Equality of two numbers of different scales, which is compared exactly: neither is rounded to the other's.
fn same_number(left: Expr, negated: bool, right: Expr, span: Span) -> Expr {
    let compare =
        |operator: Operator| yes_no(Predicate::Compare { left: Box::new(left.clone()), operator, right: Box::new(right.clone()) }, span);
    if negated {
        yes_no(Connective::Or(vec![compare(Operator::Above), compare(Operator::Below)]), span)
    } else {
        yes_no(Connective::And(vec![compare(Operator::AtLeast), compare(Operator::AtMost)]), span)
    }
}

/// Folded like the text that is searched, but blanks at the ends count.
fn fold_part(text: &str) -> String {
    let inner = text.trim();
    let start = text.len() - text.trim_start().len();
    let end = start + inner.len();
    format!("{}{}{}", &text[..start], fold_text(inner), &text[end..])
}

fn is_above(left: Decimal, right: Decimal) -> bool {
    left.minus(right).is_some_and(|difference| difference.mantissa > 0)
}

pub(crate) fn yes_no(kind: impl Into<ExprKind>, span: Span) -> Expr {
    Expr { kind: kind.into(), ty: Type::YesNo, optional: false, range: None, span }
}

fn operator_of(comparison: Comparison) -> Operator {
    match comparison {
        Comparison::AtLeast => Operator::AtLeast,
        Comparison::Above => Operator::Above,
        Comparison::AtMost => Operator::AtMost,
        Comparison::Below => Operator::Below,
    }
}

fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::AtLeast => Operator::AtMost,
        Operator::Above => Operator::Below,
        Operator::AtMost => Operator::AtLeast,
        Operator::Below => Operator::Above,
    }
}

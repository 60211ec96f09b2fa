//! Conditions over constants that stand in a list: `is`, `is one of`, `has`, `has any of`.
//!
//! Always holds, when nothing was reported: the constants are of the left side's type and in its units, and none stands there twice.

use super::check::{Checker, Named};
use super::conditions::yes_no;
use super::constants::{bare, written_range};
use super::expressions::Scope;
use super::lookups::same_kind;
use super::value::{Constant, Type, Unit, fold_text};
use super::wanted::Wanted;
use super::words::a_value_of;
use super::{Expr, ExprKind, Predicate};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree;

impl Checker<'_> {
    /// `a is B`, `a is one of B, C`
    pub(super) fn is(
        &mut self,
        left_tree: &tree::Expr,
        negated: bool,
        choices: &[tree::Expr],
        one_of: bool,
        span: Span,
        scope: &Scope,
    ) -> Option<Expr> {
        let left = self.value_as(left_tree, choices.first().map_or(Wanted::Any, Wanted::beside), scope)?;
        let what = format!("`{}`", self.one_line(left.span));
        if let Type::SomeOf(_) = left.ty {
            let first = choices.first()?;
            let gap = Span { start: left.span.end, end: first.span.start, ..span };
            let mut diagnostic = Diagnostic::new(Code::WrongType, format!("{what} is a set of choices, and `is` asks for a single one"))
                .at(left.span, "a set of choices")
                .help(format!("write {what} `has …`, with `not` before it for the opposite"));
            if !negated {
                let words = if one_of { " has any of " } else { " has " };
                diagnostic = diagnostic.replace(format!("write `{}`", words.trim()), Applicability::Unsafe, gap, words);
            }
            self.report(diagnostic);
            return None;
        }
        let range = written_range(&self.policy, &left);
        let mut integers = Vec::new();
        let mut texts = Vec::new();
        let mut sound = true;
        for choice in choices {
            if self.is_another_value(choice, left.ty) {
                self.report_needs_same_as(choice, &left, span, one_of, scope);
                sound = false;
                continue;
            }
            match self.constant(choice, left.ty, range, &what) {
                Some(Constant::Integer(units)) => integers.push((units, choice.span)),
                Some(Constant::Text(text)) => texts.push((fold_text(&text), choice.span)),
                None => sound = false,
            }
        }
        sound &= self.unlike_each_other(&integers) & self.unlike_each_other(&texts);
        if !sound {
            return None;
        }
        let left = Box::new(left);
        let kind = match left.ty {
            Type::Text => {
                ExprKind::Predicate(Predicate::IsText { left, negated, values: texts.into_iter().map(|(text, _)| text).collect() })
            }
            Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => {
                ExprKind::Predicate(Predicate::IsOneOf { left, negated, values: integers.into_iter().map(|(units, _)| units).collect() })
            }
        };
        Some(yes_no(kind, span))
    }

    /// Whether something that changes from lead to lead stands where a constant is needed.
    fn is_another_value(&mut self, tree: &tree::Expr, left: Type) -> bool {
        match &bare(tree).kind {
            tree::ExprKind::Path(path) => {
                let Some(first) = path.first() else { return false };
                if let (Type::OneOf(choices), [name]) = (left, path.as_slice())
                    && self.choice_index(choices, &name.text).is_some()
                {
                    return false;
                }
                let named = self.names.get(&first.text).map(|(named, _)| *named);
                match named {
                    Some(Named::Field(_) | Named::Let(_) | Named::Score(_) | Named::Decide(_)) => true,
                    Some(Named::Route(_) | Named::Sla(_) | Named::Broken) | None => first.text == "stage" && path.len() == 1,
                }
            }
            tree::ExprKind::Literal(_) | tree::ExprKind::Missing => false,
            tree::ExprKind::Cell { .. }
            | tree::ExprKind::Arithmetic(_)
            | tree::ExprKind::Conversion(_)
            | tree::ExprKind::Measure(_)
            | tree::ExprKind::Paren(_)
            | tree::ExprKind::Connective(_)
            | tree::ExprKind::Predicate(_) => true,
        }
    }

    fn report_needs_same_as(&mut self, other: &tree::Expr, left: &Expr, span: Span, one_of: bool, scope: &Scope) {
        // whatever else is wrong with it comes first
        let Some(value) = self.value(other, scope) else { return };
        let (what, written) = (format!("`{}`", self.one_line(left.span)), self.one_line(other.span));
        let are_numbers = |unit| matches!((left.ty, value.ty), (Type::Number { unit: one, .. }, Type::Number { unit: other, .. }) if (one, other) == (unit, unit));
        let is_like = same_kind(&self.policy, left.ty, value.ty) || are_numbers(Unit::Plain) || are_numbers(Unit::Money);
        let mut diagnostic =
            Diagnostic::new(Code::WrongType, format!("`is` compares {what} with a constant, and `{written}` is another value"))
                .at(other.span, "this changes from lead to lead")
                .at(span, "");
        if !is_like {
            let help = format!("{what} is {}, and `{written}` is {}", a_value_of(left.ty), a_value_of(value.ty));
            diagnostic = diagnostic.help(help);
        } else if one_of {
            diagnostic = diagnostic.help(format!("write {what} `is same as {written}` for each value, joined by `or`"));
        } else {
            let place = Span { end: other.span.start, ..other.span };
            diagnostic = diagnostic.help("write `is same as` to compare two values").replace(
                "write `is same as`",
                Applicability::Safe,
                place,
                "same as ",
            );
        }
        self.report(diagnostic);
    }

    /// Reports constants that stand twice in one list.
    fn unlike_each_other<T: Clone + Ord>(&mut self, constants: &[(T, Span)]) -> bool {
        let mut sorted = constants.to_vec();
        sorted.sort();
        let mut unlike = true;
        for pair in sorted.windows(2) {
            if let [(first, first_span), (second, second_span)] = pair
                && first == second
            {
                let message = format!("`{}` stands twice in one list", self.one_line(*second_span));
                self.report(
                    Diagnostic::new(Code::RepeatedChoice, message)
                        .at(*second_span, "again")
                        .at(*first_span, "first here")
                        .help("leave one of them out"),
                );
                unlike = false;
            }
        }
        unlike
    }

    /// `products has service`, `products has any of service, dispensing`
    pub(super) fn has(&mut self, left: &tree::Expr, choices: &[tree::Expr], span: Span, scope: &Scope) -> Option<Expr> {
        let left = self.value_as(left, Wanted::Set, scope)?;
        let written = self.one_line(left.span);
        let Type::SomeOf(_) = left.ty else {
            let mut diagnostic =
                Diagnostic::new(Code::WrongType, format!("`{written}` is {}, and only a set of choices has one", a_value_of(left.ty)))
                    .at(left.span, "a `some of` is needed before `has`");
            match (left.ty, choices) {
                (Type::OneOf(_), [first, rest @ ..]) => {
                    let words = if rest.is_empty() { " is " } else { " is one of " };
                    let gap = Span { start: left.span.end, end: first.span.start, ..span };
                    diagnostic = diagnostic.replace(format!("write `{}`", words.trim()), Applicability::Unsafe, gap, words);
                }
                (Type::Text, _) => diagnostic = diagnostic.help(format!("write `{written} contains \"…\"`")),
                (_, _) => {
                    if let Some(fits) = self.what_fits(&Wanted::Set) {
                        diagnostic = diagnostic.help(fits);
                    }
                }
            }
            self.report(diagnostic);
            return None;
        };
        let what = format!("`{written}`");
        let mut bits = Vec::new();
        let mut sound = true;
        for choice in choices {
            match self.constant(choice, left.ty, None, &what) {
                Some(Constant::Integer(bit)) => bits.push((bit, choice.span)),
                Some(Constant::Text(_)) | None => sound = false,
            }
        }
        sound &= self.unlike_each_other(&bits);
        let mask = bits.iter().fold(0, |mask, (bit, _)| mask | bit);
        sound.then(|| yes_no(ExprKind::Predicate(Predicate::Has { left: Box::new(left), mask }), span))
    }
}

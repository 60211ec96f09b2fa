//! Expressions: conditions here, values in [`super::values`].
//!
//! Enters: nodes of the grammar's two towers of expressions, the usual one and the one behind `where`, which differ in one thing only (see the
//! grammar). Leaves: [`Expr`]. Always holds: chains become lists; `not`s in a row become one or two, which mean the same; so the tree
//! is as deep as the brackets of the text.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{Comparison, Connective, Expr, ExprKind, Predicate};

impl Builder<'_> {
    /// `a implies b`
    pub fn expression(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let left = self.chain(parts.need(Rule::chain)?)?;
        let Some(right) = parts.optional(Rule::chain) else { return Ok(left) };
        let right = self.chain(right)?;
        if let Some(second) = parts.next_if(Rule::IMPLIES) {
            let edits = vec![insertion(left.span.start, left.span, "("), insertion(right.span.end, right.span, ")")];
            self.report(
                Diagnostic::new(Code::ImpliesNested, "`implies` inside another needs parentheses")
                    .at(self.span(&second), "the second `implies`")
                    .help("put parentheses around the `implies` that belongs together")
                    .fix("read the first two parts together", Applicability::Unsafe, edits),
            );
        }
        Ok(Expr { kind: ExprKind::Connective(Connective::Implies(Box::new(left), Box::new(right))), span })
    }

    /// `a and b and c`, `a or b`; of a mixture each group of `and`s is one member of the `or`, and it is reported.
    pub fn chain(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut groups: Vec<Vec<Expr>> = vec![Vec::new()];
        let (mut first_and, mut first_or) = (None, None);
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::negation | Rule::where_negation => {
                    let member = self.negation(part)?;
                    groups.last_mut().ok_or(Unbuilt)?.push(member);
                }
                Rule::AND | Rule::AND_SIGN => {
                    let sign = self.joint(&part, "and");
                    first_and.get_or_insert(sign);
                }
                Rule::OR | Rule::OR_SIGN => {
                    let sign = self.joint(&part, "or");
                    first_or.get_or_insert(sign);
                    groups.push(Vec::new());
                }
                _ => return Err(Unbuilt),
            }
        }
        if let (Some(and), Some(or)) = (first_and, first_or) {
            self.report_mixed(&groups, and, or);
        }
        let mut members = Vec::with_capacity(groups.len());
        for group in groups {
            members.push(joined(group, span, Connective::And)?);
        }
        joined(members, span, Connective::Or)
    }

    fn joint(&mut self, part: &Node, word: &str) -> Span {
        let span = self.span(part);
        if matches!(part.as_rule(), Rule::AND_SIGN | Rule::OR_SIGN) {
            self.report_habit(span, word, "conditions are joined with the words `and`, `or` and `not`");
        }
        span
    }

    fn report_mixed(&mut self, groups: &[Vec<Expr>], and: Span, or: Span) {
        let (first, second) =
            if and.start < or.start { ((and, "`and` here"), (or, "`or` here")) } else { ((or, "`or` here"), (and, "`and` here")) };
        let mut edits = Vec::new();
        for group in groups.iter().filter(|group| group.len() > 1) {
            if let (Some(head), Some(tail)) = (group.first(), group.last()) {
                edits.push(insertion(head.span.start, head.span, "("));
                edits.push(insertion(tail.span.end, tail.span, ")"));
            }
        }
        self.report(
            Diagnostic::new(Code::MixedAndOr, "`and` and `or` are mixed without parentheses")
                .at(second.0, second.1)
                .at(first.0, first.1)
                .help("put parentheses around the conditions that belong together")
                .fix("put each group of `and`s in parentheses, the usual reading", Applicability::Safe, edits),
        );
    }

    fn negation(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut count = 0_usize;
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::NOT => count += 1,
                Rule::NOT_SIGN => {
                    count += 1;
                    let sign = self.span(&part);
                    self.report_habit(sign, "not ", "a condition is turned round with the word `not`");
                }
                Rule::comparison | Rule::where_comparison => {
                    let mut value = self.comparison(part)?;
                    // `not not a` is a condition though `a` may be a value, so that two are kept of an even number.
                    let kept = if count == 0 { 0 } else { 2 - count % 2 };
                    for _ in 0..kept {
                        value = Expr { kind: ExprKind::Connective(Connective::Not(Box::new(value))), span };
                    }
                    return Ok(value);
                }
                _ => return Err(Unbuilt),
            }
        }
        Err(Unbuilt)
    }

    /// A value, or a test of it.
    fn comparison(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let left = self.value(parts.part().ok_or(Unbuilt)?)?;
        let Some(test) = parts.part() else { return Ok(left) };
        let left = Box::new(left);
        let predicate = match test.as_rule() {
            Rule::compare | Rule::where_compare => {
                let mut parts = Parts::of(test);
                let (operator, operator_span) = self.comparator(parts.need(Rule::comparator)?)?;
                let right = Box::new(self.compared(parts.part().ok_or(Unbuilt)?, left.span)?);
                Predicate::Compare { left, operator, operator_span, right }
            }
            Rule::between | Rule::where_between => {
                let (low, high) = self.limits(test, left.span)?;
                Predicate::Between { left, low, high }
            }
            Rule::is_test | Rule::where_is => self.is_test(left, test)?,
            Rule::in_list => self.in_list(left, test)?,
            Rule::has_test => {
                let mut choices = Vec::new();
                for part in Parts::of(test) {
                    match part.as_rule() {
                        Rule::constants => choices = self.constants(part)?,
                        Rule::constant => choices = vec![self.constant(part)?],
                        _ => {}
                    }
                }
                Predicate::Has { left, choices }
            }
            Rule::text_test => {
                let mut parts = Parts::of(test);
                let keyword = parts.next().ok_or(Unbuilt)?.as_rule();
                let text = self.text_of(parts.need(Rule::string)?);
                match keyword {
                    Rule::STARTS_WITH => Predicate::StartsWith { left, text },
                    Rule::ENDS_WITH => Predicate::EndsWith { left, text },
                    Rule::CONTAINS => Predicate::Contains { left, text },
                    _ => return Err(Unbuilt),
                }
            }
            _ => return Err(Unbuilt),
        };
        Ok(Expr { kind: ExprKind::Predicate(predicate), span })
    }

    /// What something is compared with.
    fn compared(&mut self, node: Node, left: Span) -> Built<Expr> {
        if node.as_rule() == Rule::with_unit { self.with_unit(node, left) } else { self.value(node) }
    }

    pub fn comparator(&mut self, node: Node) -> Built<(Comparison, Span)> {
        let span = self.span(&node);
        let sign = node.into_inner().next().ok_or(Unbuilt)?;
        let operator = match sign.as_rule() {
            Rule::AT_LEAST_SIGN => Comparison::AtLeast,
            Rule::ABOVE_SIGN => Comparison::Above,
            Rule::AT_MOST_SIGN => Comparison::AtMost,
            Rule::BELOW_SIGN => Comparison::Below,
            Rule::WRONG_AT_LEAST => {
                self.report_habit(span, ">=", "values are compared with `>=`, `>`, `<=` and `<`");
                Comparison::AtLeast
            }
            Rule::WRONG_AT_MOST => {
                self.report_habit(span, "<=", "values are compared with `>=`, `>`, `<=` and `<`");
                Comparison::AtMost
            }
            _ => return Err(Unbuilt),
        };
        Ok((operator, span))
    }

    /// `between 1 and 5`
    fn limits(&mut self, node: Node, left: Span) -> Built<(Box<Expr>, Box<Expr>)> {
        let mut parts = Parts::of(node);
        let low = self.compared(parts.part().ok_or(Unbuilt)?, left)?;
        let high = self.compared(parts.part().ok_or(Unbuilt)?, left)?;
        Ok((Box::new(low), Box::new(high)))
    }

    /// What stands behind `is`.
    fn is_test(&mut self, left: Box<Expr>, node: Node) -> Built<Predicate> {
        let mut negated = false;
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::IS => {}
                Rule::NOT => negated = true,
                Rule::EQUAL_SIGN => {
                    let sign = self.span(&part);
                    self.report_habit(sign, "is", "a value is compared with the word `is`");
                }
                Rule::UNEQUAL_SIGN => {
                    let sign = self.span(&part);
                    self.report_habit(sign, "is not", "a value is compared with the words `is not`");
                    negated = true;
                }
                Rule::is_one_of => {
                    let choices = self.constants(Parts::of(part).need(Rule::constants)?)?;
                    return Ok(Predicate::Is { left, negated, choices, one_of: true });
                }
                Rule::is_same_as => {
                    let right = Box::new(self.reference(Parts::of(part).need(Rule::reference)?)?);
                    return Ok(Predicate::SameAs { left, negated, right });
                }
                Rule::is_between | Rule::where_is_between => {
                    let span = self.span(&part);
                    let (low, high) = self.limits(part, left.span)?;
                    if negated {
                        self.report(
                            Diagnostic::new(Code::Syntax, "`is not between` is not a test")
                                .at(span, "turn the whole condition round")
                                .help("write `not (… between … and …)`; it also holds where the value is missing"),
                        );
                    }
                    return Ok(Predicate::Between { left, low, high });
                }
                Rule::MISSING => return Ok(Predicate::IsKnown { left, known: negated }),
                Rule::KNOWN => return Ok(Predicate::IsKnown { left, known: !negated }),
                Rule::with_unit => {
                    let number = self.with_unit(part, left.span)?;
                    return Ok(Predicate::Is { left, negated, choices: vec![number], one_of: false });
                }
                Rule::constant => {
                    let span = self.span(&part);
                    if is_word_for_missing(part.as_str().trim()) {
                        self.report_habit(span, "missing", "a value that is not there `is missing`, one that is there `is known`");
                        return Ok(Predicate::IsKnown { left, known: negated });
                    }
                    let choice = self.constant(part)?;
                    return Ok(Predicate::Is { left, negated, choices: vec![choice], one_of: false });
                }
                _ => return Err(Unbuilt),
            }
        }
        Err(Unbuilt)
    }

    /// `in (a, b)`, which the language writes `is one of a, b`
    fn in_list(&mut self, left: Box<Expr>, node: Node) -> Built<Predicate> {
        let whole = self.span(&node);
        let mut negated = false;
        let mut choices = Vec::new();
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::NOT => negated = true,
                Rule::constants => choices = self.constants(part)?,
                _ => {}
            }
        }
        let (Some(first), Some(last)) = (choices.first(), choices.last()) else { return Err(Unbuilt) };
        let instead = if negated { "is not one of" } else { "is one of" };
        let edits = vec![
            Edit { span: Span { end: first.span.start, ..whole }, text: format!("{instead} ") },
            Edit { span: Span { start: last.span.end, ..whole }, text: String::new() },
        ];
        self.report(
            Diagnostic::new(Code::Syntax, format!("write `{instead}` and the choices, without brackets"))
                .at(whole, "there is no `in`")
                .help(format!("write `{instead} {}`", &self.text[first.span.start as usize..last.span.end as usize]))
                .fix(format!("write `{instead}`"), Applicability::Safe, edits),
        );
        Ok(Predicate::Is { left, negated, choices, one_of: true })
    }

    /// A `when` or, by mistake, an `if`, with its condition.
    pub fn when(&mut self, parts: &mut Parts) -> Built<Option<Expr>> {
        while let Some(word) = parts.any_token() {
            if word.as_rule() == Rule::IF {
                let span = self.span(&word);
                self.report_habit(span, "when", "a condition begins with `when`");
            }
        }
        parts.optional(Rule::expression).map(|expression| self.expression(expression)).transpose()
    }
}

fn insertion(place: u32, span: Span, text: &str) -> Edit {
    Edit { span: Span { start: place, end: place, ..span }, text: text.to_owned() }
}

/// One member alone stands for itself; several are a list.
fn joined(mut members: Vec<Expr>, span: Span, joint: fn(Vec<Expr>) -> Connective) -> Built<Expr> {
    if members.len() == 1 {
        return members.pop().ok_or(Unbuilt);
    }
    let span = match (members.first(), members.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => span,
    };
    Ok(Expr { kind: ExprKind::Connective(joint(members)), span })
}

/// What other languages call a missing value. (`none`, `empty` and `blank` may be choices.)
fn is_word_for_missing(word: &str) -> bool {
    ["null", "nil", "undefined"].iter().any(|null| word.eq_ignore_ascii_case(null))
}

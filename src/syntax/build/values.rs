//! Values: sums, products, what they are made of, and constants.
//!
//! Enters: nodes of both towers of expressions, as in [`super::expressions`]. Leaves: [`Expr`]. Always holds: one member or factor alone stands for itself.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::spaced;
use crate::syntax::tree::{Arithmetic, Conversion, Expr, ExprKind, Factor, Literal, Name, Predicate, Sign};

impl Builder<'_> {
    /// `a + b else 0`
    pub fn value(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let sum = self.sum(parts.part().ok_or(Unbuilt)?)?;
        let Some(default) = parts.optional(Rule::constant) else { return Ok(sum) };
        let default = self.constant(default)?;
        if let ExprKind::Literal(_) = sum.kind {
            self.report(
                Diagnostic::new(Code::Syntax, "`else` stands behind a value that is never missing")
                    .at(sum.span, "always known")
                    .help("`A else CONSTANT` replaces a missing `A`; for the last row of a table write `otherwise`"),
            );
        }
        Ok(Expr { kind: ExprKind::Conversion(Conversion::Else { value: Box::new(sum), default: Box::new(default) }), span })
    }

    fn sum(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut terms = Vec::new();
        let mut sign = Sign::Plus;
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::PLUS => sign = Sign::Plus,
                Rule::MINUS => sign = Sign::Minus,
                Rule::product | Rule::where_product => terms.push((sign, self.product(part)?)),
                _ => return Err(Unbuilt),
            }
        }
        if terms.len() == 1 {
            return terms.pop().map(|(_, term)| term).ok_or(Unbuilt);
        }
        Ok(Expr { kind: ExprKind::Arithmetic(Arithmetic::Sum(terms)), span })
    }

    fn product(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut factors: Vec<(Factor, Expr)> = Vec::new();
        let mut places = None;
        let mut operator = Factor::Times;
        let mut unspaced = Vec::new();
        for part in Parts::of(node) {
            let part_span = self.span(&part);
            match part.as_rule() {
                Rule::TIMES => operator = Factor::Times,
                Rule::OVER => operator = Factor::Over,
                Rule::REMAINDER => operator = Factor::Remainder,
                Rule::primary | Rule::where_primary => factors.push((operator, self.primary(part)?)),
                Rule::to_places => {
                    let integer = Parts::of(part).need(Rule::integer)?;
                    places = Some((self.places(integer), part_span));
                    continue;
                }
                _ => return Err(Unbuilt),
            }
            if part_span.end - part_span.start == 1
                && self.text.as_bytes().get(part_span.start as usize).is_some_and(|sign| b"*/".contains(sign))
                && !self.is_blank_at(part_span.end)
            {
                unspaced.push(part_span);
            }
        }
        self.report_unspaced(&unspaced, &factors, span);
        if factors.len() == 1 && places.is_none() {
            return factors.pop().map(|(_, factor)| factor).ok_or(Unbuilt);
        }
        Ok(Expr { kind: ExprKind::Arithmetic(Arithmetic::Product { factors, places }), span })
    }

    /// `11/26/2026` was meant as a date; `a/b` lacks a blank.
    fn report_unspaced(&mut self, unspaced: &[Span], factors: &[(Factor, Expr)], span: Span) {
        let whole_numbers =
            || factors.iter().all(|(_, factor)| matches!(&factor.kind, ExprKind::Literal(Literal::Number(number)) if number.places == 0));
        if unspaced.len() == 2 && factors.len() == 3 && whole_numbers() {
            let written = self.text[span.start as usize..span.end as usize].to_owned();
            self.report(
                Diagnostic::new(Code::BadLiteral, format!("`{written}` is a calculation, not a date"))
                    .at(span, "two divisions")
                    .help("a date is written year, month, day: `2026-11-26`"),
            );
            return;
        }
        for sign in unspaced {
            let written = self.text[sign.start as usize..sign.end as usize].to_owned();
            let spaced = spaced(self.text, *sign, &written);
            self.report(
                Diagnostic::new(Code::Syntax, format!("an operator has a blank behind it, `{written}` has none"))
                    .at(*sign, "a blank is missing here")
                    .help(format!("write ` {written} `"))
                    .replace("put blanks around it", Applicability::Safe, *sign, spaced),
            );
        }
    }

    fn primary(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let node = Parts::of(node).part().ok_or(Unbuilt)?;
        let kind = match node.as_rule() {
            Rule::parentheses | Rule::literal | Rule::reference => return self.operand_part(node),
            Rule::extreme => {
                let mut parts = Parts::of(node);
                let keyword = parts.next().ok_or(Unbuilt)?.as_rule();
                let mut members = Vec::new();
                while let Some(member) = parts.optional(Rule::expression) {
                    members.push(self.expression(member)?);
                }
                match keyword {
                    Rule::LARGER_OF => ExprKind::Arithmetic(Arithmetic::Larger(members)),
                    Rule::SMALLER_OF => ExprKind::Arithmetic(Arithmetic::Smaller(members)),
                    _ => return Err(Unbuilt),
                }
            }
            Rule::measure => ExprKind::Measure(Box::new(self.measure(node)?)),
            Rule::days_between => {
                let mut parts = Parts::of(node);
                let keyword = parts.next().ok_or(Unbuilt)?.as_rule();
                let operand = Box::new(self.operand(parts.need(Rule::operand)?)?);
                match keyword {
                    Rule::DAYS_SINCE => ExprKind::Conversion(Conversion::DaysSince(operand)),
                    Rule::DAYS_UNTIL => ExprKind::Conversion(Conversion::DaysUntil(operand)),
                    _ => return Err(Unbuilt),
                }
            }
            Rule::domain_of => ExprKind::Conversion(Conversion::DomainOf(Box::new(self.operand(Parts::of(node).need(Rule::operand)?)?))),
            Rule::transition => {
                let mut parts = Parts::of(node);
                let keyword = parts.next().ok_or(Unbuilt)?.as_rule();
                let stage = self.name(parts.need(Rule::name)?);
                match keyword {
                    Rule::ENTERING => ExprKind::Predicate(Predicate::Entering(stage)),
                    Rule::LEAVING => ExprKind::Predicate(Predicate::Leaving(stage)),
                    _ => return Err(Unbuilt),
                }
            }
            _ => return Err(Unbuilt),
        };
        Ok(Expr { kind, span })
    }

    fn operand(&mut self, node: Node) -> Built<Expr> {
        self.operand_part(Parts::of(node).part().ok_or(Unbuilt)?)
    }

    fn operand_part(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::parentheses => {
                let inside = self.expression(Parts::of(node).need(Rule::expression)?)?;
                Ok(Expr { kind: ExprKind::Paren(Box::new(inside)), span })
            }
            Rule::literal => self.literal(node),
            Rule::reference => self.reference(node),
            _ => Err(Unbuilt),
        }
    }

    /// `beds`, `readiness.demographic`, `territories[state].queue`
    pub fn reference(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let mut path = self.path(parts.need(Rule::path)?);
        let Some(lookup) = parts.optional(Rule::lookup) else { return Ok(Expr { kind: ExprKind::Path(path), span }) };
        if path.len() > 1 {
            self.report(
                Diagnostic::new(Code::Syntax, "a table is looked up by its plain name")
                    .at(span, "a dot stands before the bracket")
                    .help("write `TABLE[KEY].COLUMN`"),
            );
        }
        let table = path.pop().ok_or(Unbuilt)?;
        let mut parts = Parts::of(lookup);
        let mut keys = Vec::new();
        while let Some(key) = parts.optional(Rule::expression) {
            keys.push(self.expression(key)?);
        }
        let column = self.name(parts.need(Rule::name)?);
        Ok(Expr { kind: ExprKind::Cell { table, keys, column }, span })
    }

    pub fn constants(&mut self, node: Node) -> Built<Vec<Expr>> {
        Parts::of(node).every(Rule::constant).map(|constant| self.constant(constant)).collect()
    }

    /// A literal, or the name of a choice.
    pub fn constant(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let node = Parts::of(node).part().ok_or(Unbuilt)?;
        match node.as_rule() {
            Rule::literal => self.literal(node),
            Rule::path => {
                if let Some(instead) = yes_or_no(node.as_str()) {
                    self.report_habit(span, instead, "the two values of a `yes_no` are `yes` and `no`");
                    return Ok(Expr { kind: ExprKind::Literal(Literal::YesNo(instead == "yes")), span });
                }
                let written = node.as_str();
                if written.starts_with(|first: char| first.is_ascii_uppercase())
                    && written.chars().all(|letter| letter.is_ascii_alphanumeric())
                {
                    return Ok(self.unquoted(written, span));
                }
                Ok(Expr { kind: ExprKind::Path(self.path(node)), span })
            }
            _ => Err(Unbuilt),
        }
    }

    /// `region is OH`: capitals, which no name has.
    fn unquoted(&mut self, written: &str, span: Span) -> Expr {
        let small = written.to_ascii_lowercase();
        self.report(
            Diagnostic::new(Code::Syntax, format!("`{written}`{UNQUOTED}"))
                .at(span, "a text stands in quotes, a name has small letters")
                .help(format!("write `\"{written}\"` for a text, `{small}` for a choice"))
                .replace(format!("make it a text: `\"{written}\"`"), Applicability::Unsafe, span, format!("\"{written}\""))
                .replace(format!("make it a name: `{small}`"), Applicability::Unsafe, span, small.clone()),
        );
        Expr { kind: ExprKind::Path(vec![Name { text: small, span }]), span }
    }

    fn literal(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let node = Parts::of(node).part().ok_or(Unbuilt)?;
        let kind = match node.as_rule() {
            Rule::time => ExprKind::Literal(self.time(node).map_or(Literal::Unreadable, Literal::Time)),
            Rule::date => ExprKind::Literal(self.date(node).map_or(Literal::Unreadable, Literal::Date)),
            Rule::amount => match self.amount(node)? {
                number if number.is_unreadable() => ExprKind::Literal(Literal::Unreadable),
                number => ExprKind::Literal(Literal::Number(number)),
            },
            Rule::string => ExprKind::Literal(Literal::Text(self.text_of(node).value)),
            Rule::yes_no => ExprKind::Literal(Literal::YesNo(node.as_str().starts_with("yes"))),
            _ => return Err(Unbuilt),
        };
        Ok(Expr { kind, span })
    }
}

/// What is said of a constant in capitals: `region is OH`.
pub(crate) const UNQUOTED: &str = " is neither a text nor a name";

/// What other languages call `yes` and `no`.
fn yes_or_no(word: &str) -> Option<&'static str> {
    match word {
        "true" | "True" | "TRUE" | "Yes" | "YES" => Some("yes"),
        "false" | "False" | "FALSE" | "No" | "NO" => Some("no"),
        _ => None,
    }
}

//! Expressions, conditions and values alike.
//!
//! Enters: nodes of the grammar's two towers of expressions, the usual one and the one behind `where`, which differ in one thing only (see the
//! grammar). Leaves: [`Expr`]. Always holds: chains become lists; `not`s in a row become one or two, which mean the same; so the tree
//! is as deep as the brackets of the text.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::spaced;
use crate::syntax::tree::{Comparison, Expr, ExprKind, Factor, Name, Sign};

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
        Ok(Expr { kind: ExprKind::Implies(Box::new(left), Box::new(right)), span })
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
            members.push(joined(group, span, ExprKind::And)?);
        }
        joined(members, span, ExprKind::Or)
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
                        value = Expr { kind: ExprKind::Not(Box::new(value)), span };
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
        let kind = match test.as_rule() {
            Rule::compare | Rule::where_compare => {
                let mut parts = Parts::of(test);
                let (operator, operator_span) = self.comparator(parts.need(Rule::comparator)?)?;
                let right = Box::new(self.value(parts.part().ok_or(Unbuilt)?)?);
                ExprKind::Compare { left, operator, operator_span, right }
            }
            Rule::between | Rule::where_between => {
                let (low, high) = self.limits(test)?;
                ExprKind::Between { left, low, high }
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
                ExprKind::Has { left, choices }
            }
            Rule::text_test => {
                let mut parts = Parts::of(test);
                let keyword = parts.next().ok_or(Unbuilt)?.as_rule();
                let text = self.text_of(parts.need(Rule::string)?);
                match keyword {
                    Rule::STARTS_WITH => ExprKind::StartsWith { left, text },
                    Rule::ENDS_WITH => ExprKind::EndsWith { left, text },
                    Rule::CONTAINS => ExprKind::Contains { left, text },
                    _ => return Err(Unbuilt),
                }
            }
            _ => return Err(Unbuilt),
        };
        Ok(Expr { kind, span })
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
    fn limits(&mut self, node: Node) -> Built<(Box<Expr>, Box<Expr>)> {
        let mut parts = Parts::of(node);
        let low = self.value(parts.part().ok_or(Unbuilt)?)?;
        let high = self.value(parts.part().ok_or(Unbuilt)?)?;
        Ok((Box::new(low), Box::new(high)))
    }

    /// What stands behind `is`.
    fn is_test(&mut self, left: Box<Expr>, node: Node) -> Built<ExprKind> {
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
                    return Ok(ExprKind::Is { left, negated, choices, one_of: true });
                }
                Rule::is_same_as => {
                    let right = Box::new(self.reference(Parts::of(part).need(Rule::reference)?)?);
                    return Ok(ExprKind::SameAs { left, negated, right });
                }
                Rule::is_between | Rule::where_is_between => {
                    let span = self.span(&part);
                    let (low, high) = self.limits(part)?;
                    if negated {
                        self.report(
                            Diagnostic::new(Code::Syntax, "`is not between` is not a test")
                                .at(span, "turn the whole condition round")
                                .help("write `not (… between … and …)`; it also holds where the value is missing"),
                        );
                    }
                    return Ok(ExprKind::Between { left, low, high });
                }
                Rule::MISSING => return Ok(ExprKind::IsKnown { left, known: negated }),
                Rule::KNOWN => return Ok(ExprKind::IsKnown { left, known: !negated }),
                Rule::constant => {
                    let span = self.span(&part);
                    if is_word_for_missing(part.as_str().trim()) {
                        self.report_habit(span, "missing", "a value that is not there `is missing`, one that is there `is known`");
                        return Ok(ExprKind::IsKnown { left, known: negated });
                    }
                    let choice = self.constant(part)?;
                    return Ok(ExprKind::Is { left, negated, choices: vec![choice], one_of: false });
                }
                _ => return Err(Unbuilt),
            }
        }
        Err(Unbuilt)
    }

    /// `in (a, b)`, which the language writes `is one of a, b`
    fn in_list(&mut self, left: Box<Expr>, node: Node) -> Built<ExprKind> {
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
        Ok(ExprKind::Is { left, negated, choices, one_of: true })
    }

    /// `a + b else 0`
    fn value(&mut self, node: Node) -> Built<Expr> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let sum = self.sum(parts.part().ok_or(Unbuilt)?)?;
        let Some(default) = parts.optional(Rule::constant) else { return Ok(sum) };
        let default = self.constant(default)?;
        if let ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::YesNo(_) | ExprKind::Date(_) | ExprKind::Time(_) = sum.kind {
            self.report(
                Diagnostic::new(Code::Syntax, "`else` stands behind a value that is never missing")
                    .at(sum.span, "always known")
                    .help("`A else CONSTANT` replaces a missing `A`; for the last row of a table write `otherwise`"),
            );
        }
        Ok(Expr { kind: ExprKind::Else { value: Box::new(sum), default: Box::new(default) }, span })
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
        Ok(Expr { kind: ExprKind::Sum(terms), span })
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
        Ok(Expr { kind: ExprKind::Product { factors, places }, span })
    }

    /// `11/26/2026` was meant as a date; `a/b` lacks a blank.
    fn report_unspaced(&mut self, unspaced: &[Span], factors: &[(Factor, Expr)], span: Span) {
        let whole_numbers = || factors.iter().all(|(_, factor)| matches!(&factor.kind, ExprKind::Number(number) if number.places == 0));
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
                    Rule::LARGER_OF => ExprKind::Larger(members),
                    Rule::SMALLER_OF => ExprKind::Smaller(members),
                    _ => return Err(Unbuilt),
                }
            }
            Rule::measure => ExprKind::Measure(Box::new(self.measure(node)?)),
            Rule::days_between => {
                let mut parts = Parts::of(node);
                let keyword = parts.next().ok_or(Unbuilt)?.as_rule();
                let operand = Box::new(self.operand(parts.need(Rule::operand)?)?);
                match keyword {
                    Rule::DAYS_SINCE => ExprKind::DaysSince(operand),
                    Rule::DAYS_UNTIL => ExprKind::DaysUntil(operand),
                    _ => return Err(Unbuilt),
                }
            }
            Rule::domain_of => ExprKind::DomainOf(Box::new(self.operand(Parts::of(node).need(Rule::operand)?)?)),
            Rule::transition => {
                let mut parts = Parts::of(node);
                let keyword = parts.next().ok_or(Unbuilt)?.as_rule();
                let stage = self.name(parts.need(Rule::name)?);
                match keyword {
                    Rule::ENTERING => ExprKind::Entering(stage),
                    Rule::LEAVING => ExprKind::Leaving(stage),
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
                    return Ok(Expr { kind: ExprKind::YesNo(instead == "yes"), span });
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
            Diagnostic::new(Code::Syntax, format!("`{written}` is neither a text nor a name"))
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
            Rule::time => ExprKind::Time(self.time(node)),
            Rule::date => ExprKind::Date(self.date(node)),
            Rule::amount => ExprKind::Number(self.amount(node)?),
            Rule::string => ExprKind::Text(self.text_of(node).value),
            Rule::yes_no => ExprKind::YesNo(node.as_str().starts_with("yes")),
            _ => return Err(Unbuilt),
        };
        Ok(Expr { kind, span })
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
fn joined(mut members: Vec<Expr>, span: Span, kind: fn(Vec<Expr>) -> ExprKind) -> Built<Expr> {
    if members.len() == 1 {
        return members.pop().ok_or(Unbuilt);
    }
    let span = match (members.first(), members.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => span,
    };
    Ok(Expr { kind: kind(members), span })
}

/// What other languages call a missing value. (`none`, `empty` and `blank` may be choices.)
fn is_word_for_missing(word: &str) -> bool {
    ["null", "nil", "undefined"].iter().any(|null| word.eq_ignore_ascii_case(null))
}

/// What other languages call `yes` and `no`.
fn yes_or_no(word: &str) -> Option<&'static str> {
    match word {
        "true" | "True" | "TRUE" | "Yes" | "YES" => Some("yes"),
        "false" | "False" | "FALSE" | "No" | "NO" => Some("no"),
        _ => None,
    }
}

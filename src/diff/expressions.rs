//! Expressions as text on one line, and conditions as lists.
//!
//! Enters: expressions of trees. Leaves: [`Value`]s. Always holds: expressions that may mean different things have different texts; blanks,
//! needless parentheses and the order of what `and`, `or`, `is one of`, `has any of`, `larger of` and `smaller of` join leave no trace in what is compared.

use super::part::{Joint, Member, Members, Threshold, Value};
use super::words;
use crate::syntax::tree::{
    Arithmetic, Comparison, Connective, Conversion, Expr, ExprKind, Factor, Literal, Measure, MeasureKind, Predicate, Sign,
};

/// Which of the two texts of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// lists whose order means nothing are sorted
    Same,
    Shown,
}

pub fn value(expr: &Expr) -> Value {
    Value { same: text(expr, Form::Same), shown: text(expr, Form::Shown), members: None }
}

/// What holds when; also for values that a condition is made of.
pub fn condition(expr: &Expr) -> Value {
    Value { members: Some(members(bare(expr))), ..value(expr) }
}

pub fn shown(expr: &Expr) -> String {
    text(expr, Form::Shown)
}

pub fn same(expr: &Expr) -> String {
    text(expr, Form::Same)
}

fn members(expr: &Expr) -> Members {
    let list = |members: &[Expr]| members.iter().map(|member| self::member(bare(member))).collect();
    match &expr.kind {
        ExprKind::Connective(Connective::And(members)) => Members { joint: Joint::And, list: list(members) },
        ExprKind::Connective(Connective::Or(members)) => Members { joint: Joint::Or, list: list(members) },
        _ => Members { joint: Joint::Single, list: vec![member(expr)] },
    }
}

fn member(expr: &Expr) -> Member {
    let threshold = match &expr.kind {
        ExprKind::Predicate(Predicate::Compare { left, operator, operator_span: _, right }) => match &bare(right).kind {
            ExprKind::Literal(Literal::Number(number)) => Some(Threshold {
                frame: format!("{} {}", text(left, Form::Same), sign(*operator)),
                of: text(left, Form::Shown),
                number: words::number(number),
            }),
            _ => None,
        },
        _ => None,
    };
    // a member of a list is compared as it stands in the list
    Member { same: inside(expr, NEGATION, Form::Same), shown: inside(expr, NEGATION, Form::Shown), threshold }
}

/// Without parentheses around it.
fn bare(mut expr: &Expr) -> &Expr {
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}

// how tightly an expression holds together
const IMPLICATION: u8 = 0;
const LIST: u8 = 1;
const NEGATION: u8 = 2;
const TEST: u8 = 3;
const MEASURE: u8 = 4;
const DEFAULT: u8 = 5;
const SUM: u8 = 6;
const PRODUCT: u8 = 7;
const PREFIX: u8 = 8;
const ATOM: u8 = 9;

fn hold(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Literal(_)
        | ExprKind::Missing
        | ExprKind::Path(_)
        | ExprKind::Cell { .. }
        | ExprKind::Arithmetic(Arithmetic::Larger(_) | Arithmetic::Smaller(_))
        | ExprKind::Paren(_) => ATOM,
        ExprKind::Conversion(Conversion::DaysSince(_) | Conversion::DaysUntil(_) | Conversion::DomainOf(_)) => PREFIX,
        ExprKind::Arithmetic(Arithmetic::Product { .. }) => PRODUCT,
        ExprKind::Arithmetic(Arithmetic::Sum(_)) => SUM,
        ExprKind::Conversion(Conversion::Else { .. }) => DEFAULT,
        ExprKind::Measure(measure) => {
            if measure.condition.is_some() {
                MEASURE
            } else {
                PREFIX
            }
        }
        ExprKind::Predicate(_) => TEST,
        ExprKind::Connective(Connective::Not(_)) => NEGATION,
        ExprKind::Connective(Connective::And(_) | Connective::Or(_)) => LIST,
        ExprKind::Connective(Connective::Implies(..)) => IMPLICATION,
    }
}

/// In parentheses if it does not hold together as tightly as its place needs.
fn inside(expr: &Expr, needed: u8, form: Form) -> String {
    let expr = bare(expr);
    let text = text(expr, form);
    if hold(expr) < needed { format!("({text})") } else { text }
}

fn listed(members: &[Expr], needed: u8, form: Form) -> Vec<String> {
    let mut texts: Vec<String> = members.iter().map(|member| inside(member, needed, form)).collect();
    if form == Form::Same {
        texts.sort_unstable();
    }
    texts
}

fn text(expr: &Expr, form: Form) -> String {
    match &expr.kind {
        ExprKind::Literal(literal) => self::literal(literal),
        ExprKind::Missing => "missing".to_owned(),
        ExprKind::Path(path) => words::path(path),
        ExprKind::Cell { table, keys, column } => {
            let keys: Vec<String> = keys.iter().map(|key| inside(key, IMPLICATION, form)).collect();
            format!("{}[{}].{}", words::name(table), keys.join(", "), words::name(column))
        }

        ExprKind::Measure(inner) => measure(inner, form),
        ExprKind::Paren(inner) => text(bare(inner), form),
        ExprKind::Arithmetic(arithmetic) => self::arithmetic(arithmetic, form),
        ExprKind::Conversion(conversion) => self::conversion(conversion, form),
        ExprKind::Connective(connective) => self::connective(connective, form),
        ExprKind::Predicate(predicate) => self::predicate(predicate, form),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Number(number) => words::number(number),
        Literal::Text(text) => words::quoted(text),
        Literal::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Literal::Date(date) => date.to_string(),
        Literal::Time(time) => words::time(time),
        // no policy with a mistake is compared
        Literal::Unreadable => "?".to_owned(),
    }
}

fn arithmetic(arithmetic: &Arithmetic, form: Form) -> String {
    match arithmetic {
        Arithmetic::Sum(members) => sum(members, form),
        Arithmetic::Product { factors, places } => {
            let mut out = String::new();
            for (index, (factor, member)) in factors.iter().enumerate() {
                if index > 0 {
                    out.push_str(match factor {
                        Factor::Times => " * ",
                        Factor::Over => " / ",
                        Factor::Remainder => " % ",
                    });
                }
                out.push_str(&inside(member, PREFIX, form));
            }
            match places {
                Some((places, _)) => format!("{out} to {places} places"),
                None => out,
            }
        }
        Arithmetic::Larger(members) => format!("larger of ({})", listed(members, IMPLICATION, form).join(", ")),
        Arithmetic::Smaller(members) => format!("smaller of ({})", listed(members, IMPLICATION, form).join(", ")),
    }
}

fn conversion(conversion: &Conversion, form: Form) -> String {
    match conversion {
        Conversion::Else { value, default } => {
            format!("{} else {}", inside(value, SUM, form), inside(default, SUM, form))
        }
        Conversion::DaysSince(inner) => format!("days since {}", inside(inner, ATOM, form)),
        Conversion::DaysUntil(inner) => format!("days until {}", inside(inner, ATOM, form)),
        Conversion::DomainOf(inner) => format!("domain of {}", inside(inner, ATOM, form)),
    }
}

fn connective(connective: &Connective, form: Form) -> String {
    match connective {
        Connective::And(members) => listed(members, NEGATION, form).join(" and "),
        Connective::Or(members) => listed(members, NEGATION, form).join(" or "),
        Connective::Not(inner) => format!("not {}", inside(inner, NEGATION, form)),
        Connective::Implies(left, right) => {
            format!("{} implies {}", inside(left, LIST, form), inside(right, LIST, form))
        }
    }
}

fn predicate(predicate: &Predicate, form: Form) -> String {
    let value = |expr: &Expr| inside(expr, DEFAULT, form);
    match predicate {
        Predicate::Compare { left, operator, operator_span: _, right } => {
            format!("{} {} {}", value(left), sign(*operator), value(right))
        }
        Predicate::Is { left, negated, choices, one_of: _ } => {
            let negation = if *negated { "not " } else { "" };
            let list = if choices.len() > 1 { "one of " } else { "" };
            format!("{} is {negation}{list}{}", value(left), listed(choices, DEFAULT, form).join(", "))
        }
        Predicate::SameAs { left, negated, right } => {
            format!("{} is {}same as {}", value(left), if *negated { "not " } else { "" }, value(right))
        }
        Predicate::IsKnown { left, known } => {
            format!("{} is {}", value(left), if *known { "known" } else { "missing" })
        }
        Predicate::Between { left, low, high } => {
            format!("{} between {} and {}", value(left), value(low), value(high))
        }
        Predicate::Has { left, choices } => {
            let list = if choices.len() > 1 { "any of " } else { "" };
            format!("{} has {list}{}", value(left), listed(choices, DEFAULT, form).join(", "))
        }
        Predicate::StartsWith { left, text } => format!("{} starts with {}", value(left), words::text(text)),
        Predicate::EndsWith { left, text } => format!("{} ends with {}", value(left), words::text(text)),
        Predicate::Contains { left, text } => format!("{} contains {}", value(left), words::text(text)),
        Predicate::Entering(stage) => format!("entering {}", words::name(stage)),
        Predicate::Leaving(stage) => format!("leaving {}", words::name(stage)),
    }
}

fn sum(members: &[(Sign, Expr)], form: Form) -> String {
    let mut out = String::new();
    for (index, (sign, member)) in members.iter().enumerate() {
        match (index, sign) {
            (0, Sign::Plus) => {}
            (0, Sign::Minus) => out.push_str("- "),
            (_, Sign::Plus) => out.push_str(" + "),
            (_, Sign::Minus) => out.push_str(" - "),
        }
        out.push_str(&inside(member, PRODUCT, form));
    }
    out
}

fn sign(operator: Comparison) -> &'static str {
    match operator {
        Comparison::AtLeast => ">=",
        Comparison::Above => ">",
        Comparison::AtMost => "<=",
        Comparison::Below => "<",
    }
}

/// `count of page_view where … in last 30 days at most 1 per day`
fn measure(measure: &Measure, form: Form) -> String {
    let Measure { kind, subject, property, condition, window, since, cap, fading } = measure;
    let mut out = match kind {
        MeasureKind::CountOf => "count of ",
        MeasureKind::Any => "any ",
        MeasureKind::SumOf => "sum of ",
        MeasureKind::FirstOf => "first of ",
        MeasureKind::LastOf => "last of ",
        MeasureKind::DaysSinceLast => "days since last ",
        MeasureKind::DaysIn => "days in ",
    }
    .to_owned();
    out += &words::subject(subject);
    if let Some(property) = property {
        out += &format!(".{}", words::name(property));
    }
    if let Some(condition) = condition {
        out += &format!(" where {}", inside(condition, IMPLICATION, form));
    }
    let clauses = [
        window.as_ref().map(|window| format!("in last {}", words::duration(window))),
        since.as_ref().map(words::since),
        cap.as_ref().map(words::cap),
        fading.as_ref().map(words::fading),
    ];
    for clause in clauses.into_iter().flatten() {
        out += " ";
        out += &clause;
    }
    out
}

//! Slips in measures over signals and in what is called like a function elsewhere.

use super::{Habit, instead, slip, superfluous};
use crate::diagnostic::{Applicability, Diagnostic, Edit};
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::Found;
use crate::syntax::mistakes::units::{Timed, is_unit};
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 7] =
    [measure_behind_where, window, number_as_word, any_without_of, pair_without_of, function_call, unit_behind_number];

/// So many words before a length of time say what is counted in days.
const UNIT_SEARCH: isize = 12;

/// `where count of b > 1`: a measure could hold a `where` again and so on, without end and without a bracket.
fn measure_behind_where(found: &Found) -> Option<Diagnostic> {
    if found.word(0) == "any" && found.expects_any(&[Rule::where_chain, Rule::where_negation, Rule::where_primary, Rule::where_product]) {
        let help = "give the inner measure a name with `let`";
        return Some(slip("a measure behind `where` needs parentheses", found.span(0), "what `where` asks is about one signal", help));
    }
    let head = found.word(-1);
    let is_measure = found.word(0) == "of" && ["count", "sum", "first", "last"].contains(&head);
    if !is_measure || found.expects(Rule::EQUALS) || !found.expects_operator() {
        return None;
    }
    let span = found.span(-1).to(found.span(0));
    Some(slip(
        "a measure behind `where` needs parentheses",
        span,
        "what `where` asks is about one signal",
        "give the inner measure a name with `let`",
    ))
}

/// `in the last 30 days`, `last 30 days`, `over 30 days`, `within 30 days` behind a measure
fn window(found: &Found) -> Option<Diagnostic> {
    let help = "the time that counts is `in last 30 days`";
    if found.word(0) == "in" && ["the", "past", "previous"].contains(&found.word(1)) {
        let last = if found.word(1) == "the" && ["last", "past", "previous"].contains(&found.word(2)) { 2 } else { 1 };
        return Some(instead(found, found.span(0).to(found.span(last)), "in last", help));
    }
    let is_span = ["over", "last", "within", "during", "past"].contains(&found.word(0)) && found.kind(1) == Some(Kind::Number);
    (is_span && found.expects(Rule::measure_clause)).then(|| instead(found, found.span(0), "in last", help))
}

/// `at most once per day`, `at most 1 a day`
fn number_as_word(found: &Found) -> Option<Diagnostic> {
    let help = "write `at most 1 per day`, `at most 2 per 30 days` or `at most 1 ever`";
    if found.expects(Rule::PER) && ["a", "an", "each", "every", "in", "/"].contains(&found.word(0)) {
        return Some(instead(found, found.span(0), "per", help));
    }
    let number = match found.word(0) {
        "once" | "one" => "1",
        "twice" | "two" => "2",
        "three" => "3",
        _ => return None,
    };
    found
        .expects_any(&[Rule::integer, Rule::number, Rule::duration])
        .then(|| instead(found, found.span(0), number, "numbers are written in digits"))
}

/// `products has any service`
fn any_without_of(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "any" || !found.expects(Rule::ANY_OF) {
        return None;
    }
    let span = found.span(0);
    Some(slip("`of` is missing behind `any`", span, "a keyword together with `of`", "write `has any of A, B`, or `has A`").replace(
        "insert `of`",
        Applicability::Unsafe,
        span.after(),
        " of",
    ))
}

/// `count page_view`, `any of page_view`, `max(a, b)`
fn pair_without_of(found: &Found) -> Option<Diagnostic> {
    let (before, written) = (found.word(-1), found.word(0));
    if before == "of" && found.word(-2) == "any" && found.kind(0) == Some(Kind::Word) {
        return Some(superfluous("`any` takes its signal directly", found.span(-1), format!("write `any {written}`"), Applicability::Safe));
    }
    if !found.expects_operator() || (found.kind(0) != Some(Kind::Word) && written != "(") {
        return None;
    }
    let help = "write `larger of (A, B)` or `smaller of (A, B)`";
    match before {
        "max" | "maximum" | "greatest" => Some(instead(found, found.span(-1), "larger of", help)),
        "min" | "minimum" | "least" => Some(instead(found, found.span(-1), "smaller of", help)),
        "count" | "sum" | "first" | "last" | "domain" | "larger" | "smaller" => {
            let span = found.span(-1);
            Some(
                slip(format!("`of` is missing behind `{before}`"), span, "a keyword together with `of`", format!("write `{before} of`"))
                    .replace("insert `of`", Applicability::Unsafe, span.after(), " of"),
            )
        }
        _ => None,
    }
}

/// `round(a, 2)`, `is_blank(a)`
fn function_call(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "(" || found.kind(-1) != Some(Kind::Word) || !found.expects_operator() {
        return None;
    }
    let name = found.word(-1);
    let help = match name.to_lowercase().as_str() {
        "round" => "write `A to 2 places`",
        "isblank" | "is_blank" | "isnull" | "is_null" | "isempty" | "is_empty" => "write `A is missing`",
        "coalesce" | "nvl" | "ifnull" => "write `A else CONSTANT`",
        "contains" | "startswith" | "starts_with" => "write `A contains \"…\"` or `A starts with \"…\"`",
        "if" | "iif" | "case" => "give the outcomes a `decide`, and use its name",
        "not" => "write `not (…)` in small letters",
        _ => "write it out with `+ - * /`, `larger of (A, B)`, `A else CONSTANT`, `days since A` or a measure",
    };
    Some(slip(format!("there is no function `{name}`"), found.span(-1), "not a function", help))
}

/// `a + 5 days`: a number that is compared is read with its unit
fn unit_behind_number(found: &Found) -> Option<Diagnostic> {
    let unit = [0, 1].into_iter().find(|ahead| is_unit(found.word(*ahead)))?;
    let is_business = unit == 1 && found.word(0) == "business";
    if unit == 1 && !is_business || found.kind(-1) != Some(Kind::Number) || !found.expects_operator() {
        return None;
    }
    let begins_condition = |back: &isize| ["when", "if", "where", "and", "or", "not", "{", ""].contains(&found.word(-back));
    let searched = (2..=UNIT_SEARCH).find(begins_condition).unwrap_or(UNIT_SEARCH) as usize;
    let timed = Timed {
        source: found.source,
        text: found.text,
        tokens: found.tokens,
        number: found.index - 1,
        unit: found.index + unit as usize,
        compared: found.index.saturating_sub(searched)..found.index - 1,
    };
    let (diagnostic, days) = timed.explain();
    let span = found.span(-1).to(found.span(unit));
    let days = days.map(|days| days.to_string()).filter(|days| found.is_mended_by(&[Edit { span, text: days.clone() }]));
    Some(match days {
        Some(days) => diagnostic.replace(format!("write `{days}`"), Applicability::Unsafe, span, days),
        None => diagnostic,
    })
}

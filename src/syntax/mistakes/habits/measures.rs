//! Slips in measures over signals and in what is called like a function elsewhere.

use super::{Habit, instead, slip, superfluous};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 4] = [window, pair_without_of, function_call, unit_behind_number];

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

/// `days since call > 5 days`
fn unit_behind_number(found: &Found) -> Option<Diagnostic> {
    let is_unit = ["day", "days", "hour", "hours", "minute", "minutes", "week", "weeks", "business"].contains(&found.word(0));
    if !is_unit || found.kind(-1) != Some(Kind::Number) || !found.expects_operator() {
        return None;
    }
    let help = "`days since …`, `days until …` and `days in …` are plain numbers of days: write `days since … > 5`";
    let diagnostic = slip("a length of time is no value", found.span(-1).to(found.span(0)), "a number with a unit", help);
    Some(match found.word(0) {
        "day" | "days" => diagnostic.replace("remove the unit", Applicability::Unsafe, found.span(0), ""),
        _ => diagnostic,
    })
}

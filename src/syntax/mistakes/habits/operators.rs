//! Slips in conditions and calculations.

use super::{Habit, instead, is_comparison_sign, slip, spaced, translated};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::{RESERVED_WORDS, Rule};
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 10] = [
    one_of_several,
    spelled_out,
    compared_with_missing,
    between_two_ends,
    without_blank,
    sign_before_name,
    comparison_chain,
    places_missing,
    of_other_tools,
    keyword_in_capitals,
];

/// What other tools call the operators.
const OPERATOR_WORDS: [(&str, &[&str]); 8] = [
    ("is", &["equals", "eq", "equal"]),
    ("is not", &["ne", "neq"]),
    ("is one of", &["in"]),
    ("contains", &["like", "matches", "includes", "include"]),
    ("starts with", &["starts", "startswith", "starts_with", "begins"]),
    ("ends with", &["ends", "endswith", "ends_with"]),
    (">", &["gt", "above", "over", "exceeds"]),
    ("<", &["lt", "below"]),
];

/// Comparisons that are spelled out behind `is`: `is greater than 5`.
const SPELLED_OUT: [(&[&str], &str); 11] = [
    (&["is", "greater", "than"], ">"),
    (&["is", "more", "than"], ">"),
    (&["is", "higher", "than"], ">"),
    (&["is", "bigger", "than"], ">"),
    (&["is", "less", "than"], "<"),
    (&["is", "lower", "than"], "<"),
    (&["is", "fewer", "than"], "<"),
    (&["is", "smaller", "than"], "<"),
    (&["is", "at", "least"], ">="),
    (&["is", "at", "most"], "<="),
    (&["is", "under"], "<"),
];

const COMPARISONS: &str = "values are compared with `>=`, `>`, `<=` and `<`";

/// `is greater than 5`, `is at least 5`, `is >= 5`
fn spelled_out(found: &Found) -> Option<Diagnostic> {
    if found.word(-1) == "is" && is_comparison_sign(found.word(0)) {
        return Some(instead(found, found.span(-1).to(found.span(0)), found.word(0), COMPARISONS));
    }
    let stands = |words: &[&str]| words.iter().rev().enumerate().all(|(back, word)| found.word(-(back as isize)) == *word);
    let (words, sign) = SPELLED_OUT.iter().find(|(words, _)| stands(words))?;
    Some(instead(found, found.span(1 - words.len() as isize).to(found.span(0)), sign, COMPARISONS))
}

/// `role is boss, clerk`
fn one_of_several(found: &Found) -> Option<Diagnostic> {
    let is_member = |kind: Option<Kind>| matches!(kind, Some(Kind::Word | Kind::String | Kind::Number));
    let has_is = found.word(-2) == "is" || (found.word(-2) == "not" && found.word(-3) == "is");
    if found.word(0) != "," || found.expects(Rule::COMMA) || !has_is || !is_member(found.kind(-1)) || !is_member(found.kind(1)) {
        return None;
    }
    let words = if found.word(-2) == "is" { "is one of" } else { "is not one of" };
    let help = format!("write `{words} {}, {}`", found.word(-1), found.word(1));
    Some(slip("`is` takes one value", found.span(0), "a second value", help).replace(
        format!("write `{words}`"),
        Applicability::Unsafe,
        found.span(-2).after(),
        " one of",
    ))
}

/// `beds > missing`, `beds else missing`
fn compared_with_missing(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "missing" || !(is_comparison_sign(found.word(-1)) || found.word(-1) == "else") {
        return None;
    }
    let help = "ask `… is missing` or `… is known`; a comparison with a missing value is no";
    Some(slip("`missing` is not a value", found.span(0), "nothing to compare or calculate with", help))
}

/// `between 1, 5`, `between 1 to 5`, `between 1`
fn between_two_ends(found: &Found) -> Option<Diagnostic> {
    // Behind the first end only the `and` of `between` can stand.
    // a slip in it is told as such
    if !found.expects(Rule::AND) || found.expects_any(&[Rule::OR, Rule::EOI]) || found.meant().as_deref() == Some("and") {
        return None;
    }
    let span = found.here();
    let help = "write `between A and B`, both ends in";
    if ![",", "to", "..", "-", "–"].contains(&found.word(0)) {
        return Some(slip("`between` lacks its second end", span, "expected `and` behind this", help));
    }
    Some(slip(format!("write `and` for `{}`", found.word(0)), span, "between the two ends", help).replace(
        "write `and`",
        Applicability::Safe,
        span,
        spaced(found, span, "and"),
    ))
}

/// `a -5`, `a-5`, `a -b`, and `is same as a - b`
fn without_blank(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    let sign = written.chars().next().filter(|sign| "+-".contains(*sign))?;
    if !found.expects_operator() {
        return None;
    }
    let span = found.span(0);
    let only_sign = Span { end: span.start + 1, ..span };
    if found.word(1).starts_with(['+', '-', '*', '/']) {
        let both = span.to(found.span(1));
        return Some(slip("one operator stands between two values", both, "two signs", "write ` + ` or ` - ` with blanks to calculate"));
    }
    if written.len() == 1 && (2..=8).any(|back| found.word(-back) == "same" && found.word(1 - back) == "as") {
        let help = "give the calculation a name, `let NAME = …`, and write `is same as NAME`";
        return Some(slip("behind `is same as` stands one name", span, "calculates with it", help));
    }
    let message = format!("an operator has a blank behind it, a sign has none: `{written}` is no operator");
    Some(slip(message, span, "reads as a sign", format!("write ` {sign} ` with blanks to calculate")).replace(
        "put blanks around the operator",
        Applicability::Safe,
        only_sign,
        spaced(found, only_sign, &sign.to_string()),
    ))
}

/// `-beds`
fn sign_before_name(found: &Found) -> Option<Diagnostic> {
    if !found.expects_value() || !["-", "+"].contains(&found.word(0)) || found.kind(1) != Some(Kind::Word) {
        return None;
    }
    let name = found.word(1);
    let help = if found.word(0) == "-" { format!("write `0 - {name}`") } else { format!("write `{name}`") };
    Some(slip("a sign stands before a number only", found.span(0), "not before a name", help))
}

/// `1 < a < 5`
fn comparison_chain(found: &Found) -> Option<Diagnostic> {
    if !is_comparison_sign(found.word(0)) || !found.expects(Rule::AND) || !(1..=4).any(|back| is_comparison_sign(found.word(-back))) {
        return None;
    }
    let help = "write `… between A and B`, both ends in, or join two comparisons with `and`";
    Some(slip("a comparison has two sides", found.span(0), "a second comparison", help))
}

/// `a / b to 2`
fn places_missing(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "to" || found.kind(1) != Some(Kind::Number) || !found.expects(Rule::TO_PLACES) {
        return None;
    }
    let number = found.span(1);
    Some(
        slip(
            "`places` is missing",
            found.span(0).to(number),
            "to how many decimal places?",
            format!("write `to {} places`", found.word(1)),
        )
        .replace("insert `places`", Applicability::Unsafe, number.after(), " places"),
    )
}

/// `a in b`, `a equals b`, `path like "…"`, `a then b`, `a ? b : c`
fn of_other_tools(found: &Found) -> Option<Diagnostic> {
    if !found.expects_operator() {
        return None;
    }
    let (written, span) = (found.word(0), found.span(0));
    if written == "then" {
        return Some(slip("the outcome stands first", span, "not how it is written here", "write `OUTCOME when CONDITION`"));
    }
    if written == "?" {
        return Some(slip("there is no `? :`", span, "not an operator", "give the outcomes a `decide`, and use its name"));
    }
    let ours = translated(&OPERATOR_WORDS, written)?;
    let help = match ours {
        "contains" | "starts with" | "ends with" => {
            "text is tested with `starts with`, `ends with` or `contains`, a `some of` with `has`".to_owned()
        }
        "is one of" => "write `is one of A, B`, without brackets".to_owned(),
        _ => format!("write `{ours}`"),
    };
    Some(instead(found, span, ours, help))
}

/// `NOT a`, `WHEN a`: the word in capitals reads as a name.
fn keyword_in_capitals(found: &Found) -> Option<Diagnostic> {
    let before = found.word(-1);
    let small = before.to_lowercase();
    if found.kind(-1) != Some(Kind::Word) || small == before || !RESERVED_WORDS.contains(&small.as_str()) {
        return None;
    }
    Some(instead(found, found.span(-1), &small, "keywords are written in small letters"))
}

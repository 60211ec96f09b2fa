//! Slips in numbers and ranges.

use super::times::UNIT_WORDS;
use super::{Habit, slip, spaced, superfluous, translated};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 5] = [with_letters, with_open_point, money_sign, range_with_dash, percent_in_calculation];

/// `10k`, `30d`, `5days`
fn with_letters(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    let split = written.find(char::is_alphabetic)?;
    let (digits, letters) = written.split_at(split);
    if found.kind(0) != Some(Kind::Number) || !digits.bytes().all(|byte| byte.is_ascii_digit() || b"_+-".contains(&byte)) {
        return None;
    }
    let letters = letters.to_lowercase();
    let expects_time = found.expects_any(&[Rule::duration, Rule::ago]);
    let fixed = match letters.as_str() {
        "k" => Some(format!("{digits}_000")),
        "m" | "mn" | "mio" if !expects_time => Some(format!("{digits}_000_000")),
        _ => UNIT_WORDS
            .iter()
            .map(|(unit, _)| *unit)
            .find(|unit| letters == *unit || letters == unit.trim_end_matches('s'))
            .or_else(|| translated(&UNIT_WORDS, &letters))
            .map(|unit| format!("{digits} {unit}")),
    };
    let span = found.span(0);
    let help = "write all digits, as in `10_000`, and a blank before a unit";
    let diagnostic = slip(format!("`{written}` is not a number"), span, "digits and letters in one word", help);
    Some(match fixed {
        Some(fixed) => {
            diagnostic.help(format!("write `{fixed}`")).replace(format!("replace by `{fixed}`"), Applicability::Unsafe, span, fixed)
        }
        None => diagnostic,
    })
}

/// `5.`, `.5`
fn with_open_point(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "." {
        return None;
    }
    let point = found.span(0);
    // `northeast33.333` is a name and a number
    if found.kind(-1) == Some(Kind::Word) && found.span(-1).end == point.start {
        return None;
    }
    let help = "a decimal has digits on both sides of its point: `0.5`, `5.0`";
    if found.kind(1) == Some(Kind::Number) && found.span(1).start == point.end {
        let span = point.to(found.span(1));
        let fixed = format!("0.{}", found.word(1));
        return Some(slip("a number cannot begin with a point", span, "a digit is missing before it", help).replace(
            format!("write `{fixed}`"),
            Applicability::Safe,
            span,
            fixed,
        ));
    }
    if found.kind(-1) == Some(Kind::Number) && found.span(-1).end == point.start {
        let span = found.span(-1).to(point);
        return Some(slip("a number cannot end with a point", span, "a digit is missing behind it", help).replace(
            "remove the point",
            Applicability::Safe,
            point,
            "",
        ));
    }
    None
}

/// `$500`
fn money_sign(found: &Found) -> Option<Diagnostic> {
    let sign = found.word(0);
    if !["$", "€", "£", "¥"].contains(&sign) {
        return None;
    }
    let help = "amounts are plain numbers in the policy's currency; another currency stands behind: `500 EUR`";
    Some(superfluous(format!("an amount carries no `{sign}`"), found.span(0), help, Applicability::Safe))
}

/// `0-50`, `0 to 50` or `0..` for `0..50`; `from 0..100` for `from 0 to 100`
fn range_with_dash(found: &Found) -> Option<Diagnostic> {
    let (written, span) = (found.word(0), found.span(0));
    let expects_dots = found.expects(Rule::DOTS) && found.expected.iter().all(|rule| matches!(rule, Rule::DOTS | Rule::late_currency));
    if expects_dots && (written == "to" || written.starts_with('-')) {
        // Without the blanks around it.
        let end = if written == "to" { found.span(1).start } else { span.start + 1 };
        let separator = Span { start: found.span(-1).end, end, ..span };
        return Some(slip("a range is written with two dots", span, "not `..`", "write `0..50_000`").replace(
            "write `..`",
            Applicability::Unsafe,
            separator,
            "..",
        ));
    }
    if found.expected == [Rule::TO] && [".", "..", "...", "-", ","].contains(&written) {
        return Some(slip(format!("write `to` for `{written}`"), span, "between the two ends", "write `A to B`").replace(
            "write `to`",
            Applicability::Safe,
            span,
            spaced(found, span, "to"),
        ));
    }
    None
}

/// `50% * beds`
fn percent_in_calculation(found: &Found) -> Option<Diagnostic> {
    if found.word(-1) != "%" || found.kind(-2) != Some(Kind::Number) || !found.expects_value() {
        return None;
    }
    let span = found.span(-2).to(found.span(-1));
    Some(slip(
        "a share in a calculation is a decimal",
        span,
        "weights carry `%`",
        "write `0.5` for 50 %; `A % B` is the remainder of a division",
    ))
}

//! Slips in scores: bands, points and weights.

use super::{Habit, instead, slip, spaced, superfluous};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 12] = [
    band_with_plus,
    band_with_dash,
    band_in_words,
    percent_on_adjust,
    band_in_other_words,
    word_before_band,
    band_with_sign,
    points_word,
    points_missing,
    percent_on_points,
    percent_as_word,
    section_word,
];

const BANDS: &str = "a band is `A or more`, `under A`, `A to B` (both in), `A to under B`, a value, `missing` or `otherwise`";

/// Whether a band could begin here.
fn expects_band(found: &Found) -> bool {
    found.expects_any(&[Rule::band, Rule::pattern, Rule::patterns])
}

/// `500+ 10`
fn band_with_plus(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "+" || !found.expects(Rule::OR_MORE) {
        return None;
    }
    let span = found.span(-1).to(found.span(0));
    Some(instead(found, span, &format!("{} or more", found.word(-1)), BANDS))
}

/// `100-499 10` reads as the value 100 with -499 points, and then as the value 10, which has none.
fn band_with_dash(found: &Found) -> Option<Diagnostic> {
    let touches = |offset: isize| found.span(offset - 1).end == found.span(offset).start && found.kind(offset - 1) == Some(Kind::Number);
    let dash = (-4..0).rev().find(|offset| found.word(*offset).starts_with('-') && touches(*offset))?;
    if found.item() != "score" {
        return None;
    }
    let span = found.span(dash - 1).to(found.span(dash));
    let fixed = found.text[span.start as usize..span.end as usize].replacen('-', " to ", 1);
    Some(instead(found, span, &fixed, BANDS))
}

/// `over 50 10`, `up to 50 4`, `below 50 4`: the word reads as a choice, and the number as its points.
fn band_in_words(found: &Found) -> Option<Diagnostic> {
    if found.item() != "score" || !found.expects_any(&[Rule::band, Rule::pattern, Rule::patterns, Rule::OR_MORE]) {
        return None;
    }
    let is_word =
        |offset: isize| ["over", "above", "below", "beneath", "up", "from", "least", "most", "max", "min"].contains(&found.word(offset));
    // the word may be behind: what did not fit is what followed it
    let word = (-3..=0)
        .rev()
        .find(|offset| is_word(*offset) && (found.kind(offset + 1) == Some(Kind::Number) || found.word(offset + 1) == "to"))?;
    let number = if found.word(word + 1) == "to" { word + 2 } else { word + 1 };
    let span = found.span(word).to(found.span(number));
    let value = found.word(number);
    if found.kind(number) != Some(Kind::Number) {
        return None;
    }
    Some(match found.word(word) {
        "below" | "beneath" => instead(found, span, &format!("under {value}"), BANDS),
        "from" | "least" | "min" => return None,
        written => slip(format!("a band does not begin with `{written}`"), span, "not how it is written here", BANDS),
    })
}

/// `adjust -25% when …`
fn percent_on_adjust(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "%" || found.kind(-1) != Some(Kind::Number) || found.word(-2) != "adjust" {
        return None;
    }
    let help = "an adjust adds points or takes them away: `adjust -5 when …`";
    Some(superfluous("an adjust carries points, no `%`", found.span(0), help, Applicability::Unsafe))
}

/// `more than 500`, `at least 500`, `500 or above`, `500 and more`
fn band_in_other_words(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::OR_MORE) {
        return None;
    }
    let before = found.word(-1);
    match found.word(0) {
        "than" if ["more", "greater", "higher"].contains(&before) => {
            Some(slip("a band is not written with `than`", found.span(-1).to(found.span(0)), "not how it is written here", BANDS))
        }
        "than" if ["less", "fewer", "lower"].contains(&before) => Some(instead(found, found.span(-1).to(found.span(0)), "under", BANDS)),
        "least" if before == "at" && found.kind(1) == Some(Kind::Number) => {
            let span = found.span(-1).to(found.span(1));
            Some(instead(found, span, &format!("{} or more", found.word(1)), BANDS))
        }
        "and" | "or" if ["more", "above", "higher", "greater", "over", "up"].contains(&found.word(1)) => {
            Some(instead(found, found.span(0).to(found.span(1)), "or more", BANDS))
        }
        "or" if ["less", "fewer", "lower", "below"].contains(&found.word(1)) => {
            Some(slip("a band is not written with `or less`", found.span(0).to(found.span(1)), "not how it is written here", BANDS))
        }
        _ => None,
    }
}

/// `from 100 to 499 6`, `is hospital 10`
fn word_before_band(found: &Found) -> Option<Diagnostic> {
    if !expects_band(found) || !["from", "is", "when", "if", "for", "between"].contains(&found.word(0)) {
        return None;
    }
    Some(superfluous(format!("no `{}` stands before a band", found.word(0)), found.span(0), BANDS, Applicability::Unsafe))
}

/// `100 - 499 6`
fn band_with_sign(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::OR_MORE) || !["-", "–", "—", "..."].contains(&found.word(0)) {
        return None;
    }
    let span = found.span(0);
    Some(slip(format!("write `to` for `{}`", found.word(0)), span, "between the two ends", BANDS).replace(
        "write `to`",
        Applicability::Safe,
        span,
        spaced(found, span, "to"),
    ))
}

/// `adjust 5 points when …`, `hospital 10 points`
fn points_word(found: &Found) -> Option<Diagnostic> {
    let is_points = |word: &str| ["points", "point", "pts"].contains(&word);
    let offset = [0, -1].into_iter().find(|offset| is_points(found.word(*offset)) && found.kind(offset - 1) == Some(Kind::Number))?;
    if found.item() != "score" {
        return None;
    }
    Some(superfluous("points are a plain number", found.span(offset), format!("leave out `{}`", found.word(offset)), Applicability::Unsafe))
}

/// `500 or more }`
fn points_missing(found: &Found) -> Option<Diagnostic> {
    let expects_points = found.expects_any(&[Rule::points, Rule::number]) && found.expects(Rule::COMMA);
    if found.item() != "score" || !expects_points || found.kind(0) != Some(Kind::Close) {
        return None;
    }
    Some(slip(
        "the band has no points",
        found.span(-1),
        "expected points behind it",
        "write the points behind the band: `500 or more 10`, `under 100 -5`",
    ))
}

/// `high 10%`
fn percent_on_points(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "%" || !(expects_band(found) || found.expects(Rule::EACH)) {
        return None;
    }
    let help = "a band gives points from -10 to 10; weights carry `%`";
    Some(superfluous("points carry no `%`", found.span(0), help, Applicability::Safe))
}

/// `section demographic 40 percent`
fn percent_as_word(found: &Found) -> Option<Diagnostic> {
    if !["percent", "pct", "per cent"].contains(&found.word(0)) || found.kind(-1) != Some(Kind::Number) {
        return None;
    }
    let span = found.span(-1).to(found.span(0));
    Some(instead(found, span, &format!("{}%", found.word(-1)), "a weight is a number and `%`"))
}

/// `demographic 40% { … }` in a score
fn section_word(found: &Found) -> Option<Diagnostic> {
    let is_headed = found.kind(1) == Some(Kind::Number) || found.word(1) == "points" || found.word(1) == "{";
    if !found.expects(Rule::score_part) || found.kind(0) != Some(Kind::Word) || !is_headed || found.meant().is_some() {
        return None;
    }
    let span = found.span(0);
    if found.word(1).starts_with(['+', '-']) {
        return Some(instead(found, span, "adjust", "points for the whole score are `adjust +5 when …`"));
    }
    let place = Span { end: span.start, ..span };
    Some(
        slip(
            "a part of a score begins with `section`, `adjust`, `for` or `otherwise`",
            span,
            "the name of a section?",
            format!("write `section {} …`", found.word(0)),
        )
        .replace("insert `section`", Applicability::Unsafe, place, "section "),
    )
}

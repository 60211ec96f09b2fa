//! Slips in lists and rows: commas, colons, the order of a row, arrows, claims.

use super::{Habit, instead, slip, superfluous};
use crate::diagnostic::{Applicability, Diagnostic, Edit, nearest};
use crate::syntax::grammar::{RESERVED_WORDS, Rule};
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;
use crate::syntax::trial::row_at;

pub(super) const HABITS: [Habit; 10] = [
    grid_without_across,
    because_misspelt,
    block_without_brackets,
    rest_word,
    comma_between_rows,
    claim_without_kind,
    arrow,
    condition_first,
    word_for_otherwise,
    sign_before_value,
];

/// What no row ends with, and what belongs behind it.
const OPEN_ENDS: [(&[&str], &str); 3] = [
    (&["when", "if", "unless", "where", "and", "or", "not", "implies"], "a condition"),
    (&["is", "between", "+", "-", "*", "/", ">=", ">", "<=", "<", "="], "a value"),
    (&["->"], "a stage"),
];

/// `a when` above `b otherwise`: the next row is read as what belongs behind it
pub(super) fn row_without_end(found: &Found) -> Option<Diagnostic> {
    let shown = found.tokens.get(found.index).or(found.tokens.last())?;
    let begins_row = |row: &std::ops::Range<usize>| row_at(found.tokens, found.tokens.get(row.start.checked_sub(1)?)?.start);
    // the row with the offending token, or the one that ends before it
    let row = row_at(found.tokens, shown.start)?;
    let above = std::iter::successors(begins_row(&row), begins_row).take(2);
    let indent = |row: &std::ops::Range<usize>| found.tokens[row.start].indent;
    let mut below = row;
    for above in above {
        let last = above.end - 1;
        let word = found.written(found.tokens[last]);
        let missing = OPEN_ENDS.iter().find(|(ends, _)| ends.contains(&word)).map(|(_, missing)| missing);
        if let Some(missing) = missing.filter(|_| indent(&above) == indent(&below) && found.is_mended_without_row(found.tokens[last].start))
        {
            let span = found.span(last as isize - found.index as isize);
            let help = format!("write {missing} behind `{word}`");
            return Some(slip(format!("expected {missing} behind `{word}`, found the end of the row"), span, "the row ends here", help));
        }
        below = above;
    }
    None
}

/// How far before the offending token of a grid two cells without a comma are sought.
const CELLS_SEARCHED: isize = 12;

/// `grid g of fit, engagement`, `grid g by fit`
fn grid_without_across(found: &Found) -> Option<Diagnostic> {
    if found.item() != "grid" || found.index > 5 {
        return None;
    }
    let (ours, fits) = if found.index == 2 {
        ("of", ["by", "on", "from", "for"].contains(&found.word(0)))
    } else {
        ("across", [",", "by", "x", "and", "with", "×"].contains(&found.word(0)))
    };
    let place = found.span(0);
    fits.then(|| {
        let help = "write `grid NAME of ROWS across COLUMNS { … }`";
        let touches = found.span(-1).end == place.start;
        let text = if touches { format!(" {ours}") } else { ours.to_owned() };
        slip(format!("write `{ours}` for `{}`", found.word(0)), place, "not how it is written here", help).replace(
            format!("write `{ours}`"),
            Applicability::Unsafe,
            place,
            text,
        )
    })
}

/// `a when b   becuase "c"`: the word reads as the next row, and its text as how to show it
fn because_misspelt(found: &Found) -> Option<Diagnostic> {
    let is_text = found.kind(-1) == Some(Kind::String) && found.kind(-2) == Some(Kind::Word);
    nearest(found.word(-2), ["because"]).filter(|_| is_text).map(|because| {
        let help = "a row may end in its reason: `because \"…\"`";
        instead(found, found.span(-2), because, help)
    })
}

/// `10 to 49 a1 a2`: the second cell reads as the next row
pub(super) fn cells_without_comma(found: &Found) -> Option<Diagnostic> {
    if found.item() != "grid" {
        return None;
    }
    let is_cell = |word: &str| !RESERVED_WORDS.contains(&word) && word != "to" && word != "more";
    let shares_line = |offset: isize| found.token(offset).is_some_and(|token| token.indent.is_none());
    let is_gap = |offset: &isize| {
        let are_words = found.kind(offset - 1) == Some(Kind::Word) && found.kind(*offset) == Some(Kind::Word);
        are_words && shares_line(*offset) && shares_line(offset - 1) && is_cell(found.word(*offset)) && is_cell(found.word(offset - 1))
    };
    let insert = |offset: isize| Edit { span: found.span(offset - 1).after(), text: ",".to_owned() };
    let gaps = || (-CELLS_SEARCHED..=1).filter(is_gap);
    let gap = gaps().find(|offset| found.is_mended_by(&[insert(*offset)]))?;
    // the others of its line, where the same is missing
    let begins_line = |offset: &isize| found.token(*offset).is_some_and(|token| token.indent.is_some());
    let (mut first, mut last) = (gap, gap);
    while !begins_line(&(first - 1)) && is_gap(&(first - 1)) {
        first -= 1;
    }
    while is_gap(&(last + 1)) {
        last += 1;
    }
    let all: Vec<Edit> = (first..=last).map(insert).collect();
    if first < last && found.is_mended_by(&all) {
        let cells: Vec<&str> = (first - 1..=last).map(|offset| found.word(offset)).collect();
        let help = format!("the cells of a row are parted by commas: `{}`", cells.join(", "));
        let place = found.span(first - 1).to(found.span(last));
        let message = "commas are missing between the cells of the grid";
        return Some(slip(message, place, "each begins behind a comma", help).fix("insert the commas", Applicability::Unsafe, all));
    }
    let help = format!("the cells of a row are parted by commas: `{}, {}`", found.word(gap - 1), found.word(gap));
    let edits = vec![insert(gap)];
    Some(slip("a comma is missing between two cells of the grid", found.span(gap), "expected `,` before this", help).fix(
        "insert a comma",
        Applicability::Unsafe,
        edits,
    ))
}

/// `expect fit 40`, `lead id "a"`: in a test
fn block_without_brackets(found: &Found) -> Option<Diagnostic> {
    let before = found.word(-1);
    if found.item() != "test" || !found.expects(Rule::OPEN_BRACE) || !["expect", "lead"].contains(&before) || found.at_end() {
        return None;
    }
    let help = format!("write `{before} {{ … }}`");
    Some(slip(format!("what `{before}` names stands in brackets"), found.span(0), "expected `{` before this", help))
}

/// `hospital, clinic, }`
pub(super) fn comma_at_end(found: &Found) -> Option<Diagnostic> {
    // `one of a, b, optional`
    let is_of_field = ["lead", "signal", "table"].contains(&found.item())
        && found.expects_name()
        && ["optional", "key", "from"].contains(&found.word(0))
        && found.word(1) != ",";
    if found.word(-1) != "," || !(is_of_field || found.at_end() || found.kind(0) == Some(Kind::Close)) {
        return None;
    }
    let help = "remove the `,`: commas stand between the members of a list";
    Some(superfluous("a list ends without a comma", found.span(-1), help, Applicability::Safe))
}

/// `a text, b whole`
fn comma_between_rows(found: &Found) -> Option<Diagnostic> {
    let expects_row = found.expects_name() || found.expects(Rule::CLOSE_BRACE);
    // Between names a list may have been meant.
    if found.word(0) != "," || found.expects(Rule::COMMA) || !expects_row {
        return None;
    }
    let help = "remove the `,`: a row ends where the next one begins";
    Some(superfluous("rows are not parted by commas", found.span(0), help, Applicability::Safe))
}

/// `claim "…" sometimes a`, `claim always a`
fn claim_without_kind(found: &Found) -> Option<Diagnostic> {
    if found.item() != "claim" {
        return None;
    }
    let help = "a claim is `claim \"…\" always …`, `never …`, `possible …` or `claim \"…\" SCORE never falls as FIELD rises`";
    if found.index == 1 && !found.at_end() {
        return Some(slip("a claim has a title", found.span(0), "expected a string in quotation marks", help));
    }
    if !found.expects(Rule::RISES) || found.index > 3 {
        return None;
    }
    let word = 2 - found.index as isize;
    let span = found.span(word);
    let diagnostic = slip("expected what is claimed: `always`, `never` or `possible`", span, "not one of them", help);
    Some(match nearest(found.word(word), ["always", "never", "possible"]) {
        Some(meant) => diagnostic.replace(format!("replace by `{meant}`"), Applicability::Unsafe, span, meant),
        None => diagnostic,
    })
}

/// `a - b`, `a to b`, `a b` in a flow
fn arrow(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::ARROW) {
        return None;
    }
    let help = "a row of a flow is `FROM -> TO when …`";
    if ["-", ">", "to", "=", "--", "—", "–"].contains(&found.word(0)) {
        return Some(instead(found, found.span(0), "->", help));
    }
    if found.kind(0) != Some(Kind::Word) {
        return None;
    }
    let place = found.span(-1).after();
    Some(slip("an arrow is missing", found.span(0), "where the lead goes?", help).replace(
        "insert `->`",
        Applicability::Unsafe,
        place,
        " ->",
    ))
}

/// `recycle for 90 days`, `recycle 90 days`
fn rest_word(found: &Found) -> Option<Diagnostic> {
    let help = "write `recycle rest 90 days`";
    if found.item() != "flow" || found.word(-1) != "recycle" {
        return None;
    }
    if found.word(0) == "for" {
        return Some(instead(found, found.span(0), "rest", help));
    }
    let is_number = found.kind(0) == Some(Kind::Number);
    is_number.then(|| {
        slip("`rest` is missing", found.span(0), "how long?", help).replace(
            "insert `rest`",
            Applicability::Unsafe,
            found.span(-1).after(),
            " rest",
        )
    })
}

/// `decide status { when a b }`, `if a then b`
fn condition_first(found: &Found) -> Option<Diagnostic> {
    let help = "write `OUTCOME when CONDITION`";
    let is_guard = |word: &str| ["when", "if", "unless"].contains(&word);
    if is_guard(found.word(0)) && found.expects_any(&[Rule::decide_row, Rule::route_row]) {
        return Some(slip("a row begins with its outcome", found.span(0), "the condition comes second", help));
    }
    let read_as_outcome = is_guard(found.word(-1)) && found.expects(Rule::guard);
    read_as_outcome.then(|| slip("a row begins with its outcome", found.span(-1), "the condition comes second", help))
}

/// `default nurture`, `nurture default`
fn word_for_otherwise(found: &Found) -> Option<Diagnostic> {
    let help = "the last row is `OUTCOME otherwise`";
    let is_otherwise = |word: &str| ["default", "else", "finally", "rest"].contains(&word);
    if !found.expects(Rule::guard) {
        return None;
    }
    if is_otherwise(found.word(0)) {
        return Some(instead(found, found.span(0), "otherwise", help));
    }
    let swapped = is_otherwise(found.word(-1)) && found.kind(0) == Some(Kind::Word);
    swapped.then(|| instead(found, found.span(-1).to(found.span(0)), &format!("{} otherwise", found.word(0)), help))
}

/// `beds: 5`, `beds = 5`, `500 or more => 10`, `beds is 5` in a test
fn sign_before_value(found: &Found) -> Option<Diagnostic> {
    let (sign, span) = (found.word(0), found.span(0));
    let is_sign = [":", "=", ":=", "=>", "->", "=="].contains(&sign) || (sign == "is" && found.expects(Rule::given_value));
    // a row of a flow whose arrow leads nowhere takes the next one's name
    let is_arrow_of_flow = sign == "->" && found.item() == "flow";
    if !is_sign || is_arrow_of_flow || found.index <= 1 {
        return None;
    }
    if found.expects(Rule::EQUALS) {
        return Some(instead(found, span, "=", "write `NAME = VALUE`"));
    }
    let help = "leave it out: a value follows directly what it belongs to";
    Some(superfluous(format!("no `{sign}` stands here"), span, help, Applicability::Unsafe))
}

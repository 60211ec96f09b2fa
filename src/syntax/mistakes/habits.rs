//! What people type who come from other tools, with what to write instead.
//!
//! Enters: where the text stopped making sense. Leaves: a diagnostic with help, and a fix where one exists; none if no habit explains it.
//! What the grammar can read in spite of the slip (`==`, `&&`, `if` …) is reported by the tree builder instead, so that the item is kept.

use super::Found;
use crate::diagnostic::{Applicability, Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::scan::Kind;

/// What other tools call the types.
const TYPE_WORDS: [(&str, &[&str]); 7] = [
    ("text", &["string", "str", "varchar", "char", "email", "phone", "url", "picklist_text"]),
    ("whole", &["integer", "int", "number", "numeric", "count", "bigint"]),
    ("decimal 2", &["float", "double", "real", "percent", "percentage"]),
    ("money", &["currency", "amount", "price"]),
    ("yes_no", &["boolean", "bool", "checkbox", "flag"]),
    ("one of", &["enum", "picklist", "choice", "select", "oneof"]),
    ("time", &["datetime", "timestamp", "instant"]),
];

/// What other tools call the units of time.
const UNIT_WORDS: [(&str, &[&str]); 5] = [
    ("seconds", &["s", "sec", "secs"]),
    ("minutes", &["m", "min", "mins"]),
    ("hours", &["h", "hr", "hrs"]),
    ("days", &["d"]),
    ("weeks", &["w", "wk", "wks"]),
];

/// What other tools call the operators.
const OPERATOR_WORDS: [(&str, &[&str]); 6] = [
    ("is", &["equals", "eq", "equal"]),
    ("is not", &["ne", "neq"]),
    ("is one of", &["in"]),
    ("contains", &["like", "matches", "includes", "include"]),
    (">", &["gt", "above", "over", "exceeds"]),
    ("<", &["lt", "below"]),
];

/// Words of comparisons that are spelled out behind `is`: `is greater than 5`.
const SPELLED_OUT: [(&[&str], &str); 10] = [
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
];

type Habit = fn(&Found) -> Option<Diagnostic>;

/// From the special to the general; the first that fits explains the mistake.
const HABITS: [Habit; 28] = [
    claim_without_kind,
    points_word,
    points_missing,
    unclosed_list,
    spelled_out_comparison,
    between_with_comma,
    operator_without_blank,
    sign_before_name,
    number_with_letters,
    number_with_open_point,
    day_and_time_apart,
    time_needed,
    money_sign,
    range_with_dash,
    unit_of_time,
    type_of_other_tools,
    misspelt_modifier,
    currency_in_small_letters,
    band_with_plus,
    percent_on_points,
    day_of_the_week,
    arrow,
    pair_without_of,
    comparison_chain,
    operator_of_other_tools,
    sign_between_name_and_value,
    keyword_in_capitals,
    row_and_name,
];

pub(super) fn explain(found: &Found) -> Option<Diagnostic> {
    HABITS.iter().find_map(|habit| habit(found))
}

/// A mistake at `span` with its help; the caller adds the fix.
fn slip(message: impl Into<String>, span: Span, label: &str, help: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::Syntax, message).at(span, label).help(help)
}

/// A word of another tool, and what Leadwright writes.
fn instead(found: &Found, span: Span, written: &str, instead: &str, help: impl Into<String>) -> Diagnostic {
    debug_assert!(!found.text.is_empty());
    slip(format!("write `{instead}` for `{written}`"), span, "not a word of the language", help).replace(
        format!("replace by `{instead}`"),
        Applicability::Unsafe,
        span,
        instead,
    )
}

fn translated(table: &[(&'static str, &[&str])], word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    table.iter().find(|(_, others)| others.contains(&word.as_str())).map(|(ours, _)| *ours)
}

/// `claim "…" sometimes a`, `claim always a`
fn claim_without_kind(found: &Found) -> Option<Diagnostic> {
    if found.item() != "claim" {
        return None;
    }
    let help = "a claim is `claim \"…\" always …`, `never …`, `possible …` or `claim \"…\" SCORE never falls as FIELD rises`";
    if found.index == 1 {
        return Some(slip("a claim has a title", found.span(0), "expected a string in quotation marks", help));
    }
    if !found.expects(Rule::RISES) || found.index > 3 {
        return None;
    }
    let word = found.word(2 - found.index as isize);
    let span = found.span(2 - found.index as isize);
    let diagnostic = slip("expected what is claimed: `always`, `never` or `possible`", span, "not one of them", help);
    Some(match nearest(word, ["always", "never", "possible"]) {
        Some(meant) => diagnostic.replace(format!("replace by `{meant}`"), Applicability::Unsafe, span, meant),
        None => diagnostic,
    })
}

/// `adjust 5 points when …`
fn points_word(found: &Found) -> Option<Diagnostic> {
    if !["points", "point"].contains(&found.word(0)) || found.kind(-1) != Some(Kind::Number) {
        return None;
    }
    let span = found.span(0);
    Some(slip("points are a plain number", span, "not needed", format!("leave out `{}`", found.word(0))).replace(
        "remove the word",
        Applicability::Unsafe,
        span,
        "",
    ))
}

/// `500 or more }`
fn points_missing(found: &Found) -> Option<Diagnostic> {
    let expects_points = found.expects_any(&[Rule::points, Rule::number]) && found.expects(Rule::COMMA);
    if found.item() != "score" || !expects_points || found.kind(0) != Some(Kind::Close) {
        return None;
    }
    Some(slip("the band has no points", found.span(-1), "expected points behind it", "write the points behind the band: `500 or more 10`"))
}

/// `hospital, clinic, }`; a comma between rows.
fn unclosed_list(found: &Found) -> Option<Diagnostic> {
    let comma = found.span(-1);
    let ends = found.at_end() || found.kind(0) == Some(Kind::Close);
    if found.word(-1) == "," && ends {
        return Some(
            slip("a list ends without a comma", comma, "nothing follows it", "remove the `,`: commas stand between the members of a list")
                .replace("remove the comma", Applicability::Safe, comma, ""),
        );
    }
    if found.word(0) == "," && !found.expects(Rule::COMMA) && (found.expects_name() || found.expects(Rule::CLOSE_BRACE)) {
        let span = found.span(0);
        return Some(
            slip("rows are not parted by commas", span, "not needed", "remove the `,`: a row ends where the next one begins").replace(
                "remove the comma",
                Applicability::Safe,
                span,
                "",
            ),
        );
    }
    None
}

/// `is greater than 5`, `is at least 5`, `is >= 5`
fn spelled_out_comparison(found: &Found) -> Option<Diagnostic> {
    let help = "values are compared with `>=`, `>`, `<=` and `<`";
    if let Some((words, sign)) =
        SPELLED_OUT.iter().find(|(words, _)| words.iter().rev().enumerate().all(|(back, word)| found.word(-(back as isize)) == *word))
    {
        let span = found.span(1 - words.len() as isize).to(found.span(0));
        return Some(instead(found, span, &words.join(" "), sign, help));
    }
    let is_sign = [">", "<", ">=", "<="].contains(&found.word(0));
    if found.word(-1) == "is" && is_sign {
        let span = found.span(-1).to(found.span(0));
        return Some(instead(found, span, &format!("is {}", found.word(0)), found.word(0), help));
    }
    if found.word(-1) == "is" && found.word(0) == "under" {
        return Some(instead(found, found.span(-1).to(found.span(0)), "is under", "<", help));
    }
    if found.word(0) == "missing" && (is_comparison_sign(found.word(-1)) || found.word(-1) == "else") {
        return Some(slip(
            "nothing can be compared with `missing`",
            found.span(0),
            "not a value",
            "ask `… is missing` or `… is known`; a comparison with a missing value is no",
        ));
    }
    None
}

fn is_comparison_sign(word: &str) -> bool {
    [">", "<", ">=", "<=", "=>", "=<", "≥", "≤"].contains(&word)
}

/// `between 1, 5`, `between 1 to 5`
fn between_with_comma(found: &Found) -> Option<Diagnostic> {
    let is_separator = [",", "to", "..", "-"].contains(&found.word(0));
    if !is_separator || !found.expects(Rule::AND) || !(1..=4).any(|back| found.word(-back) == "between") {
        return None;
    }
    let span = found.span(0);
    Some(
        slip(format!("write `and` for `{}`", found.word(0)), span, "between the two ends", "write `between A and B`, both ends in")
            .replace("write `and`", Applicability::Safe, span, " and"),
    )
}

/// `a -5`, `a-5`, `a -b`
fn operator_without_blank(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    let sign = written.chars().next().filter(|sign| "+-".contains(*sign))?;
    if !found.expects_operator() || found.expects(Rule::DOTS) {
        return None;
    }
    let span = found.span(0);
    let only_sign = Span { end: span.start + 1, ..span };
    let text = if found.span(-1).end == span.start { format!(" {sign} ") } else { format!("{sign} ") };
    Some(
        slip(
            format!("an operator has a blank behind it, a sign has none: `{written}` is no operator"),
            span,
            "reads as a sign",
            format!("write ` {sign} ` with blanks to calculate"),
        )
        .replace("put blanks around the operator", Applicability::Safe, only_sign, text),
    )
}

/// `-beds`
fn sign_before_name(found: &Found) -> Option<Diagnostic> {
    let expects_value = found.expects_any(&[Rule::negation, Rule::primary, Rule::where_negation, Rule::where_primary]);
    if !expects_value || !["-", "+"].contains(&found.word(0)) || found.kind(1) != Some(Kind::Word) {
        return None;
    }
    let name = found.word(1);
    let help = if found.word(0) == "-" { format!("write `0 - {name}`") } else { format!("write `{name}`") };
    Some(slip("a sign stands before a number only", found.span(0), "not before a name", help))
}

/// `10k`, `30d`, `5days`
fn number_with_letters(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    let split = written.find(|character: char| character.is_alphabetic())?;
    let (digits, letters) = written.split_at(split);
    if found.kind(0) != Some(Kind::Number) || !digits.bytes().all(|byte| byte.is_ascii_digit() || b"_+-".contains(&byte)) {
        return None;
    }
    let span = found.span(0);
    let fixed = match letters.to_lowercase().as_str() {
        "k" => Some(format!("{digits}_000")),
        "m" | "mn" | "mio" if !found.expects(Rule::duration) => Some(format!("{digits}_000_000")),
        other => translated(&UNIT_WORDS, other)
            .or_else(|| {
                ["seconds", "minutes", "hours", "days", "weeks"]
                    .into_iter()
                    .find(|unit| other == *unit || other == unit.trim_end_matches('s'))
            })
            .map(|unit| format!("{digits} {unit}")),
    };
    let diagnostic = slip(
        format!("`{written}` is not a number"),
        span,
        "digits and letters in one word",
        "write all digits, as in `10_000`, and a blank before a unit",
    );
    Some(match fixed {
        Some(fixed) => {
            diagnostic.help(format!("write `{fixed}`")).replace(format!("replace by `{fixed}`"), Applicability::Unsafe, span, fixed)
        }
        None => diagnostic,
    })
}

/// `5.`, `.5`
fn number_with_open_point(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "." {
        return None;
    }
    let point = found.span(0);
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
        return Some(slip("a number cannot end with a point", found.span(-1).to(point), "a digit is missing behind it", help).replace(
            "remove the point",
            Applicability::Safe,
            point,
            "",
        ));
    }
    None
}

/// `2026-11-18 15:00`
fn day_and_time_apart(found: &Found) -> Option<Diagnostic> {
    let (day, clock) = (found.word(-1), found.word(0));
    if !is_day(day) || !clock.contains(':') || found.kind(0) != Some(Kind::Number) {
        return None;
    }
    let span = found.span(-1).to(found.span(0));
    let fixed = format!("{day}T{clock}");
    Some(slip("a time is one word: day, `T`, time of day", span, "two words", format!("write `{fixed}`")).replace(
        format!("write `{fixed}`"),
        Applicability::Safe,
        span,
        fixed,
    ))
}

fn is_day(word: &str) -> bool {
    let mut fields = word.split('-');
    let is_number = |field: Option<&str>, length: std::ops::RangeInclusive<usize>| {
        field.is_some_and(|field| length.contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_digit()))
    };
    is_number(fields.next(), 4..=4) && is_number(fields.next(), 1..=2) && is_number(fields.next(), 1..=2) && fields.next().is_none()
}

/// `as of 2026-11-18`
fn time_needed(found: &Found) -> Option<Diagnostic> {
    if !found.expects_any(&[Rule::time, Rule::ago]) || !is_day(found.word(0)) {
        return None;
    }
    let span = found.span(0);
    Some(
        slip("a time of day is needed too", span, "only a day", format!("write `{}T00:00`, or the time that is meant", found.word(0)))
            .replace("add midnight", Applicability::Unsafe, span.after(), "T00:00"),
    )
}

/// `$500`
fn money_sign(found: &Found) -> Option<Diagnostic> {
    let sign = found.word(0);
    if !["$", "€", "£", "¥"].contains(&sign) {
        return None;
    }
    let span = found.span(0);
    Some(
        slip(
            format!("an amount carries no `{sign}`"),
            span,
            "not needed",
            "amounts are plain numbers in the policy's currency; another currency stands behind: `500 EUR`",
        )
        .replace("remove the sign", Applicability::Safe, span, ""),
    )
}

/// `0-50` or `0 to 50` for `0..50`
fn range_with_dash(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    if found.expects(Rule::DOTS) && found.expected.len() == 1 && (written == "to" || written == "-" || written.starts_with('-')) {
        let span = found.span(0);
        let separator = if written == "to" { span } else { Span { end: span.start + 1, ..span } };
        return Some(slip("a range is written with two dots", span, "not `..`", "write `0..50_000`").replace(
            "write `..`",
            Applicability::Unsafe,
            separator,
            "..",
        ));
    }
    if found.expects(Rule::TO) && (written == ".." || written == "-" || written == ",") {
        let span = found.span(0);
        return Some(slip(format!("write `to` for `{written}`"), span, "between the two ends", "write `A to B`").replace(
            "write `to`",
            Applicability::Safe,
            span,
            " to ",
        ));
    }
    None
}

/// `30 d`, `within 5`, `90 months`
fn unit_of_time(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::unit) {
        return None;
    }
    let span = found.here();
    let written = found.word(0);
    if let Some(unit) = translated(&UNIT_WORDS, written) {
        return Some(instead(found, span, written, unit, "time is counted in `seconds`, `minutes`, `hours`, `days` or `weeks`"));
    }
    if ["month", "months", "quarter", "quarters", "year", "years"].contains(&written) {
        return Some(slip(format!("`{written}` are not all of one length"), span, "not a unit of time", "count in `days`, or in `weeks`"));
    }
    None
}

/// `beds integer`
fn type_of_other_tools(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::type_expression) {
        return None;
    }
    let ours = translated(&TYPE_WORDS, found.word(0))?;
    Some(instead(
        found,
        found.span(0),
        found.word(0),
        ours,
        "the types are `text`, `whole`, `decimal N`, `money`, `yes_no`, `one of …`, `some of …`, `date` and `time`",
    ))
}

/// `beds whole otional`: the word reads as the next field, which lacks its type.
fn misspelt_modifier(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::type_expression) || found.kind(-1) != Some(Kind::Word) {
        return None;
    }
    let modifiers = ["key", "optional", "from", "prefix key"];
    let meant = nearest(found.word(-1), modifiers).or((found.word(-1) == "nullable").then_some("optional"))?;
    Some(instead(found, found.span(-1), found.word(-1), meant, format!("did you mean `{meant}`? A field is a name and a type")))
}

/// `currency usd`
fn currency_in_small_letters(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    if !found.expects(Rule::currency_code) || written.len() != 3 || !written.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    if found.word(-1) != "currency" && found.word(-1) != "money" {
        return None;
    }
    Some(instead(found, found.span(0), written, &written.to_uppercase(), "a currency is three capital letters"))
}

/// `500+ 10`
fn band_with_plus(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "+" || !found.expects(Rule::OR_MORE) {
        return None;
    }
    let (number, span) = (found.word(-1), found.span(-1).to(found.span(0)));
    Some(instead(
        found,
        span,
        &format!("{number}+"),
        &format!("{number} or more"),
        "a band is `A or more`, `under A`, `A to B` or `A to under B`",
    ))
}

/// `high 10%`
fn percent_on_points(found: &Found) -> Option<Diagnostic> {
    if found.word(0) != "%" || !found.expects_any(&[Rule::band, Rule::pattern, Rule::EACH]) {
        return None;
    }
    let span = found.span(0);
    Some(slip("points carry no `%`", span, "not needed", "a band gives points from -10 to 10; weights carry `%`").replace(
        "remove the `%`",
        Applicability::Safe,
        span,
        "",
    ))
}

/// `monday`, `mon-fri`, `8 to 17`
fn day_of_the_week(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    let span = found.span(0);
    if found.expects_any(&[Rule::weekday, Rule::opening]) {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let small = written.to_lowercase();
        if let Some(day) = days.iter().find(|day| small.len() >= 3 && day.starts_with(&small)) {
            return Some(instead(found, span, written, &day[..3], "days are `mon`, `tue`, `wed`, `thu`, `fri`, `sat` and `sun`"));
        }
    }
    if found.expects(Rule::clock) && found.kind(0) == Some(Kind::Number) && written.parse::<u8>().is_ok_and(|hour| hour <= 24) {
        let fixed = format!("{written:0>2}:00");
        return Some(instead(found, span, written, &fixed, "a time of day is hours and minutes: `08:30`"));
    }
    None
}

/// `a - b`, `a > b`, `a to b` in a flow
fn arrow(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::ARROW) || !["-", ">", "to", "=", "--", "—", "–"].contains(&found.word(0)) {
        return None;
    }
    Some(instead(found, found.span(0), found.word(0), "->", "a row of a flow is `FROM -> TO when …`"))
}

/// `count page_view`, `any of page_view`
fn pair_without_of(found: &Found) -> Option<Diagnostic> {
    let (before, written) = (found.word(-1), found.word(0));
    if before == "of" && found.word(-2) == "any" && found.kind(0) == Some(Kind::Word) {
        return Some(slip("`any` takes its signal directly", found.span(-1), "not needed", format!("write `any {written}`")).replace(
            "remove `of`",
            Applicability::Safe,
            found.span(-1),
            "",
        ));
    }
    let needs_of = ["count", "sum", "first", "last", "domain", "larger", "smaller", "min", "max"].contains(&before);
    if !needs_of || !found.expects_operator() || (found.kind(0) != Some(Kind::Word) && written != "(") {
        return None;
    }
    let ours = match before {
        "min" => "smaller of",
        "max" => "larger of",
        _ => {
            return Some(
                slip(
                    format!("`of` is missing behind `{before}`"),
                    found.span(-1),
                    "a keyword together with `of`",
                    format!("write `{before} of`"),
                )
                .replace("insert `of`", Applicability::Unsafe, found.span(-1).after(), " of"),
            );
        }
    };
    Some(instead(found, found.span(-1), before, ours, "write `larger of (A, B)` or `smaller of (A, B)`"))
}

/// `1 < a < 5`
fn comparison_chain(found: &Found) -> Option<Diagnostic> {
    if !is_comparison_sign(found.word(0)) || !found.expects(Rule::AND) || !(1..=4).any(|back| is_comparison_sign(found.word(-back))) {
        return None;
    }
    Some(slip(
        "a comparison has two sides",
        found.span(0),
        "a second comparison",
        "write `… between A and B`, both ends in, or join two comparisons with `and`",
    ))
}

/// `a in b`, `a equals b`, `path like "…"`, `when a then b`
fn operator_of_other_tools(found: &Found) -> Option<Diagnostic> {
    if !found.expects_operator() || found.kind(0) != Some(Kind::Word) {
        return None;
    }
    let written = found.word(0);
    if written == "then" {
        return Some(slip("the outcome stands first", found.span(0), "not a word of the language", "write `OUTCOME when CONDITION`"));
    }
    let ours = translated(&OPERATOR_WORDS, written)?;
    let help = match ours {
        "contains" => "text is tested with `starts with`, `ends with` or `contains`, a `some of` with `has`".to_owned(),
        "is one of" => "write `is one of A, B`, without brackets".to_owned(),
        _ => format!("write `{ours}`"),
    };
    Some(instead(found, found.span(0), written, ours, help))
}

/// `beds: 5`, `beds = 5`, `500 or more => 10`
fn sign_between_name_and_value(found: &Found) -> Option<Diagnostic> {
    let sign = found.word(0);
    let is_sign = [":", "=", ":=", "=>", "->", "=="].contains(&sign);
    if !is_sign || found.index <= 1 {
        return None;
    }
    let span = found.span(0);
    if found.expects(Rule::EQUALS) {
        return Some(instead(found, span, sign, "=", "write `NAME = VALUE`"));
    }
    Some(slip(format!("no `{sign}` stands here"), span, "not needed", "leave it out: a value follows directly what it belongs to").replace(
        format!("remove the `{sign}`"),
        Applicability::Unsafe,
        span,
        "",
    ))
}

/// `NOT a`, `WHEN a`: the word in capitals reads as a name.
fn keyword_in_capitals(found: &Found) -> Option<Diagnostic> {
    let before = found.word(-1);
    let small = before.to_lowercase();
    if found.kind(-1) != Some(Kind::Word) || small == before || !RESERVED.contains(&small.as_str()) {
        return None;
    }
    Some(instead(found, found.span(-1), before, &small, "keywords are written in small letters"))
}

/// The reserved words, as in the grammar.
const RESERVED: [&str; 24] = [
    "and",
    "or",
    "not",
    "is",
    "has",
    "between",
    "else",
    "when",
    "otherwise",
    "yes",
    "no",
    "missing",
    "known",
    "under",
    "by",
    "any",
    "key",
    "optional",
    "from",
    "implies",
    "because",
    "entering",
    "leaving",
    "for",
];

/// A row that begins with its condition; a name in quotation marks; a string without; a reserved word as a name.
fn row_and_name(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    let span = found.here();
    if ["when", "if"].contains(&written) && found.expects_any(&[Rule::decide_row, Rule::route_row]) {
        return Some(slip("a row begins with its outcome", span, "the condition comes second", "write `OUTCOME when CONDITION`"));
    }
    if found.kind(0) == Some(Kind::String) && found.expects_name() && !found.expects(Rule::string) {
        let inside = written.trim_matches('"');
        let snake: String =
            inside.chars().map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' }).collect();
        let diagnostic = slip(
            "a name stands without quotation marks",
            span,
            "a string",
            "write a name in snake_case; a string behind it says how to show it",
        );
        return Some(if snake.starts_with(|first: char| first.is_ascii_lowercase()) {
            diagnostic.replace(
                format!("insert the name `{snake}`"),
                Applicability::Unsafe,
                Span { end: span.start, ..span },
                format!("{snake} "),
            )
        } else {
            diagnostic
        });
    }
    if found.expects(Rule::string)
        && found.expected.len() <= 2
        && found.item() != "test"
        && matches!(found.kind(0), Some(Kind::Word | Kind::Number))
        && !found.expects_name()
        && !found.expects_any(&[Rule::guard, Rule::type_expression, Rule::EQUALS, Rule::FROM, Rule::OF])
    {
        let mut last = 0;
        while found
            .token(last + 1)
            .is_some_and(|next| next.start == found.span(last).end as usize && next.kind != Kind::Open && next.kind != Kind::Close)
        {
            last += 1;
        }
        let whole = span.to(found.span(last));
        let quoted = format!("\"{}\"", &found.text[whole.start as usize..whole.end as usize]);
        return Some(slip("a string stands in quotation marks", whole, "no quotation marks", format!("write `{quoted}`")).replace(
            format!("write `{quoted}`"),
            Applicability::Unsafe,
            whole,
            quoted,
        ));
    }
    // `recycle for 90 days` is another slip.
    if RESERVED.contains(&written) && found.expects_name() && !(written == "for" && found.kind(1) == Some(Kind::Number)) {
        return Some(
            slip(
                format!("`{written}` is a reserved word"),
                span,
                "not a name",
                format!("as a name it stands in backquotes: `` `{written}` ``"),
            )
            .replace("put it in backquotes", Applicability::Unsafe, span, format!("`{written}`")),
        );
    }
    None
}

//! Figures of an impact as every form of it shows them.

use crate::batch::compare::{ChoiceImpact, Impact, Kind, NumberImpact, STEPS};
use crate::model::value::format_scaled;
use crate::report::figures::{count, counted, mean, share};

/// More choices than these are told as moves, not as a table.
pub const MATRIX_MAX: usize = 8;
/// Decimal places that an average has at least.
const AVERAGE_PLACES: u8 = 2;

/// So many moves of such an answer, and so many queues and owners, are shown.
pub const MOVES_SHOWN: usize = 12;

/// What is said first: label and text.
pub fn counts(impact: &Impact) -> Vec<(&'static str, String)> {
    let mut lines = vec![("compared", format!("{} of {}", count(impact.rows_compared), counted(impact.rows_in, "lead", "leads")))];
    let rejected = [
        (impact.rows_rejected_both, "by both versions"),
        (impact.rows_rejected_old, "by the old version only"),
        (impact.rows_rejected_new, "by the new version only"),
    ];
    let rejected: Vec<String> = rejected.iter().filter(|(rows, _)| *rows > 0).map(|(rows, by)| format!("{} {by}", count(*rows))).collect();
    if !rejected.is_empty() {
        lines.push(("rejected", rejected.join(", ")));
    }
    lines.push((
        "changed",
        format!("{} ({})", counted(impact.rows_changed, "lead", "leads"), share(impact.rows_changed, impact.rows_compared)),
    ));
    for (label, leads) in [("lost a queue", impact.rows_lost_route), ("got a queue", impact.rows_gained_route)] {
        if leads > 0 {
            lines.push((label, counted(leads, "lead", "leads")));
        }
    }
    if let Some(others) = untabled(impact) {
        lines.push(("also changed", others));
    }
    for (label, single) in [("old only", &impact.old_only), ("new only", &impact.new_only)] {
        let names: Vec<String> =
            single.iter().map(|single| format!("{} ({})", single.output, counted(single.known, "lead", "leads"))).collect();
        if !names.is_empty() {
            lines.push((label, names.join(", ")));
        }
    }
    lines
}

/// Decides, stages, routes: what is worth a table. Owners have one of their own.
pub fn tabled(impact: &Impact) -> impl Iterator<Item = &ChoiceImpact> {
    impact.choices.iter().filter(|choice| match choice.kind {
        Kind::Decide | Kind::Stage | Kind::Queue => choice.changed > 0,
        Kind::Clock | Kind::Owner | Kind::Score | Kind::Section | Kind::Other => false,
    })
}

/// What has no table, each with the number of leads: `first_touch.due (11), first_touch.state (11)`.
pub fn untabled(impact: &Impact) -> Option<String> {
    let choices = impact.choices.iter().filter(|choice| matches!(choice.kind, Kind::Clock | Kind::Owner | Kind::Other));
    let choices = choices.map(|choice| (&choice.output, choice.changed));
    let others = impact.others.iter().map(|other| (&other.output, other.changed));
    let texts: Vec<String> =
        choices.chain(others).filter(|(_, leads)| *leads > 0).map(|(output, leads)| format!("{output} ({})", count(leads))).collect();
    if texts.is_empty() { None } else { Some(texts.join(", ")) }
}

/// Choices that some lead has before or after, as places in the names; none is missing.
pub fn rows_and_columns(choice: &ChoiceImpact) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
    let order = |mut places: Vec<Option<usize>>| {
        places.sort_unstable_by_key(|place| place.unwrap_or(usize::MAX));
        places.dedup();
        places
    };
    let before = choice.cells.iter().map(|(before, _, _)| *before).collect();
    let after = choice.cells.iter().map(|(_, after, _)| *after).collect();
    (order(before), order(after))
}

pub fn cell(choice: &ChoiceImpact, before: Option<usize>, after: Option<usize>) -> u64 {
    choice.cells.iter().find(|cell| (cell.0, cell.1) == (before, after)).map_or(0, |cell| cell.2)
}

pub fn name(choice: &ChoiceImpact, place: Option<usize>) -> String {
    place.and_then(|place| choice.names.get(place)).cloned().unwrap_or_else(|| "missing".to_owned())
}

/// From where to where, the most frequent first.
pub fn moves(choice: &ChoiceImpact) -> Vec<(String, String, u64)> {
    let mut moves: Vec<_> = choice.cells.iter().filter(|(before, after, _)| before != after).collect();
    moves.sort_by_key(|cell| std::cmp::Reverse(cell.2));
    moves.into_iter().map(|(before, after, leads)| (name(choice, *before), name(choice, *after), *leads)).collect()
}

/// Scores, and sections of scores that did not move themselves.
pub fn numbers(impact: &Impact) -> impl Iterator<Item = &NumberImpact> {
    impact.numbers.iter().filter(|number| number.changed() > 0)
}

/// `300 up, 20 down, 3,670 as before; on average +0.8; farthest +12.50 (L-1), -3.00 (L-2)`
pub fn moved(number: &NumberImpact) -> String {
    let mut out = format!("{} up, {} down, {} as before", count(number.up), count(number.down), count(number.same));
    for (leads, word) in [(number.became_known, "now known"), (number.became_missing, "now missing")] {
        if leads > 0 {
            out += &format!(", {} {word}", count(leads));
        }
    }
    let known = number.up + number.down + number.same;
    // an average of whole numbers is none: it has two places at least
    let places = AVERAGE_PLACES.saturating_sub(number.scale);
    if let Some(average) = number.sum.checked_mul(10_i128.pow(places.into())).and_then(|sum| mean(sum, known)) {
        out += &format!("; on average {}", signed(i128::from(average), number.scale + places));
    }
    let farthest: Vec<String> = [(&number.largest_up, 1), (&number.largest_down, -1)]
        .into_iter()
        .filter_map(|(largest, sign)| {
            largest.as_ref().map(|largest| format!("{} ({})", signed(largest.by * sign, number.scale), largest.key))
        })
        .collect();
    if !farthest.is_empty() {
        out += &format!("; farthest {}", farthest.join(", "));
    }
    out
}

pub fn signed(value: i128, scale: u8) -> String {
    format!("{}{}", if value > 0 { "+" } else { "" }, format_scaled(value, scale))
}

/// `up to 5`, `above 50`
pub fn steps() -> Vec<String> {
    let mut below = 0;
    STEPS
        .iter()
        .map(|step| match step {
            Some(step) => {
                let text = if below == 0 { format!("up to {step}") } else { format!("{below} to {step}") };
                below = *step;
                text
            }
            None => format!("above {below}"),
        })
        .collect()
}

//! What is proved of two versions, as sentences: the same for a page and for markdown.

use crate::policy::versions::{Shown, Treated, Treatment, Verdict};
use crate::proof::Why;
use crate::proof::versions::{Cells, Row};
use crate::report::figures::{counted, grouped};

/// What holds of the comparison as a whole, what is the same, what is not decided, and which leads are not compared.
pub fn sentences(treatment: &Treatment) -> Vec<String> {
    let mut found = Vec::new();
    let names = |verdict: Verdict| -> Vec<&str> {
        treatment.answers.iter().filter(|answer| answer.verdict == verdict).map(|answer| answer.name.as_str()).collect()
    };
    if treatment.verdict() == Verdict::Same {
        found.push("no lead is treated differently".to_owned());
    } else if !names(Verdict::Same).is_empty() {
        found.push(format!("the same for every lead: {}", names(Verdict::Same).join(", ")));
    }
    for answer in treatment.undecided() {
        found.push(format!("undecided: {}: {}", answer.name, answer.why.as_deref().unwrap_or_default()));
    }
    for (list, text) in [
        (&treatment.old_only, "answered by the older version alone"),
        (&treatment.new_only, "answered by the newer version alone"),
        (&treatment.apart.old_only, "fields of the older version alone"),
        (&treatment.apart.new_only, "fields of the newer version alone"),
        (&treatment.apart.retyped, "fields of another type, whose values are taken as two"),
    ] {
        if !list.is_empty() {
            found.push(format!("{text}: {}", list.join(", ")));
        }
    }
    found.extend(treatment.apart.accepted.iter().cloned());
    found
}

/// `status differs`
pub fn headline(answer: &Treated) -> String {
    format!("{} differs", answer.name)
}

/// `nurture → qualified`
pub fn change(shown: &Shown) -> String {
    format!("{} → {}", shown.before, shown.after)
}

/// `lead { beds 100  region emea }, in stage mql`
pub fn lead(shown: &Shown) -> String {
    let fields = shown.fields.iter().map(|(name, value)| format!("{name} {value}"));
    let mut text = format!("lead {{ {} }}", fields.collect::<Vec<_>>().join("  "));
    for words in &shown.standing {
        text += if words.starts_with("stage ") { ", in " } else { ", " };
        text += words;
    }
    if let Some(until) = &shown.rests_until {
        text += &format!(", at rest until {until}");
    }
    if shown.signal_count > 0 {
        text += &format!(", with {}", counted(shown.signal_count as u64, "signal", "signals"));
    }
    text
}

/// Why the leads are not told; none where they follow from what is told already.
pub fn untold(answer: &Treated) -> Option<String> {
    let why = match answer.untold? {
        Why::Budget => "takes more steps than a comparison has",
        Why::TooWide | Why::NoLead | Why::Retyped | Why::NoRange | Why::Moving | Why::TooMany => {
            "is not told: numbers or texts go beyond what is told apart here"
        }
        Why::OpenTable => "is not told: it depends on the rows of a table that is given at run time",
    };
    Some(format!("which other leads get another answer {why}"))
}

/// `12 of 480 cells`
pub fn total(cells: &Cells) -> String {
    let leads = if cells.is_exact { "leads that get another answer" } else { "leads that may get another answer: no other does" };
    match &cells.count {
        Some((differing, all)) => format!("{leads}: {} of {} cells", grouped(differing), grouped(all)),
        None => leads.to_owned(),
    }
}

/// Which leads, and what becomes of them.
pub fn rows(cells: &Cells) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = cells.rows.iter().map(|row| (leads(row), becomes(row))).collect();
    if cells.more > 0 {
        rows.push((format!("and {}", counted(cells.more, "more row", "more rows")), String::new()));
    }
    rows
}

fn leads(row: &Row) -> String {
    let open = if row.is_open { " (perhaps nobody)" } else { "" };
    if row.conditions.is_empty() { format!("every lead{open}") } else { format!("{}{open}", row.conditions.join(", ")) }
}

fn becomes(row: &Row) -> String {
    if row.before.is_empty() { row.after.clone() } else { format!("{} → {}", row.before, row.after) }
}

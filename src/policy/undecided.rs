//! Why a claim or a question is not decided, and what to do about it, in words.
//!
//! Enters: a claim, and why its proof gave up. Leaves: a reason and a help. Always holds: of measures is said what they were to be where no lead was found that has them.

use crate::model::{self, Claim, ClaimKind, ExprKind, MeasureId, Reference};
use crate::proof::{Missed, Why};
use crate::record;
use crate::record::show::Show;

/// So many measures are named.
const NAMED: usize = 4;

/// In one sentence, without the claim's title.
pub fn reason(policy: &model::Policy, why: Why, missed: &[Missed]) -> String {
    let Some(wanted) = wanted(policy, missed).filter(|_| why == Why::NoLead) else { return why.text().to_string() };
    format!("values that would show it were found, but no signals that give them: {wanted}")
}

/// What its author can do.
pub fn help(claim: &Claim, why: Why, missed: &[Missed]) -> &'static str {
    let is_possible = matches!(claim.kind, ClaimKind::Possible(_));
    match why {
        Why::Budget => "run `leadwright prove` with a larger `--budget`, or claim less at once",
        Why::NoLead if missed.is_empty() => "claim less at once, or write a test for the lead that you have in mind",
        Why::NoLead if is_possible => {
            "write a `test` whose signals give these values: where it passes, some lead does it; where nothing can give them, the claim asks for too much"
        }
        Why::NoLead => {
            "if signals can give these values, a `test` with them shows that the claim does not hold; if none can, claim it of fewer measures at once"
        }
        Why::Retyped | Why::Moving | Why::TooMany => "claim less at once, or write a test for the lead that you have in mind",
        Why::NoRange => "give the field a range, as in `beds whole 0..50_000`",
        Why::TooWide => "claim something of the values before they are multiplied, or of fewer texts",
        Why::OpenTable => "keep the table with the policy, or write tests with the rows that matter",
    }
}

/// What can be done about a question that nobody wrote down as a claim.
pub fn help_for_question(why: Why) -> &'static str {
    match why {
        Why::Budget => "run `leadwright prove` with a larger `--budget`, or compare fewer values with each other",
        Why::NoLead => "write a `test` for the lead that you have in mind: where it passes, there is such a lead",
        Why::TooWide => "give the numbers ranges, and the score fewer places; or ask a text for fewer parts",
        Why::OpenTable => "keep the table with the policy, or write tests with the rows that matter",
        Why::NoRange => "give the field a range, as in `beds whole 0..50_000`",
        Why::Moving => "write conditions that exclude each other whatever is counted, or let the lead `rest`",
        Why::TooMany | Why::Retyped => "write a `test` for the lead that you have in mind",
    }
}

/// `` `visits` at least 40, `quiet_days` 3 ``; none without measures.
fn wanted(policy: &model::Policy, missed: &[Missed]) -> Option<String> {
    let zone = record::zone(policy).ok()?;
    let show = Show { policy, zone: &zone };
    // what a lead without signals has is the least of it
    let mut missed: Vec<&Missed> = missed.iter().collect();
    missed.sort_by_key(|missed| missed.is_plain);
    let mut parts = Vec::new();
    for of in missed.iter().take(NAMED) {
        let measure = policy.measures.get(of.measure)?;
        let shown = |value: i64| show.integer(measure.ty, value);
        let mut value = match (of.low, of.high) {
            _ if !of.is_known => String::new(),
            (Some(low), Some(high)) if low == high => shown(low),
            (Some(low), Some(high)) => format!("{} to {}", shown(low), shown(high)),
            (Some(low), None) => format!("at least {}", shown(low)),
            (None, Some(high)) => format!("at most {}", shown(high)),
            (None, None) => "known".into(),
        };
        if of.is_missing {
            value += if of.is_known { " or missing" } else { "missing" };
        }
        parts.push(format!("`{}` {value}", name(policy, of.measure)));
    }
    match missed.len().saturating_sub(NAMED) {
        0 => {}
        1 => parts.push("1 more".into()),
        more => parts.push(format!("{more} more")),
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The name that the policy gives it, else as it is written.
pub fn name(policy: &model::Policy, measure: MeasureId) -> &str {
    let is_it = |named: &&model::Let| matches!(named.value.kind, ExprKind::Reference(Reference::Measure(of)) if of == measure);
    match policy.lets.iter().find(is_it) {
        Some(named) => &named.name,
        None => policy.measures.get(measure).map_or("", |measure| measure.text.as_str()),
    }
}

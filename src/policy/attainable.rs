//! What scores and decisions can be, over all leads.
//!
//! Enters: a policy. Leaves: for each score and section the least and the greatest value and how many there are; for each score how its values are spread over the
//! cells that it tells apart, also for each of its personas; for each decision the fields and measures that change it alone. Always holds: no other value can occur; all of
//! these do, where nothing rests on signals.

use num_bigint::BigUint;

use super::{Policy, undecided};
use crate::model::value::format_scaled;
use crate::model::{Interval, Score};
use crate::program::{ScoreTrace, Value};
use crate::proof::{Condition, Counts, Possible, Prover, Uncounted};

/// The most bins of a spread.
const BINS: i128 = 10;
/// Of more values it is not asked one by one which of them some lead has.
const ASKED_MAX: usize = 100;
/// Steps for all of these.
const STEPS_ASKED: u64 = 100_000;

/// What a score can be, or what changes a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attainable {
    pub name: String,
    /// `from 0 to 100: 1204 different values`
    pub text: String,
    /// of a score: of all leads, then of each persona if there are several
    pub spreads: Vec<Spread>,
}

/// How the cells of a score are spread over its range. A cell is a combination of what the score tells apart: a band, a choice, `missing`, a number that is calculated with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// the condition of the persona as it is written, `otherwise`, or none for all leads
    pub persona: Option<String>,
    /// ascending; else why they are not counted
    pub bins: Result<Vec<Bin>, Uncounted>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bin {
    pub from: String,
    /// itself part of the last bin only
    pub to: String,
    pub cells: BigUint,
}

impl Policy {
    /// What every score, and every section of it, can be; and which fields and measures can change a decision though nothing else changes.
    pub fn attainable(&self, budget: u64) -> Vec<Attainable> {
        let (policy, lowered) = (self.model(), self.plain());
        let mut prover = Prover::new(policy, lowered);
        prover.budget = budget;
        let mut all = Vec::new();
        for (score, trace) in policy.scores.iter().zip(&lowered.trace.scores) {
            if let Some(value) = trace.value
                && let Some(text) = attainable(&mut prover, value, score.scale)
            {
                all.push(Attainable { name: score.name.clone(), text, spreads: self.spreads(budget, score, trace, value) });
            }
            for (section, value) in score.sections.iter().zip(&trace.sections) {
                let name = format!("{}.{}", score.name, section.name);
                // the sections of a balance have no score of their own
                all.extend(attainable(&mut prover, *value, section.scale).map(|text| Attainable { name, text, spreads: Vec::new() }));
            }
        }
        for (decide, trace) in policy.decides.iter().zip(&lowered.trace.decides) {
            let text = changed_by(&mut prover, trace.value);
            all.push(Attainable { name: decide.name.clone(), text, spreads: Vec::new() });
        }
        if policy.awaits_rows() {
            all.iter_mut().for_each(|one| one.text.push_str(", without the rows that are given at run time"));
        }
        all
    }

    fn spreads(&self, budget: u64, score: &Score, trace: &ScoreTrace, value: Value) -> Vec<Spread> {
        // a balance is what it was made by signals
        if score.running.is_some() {
            return Vec::new();
        }
        // what other questions hold fields against is no cell of this score
        let mut prover = Prover::new(self.model(), self.plain());
        prover.budget = budget;
        let mut spread = |persona: Option<String>, within: Option<&Condition>| {
            let counts = prover.cells(value, within);
            Spread { persona, bins: counts.map(|counts| bins(&counts, shown_range(score), score.scale)) }
        };
        let mut all = vec![spread(None, None)];
        if let Some(number) = trace.persona.filter(|_| score.personas.len() > 1) {
            for (index, persona) in score.personas.iter().enumerate() {
                let written = persona.condition.as_ref().map(|condition| {
                    let text =
                        self.sources().get(condition.span.source).text.get(condition.span.start as usize..condition.span.end as usize);
                    format!("for {}", text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "))
                });
                let within = Condition::Is(number, Some(index as i64));
                all.push(spread(Some(written.unwrap_or_else(|| "otherwise".into())), Some(&within)));
            }
        }
        all
    }
}

/// The fields and measures that change a decision alone, and those of which that is not decided.
fn changed_by(prover: &mut Prover, decision: Value) -> String {
    let policy = prover.policy();
    let fields = policy.fields.iter().map(|field| field.name.clone());
    let measures = (0..policy.measures.len()).map(|measure| format!("`{}`", undecided::name(policy, measure)));
    let (mut alone, mut open) = (Vec::new(), Vec::new());
    for (column, name) in fields.chain(measures).enumerate() {
        match prover.can_change(decision, column) {
            Some(true) => alone.push(name),
            Some(false) => {}
            None => open.push(name),
        }
    }
    let by = if alone.is_empty() { "nothing".to_string() } else { alone.join(", or ") };
    let open = if open.is_empty() { String::new() } else { format!("; of {} it is not decided", open.join(" and ")) };
    format!("can be changed by {by} alone{open}")
}

fn attainable(prover: &mut Prover, value: Value, scale: u8) -> Option<String> {
    let shown = |value: i64| format_scaled(i128::from(value), scale);
    let Some(values) = prover.values(value) else {
        let is_exact = prover.is_free(value);
        let ends = prover.extremes(value).map(|(low, high)| (shown(low), shown(high)));
        return Some(match ends {
            Some((low, high)) if is_exact => format!("from {low} to {high}; how many different values is undecided"),
            Some((low, high)) => format!("within {low} and {high}; how many different values is undecided"),
            None => "undecided".into(),
        });
    };
    let told = |known: &[i64], is_exact: bool| {
        let (low, high, count) = (shown(*known.first()?), shown(*known.last()?), known.len());
        let count = if count == 1 { "one value".to_string() } else { format!("{count} different values") };
        Some(if is_exact { format!("from {low} to {high}: {count}") } else { format!("within {low} and {high}: at most {count}") })
    };
    if prover.is_free(value) {
        return told(&values.known, true);
    }
    match asked_one_by_one(prover, value, &values.known) {
        Some(known) => told(&known, true),
        // measures of one history are taken as independent, so less may be possible
        None => told(&values.known, false),
    }
}

/// Those of the values that some lead has, where all that makes them depend on each other are texts; none if that is not decided.
fn asked_one_by_one(prover: &mut Prover, value: Value, values: &[i64]) -> Option<Vec<i64>> {
    if values.len() > ASKED_MAX || prover.rests_on_signals(value) {
        return None;
    }
    let (budget, until) = (prover.budget, prover.steps().saturating_add(STEPS_ASKED.min(prover.budget)));
    let asked = values.iter().map(|one| {
        prover.budget = until.saturating_sub(prover.steps());
        match prover.possible(&Condition::Is(value, Some(*one))) {
            Possible::Yes(_) => Some(Some(*one)),
            Possible::Never => Some(None),
            Possible::Undecided(_) => None,
        }
    });
    let known: Option<Vec<Option<i64>>> = asked.collect();
    prover.budget = budget;
    Some(known?.into_iter().flatten().collect())
}

/// The range that the policy writes, in units of the score; else what the score can be.
fn shown_range(score: &Score) -> Interval {
    let Some(range) = score.range else { return score.interval };
    let unit = 10i64.pow(u32::from(score.sum_scale.saturating_sub(score.scale)));
    Interval { low: range.low.div_euclid(unit), high: range.high.div_euclid(unit) + i64::from(range.high.rem_euclid(unit) != 0) }
}

/// At most ten, of one width, over the score's range.
fn bins(counts: &Counts<BigUint>, range: Interval, scale: u8) -> Vec<Bin> {
    let (low, high) = (i128::from(range.low), i128::from(range.high));
    let width = ((high - low + BINS - 1) / BINS).max(1);
    let number = ((high - low + width - 1) / width).max(1);
    let shown = |value: i128| format_scaled(value, scale);
    let bins = (0..number).map(|index| {
        let from = low + index * width;
        let is_last = index == number - 1;
        let to = if is_last { high } else { from + width };
        let inside = counts.known.iter().filter(|(value, _)| {
            let value = i128::from(*value);
            from <= value && (value < to || is_last)
        });
        Bin { from: shown(from), to: shown(to), cells: inside.map(|(_, cells)| cells).sum() }
    });
    bins.collect()
}

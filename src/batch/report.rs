//! What a run did, in numbers.
//!
//! Enters: blocks of answers and bad cells, in any grouping. Leaves: a [`Report`]. Always holds: integers alone are added up, so that the
//! order of blocks and the number of threads change nothing; `rows_in = rows_scored + rows_rejected`.

use std::time::Duration;

use rustc_hash::FxHashMap;

use super::bad::{BadCell, Outcome, Reason, Subject};
use super::bind::Binding;
use super::number_summary::NumberSummary;
use super::signals::HistoryReport;
use super::turns::TurnTally;
use crate::column::{Block, Column};
use crate::model::{Decimal, Interval, Policy, Score};
use crate::program::{InputSource, Output, OutputKind, OutputRole, Program};
use crate::rotation::state::State;

#[derive(Clone, Debug)]
pub struct Report {
    pub binding: Binding,
    /// what a place in the file is called: `line` or `row`
    pub unit: &'static str,
    pub rows_in: u64,
    pub rows_scored: u64,
    pub rows_rejected: u64,
    /// bad cells of rows that were scored all the same
    pub cells_taken_as_missing: u64,
    /// scored rows whose key an earlier one has
    pub rows_repeated: u64,
    /// the first ones, in the order of the file
    pub bad_cells: Vec<BadCell>,
    /// how often what was wrong in which column, most frequent first
    pub reasons: Vec<ReasonCount>,
    pub choices: Vec<ChoiceCounts>,
    pub numbers: Vec<NumberSummary>,
    /// how many leads went from which stage to which; those that stay go to their own
    pub moves: Vec<MoveCount>,
    /// what became of the signals, if files of them were given
    pub signals: Option<HistoryReport>,
    pub stage_log: Option<HistoryReport>,
    /// things a user should know, a sentence each
    pub notes: Vec<String>,
    /// of a run that remembers rotations
    pub turns: Option<TurnReport>,
    pub elapsed: Duration,
    pub threads: usize,
}

/// What became of the rotations of queues.
#[derive(Clone, Debug)]
pub struct TurnReport {
    /// behind the last lead
    pub state: State,
    pub tally: TurnTally,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// empty if the row as a whole was bad
    pub column: String,
    pub subject: Subject,
    pub reason: Reason,
    pub outcome: Outcome,
    pub cells: u64,
}

/// How many leads got which choice of one output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceCounts {
    pub output: String,
    pub role: OutputRole,
    /// name, display name, leads; in the order of the policy
    pub members: Vec<(String, Option<String>, u64)>,
    /// of the owners of a route that may keep them: how many of these leads kept theirs
    pub kept: Vec<u64>,
    pub missing: u64,
}

/// Leads that stood in stage `from` and stand in stage `to` from now on, both as numbers of stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveCount {
    pub from: usize,
    pub to: usize,
    pub leads: u64,
}

/// What is counted along the way; one for each block, merged in any order.
#[derive(Clone, Debug)]
pub struct Tally {
    pub rows_in: u64,
    pub rows_scored: u64,
    pub rows_rejected: u64,
    pub cells_taken_as_missing: u64,
    outputs: Vec<OutputTally>,
    keeps: Vec<Keeps>,
    moves: Moves,
}

/// Leads of a route that kept their owner, by owner.
#[derive(Clone, Debug)]
struct Keeps {
    /// number of the answer that is the owner, and of the program's output that says whether it is kept
    owner: usize,
    kept: usize,
    counts: Vec<u64>,
}

/// A count for each pair of stages.
#[derive(Clone, Debug)]
struct Moves {
    stages: usize,
    /// columns of the stage before and after; none if the program has no such column
    columns: Option<(usize, usize)>,
    /// before × stages + after
    counts: Vec<u64>,
}

#[derive(Clone, Debug)]
enum OutputTally {
    /// counts per choice, and of missing
    Choice(Vec<u64>, u64),
    Number(NumberSummary),
    Uncounted,
}

impl Tally {
    pub fn new(policy: &Policy, program: &Program, answers: &[Output]) -> Tally {
        let outputs = answers
            .iter()
            .map(|output| match output.kind {
                OutputKind::Choice(choices) => {
                    OutputTally::Choice(vec![0; policy.choices.get(choices).map_or(0, |choices| choices.members.len())], 0)
                }
                OutputKind::Number { scale, unit: _ } => {
                    OutputTally::Number(NumberSummary::new(&output.name, output.role, scale, interval_of(policy, output.role)))
                }
                OutputKind::YesNo | OutputKind::Date | OutputKind::Time => OutputTally::Uncounted,
            })
            .collect();
        let keeps = program.outputs.iter().enumerate().filter_map(|(kept, output)| {
            let OutputRole::Kept(route) = output.role else { return None };
            let owner = answers.iter().position(|answer| answer.role == OutputRole::Owner(route))?;
            let owners = policy.owner_choices.and_then(|owners| policy.choices.get(owners)).map_or(0, |owners| owners.members.len());
            Some(Keeps { owner, kept, counts: vec![0; owners] })
        });
        Tally {
            keeps: keeps.collect(),
            rows_in: 0,
            rows_scored: 0,
            rows_rejected: 0,
            cells_taken_as_missing: 0,
            outputs,
            moves: Moves::new(policy, program, answers),
        }
    }

    /// Counts the answers of the rows that are not rejected.
    pub fn add_answers(&mut self, answers: &Block, rejected: &[bool]) {
        let all_count = !rejected.contains(&true);
        for (tally, column) in self.outputs.iter_mut().zip(&answers.columns) {
            match tally {
                OutputTally::Choice(counts, missing) if all_count => add_choices(column, counts, missing),
                OutputTally::Number(summary) if all_count => summary.add_all(column),
                OutputTally::Choice(counts, missing) => column.for_each(|row, value| {
                    if !rejected[row] {
                        match value.and_then(|index| counts.get_mut(usize::try_from(index).ok()?)) {
                            Some(count) => *count += 1,
                            None => *missing += 1,
                        }
                    }
                }),
                OutputTally::Number(summary) => column.for_each(|row, value| {
                    if !rejected[row] {
                        summary.add(value);
                    }
                }),
                OutputTally::Uncounted => {}
            }
        }
    }

    /// Counts who kept their owner; `raw` is what the program answers, `answers` what is made of it.
    pub fn add_kept(&mut self, raw: &Block, answers: &Block, rejected: &[bool]) {
        for keeps in &mut self.keeps {
            let (owner, kept) = (&answers.columns[keeps.owner], &raw.columns[keeps.kept]);
            for row in (0..answers.rows).filter(|row| !rejected[*row] && kept.get(*row) == Some(1)) {
                if let Some(count) = owner.get(row).and_then(|owner| keeps.counts.get_mut(usize::try_from(owner).ok()?)) {
                    *count += 1;
                }
            }
        }
    }

    /// Counts from which stage to which the rows that are not rejected go.
    pub fn add_moves(&mut self, inputs: &Block, answers: &Block, rejected: &[bool]) {
        let Moves { stages, columns: Some((before, after)), counts } = &mut self.moves else { return };
        let (before, after) = (&inputs.columns[*before], &answers.columns[*after]);
        for row in (0..answers.rows).filter(|row| !rejected[*row]) {
            let stage = |value: Option<i64>| value.and_then(|stage| usize::try_from(stage).ok()).filter(|stage| stage < stages);
            if let (Some(from), Some(to)) = (stage(before.get(row)), stage(after.get(row))) {
                counts[from * *stages + to] += 1;
            }
        }
    }

    pub fn moves(&self) -> Vec<MoveCount> {
        let counts = self.moves.counts.iter().enumerate().filter(|(_, leads)| **leads > 0);
        counts.map(|(index, leads)| MoveCount { from: index / self.moves.stages, to: index % self.moves.stages, leads: *leads }).collect()
    }

    pub fn merge(&mut self, other: &Tally) {
        self.rows_in += other.rows_in;
        self.rows_scored += other.rows_scored;
        self.rows_rejected += other.rows_rejected;
        self.cells_taken_as_missing += other.cells_taken_as_missing;
        for (count, more) in self.moves.counts.iter_mut().zip(&other.moves.counts) {
            *count += more;
        }
        for (mine, theirs) in self.keeps.iter_mut().zip(&other.keeps) {
            mine.counts.iter_mut().zip(&theirs.counts).for_each(|(count, more)| *count += more);
        }
        for (mine, theirs) in self.outputs.iter_mut().zip(&other.outputs) {
            match (mine, theirs) {
                (OutputTally::Choice(counts, missing), OutputTally::Choice(more, more_missing)) => {
                    counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
                    *missing += more_missing;
                }
                (OutputTally::Number(summary), OutputTally::Number(more)) => summary.merge(more),
                (OutputTally::Uncounted, OutputTally::Uncounted) => {}
                (OutputTally::Choice(..) | OutputTally::Number(_) | OutputTally::Uncounted, _) => {
                    unreachable!("tallies of two programs are never merged")
                }
            }
        }
    }

    pub fn choices(&self, policy: &Policy, answers: &[Output]) -> Vec<ChoiceCounts> {
        let counted = answers.iter().zip(&self.outputs).enumerate().filter_map(|(index, (output, tally))| match (output.kind, tally) {
            (OutputKind::Choice(choices), OutputTally::Choice(counts, missing)) => Some((index, output, choices, counts, missing)),
            _ => None,
        });
        let kept = |owner: usize| self.keeps.iter().find(|keeps| keeps.owner == owner).map(|keeps| keeps.counts.clone());
        counted
            .map(|(index, output, choices, counts, missing)| ChoiceCounts {
                kept: kept(index).unwrap_or_default(),
                output: output.name.clone(),
                role: output.role,
                members: policy.choices[choices]
                    .members
                    .iter()
                    .zip(counts)
                    .map(|(member, count)| (member.name.clone(), member.display.clone(), *count))
                    .collect(),
                missing: *missing,
            })
            .collect()
    }

    pub fn numbers(&self) -> Vec<NumberSummary> {
        let summary = |tally: &OutputTally| match tally {
            OutputTally::Number(summary) => Some(summary.finished()),
            OutputTally::Choice(..) | OutputTally::Uncounted => None,
        };
        self.outputs.iter().filter_map(summary).collect()
    }
}

impl Moves {
    fn new(policy: &Policy, program: &Program, answers: &[Output]) -> Moves {
        let before = program.inputs.iter().position(|input| input.source == InputSource::Stage);
        let after = answers.iter().position(|output| output.role == OutputRole::Stage);
        let stages = policy.stages.len();
        Moves { stages, columns: before.zip(after), counts: vec![0; stages * stages] }
    }
}

/// Counts the values of a column, all of whose rows count.
fn add_choices(column: &Column, counts: &mut [u64], missing: &mut u64) {
    const FEW: usize = 256;
    // neighbours are mostly alike, and the next sum need not wait for that of the one before
    let mut found = [[0u64; FEW]; 2];
    column.for_each(|row, value| match value.map(usize::try_from) {
        Some(Ok(choice)) if choice < FEW => found[row % 2][choice] += 1,
        Some(Ok(choice)) if choice < counts.len() => counts[choice] += 1,
        Some(_) | None => *missing += 1,
    });
    let [even, odd] = found;
    for (choice, more) in even.into_iter().zip(odd).map(|(even, odd)| even + odd).enumerate() {
        *counts.get_mut(choice).unwrap_or(missing) += more;
    }
}

fn interval_of(policy: &Policy, role: OutputRole) -> Interval {
    let interval = role.points().and_then(|(score, section)| {
        let score = policy.scores.get(score)?;
        match section {
            Some(section) => Some(score.sections.get(section)?.interval),
            None => Some(written_range(score).unwrap_or(score.interval)),
        }
    });
    interval.unwrap_or(Interval::FULL)
}

/// `from A to B` in units of the score's scale, which rounding may make coarser than that of its sum.
fn written_range(score: &Score) -> Option<Interval> {
    let range = score.range?;
    let end = |end: i64| Decimal { mantissa: i128::from(end), places: score.sum_scale }.at_scale(score.scale);
    Some(Interval { low: end(range.low)?, high: end(range.high)? })
}

/// Bad cells on their way into a report: the first few, and how often each reason occurred.
#[derive(Debug, Default)]
pub struct BadCells {
    shown_max: usize,
    shown: Vec<BadCell>,
    counts: FxHashMap<(String, Subject, Reason, Outcome), u64>,
}

/// Ragged files can have a reason for each length of row; what comes after so many different ones is not told apart.
const REASONS_MAX: usize = 1_000;

impl BadCells {
    pub fn showing(shown_max: usize) -> BadCells {
        BadCells { shown_max, shown: Vec::new(), counts: FxHashMap::default() }
    }

    pub fn add(&mut self, cell: &BadCell) {
        if self.shown.len() < self.shown_max {
            self.shown.push(cell.clone());
        }
        let reason = (cell.column.clone(), cell.subject, cell.reason, cell.outcome);
        if self.counts.len() < REASONS_MAX || self.counts.contains_key(&reason) {
            *self.counts.entry(reason).or_default() += 1;
        }
    }

    pub fn finish(self) -> (Vec<BadCell>, Vec<ReasonCount>) {
        let mut reasons: Vec<ReasonCount> = self
            .counts
            .into_iter()
            .map(|((column, subject, reason, outcome), cells)| ReasonCount { column, subject, reason, outcome, cells })
            .collect();
        reasons.sort_by(|a, b| {
            let text = |count: &ReasonCount| (count.column.clone(), format!("{:?} {:?} {:?}", count.subject, count.reason, count.outcome));
            b.cells.cmp(&a.cells).then_with(|| text(a).cmp(&text(b)))
        });
        (self.shown, reasons)
    }
}

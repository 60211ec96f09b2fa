//! What differs, counted.
//!
//! Enters: rows that both versions scored, rows that one rejected. Leaves: an [`Impact`]. Always holds: integers alone are added up, and lists of leads are kept by an
//! order of their own that ends with their place in the file, so that the grouping into chunks changes nothing; lists are bounded.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::half::Row;
use super::impact::{
    ChoiceImpact, Extreme, Impact, Kind, Load, Mover, MoverChange, NumberImpact, OtherImpact, RejectedLead, STEPS, SingleOutput,
};
use super::outputs::{Compared, Outputs};
use crate::batch::answers::AnswerKind;
use crate::batch::bad::BadCell;
use crate::model::Policy;

#[derive(Clone, Debug)]
pub struct Tally {
    leads_shown: usize,
    pub rows_in: u64,
    pub rows_compared: u64,
    rows_rejected_old: u64,
    rows_rejected_new: u64,
    rows_rejected_both: u64,
    rows_changed: u64,
    rows_lost_route: u64,
    rows_gained_route: u64,
    /// parallel to [`Kind::ALL`]
    changed_by_kind: [u64; Kind::ALL.len()],
    /// parallel to the common outputs
    common: Vec<Counts>,
    old_only: Vec<SingleCounts>,
    new_only: Vec<SingleCounts>,
    movers: Vec<Moved>,
    /// the first of each side
    rejected: [Vec<(u64, String, BadCell)>; 2],
}

#[derive(Clone, Debug)]
enum Counts {
    /// by the places of the choices before and after
    Choice(FxHashMap<(Option<i128>, Option<i128>), u64>),
    Number(Box<NumberCounts>),
    Plain(u64),
}

#[derive(Clone, Debug, Default)]
struct NumberCounts {
    up: u64,
    down: u64,
    same: u64,
    became_known: u64,
    became_missing: u64,
    both_missing: u64,
    sum: i128,
    largest_up: Option<Extreme>,
    largest_down: Option<Extreme>,
    down_by: [u64; STEPS.len()],
    up_by: [u64; STEPS.len()],
}

#[derive(Clone, Debug, Default)]
struct SingleCounts {
    known: u64,
    /// of choices
    leads: FxHashMap<i64, u64>,
}

/// A lead whose answers differ, as numbers.
#[derive(Clone, Debug)]
struct Moved {
    /// how far its score moved that moved farthest, all at one scale
    by: i128,
    /// how many of its answers that are no scores differ
    others: usize,
    line: u64,
    key: String,
    /// common output, before, after
    changes: Vec<(usize, Option<i64>, Option<i64>)>,
}

impl Moved {
    fn rank(&self) -> (Reverse<i128>, Reverse<usize>, u64) {
        (Reverse(self.by), Reverse(self.others), self.line)
    }
}

/// Numbers of all scales are compared at this one.
const RANK_SCALE: u8 = crate::model::value::SCALE_MAX;

type Value<'v> = dyn Fn(usize) -> Option<i64> + 'v;

impl Tally {
    pub fn new(outputs: &Outputs, leads_shown: usize) -> Tally {
        let counts = |compared: &Compared| match compared {
            Compared::Choice { .. } => Counts::Choice(FxHashMap::default()),
            Compared::Number { .. } => Counts::Number(Box::default()),
            Compared::Plain => Counts::Plain(0),
        };
        Tally {
            leads_shown,
            rows_in: 0,
            rows_compared: 0,
            rows_rejected_old: 0,
            rows_rejected_new: 0,
            rows_rejected_both: 0,
            rows_changed: 0,
            rows_lost_route: 0,
            rows_gained_route: 0,
            changed_by_kind: [0; Kind::ALL.len()],
            common: outputs.common.iter().map(|common| counts(&common.compared)).collect(),
            old_only: vec![SingleCounts::default(); outputs.old_only.len()],
            new_only: vec![SingleCounts::default(); outputs.new_only.len()],
            movers: Vec::new(),
            rejected: [Vec::new(), Vec::new()],
        }
    }

    pub fn rows_rejected(&self) -> u64 {
        self.rows_rejected_old + self.rows_rejected_new + self.rows_rejected_both
    }

    pub fn rejected_by_both(&mut self) {
        self.rows_in += 1;
        self.rows_rejected_both += 1;
    }

    pub fn rejected(&mut self, row: Option<&Row>, by_new: bool) {
        self.rows_in += 1;
        *(if by_new { &mut self.rows_rejected_new } else { &mut self.rows_rejected_old }) += 1;
        let list = &mut self.rejected[usize::from(by_new)];
        if let Some(Row { line, key, bad: Some(bad), .. }) = row
            && list.len() < self.leads_shown
        {
            list.push((*line, key.clone(), bad.clone()));
        }
    }

    pub fn compared(&mut self, outputs: &Outputs, old: &Value, new: &Value, line: u64, key: &str) {
        self.rows_in += 1;
        self.rows_compared += 1;
        let (mut any, mut lost, mut gained) = (false, false, false);
        let mut kinds = [false; Kind::ALL.len()];
        let mut moved = Moved { by: 0, others: 0, line, key: String::new(), changes: Vec::new() };
        for (index, (common, counts)) in outputs.common.iter().zip(&mut self.common).enumerate() {
            let (raw_old, raw_new) = (old(common.old), new(common.new));
            let (before, after) = common.values(raw_old, raw_new);
            match counts {
                Counts::Choice(cells) => *cells.entry((before, after)).or_default() += 1,
                Counts::Number(counts) => counts.add(&common.compared, before, after, line, key),
                Counts::Plain(changed) => *changed += u64::from(before != after),
            }
            if common.kind == Kind::Queue {
                lost |= before.is_some() && after.is_none();
                gained |= before.is_none() && after.is_some();
            }
            if before == after {
                continue;
            }
            any = true;
            kinds[common.kind as usize] = true;
            match common.kind {
                Kind::Score => {
                    let by = after.unwrap_or(0) - before.unwrap_or(0);
                    let factor = match common.compared {
                        Compared::Number { scale, .. } => 10_i128.pow(u32::from(RANK_SCALE - scale.min(RANK_SCALE))),
                        Compared::Choice { .. } | Compared::Plain => 1,
                    };
                    moved.by = moved.by.max(by.abs().saturating_mul(factor));
                    moved.changes.push((index, raw_old, raw_new));
                }
                Kind::Decide | Kind::Stage | Kind::Queue | Kind::Owner => {
                    moved.others += 1;
                    moved.changes.push((index, raw_old, raw_new));
                }
                Kind::Section | Kind::Clock | Kind::Other => {}
            }
        }
        for (single, counts) in outputs.old_only.iter().zip(&mut self.old_only) {
            let value = old(single.column);
            counts.add(value);
            kinds[single.kind as usize] |= value.is_some();
            lost |= single.kind == Kind::Queue && value.is_some();
        }
        for (single, counts) in outputs.new_only.iter().zip(&mut self.new_only) {
            let value = new(single.column);
            counts.add(value);
            kinds[single.kind as usize] |= value.is_some();
            gained |= single.kind == Kind::Queue && value.is_some();
        }
        self.rows_changed += u64::from(any);
        self.rows_lost_route += u64::from(lost);
        self.rows_gained_route += u64::from(gained);
        self.changed_by_kind.iter_mut().zip(kinds).for_each(|(count, changed)| *count += u64::from(changed));
        if !moved.changes.is_empty() {
            self.add_mover(moved, key);
        }
    }

    fn add_mover(&mut self, moved: Moved, key: &str) {
        let place = self.movers.partition_point(|other| other.rank() < moved.rank());
        if place < self.leads_shown {
            self.movers.insert(place, Moved { key: key.to_owned(), ..moved });
            self.movers.truncate(self.leads_shown);
        }
    }

    /// Adds what came later in the file.
    pub fn merge(&mut self, later: Tally) {
        self.rows_in += later.rows_in;
        self.rows_compared += later.rows_compared;
        self.rows_rejected_old += later.rows_rejected_old;
        self.rows_rejected_new += later.rows_rejected_new;
        self.rows_rejected_both += later.rows_rejected_both;
        self.rows_changed += later.rows_changed;
        self.rows_lost_route += later.rows_lost_route;
        self.rows_gained_route += later.rows_gained_route;
        self.changed_by_kind.iter_mut().zip(later.changed_by_kind).for_each(|(count, more)| *count += more);
        for (mine, theirs) in self.common.iter_mut().zip(later.common) {
            match (mine, theirs) {
                (Counts::Choice(cells), Counts::Choice(more)) => {
                    more.into_iter().for_each(|(cell, leads)| *cells.entry(cell).or_default() += leads)
                }
                (Counts::Number(counts), Counts::Number(more)) => counts.merge(*more),
                (Counts::Plain(changed), Counts::Plain(more)) => *changed += more,
                (Counts::Choice(_) | Counts::Number(_) | Counts::Plain(_), _) => {
                    unreachable!("tallies of two comparisons are never merged")
                }
            }
        }
        for (mine, theirs) in [(&mut self.old_only, later.old_only), (&mut self.new_only, later.new_only)] {
            for (counts, more) in mine.iter_mut().zip(theirs) {
                counts.known += more.known;
                more.leads.into_iter().for_each(|(choice, leads)| *counts.leads.entry(choice).or_default() += leads);
            }
        }
        for moved in later.movers {
            let key = moved.key.clone();
            self.add_mover(moved, &key);
        }
        for (mine, theirs) in self.rejected.iter_mut().zip(later.rejected) {
            mine.extend(theirs);
            mine.truncate(self.leads_shown);
        }
    }

    /// The policies say what was wrong with rejected rows, the old one first.
    pub fn finish(self, outputs: &Outputs, unit: &'static str, policies: (&Policy, &Policy)) -> Impact {
        let mut impact = Impact {
            unit,
            rows_in: self.rows_in,
            rows_compared: self.rows_compared,
            rows_rejected_old: self.rows_rejected_old,
            rows_rejected_new: self.rows_rejected_new,
            rows_rejected_both: self.rows_rejected_both,
            rows_changed: self.rows_changed,
            rows_lost_route: self.rows_lost_route,
            rows_gained_route: self.rows_gained_route,
            changed_by_kind: Kind::ALL.into_iter().zip(self.changed_by_kind).collect(),
            ..Impact::default()
        };
        let mut loads = Loads::default();
        for (common, counts) in outputs.common.iter().zip(self.common) {
            let (output, kind) = (common.name.clone(), common.kind);
            match (counts, &common.compared) {
                (Counts::Choice(cells), Compared::Choice { names, .. }) => {
                    let choice = choice(output, kind, names, &cells);
                    loads.add_common(&choice);
                    impact.choices.push(choice);
                }
                (Counts::Number(counts), Compared::Number { scale, .. }) => impact.numbers.push(counts.finish(output, kind, *scale)),
                (Counts::Plain(changed), _) => impact.others.push(OtherImpact { output, kind, changed }),
                (Counts::Choice(_) | Counts::Number(_), _) => {}
            }
        }
        let sides = [(&outputs.old_only, self.old_only, true), (&outputs.new_only, self.new_only, false)];
        for (singles, counts, is_old) in sides {
            for (single, counts) in singles.iter().zip(counts) {
                for (choice, leads) in counts.leads {
                    if let Some(name) = usize::try_from(choice).ok().and_then(|choice| single.names.get(choice)) {
                        loads.add(single.kind, name, if is_old { leads } else { 0 }, if is_old { 0 } else { leads });
                    }
                }
                let found = SingleOutput { output: single.name.clone(), kind: single.kind, known: counts.known };
                (if is_old { &mut impact.old_only } else { &mut impact.new_only }).push(found);
            }
        }
        (impact.queues, impact.owners) = loads.finish();
        impact.movers = self.movers.into_iter().map(|moved| mover(moved, outputs)).collect();
        let [by_old, by_new] = self.rejected;
        let rejected = |list: Vec<(u64, String, BadCell)>, by_new: bool, policy: &Policy| -> Vec<RejectedLead> {
            list.into_iter().map(|(line, key, bad)| RejectedLead { key, line, by_new, reason: bad.sentence(policy) }).collect()
        };
        impact.rejected = rejected(by_new, true, policies.1);
        impact.rejected.extend(rejected(by_old, false, policies.0));
        impact
    }
}

impl SingleCounts {
    fn add(&mut self, value: Option<i64>) {
        if let Some(value) = value {
            self.known += 1;
            *self.leads.entry(value).or_default() += 1;
        }
    }
}

impl NumberCounts {
    fn add(&mut self, compared: &Compared, before: Option<i128>, after: Option<i128>, line: u64, key: &str) {
        let (before, after) = match (before, after) {
            (Some(before), Some(after)) => (before, after),
            (None, Some(_)) => return self.became_known += 1,
            (Some(_), None) => return self.became_missing += 1,
            (None, None) => return self.both_missing += 1,
        };
        let by = after - before;
        if by == 0 {
            self.same += 1;
            return;
        }
        self.sum += by;
        let unit = match compared {
            Compared::Number { scale, .. } => 10_i128.pow(u32::from(*scale)),
            Compared::Choice { .. } | Compared::Plain => 1,
        };
        let step = STEPS.iter().position(|step| step.is_none_or(|step| by.abs() <= step * unit)).unwrap_or(STEPS.len() - 1);
        let (count, steps, largest) = if by > 0 {
            (&mut self.up, &mut self.up_by, &mut self.largest_up)
        } else {
            (&mut self.down, &mut self.down_by, &mut self.largest_down)
        };
        *count += 1;
        steps[step] += 1;
        if largest.as_ref().is_none_or(|largest| largest.by < by.abs()) {
            *largest = Some(Extreme { by: by.abs(), line, key: key.to_owned() });
        }
    }

    fn merge(&mut self, later: NumberCounts) {
        self.up += later.up;
        self.down += later.down;
        self.same += later.same;
        self.became_known += later.became_known;
        self.became_missing += later.became_missing;
        self.both_missing += later.both_missing;
        self.sum += later.sum;
        for (mine, theirs) in [(&mut self.down_by, later.down_by), (&mut self.up_by, later.up_by)] {
            mine.iter_mut().zip(theirs).for_each(|(count, more)| *count += more);
        }
        for (mine, theirs) in [(&mut self.largest_up, later.largest_up), (&mut self.largest_down, later.largest_down)] {
            // of equal ones the first in the file stays
            if theirs.as_ref().is_some_and(|theirs| mine.as_ref().is_none_or(|mine| mine.by < theirs.by)) {
                *mine = theirs;
            }
        }
    }

    fn finish(self, output: String, kind: Kind, scale: u8) -> NumberImpact {
        NumberImpact {
            output,
            kind,
            scale,
            up: self.up,
            down: self.down,
            same: self.same,
            became_known: self.became_known,
            became_missing: self.became_missing,
            both_missing: self.both_missing,
            sum: self.sum,
            largest_up: self.largest_up,
            largest_down: self.largest_down,
            down_by: self.down_by,
            up_by: self.up_by,
        }
    }
}

fn choice(output: String, kind: Kind, names: &[String], cells: &FxHashMap<(Option<i128>, Option<i128>), u64>) -> ChoiceImpact {
    let place = |value: Option<i128>| value.and_then(|value| usize::try_from(value).ok());
    let mut cells: Vec<_> = cells.iter().map(|((before, after), leads)| (place(*before), place(*after), *leads)).collect();
    let last = |place: Option<usize>| place.unwrap_or(usize::MAX);
    cells.sort_unstable_by_key(|(before, after, _)| (last(*before), last(*after)));
    let changed = cells.iter().filter(|(before, after, _)| before != after).map(|(_, _, leads)| leads).sum();
    ChoiceImpact { output, kind, names: names.to_vec(), cells, changed }
}

/// Leads of queues and owners, over all routes.
#[derive(Default)]
struct Loads {
    queues: Vec<Load>,
    owners: Vec<Load>,
}

impl Loads {
    fn add_common(&mut self, choice: &ChoiceImpact) {
        for (index, name) in choice.names.iter().enumerate() {
            let count = |of: fn(&(Option<usize>, Option<usize>, u64)) -> Option<usize>| {
                choice.cells.iter().filter(|cell| of(cell) == Some(index)).map(|(_, _, leads)| leads).sum()
            };
            self.add(choice.kind, name, count(|cell| cell.0), count(|cell| cell.1));
        }
    }

    fn add(&mut self, kind: Kind, name: &str, before: u64, after: u64) {
        let list = match kind {
            Kind::Queue => &mut self.queues,
            Kind::Owner => &mut self.owners,
            Kind::Score | Kind::Section | Kind::Decide | Kind::Stage | Kind::Clock | Kind::Other => return,
        };
        match list.iter_mut().find(|load| load.name == name) {
            Some(load) => {
                load.before += before;
                load.after += after;
            }
            None => list.push(Load { name: name.to_owned(), before, after }),
        }
    }

    /// Those with leads, the most loaded first.
    fn finish(self) -> (Vec<Load>, Vec<Load>) {
        let sorted = |mut list: Vec<Load>| {
            list.retain(|load| load.before + load.after > 0);
            list.sort_by(|a, b| b.after.cmp(&a.after).then(b.before.cmp(&a.before)).then_with(|| a.name.cmp(&b.name)));
            list
        };
        (sorted(self.queues), sorted(self.owners))
    }
}

fn mover(moved: Moved, outputs: &Outputs) -> Mover {
    let text = |kind: &AnswerKind, value: Option<i64>| {
        let mut out = Vec::new();
        kind.clone().append(value?, &mut out);
        String::from_utf8(out).ok()
    };
    let changes = moved.changes.iter().map(|(index, before, after)| {
        let common = &outputs.common[*index];
        MoverChange { output: common.name.clone(), before: text(&common.shown.0, *before), after: text(&common.shown.1, *after) }
    });
    Mover { key: moved.key.clone(), line: moved.line, changes: changes.collect() }
}

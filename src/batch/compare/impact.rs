//! What a comparison found, in numbers.

use std::time::Duration;

use crate::program::OutputRole;

/// What an answer is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Score,
    /// of a score
    Section,
    Decide,
    Stage,
    /// of a route
    Queue,
    /// of a route
    Owner,
    Clock,
    Other,
}

impl From<OutputRole> for Kind {
    fn from(role: OutputRole) -> Kind {
        match role {
            OutputRole::Score(_) => Kind::Score,
            OutputRole::Section(..) => Kind::Section,
            OutputRole::Decide(_) => Kind::Decide,
            OutputRole::Stage => Kind::Stage,
            OutputRole::Queue(_) => Kind::Queue,
            OutputRole::Owner(_) => Kind::Owner,
            OutputRole::Clock(..) | OutputRole::ClockDue(_) | OutputRole::ClockState(_) => Kind::Clock,
            OutputRole::StageRule | OutputRole::Kept(_) | OutputRole::EventCondition(_) => Kind::Other,
        }
    }
}

impl Kind {
    pub const ALL: [Kind; 8] = [Kind::Score, Kind::Section, Kind::Decide, Kind::Stage, Kind::Queue, Kind::Owner, Kind::Clock, Kind::Other];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Score => "score",
            Kind::Section => "section",
            Kind::Decide => "decide",
            Kind::Stage => "stage",
            Kind::Queue => "queue",
            Kind::Owner => "owner",
            Kind::Clock => "clock",
            Kind::Other => "other",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Impact {
    /// what a place in the file is called: `line` or `row`
    pub unit: &'static str,
    pub rows_in: u64,
    /// scored by both versions
    pub rows_compared: u64,
    /// rejected by one version alone
    pub rows_rejected_old: u64,
    pub rows_rejected_new: u64,
    pub rows_rejected_both: u64,
    /// compared leads with any answer that differs, of those that both versions give
    pub rows_changed: u64,
    /// compared leads of which some answer of a kind differs, or is given by one version alone
    pub changed_by_kind: Vec<(Kind, u64)>,
    /// compared leads that some route of the old version gave a queue, and the same route of the new version none
    pub rows_lost_route: u64,
    /// and the other way round
    pub rows_gained_route: u64,
    pub choices: Vec<ChoiceImpact>,
    pub numbers: Vec<NumberImpact>,
    pub others: Vec<OtherImpact>,
    pub old_only: Vec<SingleOutput>,
    pub new_only: Vec<SingleOutput>,
    /// over all routes
    pub queues: Vec<Load>,
    pub owners: Vec<Load>,
    /// the leads that move most, the most first
    pub movers: Vec<Mover>,
    /// the first leads that one version alone rejects
    pub rejected: Vec<RejectedLead>,
    /// a version reads signals
    pub reads_signals: bool,
    pub elapsed: Duration,
}

/// How leads went from the choices of one answer to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceImpact {
    pub output: String,
    pub kind: Kind,
    /// of both versions; the newer one's first, in its order
    pub names: Vec<String>,
    /// before and after as places in `names`, none for missing; how many leads. Ascending, missing last.
    pub cells: Vec<(Option<usize>, Option<usize>, u64)>,
    pub changed: u64,
}

/// How far a number moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberImpact {
    pub output: String,
    pub kind: Kind,
    /// all integers here count in 10^-`scale`
    pub scale: u8,
    pub up: u64,
    pub down: u64,
    pub same: u64,
    pub became_known: u64,
    pub became_missing: u64,
    pub both_missing: u64,
    /// of all moves, up and down
    pub sum: i128,
    pub largest_up: Option<Extreme>,
    pub largest_down: Option<Extreme>,
    /// leads by how far they moved: see [`STEPS`]; down, then up
    pub down_by: [u64; STEPS.len()],
    pub up_by: [u64; STEPS.len()],
}

/// Moves are counted by their size in points: up to each of these, and not up to the one before. The last has no end.
pub const STEPS: [Option<i128>; 6] = [Some(1), Some(5), Some(10), Some(25), Some(50), None];

/// A lead that moved farthest; the first of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extreme {
    /// how far, without sign
    pub by: i128,
    pub line: u64,
    pub key: String,
}

/// An answer that is only counted: dates, times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherImpact {
    pub output: String,
    pub kind: Kind,
    pub changed: u64,
}

/// An answer that one version alone gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleOutput {
    pub output: String,
    pub kind: Kind,
    /// compared leads for which it is known
    pub known: u64,
}

/// Leads of a queue or an owner before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    pub name: String,
    pub before: u64,
    pub after: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    pub key: String,
    pub line: u64,
    /// scores, decides, stage, queues and owners that differ: name, before, after
    pub changes: Vec<MoverChange>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoverChange {
    pub output: String,
    /// none is missing
    pub before: Option<String>,
    pub after: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedLead {
    pub key: String,
    pub line: u64,
    /// the new version rejects it, and the old one does not; or the other way round
    pub by_new: bool,
    pub reason: String,
}

impl Impact {
    pub fn rows_rejected(&self) -> u64 {
        self.rows_rejected_old + self.rows_rejected_new + self.rows_rejected_both
    }
}

impl NumberImpact {
    /// Leads for which it is not what it was.
    pub fn changed(&self) -> u64 {
        self.up + self.down + self.became_known + self.became_missing
    }
}

impl Impact {
    /// Leads of which an answer changed: both versions give it, or one alone and it is known. None if neither version gives it.
    pub fn changed(&self, output: &str) -> Option<u64> {
        let choices = self.choices.iter().map(|choice| (&choice.output, choice.changed));
        let numbers = self.numbers.iter().map(|number| (&number.output, number.changed()));
        let others = self.others.iter().map(|other| (&other.output, other.changed));
        let single = self.old_only.iter().chain(&self.new_only).map(|single| (&single.output, single.known));
        let all = choices.chain(numbers).chain(others).chain(single);
        all.filter(|(name, _)| *name == output).map(|(_, leads)| leads).reduce(|one, other| one + other)
    }

    /// The names of all answers of both versions.
    pub fn outputs(&self) -> Vec<String> {
        let common = self.choices.iter().map(|choice| &choice.output).chain(self.numbers.iter().map(|number| &number.output));
        let others = self.others.iter().map(|other| &other.output);
        common.chain(others).chain(self.old_only.iter().chain(&self.new_only).map(|single| &single.output)).cloned().collect()
    }
}

//! What changed between two versions of a policy, in the language's own terms.
//!
//! Enters: two [`Version`]s: their trees, and the rows of their tables. Leaves: a [`Difference`]: for each item that changed, sentences. Always holds: what two
//! versions mean differently is among the changes, and nothing else is, but words for people (display names, reasons, documentation), which
//! are marked. What leaves no trace: blanks, comments, `_` in numbers, needless parentheses; in which file an item stands; the order of
//! items (but of flows), of fields, choices, sections, attributes, bands, adjusts, queues, and of whatever else stands beside each other; the order of
//! what `and`, `or` and `is one of` join; the order of flow rows that start from different stages. Pure: nothing is read here.
//!
//! Trees become [`part::Part`]s, by one file for each part of the language (`parts_*`, each of which takes every field of its nodes); then one engine
//! compares parts, whatever they are of: `matching` finds which is which, `moves` what changed its place, `telling` the words.

mod compare;
mod expressions;
mod matching;
mod moves;
pub mod part;
mod parts_clocks;
mod parts_decides;
mod parts_header;
mod parts_lead;
mod parts_rows;
mod parts_scores;
mod parts_stages;
mod parts_tests;
mod renames;
mod telling;
mod words;

use crate::model::Policy;
use crate::syntax::tree::{File, Item, ItemKind};
use part::{Group, Order, Part};

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Version<'v> {
    /// in the order in which they were read
    pub files: &'v [File],
    /// where the rows of tables are; without it tables are compared by their columns alone
    pub policy: Option<&'v Policy>,
}

/// Items that changed, in the order in which the language lists its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub items: Vec<ItemChanges>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChanges {
    /// `score`
    pub noun: &'static str,
    /// as it is called now; empty for an item without name, such as `lead`
    pub name: String,
    /// added, removed or changed
    pub kind: ChangeKind,
    /// at least one
    pub changes: Vec<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
    Moved,
    Renamed,
}

impl ChangeKind {
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
            ChangeKind::Moved => "moved",
            ChangeKind::Renamed => "renamed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// ``band `500 or more` of beds in section demographic``; empty for the item itself
    pub part: String,
    /// `weight`; empty for a part as a whole
    pub what: &'static str,
    pub old: Option<String>,
    pub new: Option<String>,
    /// what became of the part: `10 → 8 points`
    pub text: String,
    /// words for people alone: no answer changes
    pub wording: bool,
}

impl Change {
    fn of(kind: ChangeKind, part: &str, text: impl Into<String>) -> Change {
        Change { kind, part: part.to_owned(), what: "", old: None, new: None, text: text.into(), wording: false }
    }

    fn values(mut self, what: &'static str, old: Option<&str>, new: Option<&str>) -> Change {
        self.what = what;
        (self.old, self.new) = (old.map(str::to_owned), new.map(str::to_owned));
        self
    }

    fn wording(mut self, wording: bool) -> Change {
        self.wording = wording;
        self
    }

    /// ``band `500 or more` of beds in section demographic: 10 → 8 points``
    pub fn sentence(&self) -> String {
        if self.part.is_empty() { self.text.clone() } else { format!("{}: {}", self.part, self.text) }
    }
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Nothing but words for people changed.
    pub fn is_wording(&self) -> bool {
        self.changes().all(|change| change.wording)
    }

    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.items.iter().flat_map(|item| &item.changes)
    }
}

/// What changed from `old` to `new`.
pub fn diff(old: Version, new: Version) -> Difference {
    let before = match renames::renamed(old, new) {
        Some(renamed) => {
            let mut before = parts(renamed.version());
            renamed.tell(&mut before);
            before
        }
        None => parts(old),
    };
    Difference { items: compare::items(&before, &parts(new)) }
}

/// A version as parts: a group for each kind of item, always the same ones.
fn parts(version: Version) -> Vec<Group> {
    // the first row of all flows that applies moves the lead
    let order = |kind: usize| if kind == FLOWS { Order::Sequence } else { Order::Free };
    let mut groups: Vec<Group> = (0..KINDS).map(|kind| Group { order: order(kind), parts: Vec::new() }).collect();
    groups[HEADER].parts.push(parts_header::language(version.files));
    let items = || version.files.iter().flat_map(|file| &file.items);
    let ways = parts_stages::ways(items().filter_map(|item| match &item.kind {
        ItemKind::Flow(flow) => Some(flow),
        _ => None,
    }));
    for item in items() {
        if let Some((kind, part)) = part_of(item, version.policy, &ways) {
            groups[kind].parts.push(part);
        }
    }
    groups
}

// kinds of items, in the order in which changes are told
const HEADER: usize = 0;
const STANDARDS: usize = 1;
const LEAD: usize = 2;
const SIGNALS: usize = 3;
const TABLES: usize = 4;
const LETS: usize = 5;
const SCORES: usize = 6;
const DECIDES: usize = 7;
const STAGES: usize = 8;
const FLOWS: usize = 9;
const ROUTES: usize = 10;
const QUEUES: usize = 11;
const TEAMS: usize = 12;
const CLOCKS: usize = 13;
const CHECKS: usize = 14;
const KINDS: usize = 15;

/// None for a `use`: what its file says stands for itself.
fn part_of(item: &Item, policy: Option<&Policy>, ways: &parts_stages::Ways) -> Option<(usize, Part)> {
    let doc = item.doc.as_ref();
    Some(match &item.kind {
        ItemKind::Policy(policy) => (HEADER, parts_header::policy(doc, policy)),
        ItemKind::Use(_) => return None,
        ItemKind::Standard(standard) => (STANDARDS, parts_tests::standard(doc, standard)),
        ItemKind::Team(team) => (TEAMS, parts_header::team(doc, team)),
        ItemKind::Calendar(calendar) => (TEAMS, parts_header::calendar(doc, calendar)),
        ItemKind::Lead(lead) => (LEAD, parts_lead::lead(doc, lead)),
        ItemKind::Signal(signal) => (SIGNALS, parts_lead::signal(doc, signal)),
        ItemKind::Group(group) => (SIGNALS, parts_lead::group(doc, group)),
        ItemKind::Table(table) => (TABLES, parts_rows::with_rows(parts_lead::table(doc, table), policy)),
        ItemKind::Let(value) => (LETS, parts_decides::let_value(doc, value)),
        ItemKind::Score(score) => (SCORES, parts_scores::score(doc, score)),
        ItemKind::Decide(decide) => (DECIDES, parts_decides::decide(doc, decide)),
        ItemKind::Grid(grid) => (DECIDES, parts_decides::grid(doc, grid)),
        ItemKind::Stage(stage) => (STAGES, parts_stages::stage(doc, stage, ways)),
        ItemKind::Flow(flow) => (FLOWS, parts_stages::flow(doc, flow)),
        ItemKind::Route(route) => (ROUTES, parts_stages::route(doc, route)),
        ItemKind::Queue(queue) => (QUEUES, parts_stages::queue(doc, queue)),
        ItemKind::Sla(sla) => (CLOCKS, parts_clocks::sla(doc, sla)),
        ItemKind::Promise(promise) => (CLOCKS, parts_clocks::promise(doc, promise)),
        ItemKind::Claim(claim) => (CHECKS, parts_tests::claim(doc, claim)),
        ItemKind::Test(test) => (CHECKS, parts_tests::test(doc, test)),
        ItemKind::Cases(cases) => (CHECKS, parts_rows::with_cases(parts_tests::cases(doc, cases), cases, policy)),
    })
}

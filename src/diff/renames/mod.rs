//! Names that changed, and mean what they meant.
//!
//! Enters: two versions. Leaves: [`Renames`], and the older version with the names of the newer, so that a rename is one change and not one in each row that says the name.
//! Always holds: a new name is one that the older version does not have in that name space, so that a version under other names means what it meant; and most of what is
//! said by the old name is said by the new one.

mod visit;

use rustc_hash::{FxHashMap, FxHashSet};

use super::part::{Group, Part, Telling};
use super::{Version, parts};
use crate::model::Policy;
use crate::syntax::tree::{File, Item, ItemKind, Name};
use visit::{Declared, Visitor};

/// Names of different spaces may be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Space {
    /// fields, lets, scores, decides, routes, clocks
    Value,
    Stage,
    Queue,
    Team,
    Calendar,
    /// and groups of signals
    Signal,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rename {
    space: Space,
    old: String,
    new: String,
}

/// An older version under the names of the newer.
#[derive(Clone, Debug)]
pub struct Renamed {
    files: Vec<File>,
    policy: Option<Policy>,
    renames: Vec<Rename>,
}

/// So many parts of a version are held against each other, over all pairs of names.
const PARTS_MAX: usize = 1_000_000;
/// A rename may show only under another one.
const ROUNDS_MAX: usize = 4;

/// None if no name changed alone.
pub fn renamed(old: Version, new: Version) -> Option<Renamed> {
    let mut files: Option<Vec<File>> = None;
    let mut renames = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let before = files.as_deref().unwrap_or(old.files);
        let found = found(before, new.files);
        if found.is_empty() {
            break;
        }
        files = Some(written(before, &Declared::of(before), &found));
        renames.extend(found);
    }
    let policy = old.policy.map(|policy| under_new_names(policy, &renames));
    files.map(|files| Renamed { files, policy, renames })
}

fn found(old: &[File], new: &[File]) -> Vec<Rename> {
    let candidates = candidates(old, new);
    if candidates.is_empty() {
        return Vec::new();
    }
    let declared = (Declared::of(old), Declared::of(new));
    let (before, after) = (nodes(&without_rows(old)), nodes(&without_rows(new)));
    if candidates.len().saturating_mul(before.len().max(after.len())) > PARTS_MAX {
        return Vec::new();
    }
    let missing = lacking(&after, &before);
    let mut weighed: Vec<(usize, Rename)> = candidates
        .into_iter()
        .filter_map(|rename| {
            let under_new = nodes(&without_rows(&written(old, &declared.0, std::slice::from_ref(&rename))));
            // how much of either version says the name: all that changes if it is another one
            let back = Rename { old: rename.new.clone(), new: rename.old.clone(), ..rename.clone() };
            let under_old = nodes(&without_rows(&written(new, &declared.1, std::slice::from_ref(&back))));
            let said = lacking(&before, &under_new).max(lacking(&after, &under_old));
            let explained = missing.saturating_sub(lacking(&after, &under_new));
            (explained >= 2 && explained * 2 >= said).then_some((explained, rename))
        })
        .collect();
    weighed.sort_by_key(|(explained, _)| std::cmp::Reverse(*explained));
    unambiguous(&weighed)
}

impl Renamed {
    pub fn version(&self) -> Version<'_> {
        Version { files: &self.files, policy: self.policy.as_ref() }
    }

    /// Tells the parts of this version what they were called.
    pub fn tell(&self, groups: &mut [Group]) {
        for part in groups.iter_mut().flat_map(|group| &mut group.parts) {
            if part.noun == "lead" {
                part.groups.iter_mut().flat_map(|group| &mut group.parts).for_each(|field| self.tell_part(field));
            } else {
                self.tell_part(part);
            }
        }
    }

    fn tell_part(&self, part: &mut Part) {
        let space = match part.noun {
            "stage" => Space::Stage,
            "queue" => Space::Queue,
            "team" => Space::Team,
            "calendar" => Space::Calendar,
            "signal" | "group" => Space::Signal,
            "field" | "let" | "score" | "decide" | "grid" | "route" | "sla" => Space::Value,
            _ => return,
        };
        let own = |rename: &&Rename| rename.space == space && rename.new == part.name.trim_matches('`');
        part.was = self.renames.iter().find(own).map(|rename| rename.old.clone());
    }
}

/// Of several that one name could have become, or have been, the one that explains most; none if two explain as much.
fn unambiguous(weighed: &[(usize, Rename)]) -> Vec<Rename> {
    let mut taken: FxHashSet<(Space, bool, String)> = FxHashSet::default();
    let mut found = Vec::new();
    for (explained, rename) in weighed {
        let ends = [(rename.space, false, rename.old.clone()), (rename.space, true, rename.new.clone())];
        let rivals = weighed.iter().filter(|(other, rival)| {
            other == explained && rival.space == rename.space && (rival.old == rename.old || rival.new == rename.new)
        });
        if rivals.count() == 1 && ends.iter().all(|end| !taken.contains(end)) {
            found.push(rename.clone());
        }
        taken.extend(ends);
    }
    found
}

/// The names that one version alone has, in pairs of one kind.
fn candidates(old: &[File], new: &[File]) -> Vec<Rename> {
    let (before, after) = (declarations(old), declarations(new));
    let names = |list: &[Declaration]| list.iter().map(|one| (one.space, one.name.clone())).collect::<FxHashSet<_>>();
    let (old_names, new_names) = (names(&before), names(&after));
    let gone: Vec<&Declaration> = before.iter().filter(|one| !new_names.contains(&(one.space, one.name.clone()))).collect();
    let fresh: Vec<&Declaration> = after.iter().filter(|one| !old_names.contains(&(one.space, one.name.clone()))).collect();
    // who is notified is a team or an owner, by the name alone
    let owners = owners(old);
    let mut found = Vec::new();
    for one in gone.iter().filter(|one| one.space != Space::Team || !owners.contains(&one.name)) {
        let twins = fresh.iter().filter(|other| (other.space, other.kind) == (one.space, one.kind));
        found.extend(twins.map(|other| Rename { space: one.space, old: one.name.clone(), new: other.name.clone() }));
    }
    found
}

#[derive(Debug)]
struct Declaration {
    space: Space,
    kind: &'static str,
    name: String,
}

fn declarations(files: &[File]) -> Vec<Declaration> {
    files.iter().flat_map(|file| &file.items).flat_map(declared_by).collect()
}

fn declared_by(item: &Item) -> Vec<Declaration> {
    let one = |space, kind, name: &Name| vec![Declaration { space, kind, name: name.text.clone() }];
    match &item.kind {
        ItemKind::Team(team) => one(Space::Team, "team", &team.name),
        ItemKind::Calendar(calendar) => one(Space::Calendar, "calendar", &calendar.name),
        ItemKind::Lead(lead) => lead.fields.iter().flat_map(|field| one(Space::Value, "field", &field.name)).collect(),
        ItemKind::Signal(signal) => one(Space::Signal, "signal", &signal.name),
        ItemKind::Group(group) => one(Space::Signal, "group", &group.name),
        ItemKind::Let(part) => one(Space::Value, "let", &part.name),
        ItemKind::Score(score) => one(Space::Value, "score", &score.name),
        ItemKind::Decide(decide) => one(Space::Value, "decide", &decide.name),
        ItemKind::Grid(grid) => one(Space::Value, "grid", &grid.name),
        ItemKind::Stage(stage) => one(Space::Stage, "stage", &stage.name),
        ItemKind::Route(route) => one(Space::Value, "route", &route.name),
        ItemKind::Queue(queue) => one(Space::Queue, "queue", &queue.name),
        ItemKind::Sla(sla) => one(Space::Value, "sla", &sla.name),
        ItemKind::Policy(_)
        | ItemKind::Use(_)
        | ItemKind::Standard(_)
        | ItemKind::Table(_)
        | ItemKind::Flow(_)
        | ItemKind::Promise(_)
        | ItemKind::Claim(_)
        | ItemKind::Test(_)
        | ItemKind::Cases(_) => Vec::new(),
    }
}

fn owners(files: &[File]) -> FxHashSet<String> {
    let items = files.iter().flat_map(|file| &file.items);
    let teams = items.filter_map(|item| if let ItemKind::Team(team) = &item.kind { Some(team) } else { None });
    teams.flat_map(|team| &team.members).map(|member| member.text.clone()).collect()
}

/// The same files under the new names.
fn written(files: &[File], declared: &Declared, renames: &[Rename]) -> Vec<File> {
    let mut files = files.to_vec();
    let mut visit = |space: Space, name: &mut Name| {
        if let Some(rename) = renames.iter().find(|rename| rename.space == space && rename.old == name.text) {
            name.text.clone_from(&rename.new);
        }
    };
    let mut visitor = Visitor { declared, visit: &mut visit };
    files.iter_mut().for_each(|file| visitor.file(file));
    files
}

/// The names that rows of tables and of cases say.
fn under_new_names(policy: &Policy, renames: &[Rename]) -> Policy {
    let mut policy = policy.clone();
    let rewrite = |space: Space, name: &mut String| {
        if let Some(rename) = renames.iter().find(|rename| rename.space == space && rename.old == *name) {
            name.clone_from(&rename.new);
        }
    };
    for (space, choices) in [(Space::Queue, policy.queue_choices), (Space::Stage, policy.stage_choices)] {
        let members = choices.and_then(|choices| policy.choices.get_mut(choices)).map(|choices| &mut choices.members);
        members.into_iter().flatten().for_each(|member| rewrite(space, &mut member.name));
    }
    policy.fields.iter_mut().for_each(|field| rewrite(Space::Value, &mut field.name));
    policy.signals.iter_mut().for_each(|signal| rewrite(Space::Signal, &mut signal.name));
    for expected in policy.tests.iter_mut().flat_map(|test| &mut test.expect) {
        let (first, rest) = expected.path.split_once('.').map_or((expected.path.as_str(), None), |(first, rest)| (first, Some(rest)));
        let mut first = first.to_owned();
        rewrite(Space::Value, &mut first);
        expected.path = rest.map_or(first.clone(), |rest| format!("{first}.{rest}"));
    }
    policy
}

/// Rows of tables say nothing of names that a text does not say.
fn without_rows(files: &[File]) -> Vec<Group> {
    parts(Version { files, policy: None })
}

/// What each part says by itself, how often.
type Nodes = FxHashMap<String, usize>;

fn nodes(groups: &[Group]) -> Nodes {
    let mut found = Nodes::default();
    let mut open: Vec<(String, &Part)> = groups.iter().flat_map(|group| &group.parts).map(|part| (String::new(), part)).collect();
    while let Some((holder, part)) = open.pop() {
        let own = format!("{holder}/{}:{}", part.noun, part.name);
        let mut facts: Vec<String> = part
            .facts
            .iter()
            .filter(|fact| fact.telling != Telling::Wording)
            .map(|fact| format!("{}={}", fact.what, fact.value.same))
            .collect();
        facts.sort_unstable();
        *found.entry(format!("{own}\n{}", facts.join("\n"))).or_default() += 1;
        open.extend(part.groups.iter().flat_map(|group| &group.parts).map(|inner| (own.clone(), inner)));
    }
    found
}

/// How many of the one the other does not have.
fn lacking(nodes: &Nodes, others: &Nodes) -> usize {
    nodes.iter().map(|(node, count)| count.saturating_sub(others.get(node).copied().unwrap_or(0))).sum()
}

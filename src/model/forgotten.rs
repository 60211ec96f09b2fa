//! Files of a policy whose `use` was forgotten.
//!
//! Enters: a run in which names are unknown. Leaves: which files of the policy's root, that no `use` names, declare them, and one message for each. Always holds: a
//! file with a header is another policy, and so are the files beside and below it in a folder that this policy uses nothing of; so many files and bytes are read at most.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashMap;

use super::check::Checked;
use super::load::read_text;
use super::paths::folder;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Id};
use crate::source::{Files, Sources, Span};
use crate::syntax::tree::{self, ItemKind};
use crate::syntax::{FILE_BYTES_MAX, parse};

/// The most files and folders that are looked at, and the most places that one message points at.
const FILES_MAX: usize = 32;
const FOLDERS_MAX: usize = 64;
const PLACES_MAX: usize = 12;

/// path -> the diagnostics of a run, by their places among them, whose names it declares; never none
pub(super) struct Forgotten(BTreeMap<String, Vec<usize>>);

impl Forgotten {
    pub fn find(files: &dyn Files, checked: &Checked) -> Option<Forgotten> {
        let unknown: Vec<(usize, &str, Code)> =
            checked.diagnostics.iter().enumerate().filter_map(|(at, one)| unknown_name(at, one, checked)).collect();
        let declared = if unknown.is_empty() { FxHashMap::default() } else { declared(files, checked) };
        let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, name, code) in unknown {
            if let Some(path) = declared.get(&(code, name.to_owned())) {
                found.entry(path.clone()).or_default().push(at);
            }
        }
        (!found.is_empty()).then_some(Forgotten(found))
    }

    pub fn paths(&self) -> impl Iterator<Item = String> {
        self.0.keys().cloned()
    }

    /// How often something is declared that is declared already.
    pub fn repeats(checked: &Checked) -> usize {
        let repeats = |one: &&Diagnostic| matches!(one.code, Id::Code(Code::RepeatedName | Code::SecondPolicy));
        checked.diagnostics.iter().filter(repeats).count()
    }

    /// One message per file, at the places of the names that it declares.
    pub fn messages(&self, checked: &Checked) -> Vec<Diagnostic> {
        self.0.iter().filter_map(|(path, places)| message(path, places, checked)).collect()
    }

    /// Says of each name which file declares it.
    pub fn add_to(&self, diagnostics: &mut [Diagnostic]) {
        for (path, places) in &self.0 {
            for at in places {
                diagnostics[*at].add_help(&format!("`{path}` declares it, and no `use` names that file"));
            }
        }
    }
}

fn message(path: &str, places: &[usize], checked: &Checked) -> Option<Diagnostic> {
    let (first, others) = places.split_first()?;
    let mut diagnostic = checked.diagnostics.get(*first)?.clone();
    let name = checked.sources.text(diagnostic.labels.first()?.span);
    diagnostic.help = Some(format!("`{name}` is declared in `{path}`, which no `use` names: write `use \"{path}\"`"));
    diagnostic.fixes.clear();
    for other in others.iter().take(PLACES_MAX) {
        let place = checked.diagnostics.get(*other)?.labels.first()?.span;
        diagnostic = diagnostic.at(place, "declared there too");
    }
    if others.len() > PLACES_MAX {
        diagnostic.add_help(&format!("it declares {} more names that are not shown", others.len() - PLACES_MAX));
    }
    match edit(path, checked) {
        Some(edit) => Some(diagnostic.fix(format!("insert `use \"{path}\"`"), Applicability::Unsafe, vec![edit])),
        None => Some(diagnostic),
    }
}

/// A line behind the last `use` of the first file, or behind its first line.
fn edit(path: &str, checked: &Checked) -> Option<Edit> {
    let tree = checked.files.first()?;
    let text = &checked.sources.get(tree.source).text;
    let last = tree.items.iter().filter(|item| matches!(item.kind, ItemKind::Use(_))).map(|item| item.span).next_back();
    let (before, above) = last.map_or_else(|| (tree.version.map_or(0, |(_, span)| span.end), "\n"), |span| (span.end, ""));
    let place = text.get(before as usize..)?.find('\n').map_or(text.len(), |end| before as usize + end);
    Some(Edit { span: Span::new(tree.source, place, place), text: format!("\n{above}use \"{path}\"") })
}

/// What files declare that are not among those of the policy: those in their folders first, then those in other folders of the root, from above.
fn declared(files: &dyn Files, checked: &Checked) -> FxHashMap<(Code, String), String> {
    let read: Vec<&str> = checked.files.iter().map(|tree| checked.sources.get(tree.source).path.as_str()).collect();
    let mut own: Vec<String> = read.iter().map(|path| folder(path).to_owned()).collect();
    own.sort_unstable();
    own.dedup();
    let mut declared = FxHashMap::default();
    let mut files_left = FILES_MAX;
    let mut others: VecDeque<String> = own.iter().flat_map(|folder| below(files, folder)).filter(|folder| !own.contains(folder)).collect();
    for folder in &own {
        for (path, tree) in unread(files, folder, &read, &mut files_left) {
            enter(&path, &tree, &mut declared);
        }
    }
    for _ in 0..FOLDERS_MAX {
        let Some(folder) = others.pop_front() else { break };
        let trees = unread(files, &folder, &read, &mut files_left);
        if trees.iter().any(|(_, tree)| has_header(tree)) {
            continue;
        }
        trees.iter().for_each(|(path, tree)| enter(path, tree, &mut declared));
        others.extend(below(files, &folder));
    }
    declared
}

/// The folders in a folder, in order, but for hidden ones.
fn below(files: &dyn Files, folder: &str) -> Vec<String> {
    let mut names = files.folders_in(folder);
    names.retain(|name| !name.starts_with('.'));
    names.sort_unstable();
    names.into_iter().map(|name| format!("{folder}{name}/")).collect()
}

/// The files of a folder that were not read, in order.
fn unread(files: &dyn Files, folder: &str, read: &[&str], files_left: &mut usize) -> Vec<(String, tree::File)> {
    let mut paths: Vec<String> = files.names_in(folder).into_iter().map(|name| format!("{folder}{name}")).collect();
    paths.retain(|path| path.ends_with(".lead") && !read.contains(&path.as_str()));
    paths.sort_unstable();
    paths.truncate(*files_left);
    *files_left -= paths.len();
    let parsed = paths.into_iter().filter_map(|path| {
        let text = read_text(files, &path, FILE_BYTES_MAX as u64).ok()?;
        let mut sources = Sources::default();
        let source = sources.add(&path, text);
        Some((path, parse(&sources, source).0))
    });
    parsed.collect()
}

fn has_header(tree: &tree::File) -> bool {
    tree.items.iter().any(|item| matches!(item.kind, ItemKind::Policy(_)))
}

fn enter(path: &str, tree: &tree::File, declared: &mut FxHashMap<(Code, String), String>) {
    if has_header(tree) {
        return;
    }
    for (code, name) in tree.items.iter().flat_map(|item| names_of(&item.kind)) {
        declared.entry((code, name.to_owned())).or_insert_with(|| path.to_owned());
    }
}

/// The name that a diagnostic says is unknown, and the code of such names in its space; none outside the files of the policy, whose places alone stay the same.
fn unknown_name<'c>(at: usize, diagnostic: &Diagnostic, checked: &'c Checked) -> Option<(usize, &'c str, Code)> {
    let Id::Code(code) = diagnostic.code else { return None };
    let code = if code == Code::TestField { Code::UnknownName } else { code };
    let is_unknown = matches!(
        code,
        Code::UnknownName
            | Code::UnknownTeam
            | Code::UnknownQueue
            | Code::UnknownStage
            | Code::UnknownSignal
            | Code::UnknownTable
            | Code::UnknownCalendar
    );
    let is_of_policy = diagnostic.labels.iter().all(|label| checked.files.iter().any(|tree| tree.source == label.span.source));
    let place = diagnostic.labels.first().filter(|_| is_unknown && is_of_policy)?.span;
    Some((at, checked.sources.text(place), code))
}

/// The names that an item declares, each with the code of those that are unknown in its space.
fn names_of(item: &ItemKind) -> Vec<(Code, &str)> {
    match item {
        ItemKind::Lead(lead) => lead.fields.iter().map(|field| (Code::UnknownName, field.name.text.as_str())).collect(),
        ItemKind::Let(item) => vec![(Code::UnknownName, &item.name.text)],
        ItemKind::Score(item) => vec![(Code::UnknownName, &item.name.text)],
        ItemKind::Decide(item) => vec![(Code::UnknownName, &item.name.text)],
        ItemKind::Grid(item) => vec![(Code::UnknownName, &item.name.text)],
        ItemKind::Route(item) => vec![(Code::UnknownName, &item.name.text)],
        ItemKind::Sla(item) => vec![(Code::UnknownName, &item.name.text)],
        ItemKind::Team(item) => vec![(Code::UnknownTeam, &item.name.text)],
        ItemKind::Queue(item) => vec![(Code::UnknownQueue, &item.name.text)],
        ItemKind::Stage(item) => vec![(Code::UnknownStage, &item.name.text)],
        ItemKind::Signal(item) => vec![(Code::UnknownSignal, &item.name.text)],
        ItemKind::Group(item) => vec![(Code::UnknownSignal, &item.name.text)],
        ItemKind::Table(item) => vec![(Code::UnknownTable, &item.name.text)],
        ItemKind::Calendar(item) => vec![(Code::UnknownCalendar, &item.name.text)],
        ItemKind::Policy(_)
        | ItemKind::Use(_)
        | ItemKind::Standard(_)
        | ItemKind::Flow(_)
        | ItemKind::Promise(_)
        | ItemKind::Claim(_)
        | ItemKind::Test(_)
        | ItemKind::Cases(_) => Vec::new(),
    }
}

//! What is wrong beside what could not be read: in the other rows of such an item, and between money and numbers where the currency is unknown.
//!
//! Enters: the trees, with items that lack rows. Leaves: mistakes of single names and constants inside those items. Always holds: nothing that a row which is not
//! there could change is told, neither of such an item as a whole nor of what uses it; where no item lacks rows, nothing is done.

use rustc_hash::FxHashSet;

use super::check::{AsOf, Checker};
use super::currencies::currency;
use super::hidden::{Hidden, words_of};
use crate::diagnostic::{Code, Diagnostic, Id};
use crate::source::{Files, SourceId, Sources, Span};
use crate::syntax::tree::{File, ItemKind, Partial, PolicyProperty};

/// Mistakes of one name or constant, whatever stands in other rows.
const LOCAL: [Code; 20] = [
    Code::UnknownName,
    Code::UnknownChoice,
    Code::UnknownTeam,
    Code::UnknownQueue,
    Code::UnknownStage,
    Code::UnknownSignal,
    Code::UnknownColumn,
    Code::UnknownTable,
    Code::UnknownCalendar,
    Code::UnknownProperty,
    Code::WrongType,
    Code::WrongUnit,
    Code::WrongCurrency,
    Code::OutOfRange,
    Code::TooManyPlaces,
    Code::DivisionNeedsPlaces,
    Code::NotACondition,
    Code::NotConstant,
    Code::WrongKeys,
    Code::TestField,
];

/// What a second check of changed trees needs of the first.
pub(crate) struct Again<'a> {
    pub files: &'a dyn Files,
    /// whether a whole file could not be read
    pub files_hidden: bool,
    pub as_of: Option<AsOf>,
}

impl Again<'_> {
    /// All that is wrong with the trees.
    fn check(&self, trees: &[File], sources: &mut Sources) -> Vec<Diagnostic> {
        let mut hidden = Hidden::default();
        hidden.files = self.files_hidden;
        for tree in trees {
            hidden.add(&sources.get(tree.source).text, tree);
        }
        let mut checker = Checker::new(sources, SourceId(0));
        checker.hidden = hidden;
        checker.as_of = self.as_of;
        checker.check(self.files, trees);
        checker.diagnostics
    }
}

/// A currency with as many places as any has, so that no amount has too many.
const STAND_IN: &str = "CLF";

pub(crate) fn partial_mistakes(again: &Again, trees: &[File], sources: &mut Sources) -> Vec<Diagnostic> {
    let partial: Vec<&Partial> = trees.iter().flat_map(|tree| &tree.partial).collect();
    if partial.is_empty() {
        return Vec::new();
    }
    let trees: Vec<File> = trees.iter().map(with_partial).collect();
    let rows = partial.iter().flat_map(|partial| &partial.lacks).map(|row| sources.text(row.span).to_owned()).collect::<Vec<_>>();
    let in_rows: FxHashSet<&str> = rows.iter().flat_map(|row| words_of(row)).collect();
    let mut diagnostics = again.check(&trees, sources);
    let spans: Vec<Span> = partial.iter().map(|partial| partial.item.span).collect();
    diagnostics.retain(|diagnostic| {
        let is_local = matches!(diagnostic.code, Id::Code(code) if LOCAL.contains(&code));
        let place = diagnostic.labels.first().map(|label| label.span).filter(|_| is_local);
        place.is_some_and(|place| {
            let is_inside = spans.iter().any(|item| item.source == place.source && item.start <= place.start && place.end <= item.end);
            is_inside && !words_of(sources.text(place)).any(|word| in_rows.contains(word))
        })
    });
    diagnostics
}

/// Plain numbers beside amounts of money in a policy whose currency is unknown: whichever was meant, these are wrong.
pub(crate) fn mistakes_of_money(again: &Again, trees: &[File], sources: &mut Sources) -> Vec<Diagnostic> {
    let mut trees = trees.to_vec();
    let mut is_unknown = false;
    for item in trees.iter_mut().flat_map(|tree| &mut tree.items) {
        let ItemKind::Policy(policy) = &mut item.kind else { continue };
        for property in &mut policy.properties {
            if let PolicyProperty::Currency(name) = property
                && currency(&name.text).is_none()
            {
                (name.text, is_unknown) = (STAND_IN.to_owned(), true);
            }
        }
    }
    if !is_unknown {
        return Vec::new();
    }
    let mut diagnostics = again.check(&trees, sources);
    diagnostics.retain(|diagnostic| diagnostic.code == Id::Code(Code::WrongUnit));
    diagnostics
}

/// The tree with what could be read of its unread items.
fn with_partial(tree: &File) -> File {
    let mut tree = tree.clone();
    for Partial { item, lacks } in std::mem::take(&mut tree.partial) {
        tree.unread.retain(|unread| unread.span != item.span);
        tree.unread.extend(lacks);
        tree.items.push(item);
    }
    tree.items.sort_by_key(|item| item.span.start);
    tree.unread.sort_by_key(|unread| unread.span.start);
    tree
}

//! Fixes, applied.
//!
//! Enters: a policy's files, and whether a person has asked for unsafe fixes too. Leaves: [`Mended`], the files that change, whole. Always holds: fixes
//! that overlap or touch are not applied in one pass; passes go on until nothing changes; a change after which the policy has more errors
//! than before is not made; of a mistake that can be mended in several ways, which mean different things, none is chosen.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Settings, lint};
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Severity};
use crate::model::{Checked, check_as_of};
use crate::source::{Files, ReadError, SourceId, Sources, Span};

/// A pass mends at least one finding; nobody waits for more.
const PASSES_MAX: usize = 200;

/// A policy after its fixes.
#[derive(Debug)]
pub struct Mended {
    /// path below the policy's root -> new text; only files that change
    pub files: BTreeMap<String, String>,
    pub count: usize,
}

/// Which fixes are applied, and to what.
pub struct Options<'o> {
    pub unsafe_too: bool,
    /// whether a finding may be mended: a declaration that another policy may need stays
    pub may: &'o dyn Fn(&Diagnostic, &Sources) -> bool,
}

/// Mends what can be mended of a policy.
pub fn mend(files: &dyn Files, entry: &str, settings: &Settings, options: &Options<'_>) -> Mended {
    let mut overlay = Overlay { below: files, changed: BTreeMap::new() };
    let mut refused: FxHashSet<String> = FxHashSet::default();
    let mut count = 0;
    let as_of = Some(settings.as_of);
    let mut checked = check_as_of(&overlay, entry, as_of);
    let mut limit = usize::MAX;
    for _ in 0..PASSES_MAX {
        let found = lint(&checked, settings);
        let candidates = found.iter().filter(|diagnostic| (options.may)(diagnostic, &checked.sources));
        let mut fixes: Vec<(String, &Fix)> = candidates
            .filter_map(|diagnostic| Some((identity(diagnostic, &checked.sources), fix_of(diagnostic, options.unsafe_too)?)))
            .filter(|(identity, _)| !refused.contains(identity))
            .collect();
        fixes.truncate(limit);
        let (chosen, edits) = apart(&fixes);
        if chosen.is_empty() {
            break;
        }
        let after = Overlay { below: files, changed: with_edits(&overlay.changed, &checked.sources, &edits) };
        let rechecked = check_as_of(&after, entry, as_of);
        if errors(&rechecked) <= errors(&checked) {
            count += chosen.len();
            overlay = after;
            checked = rechecked;
            limit = usize::MAX;
        } else if let [only] = chosen.as_slice() {
            refused.insert(fixes[*only].0.clone());
            limit = usize::MAX;
        } else {
            // one of them does harm: fewer at a time
            limit = chosen.len() / 2;
        }
    }
    let unchanged = |path: &str, text: &str| files.read(path).is_ok_and(|bytes| bytes == text.as_bytes());
    overlay.changed.retain(|path, text| !unchanged(path, text));
    Mended { files: overlay.changed, count }
}

/// The one fix that may be applied.
fn fix_of(diagnostic: &Diagnostic, unsafe_too: bool) -> Option<&Fix> {
    match diagnostic.fixes.as_slice() {
        [fix] => match fix.applicability {
            Applicability::Safe => Some(fix),
            Applicability::Unsafe => unsafe_too.then_some(fix),
        },
        _ => None,
    }
}

/// The same finding in the next pass, wherever it stands then.
fn identity(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let place = diagnostic.labels.first().map_or("", |label| sources.text(label.span));
    format!("{} {} {place}", diagnostic.name(), diagnostic.message)
}

/// The first fixes whose edits stay clear of each other: their numbers and their edits.
fn apart<'f>(fixes: &[(String, &'f Fix)]) -> (Vec<usize>, Vec<&'f Edit>) {
    let mut taken: BTreeMap<(SourceId, u32), u32> = BTreeMap::new();
    let mut chosen = Vec::new();
    let mut edits = Vec::new();
    for (index, (_, fix)) in fixes.iter().enumerate() {
        let clear = |span: Span| {
            let before = taken.range(..=(span.source, span.end)).next_back();
            before.is_none_or(|((source, _), end)| *source != span.source || *end < span.start)
        };
        if !fix.edits.iter().all(|edit| clear(edit.span)) || !in_order(&fix.edits) {
            continue;
        }
        taken.extend(fix.edits.iter().map(|edit| ((edit.span.source, edit.span.start), edit.span.end)));
        edits.extend(&fix.edits);
        chosen.push(index);
    }
    (chosen, edits)
}

/// Whether the edits of one fix do not overlap.
fn in_order(edits: &[Edit]) -> bool {
    let mut spans: Vec<Span> = edits.iter().map(|edit| edit.span).collect();
    spans.sort();
    spans.windows(2).all(|pair| pair[0].source != pair[1].source || pair[0].end <= pair[1].start)
}

fn with_edits(changed: &BTreeMap<String, String>, sources: &Sources, edits: &[&Edit]) -> BTreeMap<String, String> {
    let mut changed = changed.clone();
    let mut edits = edits.to_vec();
    // from the end of a file to its beginning, so that no edit moves another
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    for edit in edits {
        let source = sources.get(edit.span.source);
        let text = changed.entry(source.path.clone()).or_insert_with(|| source.text.clone());
        let range = edit.span.start as usize..edit.span.end as usize;
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &edit.text);
        }
    }
    changed
}

fn errors(checked: &Checked) -> usize {
    checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
}

/// Files of which some are changed in memory.
struct Overlay<'f> {
    below: &'f dyn Files,
    changed: BTreeMap<String, String>,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match self.changed.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.below.read(path),
        }
    }

    fn names_in(&self, folder: &str) -> Vec<String> {
        self.below.names_in(folder)
    }

    fn folders_in(&self, folder: &str) -> Vec<String> {
        self.below.folders_in(folder)
    }
}

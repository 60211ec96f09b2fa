//! What is proved of a file that several policies use, and not of each of them.
//!
//! Enters: the findings of every policy of a run. Leaves: the same, but a proof about a shared file that holds for some of its policies alone says for which.
//! Always holds: what is the same for all of them is said without a name, and so can be told once.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::lint::{self, Group};
use crate::source::Sources;

/// A policy of the run, by its path in reports.
pub(super) struct Proved<'f> {
    pub policy: &'f str,
    pub sources: &'f Sources,
    pub diagnostics: &'f mut Vec<Diagnostic>,
}

/// The place of a finding, whatever policy it is found in, and what is found.
type Key = (String, u32, &'static str, String);

pub(super) fn name_policies(all: Vec<Proved<'_>>) {
    if all.len() < 2 {
        return;
    }
    let mut users: FxHashMap<String, usize> = FxHashMap::default();
    let mut finders: FxHashMap<Key, usize> = FxHashMap::default();
    for one in &all {
        one.sources.iter().for_each(|(_, source)| *users.entry(source.path.clone()).or_default() += 1);
        one.diagnostics.iter().filter_map(|diagnostic| key(diagnostic, one.sources)).for_each(|key| *finders.entry(key).or_default() += 1);
    }
    for Proved { policy, sources, diagnostics } in all {
        for diagnostic in diagnostics {
            let Some(key) = key(diagnostic, sources) else { continue };
            if users.get(&key.0) > finders.get(&key) {
                diagnostic.add_help(&format!("so it is in `{policy}`, not in every policy that uses this file"));
            }
        }
    }
}

/// None of what is no proof.
fn key(diagnostic: &Diagnostic, sources: &Sources) -> Option<Key> {
    let name = diagnostic.name();
    let is_proof = diagnostic.code == Code::ClaimRefuted || lint::find(name).is_some_and(|rule| rule.group == Group::Proof);
    let span = diagnostic.labels.first().filter(|_| is_proof)?.span;
    Some((sources.get(span.source).path.clone(), span.start, name, diagnostic.message.clone()))
}

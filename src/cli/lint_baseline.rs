//! What `leadwright lint` knows already and leaves for later.
//!
//! Enters: what was found in each policy, and which baseline it is held against. Leaves: the findings that no baseline knows, and findings about entries that are
//! gone; or a baseline written anew. Always holds: of an entry that this run had no reason to find nothing is said: its rule was not looked for, its policy
//! was not read to the end, or a policy that is not part of the run uses its file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::belonging::Outlines;
use super::console::Console;
use super::lint::Linted;
use super::outcome::{Misuse, Outcome};
use super::policies::{is_used_elsewhere, shown_file};
use crate::batch::{Place, write_text};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::lint::baseline::{Baseline, Fingerprint, fingerprint, stale};
use crate::lint::{self, Group, Level};
use crate::report::figures::counted;

pub fn write(path: &Path, linted: &[Linted], console: &Console) -> Result<Outcome, Misuse> {
    let mut baseline = Baseline::default();
    let mut seen = FxHashSet::default();
    for policy in linted {
        for diagnostic in policy.diagnostics.iter().filter(|diagnostic| is_of_rule(diagnostic)) {
            let Some(span) = diagnostic.labels.first().map(|label| label.span) else { continue };
            // a file that two policies use is written down once
            let place = (policy.sources.get(span.source).path.clone(), span.start, diagnostic.name(), diagnostic.message.clone());
            if seen.insert(place)
                && let Some(finding) = fingerprint(diagnostic, &policy.sources)
            {
                baseline.add(finding);
            }
        }
    }
    let wrong = |error: &dyn std::fmt::Display| Misuse::new(format!("cannot write `{}`: {error}", path.display()));
    write_text(&Place::Path(path.to_path_buf()), &baseline.to_json()).map_err(|error| wrong(&error))?;
    console.note(&format!("wrote {} to {}\n", counted(baseline.count(), "finding", "findings"), path.display()));
    // mistakes are mended, not written down
    let mistakes = linted.iter().flat_map(|policy| &policy.diagnostics).any(|diagnostic| !is_of_rule(diagnostic));
    Ok(if mistakes { Outcome::Findings } else { Outcome::Clean })
}

pub(super) fn is_of_rule(diagnostic: &Diagnostic) -> bool {
    lint::find(diagnostic.name()).is_some()
}

/// Takes away what the baselines know; how many, and the findings about entries that nothing has.
pub fn hold_against(linted: &mut [Linted]) -> Result<(usize, Vec<Diagnostic>), Misuse> {
    let paths: BTreeSet<PathBuf> = linted.iter().filter_map(|policy| policy.baseline.clone()).collect();
    let mut baselines = BTreeMap::new();
    for path in paths {
        let wrong = |reason: &dyn std::fmt::Display| Misuse::new(format!("cannot use the baseline `{}`: {reason}", shown_file(&path)));
        let text = fs::read_to_string(&path).map_err(|error| wrong(&error))?;
        let baseline = Baseline::read(&text).map_err(|reason| wrong(&reason))?;
        baselines.insert(path, baseline);
    }
    let judged: BTreeMap<&PathBuf, Judged> = baselines.keys().map(|path| (path, Judged::of(path, linted))).collect();
    // off for one policy is off; else the strictest level counts
    let rule = lint::find("stale-baseline");
    let severities: Option<Vec<Severity>> = linted.iter().map(|policy| policy.levels.of(rule?).severity()).collect();
    let mut known = FxHashMap::default();
    let mut count = 0;
    let mut left = baselines.clone();
    for policy in linted.iter_mut() {
        let Some(baseline) = policy.baseline.as_ref().and_then(|path| left.get_mut(path)) else { continue };
        let sources = &policy.sources;
        policy.diagnostics.retain(|diagnostic| {
            let Some(finding) = fingerprint(diagnostic, sources) else { return true };
            let start = diagnostic.labels.first().map_or(0, |label| label.span.start);
            // the same place of a file that two policies use is one finding
            let taken = *known.entry((finding.clone(), start)).or_insert_with(|| {
                let taken = baseline.take(&finding);
                count += usize::from(taken);
                taken
            });
            !taken
        });
    }
    let Some(severity) = severities.and_then(|severities| severities.into_iter().min()) else { return Ok((count, Vec::new())) };
    let mut outlines = Outlines::default();
    let mut gone = Vec::new();
    for (path, baseline) in &left {
        let Some(judged) = judged.get(path) else { continue };
        let entries = baseline.left().filter(|entry| judged.must_find(entry.finding, &mut outlines));
        gone.extend(entries.map(|entry| Diagnostic { severity, ..stale(entry, &shown_file(path)) }));
    }
    Ok((count, gone))
}

/// What a run that is held against a baseline must find, if it is there.
struct Judged {
    /// by its path in reports
    files: FxHashMap<String, File>,
    /// where the policies of the run begin
    entries: FxHashSet<PathBuf>,
}

struct File {
    place: PathBuf,
    /// what every policy of the run that uses it was searched for
    rules: FxHashSet<&'static str>,
}

impl Judged {
    fn of(baseline: &Path, linted: &[Linted]) -> Judged {
        let mut judged = Judged { files: FxHashMap::default(), entries: FxHashSet::default() };
        for policy in linted.iter().filter(|policy| policy.baseline.as_deref() == Some(baseline)) {
            if !policy.is_stray {
                judged.entries.extend(policy.files.first().cloned());
            }
            // rules are not asked of a policy with mistakes
            let is_mistake =
                |found: &Diagnostic| found.severity == Severity::Error && !is_of_rule(found) && found.code != Code::ClaimRefuted;
            let is_read = !policy.diagnostics.iter().any(is_mistake);
            let looked_for = |rule: &&lint::Rule| {
                let can_be_there =
                    if policy.is_stray { rule.name == "unused-file" } else { rule.group != Group::Proof || policy.is_proved };
                is_read && can_be_there && policy.levels.of(rule) != Level::Off
            };
            let rules: FxHashSet<&str> = lint::every().filter(looked_for).map(|rule| rule.name).collect();
            for ((_, source), place) in policy.sources.iter().zip(&policy.files) {
                judged
                    .files
                    .entry(source.path.clone())
                    .and_modify(|file| file.rules.retain(|rule| rules.contains(rule)))
                    .or_insert_with(|| File { place: place.clone(), rules: rules.clone() });
            }
        }
        judged
    }

    fn must_find(&self, finding: &Fingerprint, outlines: &mut Outlines) -> bool {
        let Some(file) = self.files.get(&finding.path) else { return false };
        let looked_for = |name: &str| lint::find(name).is_none_or(|rule| file.rules.contains(rule.name));
        // a comment allows in vain only what is looked for, and its place is the name of that
        let is_about_rule = ["unused-allow", "unmet-expect"].contains(&finding.rule.as_str());
        looked_for(&finding.rule)
            && (!is_about_rule || looked_for(&finding.text))
            && !is_used_elsewhere(&file.place, &self.entries, outlines)
    }
}

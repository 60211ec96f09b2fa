//! What is known and left for later.
//!
//! Enters: findings, whose files have the paths that a repository knows them by. Leaves: [`Baseline`], a file that people can read in a diff. Always
//! holds: a finding is known by its rule, its path and the text of its place, never by a line number, so it is still known when lines
//! move; of several alike so many are known as were written down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::find;
use super::rules::stale_baseline;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

const MARK: &str = "lint baseline";
const FORMAT: u32 = 1;
/// So much of a place's text tells it from others.
const TEXT_CHARS_MAX: usize = 160;

/// By what a finding is known again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fingerprint {
    pub path: String,
    pub rule: String,
    /// of the place, with single blanks
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<Fingerprint, Count>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    written: u64,
    taken: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    leadwright: String,
    format: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    finding: Fingerprint,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: u64,
}

fn one() -> u64 {
    1
}

fn is_one(count: &u64) -> bool {
    *count == 1
}

impl Baseline {
    /// Reads a file; or says in a few words what is wrong with it.
    pub fn read(text: &str) -> Result<Baseline, String> {
        let no_baseline = || "it is no baseline of `leadwright lint`".to_owned();
        let record: Record = serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Data => no_baseline(),
            Category::Io | Category::Syntax | Category::Eof => format!("line {} is no JSON", error.line()),
        })?;
        if record.leadwright != MARK {
            return Err(no_baseline());
        }
        if record.format != FORMAT {
            return Err(format!("it has format {}, and this version reads format {FORMAT}", record.format));
        }
        let mut baseline = Baseline::default();
        for entry in record.findings {
            baseline.known.entry(entry.finding).or_default().written += entry.count;
        }
        Ok(baseline)
    }

    pub fn to_json(&self) -> String {
        let findings = self.known.iter().map(|(finding, count)| Entry { finding: finding.clone(), count: count.written }).collect();
        let record = Record { leadwright: MARK.to_owned(), format: FORMAT, findings };
        // plain texts and numbers can always be written
        serde_json::to_string_pretty(&record).unwrap_or_default() + "\n"
    }

    pub fn add(&mut self, finding: Fingerprint) {
        self.known.entry(finding).or_default().written += 1;
    }

    /// Whether one more such finding is known.
    pub fn take(&mut self, finding: &Fingerprint) -> bool {
        match self.known.get_mut(finding) {
            Some(count) if count.taken < count.written => {
                count.taken += 1;
                true
            }
            Some(_) | None => false,
        }
    }

    /// What nothing has taken.
    pub fn left(&self) -> impl Iterator<Item = Left<'_>> {
        let left = |(finding, count): (_, &Count)| Left { finding, written: count.written, left: count.written - count.taken };
        self.known.iter().map(left).filter(|entry| entry.left > 0)
    }

    /// How many findings are known.
    pub fn count(&self) -> u64 {
        self.known.values().map(|count| count.written).sum()
    }
}

/// An entry of which fewer findings are there than were written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left<'b> {
    pub finding: &'b Fingerprint,
    pub written: u64,
    /// what nothing has taken
    pub left: u64,
}

/// What is said of such an entry.
pub fn stale(entry: Left<'_>, baseline: &str) -> Diagnostic {
    let Left { finding, written, left } = entry;
    let what = format!("`{baseline}` knows `{}` of `{}` in `{}`", finding.rule, finding.text, finding.path);
    let message = match written - left {
        0 => format!("{what}, which is not found any more"),
        found => format!("{what} {written} times, and it is found {found} {} now", if found == 1 { "time" } else { "times" }),
    };
    stale_baseline::RULE.finding(message).help("write the baseline anew with `--write-baseline`")
}

/// The fingerprint of a finding of a rule; none of a mistake, which is mended and not left for later.
pub fn fingerprint(diagnostic: &Diagnostic, sources: &Sources) -> Option<Fingerprint> {
    find(diagnostic.name())?;
    let span = diagnostic.labels.first()?.span;
    let source = sources.get(span.source);
    let mut place = sources.text(span);
    if place.trim().is_empty() {
        let start = source.text[..span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
        place = source.text[start..].lines().next().unwrap_or_default();
    }
    let words: Vec<&str> = place.split_whitespace().collect();
    let text = words.join(" ").chars().take(TEXT_CHARS_MAX).collect();
    Some(Fingerprint { path: source.path.clone(), rule: diagnostic.name().to_owned(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(text: &str) -> Fingerprint {
        Fingerprint { path: "p.lead".into(), rule: "unused-let".into(), text: text.into() }
    }

    #[test]
    fn so_many_are_known_as_were_written() {
        let mut written = Baseline::default();
        written.add(finding("a"));
        written.add(finding("a"));
        written.add(finding("b"));
        let mut read = Baseline::read(&written.to_json()).unwrap();
        assert_eq!(read, written);
        assert_eq!(
            [read.take(&finding("a")), read.take(&finding("a")), read.take(&finding("a")), read.take(&finding("c"))],
            [true, true, false, false]
        );
        assert_eq!(read.left().collect::<Vec<_>>(), [Left { finding: &finding("b"), written: 1, left: 1 }]);
    }

    #[test]
    fn another_file_is_refused() {
        assert_eq!(Baseline::read("{}").unwrap_err(), "it is no baseline of `leadwright lint`");
        assert_eq!(Baseline::read("{\n  \"lead").unwrap_err(), "line 2 is no JSON");
        assert_eq!(
            Baseline::read(r#"{"leadwright":"lint baseline","format":2,"findings":[]}"#).unwrap_err(),
            "it has format 2, and this version reads format 1"
        );
    }
}

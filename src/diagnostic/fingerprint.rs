//! What makes a finding the same finding in the next run.
//!
//! Enters: findings. Leaves: 32 hexadecimal digits for each, in their order. Always holds: it depends on the name, the file and the words of the
//! line that the finding points at, not on blanks, nor on where the line stands, nor on the message (which may hold figures that change); of
//! several that agree in all of that, the first, second … differ.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh64::xxh64;

use super::findings::Findings;
use crate::source::{Sources, Span};

pub fn fingerprints(findings: &Findings) -> Vec<String> {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    findings
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let place = findings.place(diagnostic);
            let path = place.map_or("", |span| findings.sources.get(span.source).path.as_str());
            let line = place.map(|span| line_of(span, &findings.sources)).unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            let identity = format!("{}\0{path}\0{}", diagnostic.name(), words.join(" "));
            let before = seen.entry(identity.clone()).or_default();
            let text = format!("{identity}\0{before}");
            *before += 1;
            format!("{:016x}{:016x}", xxh64(text.as_bytes(), 0), xxh64(text.as_bytes(), 1))
        })
        .collect()
}

/// The line on which a span starts.
fn line_of(span: Span, sources: &Sources) -> &str {
    let text = sources.get(span.source).text.as_str();
    let (before, after) = text.split_at((span.start as usize).min(text.len()));
    let start = before.rfind('\n').map_or(0, |index| index + 1);
    let end = after.find('\n').map_or(text.len(), |index| before.len() + index);
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Diagnostic};

    fn prints(text: &str, at: &[&str]) -> Vec<String> {
        let mut sources = Sources::default();
        let file = sources.add("a.lead", text);
        let mut findings = Findings::default();
        let diagnostics = at.iter().map(|word| {
            let start = text.find(word).unwrap();
            Diagnostic::new(Code::UnknownName, format!("{text} {word}")).at(Span::new(file, start, start + word.len()), "")
        });
        let diagnostics = diagnostics.collect();
        findings.add(sources, diagnostics, Vec::new());
        fingerprints(&findings)
    }

    #[test]
    fn lines_above_and_blanks_change_nothing() {
        let before = prints("let a = bees\nlet c = bees + ants\n", &["bees", "ants"]);
        let after = prints("# new\n\nlet a  =  bees\n\nlet c = bees  + ants\n", &["bees", "ants"]);
        assert_eq!(before, after);
        assert_ne!(before[0], before[1]);
        assert!(before.iter().all(|print| print.len() == 32));
    }

    #[test]
    fn two_on_one_line_differ() {
        let both = prints("let c = bees + ants\n", &["bees", "ants"]);
        assert_ne!(both[0], both[1]);
        assert_eq!(prints("let c = bees + ants\n", &["bees"])[0], both[0]);
    }
}

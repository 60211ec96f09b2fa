//! SARIF 2.1.0, the format that code scanning and editors read.
//!
//! Enters: findings, and what is known of each code and rule. Leaves: one run as JSON. Always holds: URIs are relative to the folder that the paths of
//! the findings start at, and never leave it; columns count characters; nothing in it depends on the machine, so that the same findings give the same
//! bytes; a run has at most as many results as GitHub accepts, and says how many were left out.

use serde::Serialize;
use serde_json::{Value, json};

use super::findings::Findings;
use super::fingerprint::fingerprints;
use super::render_json::to_json;
use super::sanitise::{many_lines, one_line};
use super::{Diagnostic, Fix, Severity};
use crate::source::{SourceId, Sources, Span};

/// GitHub refuses a run with more.
pub const RESULTS_MAX: usize = 25_000;
/// Of those it keeps so many, the most severe first.
pub const RESULTS_SHOWN: usize = 5_000;
/// GitHub shows no more places of one result.
const RELATED_MAX: usize = 99;
const ROOT: &str = "%SRCROOT%";

/// What is known of a code or a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// in a few words
    pub title: String,
    /// the page about it, as Markdown
    pub page: String,
    pub severity: Severity,
    /// what it belongs to: `mistake`, or a group of lint rules
    pub group: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Value,
    region: Region,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// `exit_code` is that of the command.
pub fn render(
    command: &str,
    findings: &Findings,
    about: &dyn Fn(&str) -> Option<About>,
    exit_code: u8,
) -> Result<String, serde_json::Error> {
    let kept = kept(&findings.diagnostics);
    let left_out = findings.diagnostics.len() - kept.iter().filter(|kept| **kept).count();
    let mut names: Vec<&'static str> = findings.diagnostics.iter().map(Diagnostic::name).collect();
    names.sort_unstable();
    names.dedup();
    let results: Vec<SarifResult> = findings
        .diagnostics
        .iter()
        .zip(fingerprints(findings))
        .zip(&kept)
        .filter(|(_, kept)| **kept)
        .map(|((diagnostic, fingerprint), _)| {
            let rule_index = names.binary_search(&diagnostic.name()).unwrap_or_default();
            result(diagnostic, rule_index, fingerprint, findings)
        })
        .collect();
    let artifacts: Vec<Value> = findings.sources.iter().map(|(_, source)| json!({ "location": artifact(&source.path) })).collect();
    let run = json!({
        "tool": { "driver": {
            "name": "leadwright",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": names.iter().map(|name| rule(name, about(name))).collect::<Vec<Value>>(),
        } },
        "automationDetails": { "id": format!("leadwright/{command}/") },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": { ROOT: { "description": { "text": "the top folder of the repository" } } },
        "invocations": [{
            "executionSuccessful": true,
            "exitCode": exit_code,
            "toolExecutionNotifications": notifications(results.len(), left_out),
        }],
        "artifacts": artifacts,
        "results": results,
    });
    to_json(&json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }))
}

/// Which results are written: all, or the most severe of them.
fn kept(diagnostics: &[Diagnostic]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..diagnostics.len()).collect();
    order.sort_by_key(|index| diagnostics[*index].severity);
    let mut kept = vec![false; diagnostics.len()];
    order.iter().take(RESULTS_MAX).for_each(|index| kept[*index] = true);
    kept
}

fn notifications(results: usize, left_out: usize) -> Vec<Value> {
    let mut texts = Vec::new();
    if left_out > 0 {
        texts.push(format!("{left_out} findings were left out: a run holds at most {RESULTS_MAX}, the most severe first"));
    }
    if results > RESULTS_SHOWN {
        texts.push(format!("GitHub keeps {RESULTS_SHOWN} results of a run, the most severe first; this one has {results}"));
    }
    texts.into_iter().map(|text| json!({ "level": "warning", "message": { "text": text } })).collect()
}

fn rule(name: &str, about: Option<About>) -> Value {
    let Some(about) = about else { return json!({ "id": name }) };
    json!({
        "id": name,
        "shortDescription": { "text": about.title },
        "fullDescription": { "text": first_paragraph(&about.page).unwrap_or(&about.title) },
        "help": { "text": about.page, "markdown": about.page },
        "defaultConfiguration": { "level": level(about.severity) },
        "properties": { "tags": [about.group], "problem.severity": problem(about.severity) },
    })
}

/// The text between the heading of a page and the next empty line.
fn first_paragraph(page: &str) -> Option<&str> {
    page.split("\n\n").find(|paragraph| !paragraph.trim_start().starts_with('#') && !paragraph.trim().is_empty()).map(str::trim)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The word of GitHub for the same.
fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "recommendation",
    }
}

fn result(diagnostic: &Diagnostic, rule_index: usize, fingerprint: String, findings: &Findings) -> SarifResult {
    let sources = &findings.sources;
    let mut text = one_line(&diagnostic.message).into_owned();
    for line in diagnostic.help.iter().flat_map(|help| help.lines()) {
        text += &format!("\nhelp: {}", one_line(line));
    }
    let message = |words: &str| if words.is_empty() { None } else { Some(Message { text: escaped(&one_line(words)) }) };
    let primary = findings.place(diagnostic).map(|span| Location {
        id: None,
        physical_location: physical(span, sources),
        message: diagnostic.labels.first().and_then(|label| message(&label.text)),
    });
    let related = diagnostic.labels.iter().skip(1).take(RELATED_MAX).enumerate().map(|(index, label)| Location {
        id: Some(index),
        physical_location: physical(label.span, sources),
        message: message(&label.text),
    });
    SarifResult {
        rule_id: diagnostic.name(),
        rule_index,
        level: level(diagnostic.severity),
        message: Message { text: escaped(&text) },
        locations: primary.into_iter().collect(),
        related_locations: related.collect(),
        partial_fingerprints: json!({ "leadwright/v1": fingerprint }),
        fixes: diagnostic.fixes.iter().map(|fix| mended(fix, sources)).collect(),
    }
}

/// In a message, `[text](target)` is a link and `{0}` a placeholder; what a policy says is neither.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '[' | ']' => out.extend(['\\', character]),
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            other => out.push(other),
        }
    }
    out
}

fn mended(fix: &Fix, sources: &Sources) -> Value {
    let mut files: Vec<SourceId> = fix.edits.iter().map(|edit| edit.span.source).collect();
    files.sort();
    files.dedup();
    let changes = files.into_iter().map(|file| {
        let here = fix.edits.iter().filter(|edit| edit.span.source == file);
        // what is inserted is exact: escapes of JSON keep it from harming whoever reads the report as text
        let replacements =
            here.map(|edit| json!({ "deletedRegion": region(edit.span, sources), "insertedContent": { "text": edit.text } }));
        json!({ "artifactLocation": artifact(&sources.get(file).path), "replacements": replacements.collect::<Vec<Value>>() })
    });
    json!({ "description": { "text": many_lines(&fix.title) }, "artifactChanges": changes.collect::<Vec<Value>>() })
}

fn physical(span: Span, sources: &Sources) -> PhysicalLocation {
    PhysicalLocation { artifact_location: artifact(&sources.get(span.source).path), region: region(span, sources) }
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": ROOT })
}

fn region(span: Span, sources: &Sources) -> Region {
    let start = sources.position(span.source, span.start);
    let end = sources.position(span.source, span.end);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// A relative reference of RFC 3986: every byte of a name that is not unreserved is escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Applicability, Code, Edit};

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn about(name: &str) -> Option<About> {
        let page = format!("# {name}: title\n\nWhy it\nmatters.\n\nMore.\n");
        Some(About { title: "title".into(), page, severity: Severity::Error, group: "mistake" })
    }

    #[test]
    fn a_whole_run() {
        let mut sources = Sources::default();
        let file = sources.add("a:b é.lead", "one ßwo\nthree\n");
        let other = sources.add("common/teams.lead", "leadwright 1\n");
        let diagnostic = Diagnostic::new(Code::UnknownName, "there is no `{0}` [x](y)")
            .at(Span::new(file, 4, 8), "this")
            .at(Span::new(other, 0, 10), "there")
            .help("try")
            .fix("mend", Applicability::Safe, vec![Edit { span: Span::new(file, 4, 8), text: "two\u{1b}".into() }]);
        let mut findings = Findings::default();
        findings.add(sources.beneath("policies"), vec![diagnostic], Vec::new());
        let text = render("check", &findings, &about, 1).unwrap();
        assert!(!text.contains('\u{1b}'));
        let log = read(&text);
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["fullDescription"]["text"], "Why it\nmatters.");
        assert_eq!(run["invocations"][0]["exitCode"], 1);
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        let result = &run["results"][0];
        assert_eq!((&result["ruleId"], &result["ruleIndex"], &result["level"]), (&"E0201".into(), &0.into(), &"error".into()));
        assert_eq!(result["message"]["text"], "there is no `{{0}}` \\[x\\](y)\nhelp: try");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "policies/a%3Ab%20%C3%A9.lead");
        assert_eq!(place["region"], json!({ "startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 8 }));
        assert_eq!(result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"], "policies/common/teams.lead");
        let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(replacement["insertedContent"]["text"], "two\u{1b}");
    }

    #[test]
    fn a_run_is_as_large_as_github_accepts_and_keeps_the_errors() {
        let mut sources = Sources::default();
        let file = sources.add("a.lead", "x");
        let note = Diagnostic::lint("a-rule", Severity::Note, "m").at(Span::new(file, 0, 1), "");
        let mut diagnostics = vec![note; RESULTS_MAX];
        diagnostics.push(Diagnostic::new(Code::UnknownName, "m").at(Span::new(file, 0, 1), ""));
        let mut findings = Findings::default();
        findings.add(sources, diagnostics, Vec::new());
        let log = read(&render("lint", &findings, &about, 1).unwrap());
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!((results.len(), &results[RESULTS_MAX - 1]["ruleId"]), (RESULTS_MAX, &"E0201".into()));
        let notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(notes.len(), 2);
        assert!(notes[0]["message"]["text"].as_str().unwrap().starts_with("1 findings were left out"), "{notes:?}");
    }
}

//! Text that tries to steer a terminal or to break out of a format: in every place of a policy, in its file's name, in leads, signals and tables.

use std::path::PathBuf;

use super::run_in;
use crate::cli::{AS_OF, Folder, Ran};

/// The policy, with `EVIL` in every place that takes text.
const POLICY: &str = include_str!("hostile.lead");

/// Everything that a string of a policy can hold, line feeds and quotes as escapes.
const EVILS: [&str; 4] = [
    "\u{1b}[31m\u{1b}]0;title\u{7}\u{9b}2J\u{7f}\u{1}\u{c}",
    "\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{85}\u{e0041}\u{61c}",
    "x|y `a` `` --> ]]> <b onclick='x'>&amp; </code></td> <!-- \\ @all #1 [l](http://e.vil) ~~s~~ **b** _i_",
    "::error file=a,line=1::b %0A%0D%25 {0} {{ ##[error] \u{fffe}\u{ffff} \"q\" one\n::error::two\t| three",
];

fn is_harmful(character: char) -> bool {
    leadwright::diagnostic::sanitise::is_harmful(character) && !matches!(character, '\n' | '\t')
}

#[track_caller]
fn harmless(ran: &Ran, what: &str) {
    for (stream, text) in [("standard output", &ran.out), ("standard error", &ran.err)] {
        let bad: Vec<char> = text.chars().filter(|character| is_harmful(*character)).collect();
        assert!(bad.is_empty(), "{what}: {stream} has {bad:?}:\n{text:?}");
    }
}

/// In a table of Markdown, every row has as many cells as its head.
#[track_caller]
fn tables_hold(text: &str) {
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let rows = |line: &&str| line.starts_with("| ") || line.starts_with("|-");
    for (line, next) in text.lines().zip(text.lines().skip(1)) {
        assert!(!rows(&line) || !rows(&next) || cells(line) == cells(next), "{line}\n{next}\n{text}");
    }
}

/// What a file may be called: all but what systems forbid.
fn name(evil: &str) -> String {
    let kept: String = evil.chars().filter(|character| !matches!(character, '/' | '\0' | '\\')).take(60).collect();
    format!("a {kept}\nb.lead")
}

/// The policy, with this in the place of every text.
fn policy(evil: &str) -> String {
    POLICY.replace("EVIL", &evil.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// A cell of a CSV, with a line feed in it.
fn cell(evil: &str) -> String {
    format!("\"one\n{}\"", evil.replace('"', "\"\""))
}

fn scene(evil: &str) -> (Folder, String) {
    let cell = cell(evil);
    let leads = format!(
        "id,site,beds,note,rival,{cell}\n{cell},hospital,600,{cell},no,1\nB,{cell},{cell},,no,1\nC,clinic,20,,{cell},1\nD,clinic,20,,no,1\n"
    );
    let signals = format!("id,signal,time,reason\n{cell},call,2026-11-10T10:00,{cell}\nB,{cell},{cell},x\nD,call,2026-11-01,{cell}\n");
    let other = policy(&format!("another {evil}")).replace("clinic -5", "clinic -4").replace("when rival", "when rival or beds < 7");
    let folder = Folder::new(&[(&name(evil), &policy(evil)), ("other.lead", &other), ("leads.csv", &leads), ("signals.csv", &signals)]);
    (folder, name(evil))
}

#[test]
#[cfg(unix)]
fn nothing_reaches_a_terminal() {
    for (index, evil) in EVILS.into_iter().enumerate() {
        let (folder, policy) = scene(evil);
        let root: PathBuf = folder.path("");
        let key = format!("one\n{evil}");
        let leads = ["leads.csv", "--signals", "signals.csv", AS_OF];
        let replayed = ["--leads", "leads.csv", "--signals", "signals.csv", "--to", "2026-11-18"];
        let mut codes = Vec::new();
        for arguments in [
            vec!["check", &policy],
            vec!["check", &policy, "--emit", "program"],
            vec!["check", ".", "other.lead"],
            vec!["test", &policy],
            vec!["test", &policy, "--filter", &key],
            [&["score", &policy], &leads[..], &["-o", "scored.csv", "--rejects", "rejects.csv", "--show-binding"]].concat(),
            [&["score", &policy], &leads[..], &["-o", "scored.csv", "--summary", "json"]].concat(),
            [&["score", &policy], &leads[..], &["-o", "scored.csv", "--on-bad-row", "fail"]].concat(),
            [&["explain", &policy], &leads[..], &["--lead", "D"]].concat(),
            [&["explain", &policy], &leads[..], &["--lead", "D", "--output", "json"]].concat(),
            [&["explain", &policy], &leads[..], &["--lead", &key]].concat(),
            [&["explain", &policy], &leads[..], &["--lead", "B"]].concat(),
            [&["explain", &policy], &leads[..], &["--lead", "nobody\u{1b}[2J"]].concat(),
            [&["replay", &policy], &replayed[..]].concat(),
            vec!["diff", &policy, "other.lead"],
            vec!["diff", &policy, "other.lead", "--output", "json"],
            vec!["diff", &policy, "other.lead", "--output", "markdown"],
            [&["diff", &policy, "other.lead", "--leads"], &leads[..]].concat(),
            vec!["fmt", "--check", &policy],
            vec!["lint", &policy],
            vec!["lint", &policy, "--only", evil],
            vec!["prove", &policy],
            vec!["rule", evil],
            vec!["explain-code", evil],
            vec!["check", evil],
            vec![evil],
            vec!["check", &policy, "--output", evil],
        ] {
            let ran = run_in(&root, &arguments);
            harmless(&ran, &arguments.join(" "));
            tables_hold(&ran.out);
            codes.push(ran.code);
        }
        // they did what they were asked: nothing was refused on the way
        assert_eq!(codes, [0, 0, 0, 1, 2, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 1, 1, 2, 0, 2, 2, 2, 2, 2], "evil {index}");
    }
}

/// Of each format: how many findings it has, read as whoever reads it does.
fn findings(kind: &str, ran: &Ran) -> Option<usize> {
    let text = &ran.out;
    match kind {
        "human" => None,
        "json" => Some(serde_json::from_str::<serde_json::Value>(text).unwrap()["diagnostics"].as_array().unwrap().len()),
        "sarif" => Some(serde_json::from_str::<serde_json::Value>(text).unwrap()["runs"][0]["results"].as_array().unwrap().len()),
        "gitlab" => Some(serde_json::from_str::<Vec<serde_json::Value>>(text).unwrap().len()),
        "github" => {
            for line in text.lines() {
                let rest = line
                    .strip_prefix("::error ")
                    .or(line.strip_prefix("::warning "))
                    .or(line.strip_prefix("::notice "))
                    .unwrap_or_else(|| panic!("{line}"));
                let (properties, _) = rest.split_once("::").unwrap();
                let keys: Vec<&str> = properties.split(',').map(|property| property.split_once('=').unwrap().0).collect();
                assert_eq!((keys[0], keys[keys.len() - 1]), ("file", "title"), "{line}");
                assert!(properties.split(',').all(|property| property.matches(':').count() == 0), "{line}");
            }
            Some(text.lines().count())
        }
        "junit" => {
            assert!(
                text.chars().all(|character| matches!(character, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
            );
            let report = quick_junit::Report::deserialize_from_str(text).unwrap();
            assert!(report.tests >= 1, "{text}");
            None
        }
        "markdown" => {
            let lines: Vec<&str> = text.lines().collect();
            assert!(lines[0].starts_with("### leadwright ") && !text.contains('`'), "{text}");
            let rows = lines.get(4..).unwrap_or_default();
            assert!(rows.iter().all(|row| row.starts_with("| ") && row.ends_with(" |") && row.matches('|').count() == 4), "{text}");
            // the only tags are ours
            let without = ["<code>", "</code>", "<br>", "<!-- -->"].iter().fold(text.clone(), |text, tag| text.replace(tag, ""));
            assert!(!without.contains(['<', '>']), "{text}");
            assert_eq!(text.matches("<code>").count(), text.matches("</code>").count(), "{text}");
            Some(rows.len())
        }
        other => panic!("{other}"),
    }
}

#[test]
#[cfg(unix)]
fn nothing_breaks_a_format() {
    for evil in EVILS {
        let (folder, good) = scene(evil);
        let word: String = evil.chars().filter(|character| !matches!(character, '`' | '"' | '\n' | '\\')).collect();
        // a name in backquotes, a broken string, raw text where none can be, a standard, a table whose file is not there
        let broken = policy(evil).replace("is clinic", &format!("is `{word}`"));
        let broken = format!("{broken}\nlet x = {evil}\nlet y = \"{evil}\ntable t from \"{word}.csv\" {{ a text key }}\nuse \"{word}\"\n");
        let bad = format!("bad {good}");
        std::fs::write(folder.path(&bad), broken).unwrap();
        for (command, policy, code) in
            [("check", &bad, 1), ("lint", &bad, 1), ("test", &bad, 1), ("check", &good, 0), ("lint", &good, 1), ("test", &good, 1)]
        {
            let mut counts = Vec::new();
            for kind in ["human", "json", "sarif", "gitlab", "github", "junit", "markdown"] {
                let ran = run_in(&folder.path(""), &[command, policy, "--output", kind]);
                let what = format!("{command} {policy} --output {kind}");
                assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{what}");
                harmless(&ran, &what);
                counts.extend(findings(kind, &ran));
            }
            counts.dedup();
            assert!(counts.len() == 1 && (counts[0] > 0) == (code == 1), "{command} {policy:?}: {counts:?}");
        }
    }
}

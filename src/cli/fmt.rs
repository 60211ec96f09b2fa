//! `leadwright fmt`: the one text of a policy's files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::console::Console;
use super::outcome::{Misuse, Outcome};
use super::output::{Output, OutputArguments, Printed};
use super::patch::patch;
use super::rewrite::rewrite;
use super::shell::shell_word;
use super::texts::{read_bounded, text_of};
use super::{policies, policy_files};
use crate::diagnostic::findings::Findings;
use crate::diagnostic::render_human::{self, Look};
use crate::diagnostic::sanitise::{many_lines, one_line};
use crate::diagnostic::{Diagnostic, Severity};
use crate::format::{self, Unformatted};
use crate::report::pages;
use crate::source::{SourceId, Sources, Span, with_line_ends};
use crate::syntax;

/// Write policy files in their one form; the meaning never changes
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  leadwright fmt                                    every .lead file below this folder
  leadwright fmt --check examples/medbank           say which files it would change, and change none
  leadwright fmt --diff examples/medbank/flow.lead  show how
  leadwright fmt - < draft.lead                     from standard input to standard output")]
pub struct Arguments {
    /// Files, folders (every .lead file below them), or `-` for standard input [default: this folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Write nothing; name the files that are not formatted, and end with 1 if there are any
    #[arg(long)]
    check: bool,

    /// Write nothing; print the changes as a patch, and end with 1 if there are any
    #[arg(long)]
    diff: bool,

    /// What messages call the text on standard input
    #[arg(long, value_name = "NAME", default_value = "standard input", hide_default_value = true)]
    stdin_filename: String,

    #[command(flatten)]
    output: OutputArguments,
}

impl Arguments {
    fn only_looks(&self) -> bool {
        self.check || self.diff
    }
}

/// What JSON says besides the findings.
#[derive(Serialize)]
struct More {
    /// the files that were written
    formatted: Vec<String>,
    unchanged: usize,
}

/// What became of the files.
#[derive(Default)]
struct Done {
    findings: Findings,
    /// those whose text is another now, or would be
    changed: Vec<String>,
    unchanged: usize,
    unreadable: usize,
    /// the changes, for `--diff`
    patches: String,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let is_standard_input = |path: &PathBuf| path.as_os_str() == "-";
    if arguments.paths.iter().any(is_standard_input) {
        if arguments.paths.len() > 1 {
            return Err(Misuse::new("standard input (`-`) stands alone, without files"));
        }
        return standard_input(arguments, console);
    }
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { here.as_slice() } else { arguments.paths.as_slice() };
    let files = paths.iter().map(|path| policy_files::below(path)).collect::<Result<Vec<_>, Misuse>>()?;
    // by their real places, so that none is written twice; of a symbolic link, what it points to
    let real = |path: &PathBuf| fs::canonicalize(path).map_err(|error| Misuse::new(format!("cannot read `{}`: {error}", path.display())));
    let files = files.iter().flatten().map(real).collect::<Result<BTreeSet<PathBuf>, Misuse>>()?;
    if files.is_empty() {
        let named: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(Misuse::new(format!("there is no `.lead` file in or beneath {}", named.join(" or "))));
    }
    let folders: Vec<&Path> = files.iter().filter_map(|path| path.parent()).collect();
    let base = policies::base(&folders);
    let mut done = Done::default();
    for path in &files {
        file(path, &policies::shown(path.strip_prefix(&base).unwrap_or(path)), arguments, console, &mut done)?;
    }
    let formatted = if arguments.only_looks() { Vec::new() } else { done.changed.clone() };
    let more = More { formatted, unchanged: done.unchanged };
    let printed = Printed { command: "fmt", findings: &done.findings, failing: Severity::Error, otherwise: Outcome::Clean, more };
    printed.print(arguments.output, console, |look| page(&done, arguments, look))
}

fn page(done: &Done, arguments: &Arguments, look: Look) -> String {
    let mistakes: Vec<Diagnostic> =
        done.findings.diagnostics.iter().filter(|diagnostic| diagnostic.name() != pages::UNFORMATTED).cloned().collect();
    let mut page = render_human::render(&mistakes, &done.findings.sources, look);
    if arguments.diff {
        page.push_str(&done.patches);
        return page;
    }
    let about = if arguments.check { "not formatted" } else { "formatted" };
    for path in &done.changed {
        page.push_str(&format!("{}: {about}\n", one_line(path)));
    }
    page.push_str(&sentence(done, arguments.check));
    page
}

/// `2 files formatted, 1 file left as it is`
fn sentence(done: &Done, only_looked: bool) -> String {
    let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let mut parts = Vec::new();
    if !done.changed.is_empty() {
        let changed = done.changed.len();
        parts.push(if only_looked {
            format!("{} not formatted: run `leadwright fmt`", files(changed))
        } else {
            format!("{} formatted", files(changed))
        });
    }
    if done.unchanged > 0 || parts.is_empty() {
        parts.push(match (only_looked, done.unchanged) {
            (true, unchanged) => format!("{} formatted", files(unchanged)),
            (false, 1) => "1 file left as it is".to_owned(),
            (false, unchanged) => format!("{} left as they are", files(unchanged)),
        });
    }
    if done.unreadable > 0 {
        parts.push(format!("{} with mistakes left as written", files(done.unreadable)));
    }
    format!("{}\n", parts.join("; "))
}

fn file(path: &Path, name: &str, arguments: &Arguments, console: &Console, done: &mut Done) -> Result<(), Misuse> {
    let bytes = read_bounded(path).map_err(|error| Misuse::new(format!("cannot read `{name}`: {error}")))?;
    let (text, formatted) = match formatted(name, bytes)? {
        Ok(texts) => texts,
        Err((sources, diagnostics)) => {
            done.unreadable += 1;
            done.findings.add(sources, diagnostics, Vec::new());
            return Ok(());
        }
    };
    if formatted == text {
        done.unchanged += 1;
        done.findings.add(sources_of(name, &text).0, Vec::new(), Vec::new());
        return Ok(());
    }
    if arguments.diff {
        done.patches.push_str(&patch(name, &text, &formatted, console));
    }
    if arguments.only_looks() {
        let (sources, source) = sources_of(name, &text);
        done.findings.add(sources, vec![unformatted(name, source, &text, &formatted)], Vec::new());
    } else {
        rewrite(path, &formatted)?;
        done.findings.add(sources_of(name, &formatted).0, Vec::new(), Vec::new());
    }
    done.changed.push(name.to_owned());
    Ok(())
}

/// The finding, at the first line that would change.
fn unformatted(name: &str, source: SourceId, text: &str, formatted: &str) -> Diagnostic {
    let text = with_line_ends(text.to_owned());
    let same: usize =
        text.split_inclusive('\n').zip(formatted.split_inclusive('\n')).take_while(|(a, b)| a == b).map(|(line, _)| line.len()).sum();
    let line = text[same..].lines().next().unwrap_or_default();
    Diagnostic::lint(pages::UNFORMATTED, Severity::Error, "this file is not formatted")
        .at(Span::new(source, same, same + line.len()), "the first line that is written in another way")
        .help(format!("run `leadwright fmt {}`", shell_word(name)))
}

fn sources_of(name: &str, text: &str) -> (Sources, SourceId) {
    let mut sources = Sources::default();
    let source = sources.add(name, text);
    (sources, source)
}

fn standard_input(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    if arguments.output.kind != Output::Human {
        return Err(Misuse::new("a report about standard input is for people alone: leave `--output` out, or name files"));
    }
    let mut bytes = Vec::new();
    let limit = syntax::FILE_BYTES_MAX as u64 + 1;
    io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|error| Misuse::new(format!("cannot read standard input: {error}")))?;
    let name = &arguments.stdin_filename;
    let (text, formatted) = match formatted(name, bytes)? {
        Ok(texts) => texts,
        Err((sources, diagnostics)) => {
            console.note(&render_human::render(&diagnostics, &sources, console.err));
            return Ok(Outcome::Findings);
        }
    };
    let is_same = formatted == text;
    if arguments.diff {
        console.print(&patch(name, &text, &formatted, console))?;
    } else if !arguments.check {
        let shown = if console.out_is_terminal { many_lines(&formatted) } else { formatted.as_str().into() };
        console.print(&shown)?;
        return Ok(Outcome::Clean);
    } else if !is_same {
        console.print(&format!("{}: not formatted\n", one_line(name)))?;
    }
    Ok(if is_same { Outcome::Clean } else { Outcome::Findings })
}

/// The text and its one form; or why it cannot be read.
fn formatted(name: &str, bytes: Vec<u8>) -> Result<Result<(String, String), (Sources, Vec<Diagnostic>)>, Misuse> {
    let text = match text_of(name, bytes) {
        Ok(text) => text,
        Err(unreadable) => return Ok(Err(unreadable)),
    };
    match format::format(name, &text) {
        Ok(formatted) => Ok(Ok((text, formatted))),
        Err(Unformatted::Mistakes { sources, diagnostics }) => Ok(Err((sources, diagnostics))),
        Err(Unformatted::Changed) => Err(Misuse::new(format!(
            "`{name}` was left as it is, because formatting would have changed what it means; that is a mistake in the formatter, please report it"
        ))),
    }
}

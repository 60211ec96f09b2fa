//! `leadwright fmt`: the one text of a policy's files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::outcome::{Misuse, Outcome};
use super::policy_files;
use crate::batch::{Place, output_file};
use crate::diagnostic::sanitise::one_line;
use crate::diagnostic::{Code, Diagnostic, render_human};
use crate::format::{self, Unformatted};
use crate::source::{Sources, Span};
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
    let mut seen = BTreeSet::new();
    let mut tally = Tally::default();
    for path in files.into_iter().flatten() {
        if seen.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
            file(&path, arguments, console, &mut tally)?;
        }
    }
    console.note(&tally.sentence(arguments.check || arguments.diff));
    Ok(if tally.failed > 0 || ((arguments.check || arguments.diff) && tally.changed > 0) { Outcome::Findings } else { Outcome::Clean })
}

#[derive(Debug, Default)]
struct Tally {
    changed: usize,
    unchanged: usize,
    /// could not be read
    failed: usize,
}

impl Tally {
    fn sentence(&self, only_looked: bool) -> String {
        let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let (done, left) = if only_looked { (" would be formatted", " are formatted") } else { (" formatted", " left as they are") };
        let one = |text: &str, count: usize| {
            if count == 1 { text.replace(" are ", " is ").replace("they are", "it is") } else { text.to_owned() }
        };
        let mut parts = Vec::new();
        if self.changed > 0 {
            parts.push(format!("{}{done}", files(self.changed)));
        }
        if self.unchanged > 0 || self.changed + self.failed == 0 {
            parts.push(format!("{}{}", files(self.unchanged), one(left, self.unchanged)));
        }
        if self.failed > 0 {
            parts.push(format!("{} cannot be read", files(self.failed)));
        }
        format!("{}\n", parts.join(", "))
    }
}

fn file(path: &Path, arguments: &Arguments, console: &Console, tally: &mut Tally) -> Result<(), Misuse> {
    let name = path.display().to_string();
    let bytes = read_bounded(path).map_err(|error| Misuse::new(format!("cannot read `{name}`: {error}")))?;
    let Some((text, formatted)) = formatted(&name, bytes, console)? else {
        tally.failed += 1;
        return Ok(());
    };
    if formatted == text {
        tally.unchanged += 1;
        return Ok(());
    }
    tally.changed += 1;
    if arguments.diff {
        console.print(&patch(&name, &text, &formatted, console))?;
    } else if arguments.check {
        console.print(&format!("{}: not formatted; `leadwright fmt` formats it\n", one_line(&name)))?;
    } else {
        write(path, &formatted)?;
        console.print(&format!("{}: formatted\n", one_line(&name)))?;
    }
    Ok(())
}

fn standard_input(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let mut bytes = Vec::new();
    let limit = syntax::FILE_BYTES_MAX as u64 + 1;
    io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|error| Misuse::new(format!("cannot read standard input: {error}")))?;
    let name = &arguments.stdin_filename;
    let Some((text, formatted)) = formatted(name, bytes, console)? else { return Ok(Outcome::Findings) };
    let is_same = formatted == text;
    if arguments.diff {
        console.print(&patch(name, &text, &formatted, console))?;
    } else if !arguments.check {
        console.print(&formatted)?;
        return Ok(Outcome::Clean);
    } else if !is_same {
        console.print(&format!("{}: not formatted\n", one_line(name)))?;
    }
    Ok(if is_same { Outcome::Clean } else { Outcome::Findings })
}

/// The text and its one form; none if it cannot be read, which has been said then.
fn formatted(name: &str, bytes: Vec<u8>, console: &Console) -> Result<Option<(String, String)>, Misuse> {
    let complain = |diagnostics: &[Diagnostic], sources: &Sources| console.note(&render_human::render(diagnostics, sources, console.err));
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let mut sources = Sources::default();
            let source = sources.add(name, String::from_utf8_lossy(error.as_bytes()));
            let diagnostic = Diagnostic::new(Code::NotUtf8, format!("the file `{name}` is not UTF-8"))
                .at(Span::new(source, offset, offset + '\u{fffd}'.len_utf8()), "not a character of UTF-8")
                .help("save the file as UTF-8");
            complain(&[diagnostic], &sources);
            return Ok(None);
        }
    };
    match format::format(name, &text) {
        Ok(formatted) => Ok(Some((text, formatted))),
        Err(Unformatted::Mistakes { sources, diagnostics }) => {
            complain(&diagnostics, &sources);
            Ok(None)
        }
        Err(Unformatted::Changed) => Err(Misuse::new(format!(
            "`{name}` was left as it is, because formatting would have changed what it means; that is a mistake in the formatter, please report it"
        ))),
    }
}

/// At most one byte more than a file of a policy may have, so that one beyond the limit is reported and not read.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(syntax::FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces the file, whole or not at all; of a symbolic link, what it points to.
fn write(path: &Path, text: &str) -> Result<(), Misuse> {
    let failed = |reason: String| Misuse::new(format!("cannot write `{}`: {reason}", path.display()));
    let real = fs::canonicalize(path).map_err(|error| failed(error.to_string()))?;
    // A new file would take the place of one that its owner keeps from being written.
    if fs::metadata(&real).map_err(|error| failed(error.to_string()))?.permissions().readonly() {
        return Err(failed("it is read-only".to_owned()));
    }
    let mut output = output_file::OutputFile::create(&Place::Path(real)).map_err(|error| failed(error.to_string()))?;
    output.write_all(text.as_bytes()).map_err(|error| failed(error.to_string()))?;
    output.commit().map_err(|error| failed(error.to_string()))
}

/// The change as a patch that `git apply` takes.
fn patch(name: &str, text: &str, formatted: &str, console: &Console) -> String {
    if text == formatted {
        return String::new();
    }
    let name = one_line(name).replace('\\', "/");
    let name = name.strip_prefix("./").unwrap_or(&name);
    let patch =
        similar::TextDiff::from_lines(text, formatted).unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
    patch.split_inclusive('\n').map(|line| coloured(line, console)).collect()
}

fn coloured(line: &str, console: &Console) -> String {
    let content = line.trim_end_matches(['\r', '\n']);
    let colour = match content.as_bytes() {
        _ if !console.out.colour => return line.to_owned(),
        [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => "1",
        [b'@', ..] => "36",
        [b'+', ..] => "32",
        [b'-', ..] => "31",
        _ => return line.to_owned(),
    };
    format!("\u{1b}[{colour}m{content}\u{1b}[0m{}", &line[content.len()..])
}

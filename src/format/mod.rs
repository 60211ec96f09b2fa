//! The one text of a policy file.
//!
//! Enters: the text of a file. Leaves: the same tokens and comments with the blanks and line ends that `docs/fmt.md` describes; or why it
//! was left alone. Always holds: the text that leaves has the same tokens, the same parts, the same documentation and the same
//! comments in the same places (it is read again, and refused if not); formatting it again changes nothing; no line depends on the digits
//! of a number in another one.
//!
//! The way: `syntax::outline` says which tokens are which part, `plan` makes rows and blocks of them, `columns` says where cells of a row
//! stand, `place` aligns the cells of rows that follow each other, `write` makes lines.
//!
//! ```
//! let formatted = leadwright::format::format("a.lead", "leadwright 1\nlet   big=beds>=500\n").unwrap();
//! assert_eq!(formatted, "leadwright 1\nlet big = beds >= 500\n");
//! ```

mod columns;
mod lines;
mod place;
mod plan;
mod same;
mod spacing;
mod write;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;
use crate::syntax;

/// Why a text was left as it is.
#[derive(Debug)]
pub enum Unformatted {
    /// It cannot be read.
    Mistakes { sources: Sources, diagnostics: Vec<Diagnostic> },
    /// What came out does not mean the same: a mistake of the formatter, never of the text.
    Changed,
}

/// The text in its one form. The path is only for diagnostics.
///
/// A byte order mark is left out; line ends are those of the first line, and line feeds where there are carriage returns alone.
pub fn format(path: &str, text: &str) -> Result<String, Unformatted> {
    let mut sources = Sources::default();
    let source = sources.add(path, text);
    let (outline, diagnostics) = syntax::outline(&sources, source);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(Unformatted::Mistakes { sources, diagnostics });
    }
    let text = sources.get(source).text.clone();
    let formatted = write::write(&outline, &plan::plan(&outline), &text);
    let again = sources.add(path, formatted.as_str());
    let (outline_again, diagnostics_again) = syntax::outline(&sources, again);
    let same = diagnostics_again.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
        && same::same(&outline, &text, &outline_again, &formatted);
    if !same {
        return Err(Unformatted::Changed);
    }
    Ok(if ends_lines_with_crlf(&text) { formatted.replace('\n', "\r\n") } else { formatted })
}

/// Items as they stand in a file, in their one form; as they are if they cannot be read.
pub fn format_items(text: &str) -> String {
    const ABOVE: &str = "leadwright 1\n\n";
    let formatted = format("", &format!("{ABOVE}{text}")).ok();
    formatted.and_then(|file| file.strip_prefix(ABOVE).map(str::to_owned)).unwrap_or_else(|| text.to_owned())
}

/// As the first line does.
fn ends_lines_with_crlf(text: &str) -> bool {
    text.find('\n').is_some_and(|end| text[..end].ends_with('\r'))
}

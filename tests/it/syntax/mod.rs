//! Text to tree: every construct, every message of the parser, its limits, and broken texts without number.

mod constructs;
mod limits;
mod mistakes;
mod mutations;
mod summary;

use leadwright::diagnostic::Diagnostic;
use leadwright::source::Sources;
use leadwright::syntax::{self, tree};

/// So many bytes of memory are asked for at most, given back or not, for each byte of a text. The most wasteful text here takes half of it; what is quadratic
/// would take thousands of times as many.
const WORK_MAX: u64 = 4_000;

/// What the parser makes of a file.
struct Parsed {
    sources: Sources,
    file: tree::File,
    diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    fn of(text: &str) -> Parsed {
        let mut sources = Sources::default();
        let source = sources.add("policy.lead", text);
        let (file, diagnostics) = syntax::parse(&sources, source);
        Parsed { sources, file, diagnostics }
    }

    /// Of a file that begins with the version line.
    fn of_items(items: &str) -> Parsed {
        Parsed::of(&format!("leadwright 1\n{items}"))
    }

    fn summary(&self) -> String {
        self.file.items.iter().map(summary::item).collect::<Vec<_>>().join("\n")
    }

    /// Each as `E0001 [text under the first label] message`.
    fn messages(&self) -> Vec<String> {
        let shown = self.diagnostics.iter().map(|diagnostic| {
            let place = diagnostic.labels.first().map_or("", |label| self.sources.text(label.span));
            format!("{} [{place}] {}", diagnostic.name(), diagnostic.message)
        });
        shown.collect()
    }
}

/// The items parse without a diagnostic into these trees, one a line.
#[track_caller]
fn check(items: &str, expected: &str) {
    let parsed = Parsed::of_items(items);
    assert_eq!(parsed.messages(), Vec::<String>::new(), "of {items}");
    assert_eq!(parsed.summary(), expected, "of {items}");
}

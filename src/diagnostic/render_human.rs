//! Diagnostics for people: the message, the lines it is about with markers under them, the way out.
//!
//! Enters: diagnostics, the sources they point into, how to draw. Leaves: text. Always holds: nothing in it can steer a terminal, whatever
//! stands in the sources; a line and a column named are those of the file.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthStr;

use super::sanitise::{many_lines, one_line};
use super::window::Window;
use super::{Diagnostic, Fix, Label, Severity};
use crate::source::{Position, SourceId, Sources, Span};

/// How text for people is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub colour: bool,
    /// box and block characters; ASCII without
    pub unicode: bool,
    /// columns
    pub width: usize,
}

impl Look {
    /// No colour, ASCII, 80 columns.
    pub const PLAIN: Look = Look { colour: false, unicode: false, width: 80 };
}

/// Nobody reads more at once, and each costs a walk through its file.
pub const SHOWN_MAX: usize = 200;

/// Columns before a line of a file: its number and what is drawn beside it.
const MARGIN: usize = 8;

/// What stands around the number of a line.
const NUMBER_FRAME: usize = 4;

/// Columns before what is said of a further file.
const NESTED: usize = 6;

/// Columns of the corner that leads to the text of a label.
const CORNER: usize = 4;

/// A label far to the right has so much room at least.
const LABEL_MIN: usize = 14;

/// Each diagnostic (of many, the first [`SHOWN_MAX`]), with an empty line behind it.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, look: Look) -> String {
    let theme = match (look.unicode, look.colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_break_words(false)
        .with_urls(false)
        .with_show_related_as_nested(true)
        .without_syntax_highlighting();
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN_MAX) {
        // writing into a string cannot fail, and every span that reaches the handler lies in its window
        let _ = handler.render_report(&mut out, &Report::new(diagnostic, sources, look));
        out.push('\n');
    }
    if let Some(more) = diagnostics.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
        out.push_str(&format!("… and {more} more: mend these first, or read all of them as JSON\n\n"));
    }
    out.lines().map(str::trim_end).fold(String::with_capacity(out.len()), |text, line| text + line + "\n")
}

/// What miette is told of one diagnostic, or of its labels in one further file.
#[derive(Debug)]
struct Report {
    message: String,
    severity: Option<miette::Severity>,
    snippet: Option<Snippet>,
    help: Option<String>,
    elsewhere: Vec<Report>,
}

impl Report {
    fn new(diagnostic: &Diagnostic, sources: &Sources, look: Look) -> Report {
        let (word, paint, severity) = match diagnostic.severity {
            Severity::Error => ("error", "\u{1b}[1;31m", miette::Severity::Error),
            Severity::Warning => ("warning", "\u{1b}[1;33m", miette::Severity::Warning),
            Severity::Note => ("note", "\u{1b}[1;36m", miette::Severity::Advice),
        };
        let (paint, end) = if look.colour { (paint, "\u{1b}[0m") } else { ("", "") };
        let mut files: Vec<SourceId> = Vec::new();
        for label in &diagnostic.labels {
            if !files.contains(&label.span.source) {
                files.push(label.span.source);
            }
        }
        let mut snippets = files.into_iter().enumerate().map(|(index, file)| {
            // what stands in another file is shown below, further to the right
            let look = if index == 0 { look } else { Look { width: look.width.saturating_sub(NESTED), ..look } };
            Snippet::new(file, &diagnostic.labels, sources, look)
        });
        let snippet = snippets.next();
        let elsewhere = snippets
            .map(|snippet| Report {
                message: "see also".into(),
                severity: Some(miette::Severity::Advice),
                snippet: Some(snippet),
                help: None,
                elsewhere: Vec::new(),
            })
            .collect();
        let help: Vec<String> = diagnostic.help.iter().cloned().chain(diagnostic.fixes.iter().map(|fix| describe(fix, sources))).collect();
        Report {
            message: format!("{paint}{word}[{}]{end}: {}", diagnostic.name(), spoken(&one_line(&diagnostic.message), look)),
            severity: Some(severity),
            snippet,
            help: if help.is_empty() { None } else { Some(spoken(&many_lines(&help.join("\n")), look)) },
            elsewhere,
        }
    }
}

/// Our own words where the terminal has ASCII only; the user's stay as they are.
fn spoken(text: &str, look: Look) -> String {
    if look.unicode { text.to_owned() } else { text.replace('…', "...").replace('–', "-").replace('×', "x") }
}

/// `fix: write the missing weight: "30%"`; long or many changes are named by their title alone.
fn describe(fix: &Fix, sources: &Sources) -> String {
    let title = one_line(&fix.title);
    match fix.edits.as_slice() {
        [edit] if !edit.text.contains('\n') && edit.text.len() <= 60 && !edit.text.trim().is_empty() => {
            let Position { line, column } = sources.position(edit.span.source, edit.span.start);
            let verb = if edit.span.start == edit.span.end { "insert" } else { "write" };
            if title.contains(edit.text.trim()) {
                format!("fix at {line}:{column}: {title}")
            } else {
                // text with backquotes stands in two of them
                let quote = if edit.text.contains('`') { ("`` ", " ``") } else { ("`", "`") };
                format!("fix at {line}:{column}: {title}; {verb} {}{}{}", quote.0, one_line(edit.text.trim()), quote.1)
            }
        }
        _ => format!("fix: {title}"),
    }
}

/// The labels of one file, over the lines around them.
#[derive(Debug)]
struct Snippet {
    path: String,
    window: Window,
    labels: Vec<LabeledSpan>,
    /// where each label starts: byte of the window, place in the file
    starts: Vec<(usize, Position)>,
}

impl Snippet {
    fn new(file: SourceId, labels: &[Label], sources: &Sources, look: Look) -> Snippet {
        let here: Vec<(usize, &Label)> = labels.iter().enumerate().filter(|(_, label)| label.span.source == file).collect();
        let spans: Vec<Span> = here.iter().map(|(_, label)| label.span).collect();
        let source = sources.get(file);
        let window = Window::new(source, &spans, 1, look.width.saturating_sub(MARGIN));
        let last_line = window.lines_before + window.text.lines().count();
        // beside marks of several lines stand those of their beginning and end
        let several_lines = window.ranges.iter().any(|(start, end)| window.text[*start..*end].contains('\n'));
        let margin = last_line.to_string().len() + NUMBER_FRAME + if several_lines { CORNER } else { 0 };
        let starts = window.ranges.iter().zip(&spans).map(|((start, _), span)| (*start, sources.position(file, span.start))).collect();
        let labels = here
            .iter()
            .zip(&window.ranges)
            .map(|((index, label), (start, end))| {
                let room = look.width.saturating_sub(margin + CORNER + label_column(&window.text, *start, *end)).max(LABEL_MIN);
                let text = if label.text.is_empty() { None } else { Some(wrapped(&spoken(&one_line(&label.text), look), room)) };
                let span = (*start, end - start);
                if *index == 0 { LabeledSpan::new_primary_with_span(text, span) } else { LabeledSpan::new_with_span(text, span) }
            })
            .collect();
        Snippet { path: one_line(&source.path).into_owned(), window, labels, starts }
    }
}

/// Where the text of a label begins: below the middle of what it marks, or at the left if that is several lines.
fn label_column(window: &str, start: usize, end: usize) -> usize {
    let marked = &window[start..end];
    let line = window[..start].rsplit('\n').next().unwrap_or_default();
    if marked.contains('\n') { 0 } else { line.width() + marked.width() / 2 }
}

/// Greedily broken at blanks; a word that is longer than a line stays whole.
fn wrapped(text: &str, room: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.window.text.as_str().read_span(span, lines_before, lines_after)?;
        let mut line = contents.line() + self.window.lines_before;
        let mut column = contents.column();
        // asked without context, the place of a label is wanted: in characters of the file, not in bytes of the window
        if lines_before == 0
            && let Some((_, position)) = self.starts.iter().find(|(start, _)| *start == span.offset())
        {
            line = position.line - 1;
            column = position.column - 1;
        }
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            contents.data(),
            *contents.span(),
            line,
            column,
            contents.line_count(),
        )))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn severity(&self) -> Option<miette::Severity> {
        self.severity
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|snippet| snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.snippet.as_ref().map(|snippet| Box::new(snippet.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|report| report as &dyn miette::Diagnostic)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Applicability, Code};

    const POLICY: &str = "leadwright 1\n\nscore readiness {\n  section demographic 40% {\n\tbeds 30% { }\n\trole 20% { }\n  }\n}\n";

    fn example() -> (Sources, Diagnostic) {
        let mut sources = Sources::default();
        let file = sources.add("medbank.lead", POLICY);
        let other = sources.add("common/teams.lead", "leadwright 1\nteam marketing\n");
        let at = |text: &str| {
            let start = POLICY.find(text).unwrap();
            Span::new(file, start, start + text.len())
        };
        let diagnostic = Diagnostic::new(Code::WeightsShort, "attributes of section `demographic` total 50 %, which is 50 % too little")
            .at(at("demographic"), "this section")
            .at(at("30%"), "")
            .at(at("20%"), "the last weight")
            .at(Span::new(other, 13, 27), "declared here")
            .help("give the attributes weights that total 100 %")
            .replace("give the last attribute what is missing", Applicability::Unsafe, at("20%"), "70%");
        (sources, diagnostic)
    }

    #[test]
    fn a_whole_diagnostic() {
        let (sources, diagnostic) = example();
        insta::assert_snapshot!(render(&[diagnostic], &sources, Look { unicode: true, ..Look::PLAIN }), @r"
          × error[E0401]: attributes of section `demographic` total 50 %, which is 50
          │ % too little
           ╭─[medbank.lead:4:11]
         3 │ score readiness {
         4 │   section demographic 40% {
           ·           ─────┬─────
           ·                ╰── this section
         5 │     beds 30% { }
           ·          ───
         6 │     role 20% { }
           ·          ─┬─
           ·           ╰── the last weight
         7 │   }
           ╰────
          help: give the attributes weights that total 100 %
                fix at 6:7: give the last attribute what is missing; write `70%`
          ╰─▶   ☞ see also
                 ╭─[common/teams.lead:2:1]
               1 │ leadwright 1
               2 │ team marketing
                 · ───────┬──────
                 ·        ╰── declared here
                 ╰────
        ");
    }

    #[test]
    fn colour_only_when_asked() {
        let (sources, diagnostic) = example();
        let diagnostics = [diagnostic];
        assert!(!render(&diagnostics, &sources, Look::PLAIN).contains('\u{1b}'));
        assert!(render(&diagnostics, &sources, Look { colour: true, ..Look::PLAIN }).contains('\u{1b}'));
    }

    #[test]
    fn hostile_text_is_harmless_and_the_column_is_the_files() {
        let mut sources = Sources::default();
        let file = sources.add("a\u{1b}[2J\u{202e}.lead", "ß\u{1b}[31m\u{202e}東京 bad\n");
        let start = sources.get(file).text.find("bad").unwrap();
        let diagnostic =
            Diagnostic::new(Code::UnknownName, "`b\u{1b}ad`").at(Span::new(file, start, start + 3), "he\nre\u{7}").help("a\u{1b}b\nc");
        insta::assert_snapshot!(render(&[diagnostic], &sources, Look::PLAIN), @r"
          x error[E0201]: `b␛ad`
           ,-[a␛[2J�.lead:1:11]
         1 | ß␛[31m�東京 bad
           :             ^|^
           :              `-- he␊re␇
           `----
          help: a␛b
                c
        ");
    }

    /// Any span of any text can be shown; the handler of miette asserts much about what it is given.
    #[test]
    fn every_pair_of_spans_of_a_text_renders() {
        let text = "a\n\tß\r\n\n東\u{1b}京\r b\n";
        let mut sources = Sources::default();
        let file = sources.add("a.lead", text);
        let boundaries: Vec<usize> = (0..=text.len()).filter(|index| text.is_char_boundary(*index)).collect();
        let spans: Vec<Span> = boundaries
            .iter()
            .flat_map(|start| boundaries.iter().filter(move |end| *end >= start).map(move |end| Span::new(file, *start, *end)))
            .collect();
        for first in &spans {
            for second in &spans {
                let diagnostic = Diagnostic::new(Code::Syntax, "m").at(*first, "one").at(*second, "two");
                let text = render(&[diagnostic], &sources, Look::PLAIN);
                let place = sources.position(file, first.start);
                assert!(text.contains("one") && text.contains("two"), "{first:?} {second:?}\n{text}");
                assert!(text.contains(&format!("a.lead:{}:{}", place.line, place.column)), "{first:?} {second:?}\n{text}");
            }
        }
    }
}

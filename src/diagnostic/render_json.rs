//! Diagnostics for machines.
//!
//! Enters: diagnostics and the sources they point into. Leaves: a value that serde writes, and JSON text in which every character that
//! could steer a terminal is escaped, so that nothing is lost and nothing harms. Always holds: lines and columns count from one, columns in
//! characters; `start` and `end` are byte offsets into the file.

use std::io;

use serde::Serialize;

use super::sanitise::is_harmful;
use super::{Applicability, Diagnostic, Severity};
use crate::source::{Sources, Span};

/// A diagnostic with its places spelled out.
#[derive(Clone, Debug, Serialize)]
pub struct DiagnosticRecord<'a> {
    pub code: &'static str,
    pub severity: &'static str,
    pub message: &'a str,
    pub labels: Vec<LabelRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'a str>,
    /// ways to mend it, each of which does; several give the policy different meanings
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<FixRecord<'a>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct LabelRecord<'a> {
    #[serde(flatten)]
    pub place: PlaceRecord<'a>,
    pub text: &'a str,
    pub primary: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlaceRecord<'a> {
    pub file: &'a str,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    pub start: u32,
    pub end: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct FixRecord<'a> {
    pub title: &'a str,
    /// a tool may apply it unasked
    pub safe: bool,
    pub edits: Vec<EditRecord<'a>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct EditRecord<'a> {
    #[serde(flatten)]
    pub place: PlaceRecord<'a>,
    pub replacement: &'a str,
}

pub fn record<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> DiagnosticRecord<'a> {
    let labels = diagnostic.labels.iter().enumerate().map(|(index, label)| LabelRecord {
        place: place(label.span, sources),
        text: &label.text,
        primary: index == 0,
    });
    let fixes = diagnostic.fixes.iter().map(|fix| FixRecord {
        title: &fix.title,
        safe: match fix.applicability {
            Applicability::Safe => true,
            Applicability::Unsafe => false,
        },
        edits: fix.edits.iter().map(|edit| EditRecord { place: place(edit.span, sources), replacement: &edit.text }).collect(),
    });
    DiagnosticRecord {
        code: diagnostic.name(),
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        message: &diagnostic.message,
        labels: labels.collect(),
        help: diagnostic.help.as_deref(),
        fixes: fixes.collect(),
    }
}

fn place(span: Span, sources: &Sources) -> PlaceRecord<'_> {
    let start = sources.position(span.source, span.start);
    let end = sources.position(span.source, span.end);
    PlaceRecord {
        file: &sources.get(span.source).path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        start: span.start,
        end: span.end,
    }
}

/// Indented JSON of any value, closed by a line end.
pub fn to_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Harmless(serde_json::ser::PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(|error| serde::ser::Error::custom(error.to_string()))
}

/// Escapes what [`is_harmful`] names; everything else is the inner formatter's.
struct Harmless(serde_json::ser::PrettyFormatter<'static>);

impl serde_json::ser::Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((index, character)) = rest.char_indices().find(|(_, character)| is_harmful(*character)) {
            writer.write_all(&rest.as_bytes()[..index])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[index + character.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn places_are_spelled_out_and_harmful_text_survives_escaped() {
        let mut sources = Sources::default();
        let file = sources.add("a\u{1b}[2J.lead", "line one\nßcore \u{202e}x 40%\n");
        let diagnostic = Diagnostic::new(Code::WeightsShort, "weights of `\u{9b}x` total 90 %")
            .at(Span::new(file, 11, 15), "this \u{1b}]0;title\u{7} one")
            .help("give it 10 % more")
            .replace("write 50%", Applicability::Safe, Span::new(file, 21, 24), "50%\u{e0041}");
        let text = to_json(&record(&diagnostic, &sources)).unwrap();
        assert!(text.chars().all(|character| character == '\n' || !is_harmful(character)), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["code"], "E0401");
        assert_eq!(value["message"], "weights of `\u{9b}x` total 90 %");
        assert_eq!(value["labels"][0]["file"], "a\u{1b}[2J.lead");
        assert_eq!((&value["labels"][0]["line"], &value["labels"][0]["column"]), (&2.into(), &2.into()));
        assert_eq!((&value["labels"][0]["end_line"], &value["labels"][0]["end_column"]), (&2.into(), &6.into()));
        assert_eq!(value["labels"][0]["text"], "this \u{1b}]0;title\u{7} one");
        assert_eq!(value["fixes"][0]["safe"], true);
        assert_eq!(value["fixes"][0]["edits"][0]["replacement"], "50%\u{e0041}");
    }
}

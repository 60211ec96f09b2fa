//! The scanner: one walk over the text of a file, bytes to light tokens.
//!
//! Enters: text. Leaves: [`Scan`], the tokens and comments with their places, and diagnostics for what no token can be
//! (a string without an end, other quotation marks, semicolons). Always holds: tokens do not overlap, stand in order, lie on
//! character boundaries, and hold neither blanks (but for strings) nor line ends. It knows no grammar: whether a word is a
//! keyword is the grammar's business, which reads strings by the same rules and sees blanks in place of comments.

use std::borrow::Cow;

use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::{SourceId, Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// letters, digits and `_`, no digit first; or a name in backquotes
    Word,
    /// what begins with a digit, or with a sign and a digit: numbers, dates, times
    Number,
    String,
    /// `{`, `(` or `[`
    Open,
    /// `}`, `)` or `]`
    Close,
    /// operators, commas, and whatever is nothing else
    Sign,
}

/// A token: which bytes of its file it is.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    /// Blanks before it on its line, if it is the first on its line.
    pub indent: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Comment {
    pub start: usize,
    pub end: usize,
    /// It stands alone on its line.
    pub own_line: bool,
}

pub(super) struct Scan {
    pub tokens: Vec<Token>,
    pub comments: Vec<Comment>,
    /// Where strings are not closed.
    pub unterminated: Vec<usize>,
    /// Where the head of a block lacks the end of its string: the place of a blank, and of the string.
    pub lacking: Vec<(usize, usize)>,
}

impl Scan {
    /// The text with a blank for each byte of a comment, and with the quotation marks that heads of blocks lack, each in place of a blank: the grammar knows
    /// no comments, and no place moves.
    pub fn without_comments<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.comments.is_empty() && self.lacking.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut bytes = text.as_bytes().to_vec();
        for comment in &self.comments {
            bytes[comment.start..comment.end].fill(b' ');
        }
        for (blank, _) in &self.lacking {
            bytes[*blank] = b'"';
        }
        // whole comments lie on character boundaries
        String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// The signs of two and three bytes, so that a message shows them whole.
const LONG_SIGNS: [&str; 19] =
    ["===", "!==", "-->", "—>", "–>", "==", "!=", ">=", "<=", "=>", "=<", "<>", "->", "&&", "||", "..", "**", "::", ":="];

pub(super) fn scan(text: &str, source: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Scan {
    scan_with(text, source, Some(diagnostics))
}

/// The same for a text whose mistakes nobody is told: one that was changed to try something.
pub(super) fn scan_untold(text: &str) -> Scan {
    scan_with(text, SourceId(0), None)
}

fn scan_with(text: &str, source: SourceId, diagnostics: Option<&mut Vec<Diagnostic>>) -> Scan {
    let scan = Scan { tokens: Vec::new(), comments: Vec::new(), unterminated: Vec::new(), lacking: Vec::new() };
    let mut scanner = Scanner { text, source, diagnostics, line_end: 0, scan };
    scanner.walk();
    scanner.scan
}

/// The head of a section up to its weight, which is not meant as a part of its string: `"Fit 40%`.
fn before_weight(head: &str) -> &str {
    let number = head.strip_suffix('%').map(|head| head.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.'));
    number.filter(|number| number.ends_with([' ', '\t'])).map_or(head, str::trim_end)
}

/// Whether a word goes on with this character.
pub(super) fn continues_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

struct Scanner<'a> {
    text: &'a str,
    source: SourceId,
    diagnostics: Option<&'a mut Vec<Diagnostic>>,
    /// Where the current line ends, before its line end; sought once per line, so that long lines cost no more than short ones.
    line_end: usize,
    scan: Scan,
}

impl Scanner<'_> {
    fn walk(&mut self) {
        let mut position = 0;
        let mut line_start = 0;
        self.line_end = self.line_end_from(0);
        let mut first_on_line = true;
        while let Some(character) = self.text[position..].chars().next() {
            let start = position;
            position += character.len_utf8();
            match character {
                '\n' => {
                    line_start = position;
                    first_on_line = true;
                    self.line_end = self.line_end_from(position);
                    continue;
                }
                // A byte order mark is no blank: the line starts behind it.
                '\u{FEFF}' => {
                    if start == line_start {
                        line_start = position;
                    }
                    continue;
                }
                ' ' | '\t' | '\r' | '\u{A0}' => continue,
                '#' => {
                    position = self.line_end;
                    self.scan.comments.push(Comment { start, end: position, own_line: first_on_line });
                    continue;
                }
                ';' => {
                    self.semicolon(start);
                    continue;
                }
                _ => {}
            }
            let (kind, end) = self.token(start, character);
            let indent = first_on_line.then(|| start - line_start);
            first_on_line = false;
            position = end;
            self.scan.tokens.push(Token { start, end, kind, indent });
        }
    }

    /// The token that begins with `character` at `start`, which is no blank.
    fn token(&mut self, start: usize, character: char) -> (Kind, usize) {
        let next = start + character.len_utf8();
        match character {
            '"' => (Kind::String, self.string(start)),
            '\'' => match self.closing(next, &['\'']) {
                Some(end) => (Kind::String, self.other_quotes(start, end)),
                None => (Kind::Sign, next),
            },
            '“' | '”' | '„' => match self.closing(next, &['“', '”', '"']) {
                Some(end) => (Kind::String, self.other_quotes(start, end)),
                None => (Kind::Sign, next),
            },
            '`' => match self.closing(next, &['`']) {
                Some(end) => (Kind::Word, end),
                None => (Kind::Sign, next),
            },
            '{' | '(' | '[' => (Kind::Open, next),
            '}' | ')' | ']' => (Kind::Close, next),
            '0'..='9' => (Kind::Number, self.number_end(start)),
            '+' | '-' if self.text[next..].starts_with(|digit: char| digit.is_ascii_digit()) => (Kind::Number, self.number_end(next)),
            _ if continues_word(character) => (Kind::Word, self.word_end(start)),
            _ => {
                let rest = &self.text[start..];
                let length = LONG_SIGNS.iter().find(|sign| rest.starts_with(**sign)).map_or(character.len_utf8(), |sign| sign.len());
                (Kind::Sign, start + length)
            }
        }
    }

    /// The end of the string that opens at `start`; it ends at the line's end at the latest.
    fn string(&mut self, start: usize) -> usize {
        let line_end = self.line_end;
        let mut escaped = false;
        for (index, character) in self.text[start + 1..line_end].char_indices() {
            match character {
                '"' if !escaped => return start + 1 + index + 1,
                _ => escaped = character == '\\' && !escaped,
            }
        }
        self.unterminated(start)
    }

    /// Reports a string without its end; the place where it was meant to end. The `{` that ends its line was not meant as part of it, nor was a comment.
    fn unterminated(&mut self, start: usize) -> usize {
        let line_end = self.line_end;
        let line = &self.text[start..line_end];
        let comment = line.find(" #").or_else(|| line.find("\t#"));
        let head_of = |part: &'_ str| part.trim_end().strip_suffix('{').map(|head| head.trim_end().len());
        // `"Deal #1 {` ends in the `{` of its head, whatever a `#` before it means
        let head = comment.and_then(|comment| head_of(&line[..comment])).or_else(|| head_of(line));
        let head = head.filter(|end| !line[..*end].ends_with('\\')).map(|end| before_weight(&line[..end]));
        let (meant, where_to) = match (head, comment) {
            (Some(head), _) if line[head.len()..].trim_start().starts_with('{') => (head, "close the string before ` {`"),
            (Some(head), _) => (head, "close the string before the weight"),
            (None, Some(comment)) => (line[..comment].trim_end(), "close the string before the comment"),
            (None, None) => (line.trim_end(), "close the string at the end of the line"),
        };
        let shown_end = start + meant.len();
        self.scan.unterminated.push(start);
        if let Some(diagnostics) = self.diagnostics.as_deref_mut() {
            diagnostics.push(
                Diagnostic::new(Code::UnterminatedString, "this string is not closed on its line")
                    .at(Span::new(self.source, start, shown_end), "it opens here")
                    .help("close it with `\"`; a string cannot hold a line end, write `\\n` where you need one")
                    .replace(where_to, Applicability::Unsafe, Span::new(self.source, shown_end, shown_end), "\""),
            );
        }
        if head.is_none() {
            return line_end;
        }
        if !matches!(self.text.as_bytes()[shown_end], b' ' | b'\t') {
            return shown_end;
        }
        self.scan.lacking.push((shown_end, start));
        shown_end + 1
    }

    /// Behind the first of `closers` on this line.
    fn closing(&self, from: usize, closers: &[char]) -> Option<usize> {
        let line = &self.text[from..self.line_end];
        let index = line.find(closers)?;
        let closer = line[index..].chars().next()?;
        Some(from + index + closer.len_utf8())
    }

    /// A string in single or printed quotation marks is read, and reported.
    fn other_quotes(&mut self, start: usize, end: usize) -> usize {
        let Some(diagnostics) = self.diagnostics.as_deref_mut() else { return end };
        let inside = self.text[start..end].trim_matches(['\'', '“', '”', '„', '"']);
        let written = format!("\"{}\"", inside.replace('\\', "\\\\").replace('"', "\\\""));
        diagnostics.push(
            Diagnostic::new(Code::Syntax, format!("a string stands in straight double quotation marks: `{written}`"))
                .at(Span::new(self.source, start, end), "these are other quotation marks")
                .help(format!("write `{written}`"))
                .replace("use straight double quotation marks", Applicability::Safe, Span::new(self.source, start, end), written),
        );
        end
    }

    fn semicolon(&mut self, start: usize) {
        let Some(diagnostics) = self.diagnostics.as_deref_mut() else { return };
        let span = Span::new(self.source, start, start + 1);
        let touches = |character: Option<char>| character.is_some_and(|character| !character.is_whitespace());
        let joins = touches(self.text[..start].chars().next_back()) && touches(self.text[start + 1..].chars().next());
        diagnostics.push(
            Diagnostic::new(Code::Syntax, "nothing ends with a semicolon here")
                .at(span, "not needed")
                .help("leave the `;` out: a row ends where the next one begins")
                .replace("remove the semicolon", Applicability::Safe, span, if joins { " " } else { "" }),
        );
    }

    fn word_end(&self, start: usize) -> usize {
        self.text[start..].find(|character| !continues_word(character)).map_or(self.text.len(), |length| start + length)
    }

    /// The end of a number, a date or a time: `250_000`, `12.50`, `10,000`, `2026-11-18T15:00:00+01:00`.
    fn number_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let digit_at = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
        let mut end = self.word_end(start);
        loop {
            let joined = match bytes.get(end) {
                Some(b'.' | b':') => digit_at(end + 1),
                Some(b',') => (1..=3).all(|offset| digit_at(end + offset)) && !digit_at(end + 4),
                Some(b'-') => end - start >= 4 && digit_at(end + 1),
                Some(b'+') => end - start > 10 && digit_at(end + 1),
                _ => false,
            };
            if !joined {
                return end;
            }
            end = self.word_end(end + 1);
        }
    }

    fn line_end_from(&self, position: usize) -> usize {
        let rest = &self.text[position..];
        let length = rest.find('\n').unwrap_or(rest.len());
        position + rest[..length].strip_suffix('\r').map_or(length, str::len)
    }
}

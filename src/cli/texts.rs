//! The texts of policy files that a command reads one by one.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Sources, Span};
use crate::syntax;

/// The bytes as text; or the mistake that they are none, and the text to show it in, which has a sign in place of each bad byte.
pub fn text_of(name: &str, bytes: Vec<u8>) -> Result<String, (Sources, Vec<Diagnostic>)> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let mut sources = Sources::default();
        let source = sources.add(name, String::from_utf8_lossy(error.as_bytes()));
        let diagnostic = Diagnostic::new(Code::NotUtf8, format!("the file `{name}` is not UTF-8"))
            .at(Span::new(source, offset, offset + '\u{fffd}'.len_utf8()), "not a character of UTF-8")
            .help("save the file as UTF-8");
        (sources, vec![diagnostic])
    })
}

/// At most one byte more than a file of a policy may have, so that one beyond the limit is reported and not read.
pub fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(syntax::FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

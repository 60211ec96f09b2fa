//! Foreign decoders under guard.
//!
//! Enters: a call into code that may panic on a damaged file. Leaves: its result, or one clear error in our words. Always holds: nothing is printed of a
//! panic that is caught here, and every other panic is reported as ever. In a program whose panics end it (`panic = "abort"`), what is to be said and done before is the
//! program's: see [`before_the_end`].

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Once, OnceLock};

use super::error::BatchError;
use crate::diagnostic::sanitise;

thread_local! {
    /// the file and the format that are being decoded
    static GUARDED: RefCell<Option<(String, &'static str)>> = const { RefCell::new(None) };
}

static QUIET_HOOK: Once = Once::new();

static LAST: OnceLock<Box<dyn Fn(BatchError) + Send + Sync>> = OnceLock::new();

/// What a program does with the error of a decoder where panics cannot be caught; it must end the program. Only the first that is given counts.
pub fn before_the_end(last: impl Fn(BatchError) + Send + Sync + 'static) {
    let _ = LAST.set(Box::new(last));
}

const CONTRADICTS_ITSELF: &str = "its content contradicts itself";

/// Runs a decoder over a file that is called so; its errors are reasons for a person, see [`reason_of`].
pub fn guarded<T>(file: &str, format: &'static str, decode: impl FnOnce() -> Result<T, String>) -> Result<T, BatchError> {
    QUIET_HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| match (GUARDED.with_borrow(Clone::clone), LAST.get()) {
            (Some((file, format)), Some(last)) if cfg!(panic = "abort") => last(malformed(&file, format, CONTRADICTS_ITSELF)),
            (Some(_), _) => {}
            (None, _) => usual(panic),
        }));
    });
    let before = GUARDED.replace(Some((file.to_owned(), format)));
    // What a panic leaves half done is dropped with the reader: a run ends at its first error.
    let result = catch_unwind(AssertUnwindSafe(decode));
    GUARDED.set(before);
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(reason)) => Err(malformed(file, format, &reason)),
        Err(_) => Err(malformed(file, format, CONTRADICTS_ITSELF)),
    }
}

pub fn malformed(file: &str, format: &'static str, reason: &str) -> BatchError {
    BatchError::Malformed { file: file.to_owned(), format, reason: sanitise::one_line(reason).into_owned() }
}

/// What a decoder's error means to whoever has the file: the decoder speaks to programmers.
pub fn reason_of(error: impl std::fmt::Display) -> String {
    const KINDS: [(&str, &[&str]); 4] = [
        ("it has no footer, so it was cut off or never completed", &["corrupt footer"]),
        (
            "it ends too early, so it was cut off, or says wrong sizes",
            &["eof", "end of file", "fill whole buffer", "too small", "need more data", "needmoredata", "unexpected end"],
        ),
        ("it is encrypted", &["encrypt", "decrypt"]),
        ("it uses a part of the format that cannot be read", &["nyi", "not yet implemented", "not supported", "unsupported"]),
    ];
    let said = error.to_string().to_lowercase();
    let kind = KINDS.iter().find(|(_, words)| words.iter().any(|word| said.contains(word)));
    kind.map_or(CONTRADICTS_ITSELF, |(reason, _)| reason).to_owned()
}

//! Foreign decoders under guard.
//!
//! Enters: a call into code that may panic on a damaged file. Leaves: its result, or one clear error. Always holds: nothing is printed of a
//! panic that is caught here, and every other panic is reported as ever.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::error::BatchError;
use crate::diagnostic::sanitise;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

static QUIET_HOOK: Once = Once::new();

/// Runs a decoder over a file that is called so.
pub fn guarded<T, E: std::fmt::Display>(file: &str, format: &'static str, decode: impl FnOnce() -> Result<T, E>) -> Result<T, BatchError> {
    QUIET_HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                usual(panic);
            }
        }));
    });
    let before = GUARDED.replace(true);
    // What a panic leaves half done is dropped with the reader: a run ends at its first error.
    let result = catch_unwind(AssertUnwindSafe(decode));
    GUARDED.set(before);
    let reason = match result {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic_text(panic.as_ref()),
    };
    Err(malformed(file, format, &reason))
}

pub fn malformed(file: &str, format: &'static str, reason: &str) -> BatchError {
    // The first line says what is wrong; some add a list of what they saw.
    let line = reason.lines().next().unwrap_or_default();
    BatchError::Malformed { file: file.to_owned(), format, reason: sanitise::one_line(line).into_owned() }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("its content contradicts itself").to_owned()
}

//! Yes and no, in the ways that CRMs export them.

use crate::batch::bad::Reason;

/// `yes no true false y n t f 1 0`, in any case; 1 or 0.
pub fn read(cell: &str) -> Result<i64, Reason> {
    let cell = cell.trim();
    let is = |word: &str| cell.eq_ignore_ascii_case(word);
    match cell.len() {
        1 if matches!(cell, "1" | "y" | "Y" | "t" | "T") => Ok(1),
        1 if matches!(cell, "0" | "n" | "N" | "f" | "F") => Ok(0),
        2 if is("no") => Ok(0),
        3 if is("yes") => Ok(1),
        4 if is("true") => Ok(1),
        5 if is("false") => Ok(0),
        _ => Err(Reason::NotYesNo),
    }
}

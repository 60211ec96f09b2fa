//! The formatter: what it writes, that it writes it once, and that a change of a value is a change of a line.

mod corpus;
mod layout;
mod relayout;
mod values;

use leadwright::format::{Unformatted, format};

/// Formats, and holds that formatting again changes nothing.
#[track_caller]
pub fn formatted(text: &str) -> String {
    let once = match format("policy.lead", text) {
        Ok(once) => once,
        Err(Unformatted::Mistakes { diagnostics, .. }) => panic!("{diagnostics:#?}\n{text}"),
        Err(Unformatted::Changed) => panic!("formatting changes the meaning of\n{text}"),
    };
    match format("policy.lead", &once) {
        Ok(twice) => assert_eq!(twice, once, "formatting is not done after once"),
        Err(unformatted) => panic!("{unformatted:#?}\n{once}"),
    }
    once
}

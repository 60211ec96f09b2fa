//! How a file would change, as a patch.

use super::console::Console;
use crate::diagnostic::sanitise::{many_lines, one_line};

/// The change as a patch that `git apply` takes; for the eyes of a person, whatever a terminal would obey is made visible.
pub fn patch(name: &str, before: &str, after: &str, console: &Console) -> String {
    if before == after {
        return String::new();
    }
    let name = one_line(name);
    let patch = similar::TextDiff::from_lines(before, after).unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
    let is_for_eyes = console.out_is_terminal || console.out.colour;
    let patch = if is_for_eyes { many_lines(&patch) } else { patch.as_str().into() };
    patch.split_inclusive('\n').map(|line| coloured(line, console)).collect()
}

fn coloured(line: &str, console: &Console) -> String {
    let content = line.trim_end_matches(['\r', '\n']);
    let colour = match content.as_bytes() {
        _ if !console.out.colour => return line.to_owned(),
        [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => "1",
        [b'@', ..] => "36",
        [b'+', ..] => "32",
        [b'-', ..] => "31",
        _ => return line.to_owned(),
    };
    format!("\u{1b}[{colour}m{content}\u{1b}[0m{}", &line[content.len()..])
}

//! A change of a number is a change of its own line, and of no other.

use super::formatted;

/// Every number of the text, as a range of bytes: not part of a name, a date, a time, a text or a comment.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap();
        let mut in_text = false;
        for word in code.split_inclusive([' ', '\n']) {
            let bare = word.trim_end_matches([' ', '\n', '%', ',']);
            let is_number = bare.trim_start_matches(['+', '-']).chars().all(|character| character.is_ascii_digit() || character == '_');
            if is_number && bare.ends_with(|character: char| character.is_ascii_digit()) && !in_text {
                found.push((offset, offset + bare.len()));
            }
            in_text ^= word.matches('"').count() % 2 == 1;
            offset += word.len();
        }
        offset += line.len() - code.len();
    }
    found
}

/// How many lines of the second text are not in their place in the first, between the first and the last that differ.
fn changed_lines(before: &str, after: &str) -> usize {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same_first = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let same_last = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
    after.len().max(before.len()).saturating_sub(same_first + same_last)
}

fn each_number_changes_one_line(path: &str) {
    let text = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let text = formatted(&text);
    let mut count = 0;
    for (start, end) in numbers(&text) {
        let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
        let line = text[line_start..].lines().next().unwrap();
        // What is nearly as long as a line can be may be broken; the first line names the version of the language.
        if line.len() > 105 || line_start == 0 {
            continue;
        }
        let sign = if text[start..].starts_with(['+', '-']) { &text[start..=start] } else { "" };
        for number in ["1_234_567"] {
            let changed = format!("{}{sign}{number}{}", &text[..start], &text[end..]);
            let Ok(changed) = leadwright::format::format("policy.lead", &changed) else { continue };
            if changed != text {
                count += 1;
                assert_eq!(changed_lines(&text, &changed), 1, "{path}: {line}\nwith {number}:\n{changed}");
            }
        }
    }
    assert!(count > 25, "{path}: only {count} changes");
}

#[test]
fn of_scores() {
    each_number_changes_one_line("examples/medbank/scores.lead");
}

#[test]
fn of_a_whole_policy() {
    each_number_changes_one_line("examples/stage_gates/stage_gates.lead");
    each_number_changes_one_line("tests/data/medbank_full/medbank.lead");
}

#[test]
fn of_points() {
    each_number_changes_one_line("examples/gitlab/scores.lead");
}

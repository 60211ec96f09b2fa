//! One text for one policy: however it was laid out, what the formatter leaves to the author apart.

use super::formatted;
use crate::support::policies::generate;
use crate::support::random::Random;

/// The text with other blanks and line ends where they mean nothing: not behind an opening brace (whether a small block stands on one line is the
/// author's), not in tests (how their values are grouped too), not where blank lines or comments stand, and not before an item.
fn laid_out_anew(text: &str, random: &mut Random) -> String {
    let blanks: &[&str] = &[" ", "  ", "\n  ", "\t", "   \n     "];
    let mut anew = String::new();
    let mut in_test = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            in_test = line.starts_with("test ") || line.starts_with("leadwright ");
        }
        let body = line.trim_end_matches('\n');
        let is_fixed = in_test || body.trim().is_empty() || body.contains('#');
        if is_fixed {
            anew.push_str(line);
            continue;
        }
        let indent = body.len() - body.trim_start().len();
        anew.push_str(&" ".repeat(if indent == 0 { 0 } else { 1 + random.below(9) }));
        let mut in_text = false;
        let mut before = ' ';
        for character in body.trim_start().chars() {
            in_text ^= character == '"';
            match character {
                ' ' if !in_text && before != '{' && before != ' ' => anew.push_str(random.pick::<&str>(blanks)),
                ' ' if !in_text => anew.push(' '),
                _ => anew.push(character),
            }
            before = character;
        }
        anew.push('\n');
    }
    anew
}

#[test]
fn layout_does_not_matter() {
    let mut different = 0;
    for seed in 0..40 {
        let mut random = Random::new(seed);
        for text in generate(seed).files.values().filter(|text| text.starts_with("leadwright")) {
            let once = formatted(text);
            let anew = laid_out_anew(&once, &mut random);
            different += usize::from(anew != once);
            let again = formatted(&anew);
            assert!(again == once, "seed {seed}:\n{anew}\ngives\n{again}\nand not\n{once}");
        }
    }
    assert!(different >= 40, "only {different} texts were laid out anew");
}

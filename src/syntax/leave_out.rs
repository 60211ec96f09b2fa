//! A file without some of its items.
//!
//! Enters: a text, the words with which the items begin that are not wanted. Leaves: the text with blanks in their place. Always holds: every other item, every
//! line and every place in the file stays where it was, so that what is said of the rest points at the same characters.

use super::cut::cut;
use super::scan::scan;
use crate::source::SourceId;

/// An item that cannot be read is left out too, as far as it reaches.
pub fn without_items(text: &str, words: &[&str]) -> String {
    let source = SourceId(0);
    let scan = scan(text, source, &mut Vec::new());
    let mut bytes = text.as_bytes().to_vec();
    for item in cut(text, source, &scan, &mut Vec::new()).items {
        let tokens = &scan.tokens[item.first..item.end];
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { continue };
        if words.contains(&&text[first.start..first.end]) {
            bytes[first.start..last.end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
    }
    // whole tokens became blanks, so no character was cut
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_become_blanks_and_places_stay() {
        let text =
            "leadwright 1\n\n## why\ntest \"ä { \" {\n  lead { \"\n}\nlet a = 1 # test\ncases from \"x.csv\"\nscore s {\n  test 1\n}\n";
        let rest = without_items(text, &["test", "cases"]);
        assert_eq!(rest.len(), text.len());
        assert_eq!(rest.split_whitespace().collect::<Vec<_>>().join(" "), "leadwright 1 ## why let a = 1 # test score s { test 1 }");
        for word in ["let a", "score s"] {
            assert_eq!(rest.find(word), text.find(word));
        }
    }
}

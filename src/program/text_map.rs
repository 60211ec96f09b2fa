//! What a text map gives for a text: the one definition, for encoders of leads and for texts that stand in a policy's tables.
//!
//! Enters: a text as it stands in a file, or already folded. Leaves: its code, or none for missing. Always holds: two texts that
//! fold to the same text get the same code.

use super::{TextMap, TextMapKind};
use crate::model::value::fold_text;

impl TextMap {
    /// The code of a text as written; none is a missing code.
    pub fn code(&self, text: &str) -> Option<i64> {
        self.code_of_folded(&fold_text(text))
    }

    /// The code of a text that was folded with [`fold_text`].
    pub fn code_of_folded(&self, folded: &str) -> Option<i64> {
        if self.domain { self.kind.code(domain_of(folded)?) } else { self.kind.code(folded) }
    }
}

impl TextMapKind {
    /// The code of a folded text, its domain if domains are what is mapped.
    pub fn code(&self, folded: &str) -> Option<i64> {
        match self {
            TextMapKind::Exact { codes, other } => codes.get(folded).copied().or(*other),
            TextMapKind::Test { test, text } => Some(i64::from(test.holds(folded, text))),
            TextMapKind::LongestPrefix { codes } => {
                let ends = folded.char_indices().map(|(start, character)| start + character.len_utf8());
                ends.rev().find_map(|end| codes.get(&folded[..end])).copied()
            }
        }
    }
}

/// The part of a folded text behind its last `@`, missing without one or with nothing behind it.
pub fn domain_of(folded: &str) -> Option<&str> {
    let (_, domain) = folded.rsplit_once('@')?;
    let domain = domain.trim();
    (!domain.is_empty()).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TextTest;

    fn codes(texts: &[(&str, i64)]) -> rustc_hash::FxHashMap<String, i64> {
        texts.iter().map(|(text, code)| (text.to_string(), *code)).collect()
    }

    #[test]
    fn texts_are_folded_and_domains_cut() {
        let exact = TextMap { domain: false, kind: TextMapKind::Exact { codes: codes(&[("oh", 3), ("strasse", 4)]), other: Some(9) } };
        assert_eq!(exact.code(" OH "), Some(3));
        assert_eq!(exact.code("TX"), Some(9));
        assert_eq!(exact.code("Straße"), Some(4));
        let domain = TextMap { domain: true, kind: TextMapKind::Exact { codes: codes(&[("bd.com", 1)]), other: None } };
        assert_eq!(domain.code("A@b@BD.com"), Some(1));
        assert_eq!(domain.code("bd.com"), None);
        assert_eq!(domain.code("a@"), None);
    }

    #[test]
    fn the_longest_prefix_wins() {
        let map = TextMapKind::LongestPrefix { codes: codes(&[("4", 0), ("43", 1), ("é", 2)]) };
        assert_eq!(map.code("4310"), Some(1));
        assert_eq!(map.code("43"), Some(1));
        assert_eq!(map.code("49"), Some(0));
        assert_eq!(map.code("éa"), Some(2));
        assert_eq!(map.code("5"), None);
        assert_eq!(map.code(""), None);
    }

    #[test]
    fn tests_of_texts() {
        let test = |test, text: &str| TextMapKind::Test { test, text: text.to_string() };
        assert_eq!(test(TextTest::StartsWith, "/car").code("/careers"), Some(1));
        assert_eq!(test(TextTest::EndsWith, "/car").code("/careers"), Some(0));
        assert_eq!(test(TextTest::Contains, "ree").code("/careers"), Some(1));
    }
}

//! The parser that pest makes of `grammar/leadwright.pest`.
//!
//! Enters: the text of one item. Leaves: pest pairs, which only this folder sees. Always holds: a rule from [`FIRST_TOKEN`] on is a
//! token (a keyword or a sign), a rule before it is a part of the language.

#[derive(pest_derive::Parser)]
#[grammar = "grammar/leadwright.pest"]
pub(super) struct Grammar;

/// The first rule of the grammar's last part, where the tokens stand.
const FIRST_TOKEN: Rule = Rule::POLICY;

/// Whether the rule is a keyword or a sign.
pub(super) fn is_token(rule: Rule) -> bool {
    rule >= FIRST_TOKEN
}

/// The reserved words, as in the grammar.
pub(crate) const RESERVED_WORDS: [&str; 24] = [
    "and",
    "or",
    "not",
    "is",
    "has",
    "between",
    "else",
    "when",
    "otherwise",
    "yes",
    "no",
    "missing",
    "known",
    "under",
    "by",
    "any",
    "key",
    "optional",
    "from",
    "implies",
    "because",
    "entering",
    "leaving",
    "for",
];

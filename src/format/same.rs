//! Whether two texts mean the same.
//!
//! Enters: two outlines with their texts. Leaves: yes or no. Always holds: yes is said only if every token is written the same, every part
//! of the grammar covers the same tokens, the same documentation stands above the same tokens, and every comment has the same words,
//! stands before the same token, and is alone on its line if it was. That is stricter than equal trees: `1.0` for `1` would be no.

use crate::syntax::outline::{Comment, Outline};

pub(super) fn same(left: &Outline, left_text: &str, right: &Outline, right_text: &str) -> bool {
    let tokens = |outline: &Outline| outline.tokens.len();
    let comments = |outline: &Outline| outline.comments.len();
    tokens(left) == tokens(right)
        && comments(left) == comments(right)
        && left.tokens.iter().zip(&right.tokens).all(|(a, b)| left_text[a.start..a.end] == right_text[b.start..b.end])
        && left.comments.iter().zip(&right.comments).all(|(a, b)| {
            let place = |comment: &Comment| (comment.own_line, comment.before);
            place(a) == place(b) && left_text[a.start..a.end] == right_text[b.start..b.end]
        })
        && left.parts == right.parts
        && left.docs == right.docs
}

//! `todo-comment`: `TODO`, `FIXME`, `TBD` and `XXX` in comments.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "todo-comment",
    group: Group::Governance,
    level: Level::Note,
    summary: "a comment says that something is still to be done",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/todo-comment.md"),
    check,
};

const MARKS: [&str; 4] = ["TODO", "FIXME", "TBD", "XXX"];

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for comment in context.files.iter().flat_map(|file| &file.comments) {
        let mut words = comment.text.split(|character: char| !character.is_alphanumeric());
        if let Some(mark) = words.find_map(|word| MARKS.into_iter().find(|mark| *mark == word)) {
            found.push(
                RULE.finding(format!("a comment says `{mark}`")).at(comment.span, "the policy is in force with something open in it"),
            );
        }
    }
}

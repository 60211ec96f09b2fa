//! Patterns with a mistake: what each may have been meant to match, so that what else its block lacks can be told.
//!
//! Always holds: a word that is nearly one which can stand there is taken for it; any other may be one of those that are lacking.

use super::Matcher;
use super::check::Checker;
use super::constants::bare;
use super::patterns::{Case, Cover};
use super::value::{Type, fold_text};
use crate::diagnostic::nearest;
use crate::syntax::tree::{self, PatternKind};

/// What a pattern with a reported mistake may have been meant to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// what it nearly says
    This(Matcher),
    /// one band or value
    Value,
    /// one choice, or `missing`
    Word,
    /// whatever a word can stand for: a value, `missing`, `otherwise`
    Anything,
}

impl Meant {
    pub(super) fn matcher(self) -> Option<Matcher> {
        match self {
            Meant::This(matcher) => Some(matcher),
            Meant::Value | Meant::Word | Meant::Anything => None,
        }
    }

    pub(super) fn may_be_missing(&self) -> bool {
        match self {
            Meant::This(matcher) => *matcher == Matcher::Missing,
            Meant::Word | Meant::Anything => true,
            Meant::Value => false,
        }
    }
}

/// Words that people write for `otherwise` and `missing`.
const REST_WORDS: [&str; 20] = [
    "other",
    "others",
    "rest",
    "all",
    "any",
    "anything",
    "everything",
    "default",
    "remaining",
    "finally",
    "unknown",
    "none",
    "null",
    "empty",
    "blank",
    "nothing",
    "absent",
    "na",
    "n_a",
    "nil",
];

impl Checker<'_> {
    /// A word that is no choice may stand for `missing` or `otherwise`, unless a choice is written much like it.
    pub(super) fn meant(&self, case: &Case, cover: &Cover<'_>) -> Meant {
        let PatternKind::Value(value) = &case.pattern.kind else { return Meant::Value };
        let word = match &bare(value).kind {
            tree::ExprKind::Path(path) if path.len() == 1 => &path[0].text,
            tree::ExprKind::Literal(tree::Literal::Text(text)) => text,
            _ => return Meant::Value,
        };
        let folded = fold_text(word);
        let choices = match cover.subject.ty {
            Type::OneOf(choices) | Type::SomeOf(choices) => self.choice_names(choices),
            Type::YesNo => vec!["no".to_owned(), "yes".to_owned()],
            Type::Text | Type::Number { .. } | Type::Date | Type::Time => Vec::new(),
        };
        let spelled = match cover.subject.ty {
            Type::OneOf(set) | Type::SomeOf(set) => self.spelled(set, word),
            Type::Text | Type::YesNo | Type::Number { .. } | Type::Date | Type::Time => None,
        };
        let words = ["missing", "otherwise"];
        let near = || {
            let exact = words.into_iter().find(|word| *word == folded);
            let names = choices.iter().map(String::as_str).chain(words);
            exact.or_else(|| nearest(&folded, names.filter(|_| self.can_suggest())))
        };
        match spelled.as_deref().or_else(near) {
            Some("missing") => Meant::This(Matcher::Missing),
            Some("otherwise") => Meant::This(Matcher::Otherwise),
            Some(near) => choices.iter().position(|name| name == near).map_or(Meant::Value, |choice| Meant::This(Matcher::Choice(choice))),
            None if folded.is_empty() || REST_WORDS.contains(&folded.as_str()) => Meant::Anything,
            None => match cover.subject.ty {
                // any word can be a text whose quotes were forgotten
                Type::Text => Meant::Value,
                Type::YesNo if ["true", "false"].contains(&folded.as_str()) => Meant::Value,
                Type::OneOf(_) | Type::SomeOf(_) => Meant::Word,
                Type::YesNo | Type::Number { .. } | Type::Date | Type::Time => Meant::Anything,
            },
        }
    }
}

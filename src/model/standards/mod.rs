//! Standards: what the centre requires of every policy that follows it.
//!
//! Enters: the words of each `require`, and a policy whose other checks are done: its trees, its model, its mistakes. Leaves: diagnostics
//! alone; a policy that breaks a standard has one for each requirement, which points at the policy and at the rule. Always holds: requirements
//! are rows of one table ([`table::REQUIREMENTS`]); a standard that nobody follows is checked for its words; what another mistake has broken is
//! not judged.
//!
//! Standards read the policy's text. `every` over nothing passes, a name that is not there fails.

mod age;
mod contradictions;
mod judging;
mod limit;
mod reading;
mod table;
mod thresholds;
mod uses;
mod words;

pub use table::REQUIREMENTS;
pub use words::{SLOTS, Slot};

use reading::{Breach, Mistakes, Reading, Verdict};
use words::{Expected, Filled, Misfit};

use super::Followed;
use super::check::Checker;
use super::hidden::Space;
use super::resolve::quoted;
use crate::diagnostic::{Applicability, Code, Diagnostic, Label, Severity};
use crate::source::Span;
use crate::syntax::tree::{self, Require, Standard, Word};

/// The most requirements of all standards of a policy together: each may have to read the whole policy.
const REQUIREMENTS_MAX: usize = 1_000;
/// A requirement of more letters is shown by its beginning.
const SHOWN_MAX: usize = 80;

/// One requirement that a standard can make.
pub struct Requirement {
    /// `weight of section SECTION SHARE`: capitals stand for one of [`SLOTS`]
    pub form: &'static str,
    /// what holds when it holds
    pub means: &'static str,
    pub example: &'static str,
    demand: Demand,
    judge: fn(&Reading<'_, '_>, &Filled<'_>) -> Verdict,
}

/// What a requirement demands, as far as two of them can contradict each other; each names what it is about.
#[derive(Clone, Copy, Debug)]
enum Demand {
    None,
    /// its bound holds for each
    Bound(&'static str),
    /// its bound holds for one
    Some(&'static str),
    /// no other names than those listed last
    Allowed(&'static str),
    /// none of the names listed last
    Forbidden(&'static str),
    /// all names listed last
    Needed(&'static str),
}

/// A `require` whose words make sense.
struct Rule<'t> {
    standard: &'t Standard,
    tree: &'t Require,
    requirement: &'static Requirement,
    filled: Filled<'t>,
    /// where the policy says that it follows the standard; none if it does not
    followed: Option<Span>,
}

impl<'t> Checker<'t> {
    /// `follows bd_global, unit_rules`
    pub(crate) fn check_follows(&mut self, names: &'t [tree::Name]) {
        for (at, name) in names.iter().enumerate() {
            if let Some(first) = names[..at].iter().find(|first| first.text == name.text) {
                self.report(
                    Diagnostic::new(Code::RepeatedName, format!("the policy follows the standard `{}` twice", name.text))
                        .at(name.span, "again")
                        .at(first.span, "first here")
                        .help("leave one of them out"),
                );
                continue;
            }
            match self.items.standards.iter().find(|(_, standard)| standard.name.text == name.text) {
                Some((_, standard)) => {
                    self.followed.push((standard, name.span));
                    self.policy.follows.push(Followed { name: name.text.clone(), requirement_count: standard.requires.len() });
                }
                None => {
                    let candidates = self.choosable(self.standards.keys().map(String::as_str));
                    self.unknown(Code::UnknownName, Space::Standard, "standard", name, candidates);
                }
            }
        }
    }

    /// The last of all checks: what others have reported is not reported again.
    pub(crate) fn check_standards(&mut self) {
        let rules = self.rules();
        let contradicting = self.report_contradictions(&rules);
        let reading = Reading::new(self);
        let mut found = Vec::new();
        let mut said: Vec<(usize, Label)> = Vec::new();
        for (rule, _) in rules.iter().zip(&contradicting).filter(|(_, contradicting)| !**contradicting) {
            let Some(followed) = rule.followed else { continue };
            let verdict = (rule.requirement.judge)(&reading, &rule.filled);
            let also = format!("the standard `{}` requires it too", rule.standard.name.text);
            said.extend(verdict.said.into_iter().map(|index| (index, Label { span: rule.tree.span, text: also.clone() })));
            found.extend(verdict.breach.map(|breach| rule.broken(self, breach, followed)));
        }
        for (index, label) in said {
            if let Some(diagnostic) = self.diagnostics.get_mut(index) {
                diagnostic.labels.push(label);
            }
        }
        self.diagnostics.extend(found);
    }

    /// Every `require` of every standard that has one of the known forms and bounds that make sense.
    fn rules(&mut self) -> Vec<Rule<'t>> {
        let standards: Vec<&'t Standard> = self.items.standards.iter().map(|(_, standard)| *standard).collect();
        let mistakes = Mistakes::of(&self.diagnostics);
        let mut rules = Vec::new();
        let mut count = 0;
        for standard in standards {
            let followed = self.followed.iter().find(|(other, _)| std::ptr::eq(*other, standard)).map(|(_, span)| *span);
            for tree in &standard.requires {
                count += 1;
                if count > REQUIREMENTS_MAX {
                    let message = format!("the policy has more than {REQUIREMENTS_MAX} requirements");
                    self.report(Diagnostic::new(Code::TooManyItems, message).at(tree.span, "the first one too many"));
                    return rules;
                }
                if mistakes.are_in(tree.span) {
                    continue;
                }
                let Some((requirement, filled)) = self.requirement(tree) else { continue };
                rules.push(Rule { standard, tree, requirement, filled, followed });
            }
        }
        rules
    }

    fn requirement(&mut self, tree: &'t Require) -> Option<(&'static Requirement, Filled<'t>)> {
        // a number that makes no sense is reported before anyone compares it
        let mut sound = true;
        for word in &tree.words {
            match word {
                Word::Number(number) | Word::Percent(number) => sound &= self.plain(number, "a requirement").is_some(),
                Word::Name(_) | Word::Keyword(_) | Word::Path(_) | Word::Text(_) => {}
                Word::Duration(_) | Word::Comparison(..) | Word::Comma(_) => {}
            }
        }
        let mut misfits: Vec<(&'static Requirement, Misfit)> = Vec::new();
        for requirement in REQUIREMENTS {
            match words::fill(requirement.form, tree) {
                Ok(filled) => {
                    if let Some(limit) = filled.limit
                        && sound
                        && limit.is_empty()
                    {
                        let message = format!("nothing lies within the bound of `{}`", self.requirement_text(tree));
                        self.report(
                            Diagnostic::new(Code::BadRange, message).at(tree.span, "it runs backwards").help("the lower end stands first"),
                        );
                        sound = false;
                    }
                    return sound.then_some((requirement, filled));
                }
                Err(misfit) => misfits.push((requirement, misfit)),
            }
        }
        self.report_misfit(tree, &misfits);
        None
    }

    /// Says where the words leave the forms that fit them longest.
    fn report_misfit(&mut self, tree: &Require, misfits: &[(&'static Requirement, Misfit)]) {
        let fitting = misfits.iter().map(|(_, misfit)| misfit.fitting).max().unwrap_or(0);
        let nearest: Vec<&(&'static Requirement, Misfit)> = misfits.iter().filter(|(_, misfit)| misfit.fitting == fitting).collect();
        let found = tree.words.get(fitting);
        let behind = tree.words.last().and_then(words::span_of).map_or(tree.span, Span::after);
        let place = found.and_then(words::span_of).unwrap_or(behind);

        let mut expected: Vec<Expected> = Vec::new();
        for (_, misfit) in &nearest {
            if !expected.contains(&misfit.expected) {
                expected.push(misfit.expected);
            }
        }
        let message = format!("`{}` has none of the forms of a requirement", self.requirement_text(tree));
        let shown: Vec<String> = expected.iter().map(|expected| expected.to_string()).collect();
        let label = if fitting == 0 { "no requirement begins so".to_owned() } else { format!("expected {}", shown.join(" or ")) };
        let forms: Vec<&str> = nearest.iter().map(|(requirement, _)| requirement.form).collect();
        let forms = if forms.len() == 1 { format!("the form is {}", quoted(&forms)) } else { format!("the forms are {}", quoted(&forms)) };
        let diagnostic = Diagnostic::new(Code::RequirementForm, message).at(place, label);
        let diagnostic = match found.and_then(|found| words::meant(found, &expected)) {
            Some(near) => diagnostic
                .replace(format!("write `{near}`"), Applicability::Unsafe, place, near)
                .help(format!("did you mean `{near}`? {forms}")),
            None => diagnostic.help(forms),
        };
        self.report(diagnostic);
    }

    /// `weight of section demographic <= 50%`: the words without `require`, `because` and `as warning`.
    fn requirement_text(&self, tree: &Require) -> String {
        let spans = tree.words.iter().filter_map(words::span_of);
        let text = spans.reduce(Span::to).map_or(String::new(), |span| self.one_line(span));
        if text.chars().count() <= SHOWN_MAX {
            return text;
        }
        text.chars().take(SHOWN_MAX).collect::<String>() + " …"
    }
}

impl Rule<'_> {
    /// The diagnostic of a policy that breaks the rule. `followed` is where the policy says that it follows.
    fn broken(&self, checker: &Checker<'_>, breach: Breach, followed: Span) -> Diagnostic {
        let standard = &self.standard.name.text;
        let text = checker.requirement_text(self.tree);
        let mut diagnostic =
            Diagnostic::new(Code::StandardBroken, format!("{}; the standard `{standard}` requires `{text}`", breach.finding));
        if self.tree.as_warning {
            diagnostic.severity = Severity::Warning;
        }
        diagnostic.labels = breach.places;
        if diagnostic.labels.is_empty() {
            diagnostic = diagnostic.at(followed, "the policy follows this standard");
        }
        diagnostic = diagnostic.at(self.tree.span, "required here");
        let reason = self.tree.because.as_ref().map(|because| because.value.clone());
        match (reason, breach.hint) {
            (Some(reason), Some(hint)) => diagnostic.help(format!("{reason} ({hint})")),
            (Some(help), None) | (None, Some(help)) => diagnostic.help(help),
            (None, None) if self.tree.as_warning => diagnostic.help("make it hold in the policy"),
            (None, None) => {
                diagnostic.help("make it hold in the policy; behind a requirement, `as warning` lets a policy score that breaks it")
            }
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Expected::Word(word) => write!(f, "`{word}`"),
            Expected::Slot(stands_for) => f.write_str(stands_for),
            Expected::End => f.write_str("the end of the requirement"),
        }
    }
}

//! Requirements that no policy can satisfy together.
//!
//! Enters: the rules of all standards. Leaves: a diagnostic for each pair, and which rules are in one: those are not judged. Two rules can only
//! contradict each other if one policy has to satisfy both: they stand in one standard, or the policy follows both standards.

use rustc_hash::{FxHashMap, FxHashSet};

use super::limit::Limit;
use super::{Demand, Rule};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::model::check::Checker;

impl<'t> Checker<'t> {
    pub(super) fn report_contradictions(&mut self, rules: &[Rule<'t>]) -> Vec<bool> {
        // rules about one and the same, in the order of the text
        let mut subjects: FxHashMap<String, usize> = FxHashMap::default();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let Some(subject) = rule.subject() else { continue };
            let next = groups.len();
            let group = *subjects.entry(subject).or_insert(next);
            if group == next {
                groups.push(Vec::new());
            }
            groups[group].push(index);
        }
        let mut contradicting = vec![false; rules.len()];
        for group in groups {
            for (position, second) in group.iter().enumerate() {
                let first = group[..position].iter().find(|first| contradict(&rules[**first], &rules[*second]));
                if let Some(first) = first {
                    self.report_contradiction(&rules[*first], &rules[*second]);
                    contradicting[*first] = true;
                    contradicting[*second] = true;
                }
            }
        }
        contradicting
    }

    fn report_contradiction(&mut self, first: &Rule<'_>, second: &Rule<'_>) {
        let (first_text, second_text) = (self.requirement_text(first.tree), self.requirement_text(second.tree));
        let message = format!("no policy can satisfy both `{first_text}` and `{second_text}`");
        let label = |rule: &Rule<'_>| format!("in the standard `{}`", rule.standard.name.text);
        let mut diagnostic = Diagnostic::new(Code::StandardContradiction, message)
            .at(second.tree.span, label(second))
            .at(first.tree.span, label(first))
            .help("change one of them, or take it out");
        if first.tree.as_warning || second.tree.as_warning {
            diagnostic.severity = Severity::Warning;
        }
        self.report(diagnostic);
    }
}

impl Rule<'_> {
    /// What it is about, the names included; none if it cannot contradict another.
    fn subject(&self) -> Option<String> {
        let (about, names) = match self.requirement.demand {
            Demand::None => return None,
            Demand::Bound(about) | Demand::Some(about) => (about, self.filled.names.as_slice()),
            // the list itself is what is demanded
            Demand::Allowed(about) | Demand::Forbidden(about) | Demand::Needed(about) => {
                (about, self.filled.names.split_last().map_or(&[][..], |(_, others)| others))
            }
        };
        let names: Vec<String> = (0..names.len()).map(|slot| self.filled.path(slot)).collect();
        Some(format!("{about} {}", names.join(" ")))
    }

    fn list(&self) -> FxHashSet<&str> {
        self.filled.names.last().map_or_else(FxHashSet::default, |names| names.iter().map(|name| name.text.as_str()).collect())
    }
}

fn contradict(first: &Rule<'_>, second: &Rule<'_>) -> bool {
    let together = std::ptr::eq(first.standard, second.standard) || (first.followed.is_some() && second.followed.is_some());
    if !together {
        return false;
    }
    let whole = Limit::default();
    let apart = || first.filled.limit.unwrap_or(whole).common(second.filled.limit.unwrap_or(whole)).is_empty();
    let (one, two) = (first.list(), second.list());
    let no_common = || one.is_disjoint(&two);
    match (first.requirement.demand, second.requirement.demand) {
        (Demand::Bound(_), Demand::Bound(_) | Demand::Some(_)) | (Demand::Some(_), Demand::Bound(_)) => apart(),
        (Demand::Allowed(_), Demand::Allowed(_)) => no_common(),
        (Demand::Allowed(_), Demand::Forbidden(_)) => one.is_subset(&two),
        (Demand::Forbidden(_), Demand::Allowed(_)) => two.is_subset(&one),
        (Demand::Allowed(_), Demand::Needed(_)) => !two.is_subset(&one),
        (Demand::Needed(_), Demand::Allowed(_)) => !one.is_subset(&two),
        (Demand::Needed(_), Demand::Forbidden(_)) | (Demand::Forbidden(_), Demand::Needed(_)) => !no_common(),
        (Demand::Some(_), Demand::Some(_)) | (Demand::Forbidden(_), Demand::Forbidden(_)) | (Demand::Needed(_), Demand::Needed(_)) => false,
        // the others are about different things
        (Demand::None, _) | (_, Demand::None) => false,
        (Demand::Bound(_) | Demand::Some(_), Demand::Allowed(_) | Demand::Forbidden(_) | Demand::Needed(_)) => false,
        (Demand::Allowed(_) | Demand::Forbidden(_) | Demand::Needed(_), Demand::Bound(_) | Demand::Some(_)) => false,
    }
}

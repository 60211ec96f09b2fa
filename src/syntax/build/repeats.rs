//! Clauses that stand once, written again.
//!
//! Enters: the pairs of an item, as the grammar reads them: it takes clauses in any order and so often as they are written. Leaves: a diagnostic for each further
//! one, on it and on the first, as the tree keeps only one of them. Always holds: a fix is offered only where both are the same text; what adds up (`members`, `from`, rows) is none of this, and the clauses of a measure, which have an order, are in `measures`.

use std::collections::HashMap;

use super::{Builder, Node, Parts};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{DecideRow, Text};

/// The clauses of a part of the language that stand there once, each with what it is called; those that are called alike are one.
fn once(part: Rule) -> &'static [(Rule, &'static str)] {
    match part {
        Rule::require => &[(Rule::because, "`because`"), (Rule::AS_WARNING, "`as warning`")],
        Rule::team => &[(Rule::team_calendar, "`on`")],
        Rule::calendar => &[(Rule::property_timezone, "`timezone`")],
        Rule::field => &[(Rule::KEY, "`key`"), (Rule::OPTIONAL, "`optional`")],
        Rule::column => &[(Rule::KEY, "`key`"), (Rule::PREFIX_KEY, "`key`"), (Rule::OPTIONAL, "`optional`")],
        Rule::signal => &[(Rule::signal_by, "`by`"), (Rule::signal_bursts, "`ignore bursts of`")],
        Rule::score => &[(Rule::RUNNING, "`running`"), (Rule::score_range, "`from`"), (Rule::rounding, "`rounded to`")],
        Rule::section => &[(Rule::weight, "the weight"), (Rule::POINTS, "`points`"), (Rule::up_to, "`up to`")],
        Rule::stage => &[(Rule::stage_owner, "`owner`"), (Rule::START, "`start`"), (Rule::FINAL, "`final`")],
        Rule::recycle => &[(Rule::recycle_forget, "`forget`"), (Rule::recycle_rest, "`rest`")],
        Rule::queue => &[(Rule::queue_team, "`team`"), (Rule::rotate_table, "`rotate`"), (Rule::rotate_owners, "`rotate`")],
        Rule::turn => &[(Rule::turn_weight, "`weight`"), (Rule::turn_capacity, "`capacity`")],
        Rule::rotate_table => &[
            (Rule::rotate_weight, "`weight`"),
            (Rule::rotate_capacity, "`capacity`"),
            (Rule::rotate_skip, "`skip when`"),
            (Rule::rotate_otherwise, "`otherwise`"),
        ],
        Rule::test | Rule::cases => {
            &[(Rule::test_as_of, "`as of`"), (Rule::test_stage, "`stage`"), (Rule::test_owner, "`owner`"), (Rule::test_queue, "`queue`")]
        }
        _ => &[],
    }
}

impl Builder<'_> {
    /// Reports what stands again in an item.
    pub fn check_repeats(&mut self, item: &Node) {
        self.check_clauses(item.clone());
        for part in item.clone().into_inner().flatten() {
            match part.as_rule() {
                Rule::choice => self.check_spellings(part),
                _ => self.check_clauses(part),
            }
        }
    }

    fn check_clauses(&mut self, part: Node) {
        let once = once(part.as_rule());
        if once.is_empty() {
            return;
        }
        let mut written: Vec<(&str, Node)> = Vec::new();
        for child in Parts::of(part) {
            let clause = match child.as_rule() {
                Rule::calendar_row | Rule::test_part => Parts::of(child).part(),
                _ => Some(child),
            };
            let Some(clause) = clause else { continue };
            let Some((_, called)) = once.iter().find(|(rule, _)| *rule == clause.as_rule()) else { continue };
            match written.iter().find(|(earlier, _)| earlier == called) {
                Some((_, first)) => self.report_repeat(Code::Syntax, called, first, &clause),
                None => written.push((called, clause)),
            }
        }
    }

    /// `ltc "LTC" "LTC"`
    fn check_spellings(&mut self, choice: Node) {
        let mut written: HashMap<&str, Node> = HashMap::new();
        for spelling in Parts::of(choice).filter(|part| part.as_rule() == Rule::string) {
            match written.get(spelling.as_str()) {
                Some(first) => self.report_repeat(Code::RepeatedChoice, &format!("`{}`", spelling.as_str()), first, &spelling),
                None => drop(written.insert(spelling.as_str(), spelling)),
            }
        }
    }

    fn report_repeat(&mut self, code: Code, called: &str, first: &Node, again: &Node) {
        let (first_span, span) = (self.span(first), self.span(again));
        let diagnostic = Diagnostic::new(code, format!("{called} stands twice: leave one out"))
            .at(span, "stands again here")
            .at(first_span, "stands first here");
        self.report(if self.written(first_span) == self.written(span) {
            diagnostic.help("both say the same").replace("leave the second one out", Applicability::Safe, self.with_blanks(span), "")
        } else {
            diagnostic.help(match again.as_rule() {
                Rule::rotate_skip => "join the two conditions with `or` if each is a reason to skip",
                _ => "only one of the two can count: keep the one that is meant",
            })
        });
    }

    /// A piece of text with the blanks that would be too many without it: those before it, and the end of the line if it has a line for itself.
    fn with_blanks(&self, span: Span) -> Span {
        let (before, behind) = (&self.text[..span.start as usize], &self.text[span.end as usize..]);
        let kept = before.trim_end_matches([' ', '\t']);
        let is_first = kept.ends_with('\n');
        let is_last = behind.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        match (is_first, is_last) {
            (true, true) => Span { start: kept[..kept.len() - 1].trim_end_matches('\r').len() as u32, ..span },
            (true, false) => Span { end: span.end + (behind.len() - behind.trim_start_matches([' ', '\t']).len()) as u32, ..span },
            (false, true | false) => Span { start: kept.len() as u32, ..span },
        }
    }

    /// `big "Big" when … big "Large" when …`: an outcome is shown in one way.
    pub fn check_displays(&mut self, rows: &[DecideRow]) {
        let mut shown: HashMap<&str, &Text> = HashMap::new();
        for row in rows {
            let Some(display) = &row.display else { continue };
            let outcome = row.outcome.text.as_str();
            match shown.get(outcome) {
                Some(first) if first.value != display.value => self.report(
                    Diagnostic::new(Code::RepeatedName, format!("`{outcome}` has two display names: leave one out"))
                        .at(display.span, "stands again here")
                        .at(first.span, "stands first here")
                        .help("an outcome is shown in one way; name it in its first row"),
                ),
                Some(_) => {}
                None => drop(shown.insert(outcome, display)),
            }
        }
    }
}

//! `--fail-on`: what a change must not do.
//!
//! Enters: a list of conditions as a user writes it, a comparison. Leaves: those that are met, each with the figures that meet it. Always holds: shares are
//! compared exactly; a wrong condition is one sentence that says what may be written.

use crate::batch::compare::{Impact, Kind};
use crate::cli::outcome::Misuse;
use crate::diagnostic::nearest;
use crate::model::value::Decimal;
use crate::policy::versions::{Treated, Treatment};
use crate::report::difference::{Compared, Comparison, Outcome};
use crate::report::figures::{count, share};

/// `>5% status change`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    written: String,
    /// more than so much; none: more than nothing
    limit: Option<Limit>,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limit {
    amount: Decimal,
    /// of the compared leads
    is_share: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// anything differs
    Any,
    /// more than words for people differs
    Meaning,
    /// a policy is gone
    RemovedPolicy,
    /// a mistake, warning or note that the old version does not have
    NewMistake,
    /// leads that had a queue and have none
    LostRoute,
    /// leads that the new version alone rejects
    Rejected,
    /// leads of which anything changed
    Lead,
    /// leads of which some answer of a kind changed
    Kind(Kind),
    /// leads of which this answer changed
    Output(String),
}

const WORDS: [(&str, What); 11] = [
    ("any", What::Any),
    ("meaning", What::Meaning),
    ("removed-policy", What::RemovedPolicy),
    ("new-mistake", What::NewMistake),
    ("lost-route", What::LostRoute),
    ("rejected", What::Rejected),
    ("lead", What::Lead),
    ("score", What::Kind(Kind::Score)),
    ("stage", What::Kind(Kind::Stage)),
    ("queue", What::Kind(Kind::Queue)),
    ("owner", What::Kind(Kind::Owner)),
];

/// Conditions with commas between.
pub fn parse(text: &str) -> Result<Vec<Condition>, Misuse> {
    text.split(',').map(|condition| one(condition.trim())).collect()
}

fn one(written: &str) -> Result<Condition, Misuse> {
    let wrong = |why: &str| {
        Misuse::new(format!(
            "`--fail-on`: `{written}` {why}; write conditions such as `lost-route`, `>5% status change`, `>10 queue change`, `new-mistake` or `any`, with commas between"
        ))
    };
    if written.is_empty() {
        return Err(wrong("is no condition"));
    }
    let (limit, rest) = match written.strip_prefix('>') {
        Some(rest) => {
            let rest = rest.trim_start();
            let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != '_').unwrap_or(rest.len());
            let amount = decimal(&rest[..end]).ok_or_else(|| wrong("has no number behind `>`"))?;
            let rest = rest[end..].trim_start();
            let (is_share, rest) = rest.strip_prefix('%').map_or((false, rest), |rest| (true, rest));
            (Some(Limit { amount, is_share }), rest.trim_start())
        }
        None => (None, written),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let name = match words.as_slice() {
        [name] | [name, "change" | "changes"] => *name,
        [] => return Err(wrong("does not say of what")),
        _ => return Err(wrong("is no condition")),
    };
    let what = match WORDS.iter().find(|(word, _)| *word == name) {
        Some((_, what)) => what.clone(),
        // a decide, a score, a section, a clock
        None if name.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '.') => What::Output(name.to_owned()),
        None => {
            let near = near_word(name).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            return Err(wrong(&format!("is no condition{near}")));
        }
    };
    let condition = Condition { written: written.to_owned(), limit, what };
    if condition.limit.is_some() && !condition.needs_leads() {
        return Err(wrong("counts no leads, so it takes no limit"));
    }
    Ok(condition)
}

/// The condition without a name of its own that a name is nearest to.
fn near_word(name: &str) -> Option<&'static str> {
    nearest(name, WORDS.iter().map(|(word, _)| *word))
}

fn decimal(text: &str) -> Option<Decimal> {
    let text = text.replace('_', "");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if whole.is_empty() || fraction.len() > 9 || whole.len() > 18 {
        return None;
    }
    Some(Decimal { mantissa: format!("{whole}{fraction}").parse().ok()?, places: fraction.len() as u8 })
}

/// What is known of a comparison beyond the comparison itself.
pub struct Facts<'f> {
    pub comparison: &'f Comparison,
    /// diagnostics that the new version alone has, as sentences
    pub new_mistakes: &'f [String],
}

impl Condition {
    pub fn needs_leads(&self) -> bool {
        match self.what {
            What::Any | What::Meaning | What::RemovedPolicy | What::NewMistake => false,
            What::LostRoute | What::Rejected | What::Lead | What::Kind(_) | What::Output(_) => true,
        }
    }

    /// Why it cannot be answered without a file of leads.
    pub fn without_leads(&self, is_proof: bool) -> Misuse {
        let proof = if is_proof { ": a proof counts no leads" } else { ", or ask for a proof with `--prove`" };
        let about = match &self.what {
            What::Output(name) => {
                let near = near_word(name).map(|near| format!("; or did you mean `{near}`?")).unwrap_or_default();
                format!("an answer `{name}` of the policy: name a file of leads with `--leads`{proof}{near}")
            }
            What::Any
            | What::Meaning
            | What::RemovedPolicy
            | What::NewMistake
            | What::LostRoute
            | What::Rejected
            | What::Lead
            | What::Kind(_) => format!("leads: name a file of them with `--leads`{proof}"),
        };
        Misuse::new(format!("`--fail-on`: `{}` is about {about}", self.written))
    }

    /// Whether a proof says if it is met: then it asks for any lead at all.
    pub fn can_be_proved(&self) -> bool {
        self.limit.is_none()
    }

    /// Whether the answers that it asks for may differ, and nothing says so.
    pub fn is_open(&self, facts: &Facts) -> bool {
        self.can_be_proved()
            && self.needs_leads()
            && facts.comparison.policies.iter().filter_map(Compared::treatment).any(|treatment| {
                treatment.undecided().any(|answer| self.asks_for(answer))
                    || (self.what == What::LostRoute && treatment.answers.iter().any(|answer| answer.loses.is_none()))
            })
    }

    /// Whether a lead that gets another such answer meets it.
    fn asks_for(&self, answer: &Treated) -> bool {
        match &self.what {
            What::Lead => true,
            What::Kind(kind) => *kind == answer.kind,
            What::Output(name) => *name == answer.name,
            What::Any | What::Meaning | What::RemovedPolicy | What::NewMistake | What::LostRoute | What::Rejected => false,
        }
    }

    /// How it is met by a proof; none if it is not.
    fn proved(&self, treatment: &Treatment) -> Option<String> {
        let named = |names: Vec<&str>, text: &str| (!names.is_empty()).then(|| format!("{} {text}", names.join(", ")));
        match &self.what {
            What::LostRoute => {
                let lose = treatment.answers.iter().filter(|answer| answer.loses == Some(true));
                named(lose.map(|answer| answer.name.as_str()).collect(), "gives some lead no queue any more")
            }
            What::Rejected => named(treatment.apart.accepted.iter().map(String::as_str).collect(), ""),
            What::Lead | What::Kind(_) | What::Output(_) => {
                let differing = treatment.differing().filter(|answer| self.asks_for(answer));
                named(differing.map(|answer| answer.name.as_str()).collect(), "differs for some lead")
            }
            What::Any | What::Meaning | What::RemovedPolicy | What::NewMistake => None,
        }
    }

    /// How it is met; none if it is not.
    pub fn met(&self, facts: &Facts) -> Result<Option<String>, Misuse> {
        let policies = &facts.comparison.policies;
        let told = |is_met: bool, text: String| is_met.then(|| format!("`{}`: {text}", self.written));
        let found = match &self.what {
            What::Any => {
                let differing: Vec<&str> =
                    policies.iter().filter(|policy| policy.is_different()).map(|policy| policy.name.as_str()).collect();
                told(!differing.is_empty(), format!("{} differs", differing.join(", ")))
            }
            What::Meaning => {
                let means = |policy: &&Compared| match &policy.outcome {
                    Outcome::Added | Outcome::Removed => true,
                    Outcome::Mistaken => false,
                    Outcome::Compared { difference, .. } => !difference.is_wording(),
                };
                let differing: Vec<&str> = policies.iter().filter(means).map(|policy| policy.name.as_str()).collect();
                told(!differing.is_empty(), format!("{} differs in more than words for people", differing.join(", ")))
            }
            What::RemovedPolicy => {
                let gone: Vec<&str> = policies
                    .iter()
                    .filter(|policy| matches!(policy.outcome, Outcome::Removed))
                    .map(|policy| policy.name.as_str())
                    .collect();
                told(!gone.is_empty(), format!("{} is gone", gone.join(", ")))
            }
            What::NewMistake => told(!facts.new_mistakes.is_empty(), facts.new_mistakes.join("; ")),
            What::LostRoute | What::Rejected | What::Lead | What::Kind(_) | What::Output(_) => {
                let proofs = policies.iter().filter_map(Compared::treatment).filter(|_| self.can_be_proved());
                let mut found = None;
                for treatment in proofs {
                    if let What::Output(name) = &self.what
                        && !policies.iter().any(|policy| policy.impact().is_some())
                    {
                        known_answer(name, treatment)?;
                    }
                    found = found.or(self.proved(treatment).map(|text| format!("`{}`: {}", self.written, text.trim_end())));
                }
                for impact in policies.iter().filter_map(Compared::impact) {
                    let leads = self.leads(impact)?;
                    let of = if matches!(self.what, What::Rejected) { impact.rows_in } else { impact.rows_compared };
                    let text = format!("{} of {} leads ({})", count(leads), count(of), share(leads, of));
                    found = found.or(told(self.is_beyond(leads, of), text));
                }
                found
            }
        };
        Ok(found)
    }

    fn leads(&self, impact: &Impact) -> Result<u64, Misuse> {
        let of_kind = |kind: Kind| impact.changed_by_kind.iter().find(|(other, _)| *other == kind).map_or(0, |(_, leads)| *leads);
        Ok(match &self.what {
            What::LostRoute => impact.rows_lost_route,
            What::Rejected => impact.rows_rejected_new,
            What::Lead => impact.rows_changed,
            What::Kind(kind) => of_kind(*kind),
            What::Output(name) => impact.changed(name).ok_or_else(|| {
                let known = impact.outputs();
                let words = WORDS.iter().map(|(word, _)| *word);
                let near = nearest(name, known.iter().map(String::as_str).chain(words))
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default();
                Misuse::new(format!("`--fail-on`: neither version gives an answer `{name}`{near}"))
            })?,
            What::Any | What::Meaning | What::RemovedPolicy | What::NewMistake => 0,
        })
    }

    fn is_beyond(&self, leads: u64, of: u64) -> bool {
        let Some(Limit { amount, is_share }) = self.limit else { return leads > 0 };
        let (leads, of) = (i128::from(leads), i128::from(of));
        let power = 10_i128.pow(u32::from(amount.places));
        if is_share {
            // leads / of > amount / 100, without a division
            leads.saturating_mul(100).saturating_mul(power) > amount.mantissa.saturating_mul(of)
        } else {
            leads.saturating_mul(power) > amount.mantissa
        }
    }
}

fn known_answer(name: &str, treatment: &Treatment) -> Result<(), Misuse> {
    let names = treatment.answers.iter().map(|answer| answer.name.as_str());
    let known: Vec<&str> = names.chain(treatment.old_only.iter().chain(&treatment.new_only).map(String::as_str)).collect();
    if known.contains(&name) {
        return Ok(());
    }
    let near = nearest(name, known.iter().copied()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Misuse::new(format!("`--fail-on`: neither version gives an answer `{name}`{near}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> (Decimal, bool) {
        let limit = parse(text).unwrap()[0].limit.unwrap();
        (limit.amount, limit.is_share)
    }

    #[test]
    fn conditions_as_they_are_written() {
        let all = parse("lost-route, >5% status change,>0.5 % queue change , >1_000 lead changes, any").unwrap();
        assert_eq!(
            all.iter().map(|condition| condition.written.as_str()).collect::<Vec<_>>(),
            ["lost-route", ">5% status change", ">0.5 % queue change", ">1_000 lead changes", "any"]
        );
        assert_eq!(all[1].what, What::Output("status".into()));
        assert_eq!(all[2].what, What::Kind(Kind::Queue));
        assert_eq!(parse("status").unwrap()[0].what, What::Output("status".into()));
        assert_eq!(limit(">5% status change"), (Decimal { mantissa: 5, places: 0 }, true));
        assert_eq!(limit(">0.5% score change"), (Decimal { mantissa: 5, places: 1 }, true));
        assert_eq!(limit(">1_000 lead change"), (Decimal { mantissa: 1000, places: 0 }, false));
    }

    #[test]
    fn limits_are_exact() {
        let condition = |text: &str| parse(text).unwrap().remove(0);
        assert!(!condition(">5% status change").is_beyond(5, 100));
        assert!(condition(">5% status change").is_beyond(6, 100));
        assert!(condition(">33.3% status change").is_beyond(1, 3));
        assert!(!condition(">33.4% status change").is_beyond(1, 3));
        assert!(!condition("lost-route").is_beyond(0, 10) && condition("lost-route").is_beyond(1, 10));
        assert!(condition(">0 rejected").is_beyond(1, 10) && !condition(">1 rejected").is_beyond(1, 10));
    }

    #[test]
    fn wrong_conditions_are_one_sentence() {
        for (text, part) in [
            ("lost-rout", "did you mean `lost-route`?"),
            ("", "is no condition"),
            (">x% status change", "no number"),
            (">5%", "does not say of what"),
            (">5% any", "takes no limit"),
            ("sta-tus", "is no condition"),
            ("a b c", "is no condition"),
        ] {
            let sentence = parse(text).unwrap_err().to_string();
            assert!(sentence.contains(part), "{text}: {sentence}");
        }
    }
}

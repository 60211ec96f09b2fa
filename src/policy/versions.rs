//! Two versions of a policy, and for which leads they give another answer: proved.
//!
//! Enters: two checked policies without mistakes. Leaves: for each answer whether some lead gets another one, with a smallest such lead and all of them in words. Always holds: a lead
//! that is given was scored by both versions; what is not decided is said to be so, and is never counted as the same.

use super::Policy;
use crate::batch::compare::Kind;
use crate::diff::Difference as Changes;
use crate::model::{self, Constant};
use crate::proof::as_test::{self, Expectation};
use crate::proof::versions::{self, Apart, Cells, Difference, Outcome, Version};
use crate::proof::{Why, Witness};
use crate::record;
use crate::record::show::Show;

/// How the two versions treat all leads there can be.
#[derive(Clone, Debug)]
pub struct Treatment {
    pub answers: Vec<Treated>,
    /// answers that one version alone gives
    pub old_only: Vec<String>,
    pub new_only: Vec<String>,
    pub apart: Apart,
    pub steps: u64,
}

/// One answer of both versions.
#[derive(Clone, Debug)]
pub struct Treated {
    pub name: String,
    pub kind: Kind,
    pub verdict: Verdict,
    /// why it is not decided
    pub why: Option<String>,
    pub shown: Option<Shown>,
    pub cells: Option<Cells>,
    /// why these are not told; none where they follow from what is told already
    pub untold: Option<Why>,
    /// of a route: whether some lead had a queue and has none; none if that is not decided
    pub loses: Option<bool>,
    pub steps: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Same,
    Differs,
    Undecided,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Differs => "differs",
            Verdict::Undecided => "undecided",
        }
    }
}

/// A lead that gets another answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub before: String,
    pub after: String,
    /// `2026-01-14T12:00`, in the zone of the newer version
    pub as_of: String,
    /// what is known of it: names and values; those that are not as in the plainest lead first
    pub fields: Vec<(String, String)>,
    /// how many of them are not as in the plainest lead
    pub away: usize,
    pub stage: Option<String>,
    /// where it is and whose, in words: its stage and since when, owner, queue
    pub standing: Vec<String>,
    /// until when it rests, in the zone of the newer version
    pub rests_until: Option<String>,
    pub signal_count: usize,
    /// the answer that this very lead shows already
    pub same_as: Option<String>,
    /// as a test of the newer version, which passes; none if a test has no words for some part of it
    pub test: Option<String>,
}

impl Treatment {
    /// `Same` only if nothing differs, whatever the lead.
    pub fn verdict(&self) -> Verdict {
        let has = |verdict: Verdict| self.answers.iter().any(|answer| answer.verdict == verdict);
        let is_apart = !self.old_only.is_empty() || !self.new_only.is_empty() || !self.apart.accepted.is_empty();
        match () {
            () if has(Verdict::Differs) || is_apart => Verdict::Differs,
            () if has(Verdict::Undecided) || !self.apart.retyped.is_empty() => Verdict::Undecided,
            () => Verdict::Same,
        }
    }

    pub fn differing(&self) -> impl Iterator<Item = &Treated> {
        self.answers.iter().filter(|answer| answer.verdict == Verdict::Differs)
    }

    pub fn undecided(&self) -> impl Iterator<Item = &Treated> {
        self.answers.iter().filter(|answer| answer.verdict == Verdict::Undecided)
    }
}

/// Compares two versions for every lead that both accept. `changes` are those of [`super::diff`]; `budget` is in steps per question.
pub fn treatment(old: &Policy, new: &Policy, changes: &Changes, budget: u64) -> Treatment {
    let version = |policy| Version::of(policy);
    let compared = versions::compare(version(old), version(new), budget, &|score| is_same_balance(changes, score));
    let open = old.model().awaits_rows() || new.model().awaits_rows();
    let answers = compared.answers.iter().map(|answer| {
        let mut treated = Treated {
            name: answer.name.clone(),
            kind: answer.kind,
            verdict: Verdict::Same,
            why: None,
            shown: None,
            cells: None,
            untold: None,
            loses: answer.loses,
            steps: answer.steps,
        };
        match &answer.outcome {
            // nobody knows what the rows will say
            Outcome::Same if open => (treated.verdict, treated.why) = (Verdict::Undecided, Some(Why::OpenTable.text().to_string())),
            Outcome::Same => {}
            Outcome::Undecided(why) => (treated.verdict, treated.why) = (Verdict::Undecided, Some(why.text().to_string())),
            Outcome::Differs(difference) => {
                treated.verdict = Verdict::Differs;
                treated.shown = Some(shown(old, new, &answer.name, difference));
                treated.cells.clone_from(&difference.cells);
                treated.untold = difference.untold;
            }
        }
        treated
    });
    let mut answers: Vec<Treated> = answers.collect();
    if open {
        // what was found holds while the table has no rows
        for answer in &mut answers {
            (answer.cells, answer.untold) = (None, Some(Why::OpenTable).filter(|_| answer.verdict == Verdict::Differs));
            answer.loses = answer.loses.filter(|loses| *loses);
        }
    }
    let differing = compared.answers.iter().enumerate().filter_map(|(place, answer)| match &answer.outcome {
        Outcome::Differs(difference) => Some((place, (&difference.leads, difference.as_of))),
        Outcome::Same | Outcome::Undecided(_) => None,
    });
    let differing: Vec<_> = differing.collect();
    for (number, (place, lead)) in differing.iter().enumerate() {
        let earlier = differing[..number].iter().find(|(_, earlier)| earlier == lead).map(|(earlier, _)| answers[*earlier].name.clone());
        if let Some(shown) = &mut answers[*place].shown {
            shown.same_as = earlier;
        }
    }
    answers.extend(clocks_not_compared(old.model(), new.model(), changes));
    Treatment { answers, old_only: compared.old_only, new_only: compared.new_only, apart: compared.apart, steps: compared.steps }
}

impl<'v> Version<'v> {
    pub fn of(policy: &'v Policy) -> Version<'v> {
        Version { policy: policy.model(), lowered: policy.plain() }
    }
}

/// A running score adds up signals: it is the same if neither it nor anything that it could rest on has changed.
fn is_same_balance(changes: &Changes, score: &str) -> bool {
    let elsewhere = ["decide", "grid", "flow", "route", "queue", "sla", "promise", "team", "claim", "test", "cases"];
    let is_elsewhere = |item: &crate::diff::ItemChanges| elsewhere.contains(&item.noun) || (item.noun == "score" && item.name != score);
    changes.items.iter().filter(|item| !is_elsewhere(item)).all(|item| item.changes.iter().all(|change| change.wording))
}

/// What a clock counts is proved like any answer; how it then runs (calendars, pauses, what stops it) is compared as text alone.
fn clocks_not_compared(old: &model::Policy, new: &model::Policy, changes: &Changes) -> Vec<Treated> {
    let means = |item: &&crate::diff::ItemChanges| item.changes.iter().any(|change| !change.wording);
    let changed: Vec<_> = changes.items.iter().filter(means).collect();
    let all = old.timezone != new.timezone || changed.iter().any(|item| matches!(item.noun, "calendar" | "team" | "signal" | "group"));
    let known = new.slas.iter().filter(|clock| old.slas.iter().any(|before| before.name == clock.name));
    let moved = known.filter(|clock| all || changed.iter().any(|item| item.noun == "sla" && item.name == clock.name));
    let why = "how a clock runs (calendars, pauses, what starts and stops it) is not compared, and some of it has changed";
    moved
        .map(|clock| Treated {
            name: format!("{}.due", clock.name),
            kind: Kind::Clock,
            verdict: Verdict::Undecided,
            why: Some(why.into()),
            shown: None,
            cells: None,
            untold: None,
            loses: Some(false),
            steps: 0,
        })
        .collect()
}

fn shown(old: &Policy, new: &Policy, name: &str, difference: &Difference) -> Shown {
    let Difference { leads: [_, lead], as_of, values, fields: away, needs_as_of, before, after, .. } = difference;
    let policy = new.model();
    let Ok(zone) = record::zone(policy) else { return Shown::nothing(before, after) };
    let show = Show { policy, zone: &zone };
    let text = |policy: &model::Policy, field: usize, value: &Constant| {
        as_test::written(&Show { policy, zone: &zone }, policy.fields[field].ty, value)
    };
    let of_field = |field: usize| Some((policy.fields[field].name.clone(), text(policy, field, lead.values.get(field)?.as_ref()?)));
    let is_key = |field: &usize| policy.key == Some(*field) && lead.key.is_none();
    let others = (0..policy.fields.len()).filter(|field| !away.contains(field));
    let mut fields: Vec<(String, String)> = away
        .iter()
        .copied()
        .filter(|field| !is_key(field))
        .map(|field| of_field(field).unwrap_or_else(|| (policy.fields[field].name.clone(), "missing".into())))
        .collect();
    let count = fields.len();
    fields.extend(others.filter(|field| !is_key(field)).filter_map(of_field));
    // what the older version alone asks for
    let before_only =
        old.model().fields.iter().enumerate().filter(|(_, field)| !policy.fields.iter().any(|known| known.name == field.name));
    for (field, of) in before_only {
        if let Some(Some(value)) = difference.leads[0].values.get(field) {
            fields.push((of.name.clone(), text(old.model(), field, value)));
        }
    }
    let witness = Witness {
        lead: lead.clone(),
        as_of: *as_of,
        fields: away.clone(),
        needs_as_of: *needs_as_of,
        values: values.clone(),
        raised: None,
    };
    let expected: Vec<Expectation> =
        as_test::answers(policy, new.plain()).into_iter().filter(|known| known.path.trim_matches('`') == name).collect();
    let has_test = lead.key.is_none() && !expected.is_empty();
    let title = format!("{name} was {before}");
    let test = if has_test { as_test::test(policy, &title, &witness, &expected) } else { None };
    let stage = lead.stage.and_then(|stage| policy.stages.get(stage)).map(|stage| stage.name.clone());
    Shown {
        before: before.clone(),
        after: after.clone(),
        as_of: show.time(*as_of),
        fields,
        away: count,
        stage,
        standing: as_test::standing(&show, lead),
        rests_until: lead.rest_until.map(|until| show.time(until)),
        signal_count: lead.signals.len(),
        same_as: None,
        test,
    }
}

impl Shown {
    fn nothing(before: &str, after: &str) -> Shown {
        Shown {
            before: before.into(),
            after: after.into(),
            as_of: String::new(),
            fields: Vec::new(),
            away: 0,
            stage: None,
            standing: Vec::new(),
            rests_until: None,
            signal_count: 0,
            same_as: None,
            test: None,
        }
    }
}

//! The lead that shows something is a smallest one: of all leads that are tried, none that shows it too is away from the plainest in fewer fields, and none
//! has a number or a day of it nearer to where that begins.

use leadwright::model::{Constant, Policy, Type};
use leadwright::proof::{AS_OF, Condition, Possible, Prover, plainest};
use leadwright::record::{Lead, parameters};

use super::{Tried, conditions, tried};
use crate::support::small_policies::small;

const POLICIES: usize = 120;

#[derive(Debug, Default)]
struct Tally {
    shown: usize,
    /// of which the plainest lead is none
    away: usize,
    /// whose numbers and days were held against nearer ones
    near: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.shown += other.shown;
        self.away += other.away;
        self.near += other.near;
    }
}

#[test]
fn no_lead_that_shows_it_is_smaller() {
    let policies = std::env::var("LEADWRIGHT_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES);
    let (tally, failures) = super::tallied(policies, run, Tally::add);
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.away * 3 >= tally.shown && tally.near * 5 >= tally.shown, "{tally:?}");
}

/// In how much a lead is not the plainest one.
fn away(policy: &Policy, lead: &Lead) -> usize {
    let plainest = plainest(policy);
    lead.values.iter().zip(&plainest.values).skip(1).filter(|(value, plain)| value != plain).count() + usize::from(lead.stage.is_some())
}

/// How far a number is from 0, and a day from as-of; none of what is neither.
fn distance(policy: &Policy, field: usize, value: Option<&Constant>) -> Option<u64> {
    let center = match policy.fields[field].ty {
        Type::Number { .. } => 0,
        Type::Date => parameters(policy, AS_OF).unwrap().as_of_day,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Time => return None,
    };
    let Some(Constant::Integer(value)) = value else { return None };
    Some(value.abs_diff(center))
}

fn run(seed: u64, tally: &mut Tally) {
    let small = small(seed);
    let Tried { checked, lowered, leads, rows } = tried(&small, seed);
    let policy = &checked.policy;
    let mut prover = Prover::new(policy, &lowered);
    let mut questions = conditions(&lowered);
    // one thing alone, or two together: the plainest of what comes first is not the least
    let either: Vec<Condition> =
        questions.windows(3).map(|three| Condition::Any(vec![three[0].clone(), Condition::All(three[1..].to_vec())])).collect();
    let both: Vec<Condition> = questions.windows(3).map(|three| Condition::All(three.to_vec())).collect();
    questions.extend(either.into_iter().chain(both));
    for question in &questions {
        let Possible::Yes(witness) = prover.possible_with_least(question) else { continue };
        let shown = || format!("seed {seed}: {question:?}: {:?}\n{}", witness.lead, small.text);
        tally.shown += 1;
        let found = away(policy, &witness.lead);
        tally.away += usize::from(found > 0);
        let all: Vec<&Lead> = leads.iter().zip(&rows).filter(|(_, row)| question.holds(row)).map(|(lead, _)| lead).collect();
        let fewest = all.iter().min_by_key(|lead| away(policy, lead)).unwrap();
        assert!(found <= away(policy, fewest), "{fewest:?} is smaller: {}", shown());
        if witness.as_of != AS_OF {
            continue;
        }
        for field in 1..policy.fields.len() {
            let Some(far) = distance(policy, field, witness.lead.values[field].as_ref()).filter(|_| witness.fields.contains(&field)) else {
                continue;
            };
            tally.near += 1;
            let nearer = all.iter().find(|lead| {
                let others = (1..policy.fields.len()).filter(|other| *other != field);
                let alike =
                    others.into_iter().all(|other| lead.values[other] == witness.lead.values[other]) && lead.stage == witness.lead.stage;
                alike && distance(policy, field, lead.values[field].as_ref()).is_some_and(|near| near < far)
            });
            assert!(nearer.is_none(), "field {field} of {nearer:?} is nearer: {}", shown());
        }
    }
}

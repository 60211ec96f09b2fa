//! What the model says of a value before any lead is seen (can it be missing, which bounds does it have) holds for every lead: random
//! policies, evaluated by the interpreter over random inputs.

use leadwright::interpret;
use leadwright::model::{self, DecideBody, Derived, Expr, Interval, PointsKind, Policy};
use leadwright::program::lower::lower;
use leadwright::program::{Lowered, Value};

use crate::support::policies::generate;
use crate::support::random::Random;
use crate::support::random_program::{block, parameters};
use crate::support::work::counted;

const POLICIES: u64 = 150;
const LEADS: usize = 60;

/// One claim: the value in `of` lies in `range` when known, and is never missing unless `optional`.
struct Claim {
    what: String,
    of: Value,
    optional: bool,
    range: Option<Interval>,
}

#[test]
fn what_the_model_says_of_a_value_holds_for_every_lead() {
    let mut held = 0;
    for seed in 0..POLICIES {
        let generated = generate(seed);
        let checked = model::check(&generated.files, "policy.lead");
        let lowered = lower(&checked.policy);
        let claims = claims(&checked, &lowered);
        let mut random = Random::new(seed);
        let block = block(&mut random, &lowered.program, LEADS);
        let parameters = parameters(&mut random);
        for row in 0..block.rows {
            let values = interpret::row(&lowered.program, &block, row, &parameters);
            for claim in &claims {
                let holds = match values[claim.of.index()] {
                    None => claim.optional,
                    Some(value) => claim.range.is_none_or(|range| range.contains(value)),
                };
                assert!(
                    holds,
                    "seed {seed}: `{}` gives {:?} against {:?}, optional {}",
                    claim.what,
                    values[claim.of.index()],
                    claim.range,
                    claim.optional
                );
                held += 1;
            }
        }
    }
    assert!(held > 500_000, "{held} claims");
}

fn claims(checked: &model::Checked, lowered: &Lowered) -> Vec<Claim> {
    let policy = &checked.policy;
    let mut claims = Vec::new();
    let mut open = roots(policy);
    while let Some(expr) = open.pop() {
        if let Some(of) = lowered.trace.expressions.get(&expr.span) {
            claims.push(Claim { what: checked.sources.text(expr.span).to_owned(), of: *of, optional: expr.optional, range: expr.range });
        }
        open.extend(expr.children());
    }
    for (score, trace) in policy.scores.iter().zip(&lowered.trace.scores) {
        let parts = [("sum of ", trace.sum, score.sum_interval), ("", trace.value, score.interval)];
        for (part, of, range) in parts {
            claims.extend(of.map(|of| Claim { what: format!("{part}{}", score.name), of, optional: false, range: Some(range) }));
        }
        for (section, of) in score.sections.iter().zip(&trace.sections) {
            let what = format!("{}.{}", score.name, section.name);
            claims.push(Claim { what, of: *of, optional: section.optional, range: Some(section.interval) });
        }
    }
    claims
}

fn roots(policy: &Policy) -> Vec<&Expr> {
    let mut roots = Vec::new();
    for derived in &policy.order {
        match *derived {
            Derived::Let(id) => roots.push(&policy.lets[id].value),
            Derived::Score(id) => {
                let score = &policy.scores[id];
                roots.extend(score.adjusts.iter().map(|adjust| &adjust.condition));
                for persona in &score.personas {
                    roots.extend(&persona.condition);
                    for section in &persona.sections {
                        roots.extend(section.attributes.iter().map(|attribute| &attribute.subject));
                        roots.extend(section.points.iter().filter_map(|row| match &row.kind {
                            PointsKind::When(condition) => Some(condition),
                            PointsKind::Per { .. } => None,
                        }));
                    }
                }
            }
            Derived::Decide(id) => match &policy.decides[id].body {
                DecideBody::Rows(rows) => roots.extend(rows.iter().filter_map(|row| row.condition.as_ref())),
                DecideBody::Grid(grid) => roots.extend([&grid.rows_of, &grid.columns_of]),
            },
        }
    }
    roots
}

/// Nested calculations beyond 64 bits are each worked out once: what stands around one does not work it out again.
#[test]
fn the_work_of_a_calculation_does_not_grow_with_its_depth() {
    let work = |depth: usize| {
        let mut value = "wide".to_owned();
        for _ in 0..depth {
            value = format!("({value}{})", " + wide * 3".repeat(1_800 / depth));
        }
        let text = format!("leadwright 1\npolicy p {{}}\nlead {{ id text key   wide whole }}\nlet x = {value}\n");
        let files = std::collections::BTreeMap::from([("p.lead".to_owned(), text)]);
        let (checked, of_check) = counted(|| model::check(&files, "p.lead"));
        assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
        let (_, of_lowering) = counted(|| lower(&checked.policy));
        [of_check, of_lowering]
    };
    for (flat, deep) in work(5).into_iter().zip(work(60)) {
        assert!(deep <= 2 * flat, "{flat} bytes for depth 5, {deep} for depth 60");
    }
}

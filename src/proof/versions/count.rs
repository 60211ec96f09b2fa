//! How many cells of the diagram differ.
//!
//! Enters: a diagram. Leaves: of the cells that all constants of both versions cut the variables into, how many lie on ways with a difference, and how many there are.
//! Always holds: each part of a way is made of whole cells.

use num_bigint::BigUint;
use rustc_hash::FxHashMap;

use super::diagram::{Diagram, End, Step};
use crate::proof::graph::{Graph, Leaf, NodeId};

pub struct Counts {
    pub differing: BigUint,
    pub all: BigUint,
}

/// `scope`: the variables that the answers depend on, in the diagram's order.
pub fn count(graph: &Graph, diagram: &Diagram, scope: &[u32], wholes: &[NodeId], unshared: impl Fn(u32) -> u64) -> Option<Counts> {
    let mut cuts: FxHashMap<u32, Vec<i64>> = FxHashMap::default();
    for variable in scope {
        cuts.insert(*variable, graph.cuts(wholes[*variable as usize]).to_vec());
    }
    for step in &diagram.steps {
        let Step::Cut { variable, ways } = step else { continue };
        let of = cuts.get_mut(variable)?;
        for part in ways.iter().flat_map(|(_, parts)| parts).filter(|part| part.known && !part.is_set) {
            of.extend([Some(part.low), part.high.checked_add(1)].into_iter().flatten());
        }
    }
    for of in cuts.values_mut() {
        of.sort_unstable();
        of.dedup();
    }
    let weight = |variable: u32, part: &Leaf| cells(part, &cuts[&variable]);
    let mut totals = Vec::with_capacity(scope.len());
    for variable in scope {
        let whole = graph.leaf(wholes[*variable as usize])?;
        totals.push(weight(*variable, &whole) - BigUint::from(unshared(*variable)));
    }
    let place = |variable: u32| scope.iter().position(|known| *known == variable);
    // per step: cells of the variables from its own on
    let mut found: Vec<(usize, BigUint)> = Vec::with_capacity(diagram.steps.len());
    let between = |from: usize, to: usize| totals[from..to].iter().product::<BigUint>();
    for step in &diagram.steps {
        found.push(match step {
            Step::End(end) => (scope.len(), BigUint::from(u8::from(*end != End::Same))),
            Step::Cut { variable, ways } => {
                let own = place(*variable)?;
                let mut sum = BigUint::default();
                for (to, parts) in ways {
                    let (next, below) = &found[*to as usize];
                    let parts: BigUint = parts.iter().map(|part| weight(*variable, part)).sum();
                    sum += parts * between(own + 1, *next) * below;
                }
                (own, sum)
            }
        });
    }
    let (first, below) = &found[diagram.root as usize];
    Some(Counts { differing: between(0, *first) * below, all: totals.iter().product() })
}

/// Cells of a part of a domain.
fn cells(part: &Leaf, cuts: &[i64]) -> BigUint {
    let missing = BigUint::from(u8::from(part.missing));
    if !part.known {
        return missing;
    }
    if part.is_set {
        let free = (part.high & !part.low).count_ones();
        return (BigUint::from(1u8) << free) - BigUint::from(u8::from(part.low == 0)) + missing;
    }
    let inside = cuts.iter().filter(|at| part.low < **at && **at <= part.high).count();
    BigUint::from(inside + 1) + missing
}

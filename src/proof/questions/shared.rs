//! Text that means several things: what is found of one of them is said of the text, so it must hold of all. Sections that several personas share, and routes
//! `for each`, of which every choice is one.

use rustc_hash::FxHashMap;

use super::{Asking, Finding, Kind};
use crate::model::{Policy, Route};
use crate::program::{RouteTrace, Trace};
use crate::source::Span;

impl Asking<'_, '_> {
    /// Keeps what was found of rows and caps for each persona that they count for, once.
    pub fn join_personas(&mut self) {
        let uses = self.uses();
        let mut found: FxHashMap<(Kind, Span), usize> = FxHashMap::default();
        for finding in self.findings.all.iter().filter(|finding| is_of_personas(finding)) {
            *found.entry((finding.kind, finding.span)).or_default() += 1;
        }
        self.findings.all.retain(|finding| {
            if !is_of_personas(finding) {
                return true;
            }
            let uses = uses.get(&finding.span).copied().unwrap_or(1);
            // taken out, so that the first alone is told
            found.remove(&(finding.kind, finding.span)).is_some_and(|times| times >= uses)
        });
    }

    /// For how many personas of its score a row counts, or the cap in the heading of a section.
    fn uses(&self) -> FxHashMap<Span, usize> {
        let sections = self.prover.policy().scores.iter().flat_map(|score| &score.personas).flat_map(|persona| &persona.sections);
        let mut uses = FxHashMap::default();
        for section in sections {
            let attribute_rows = section.attributes.iter().flat_map(|attribute| &attribute.rows).map(|row| row.span);
            let points = section.points.iter().map(|row| row.span);
            for span in attribute_rows.chain(points).chain([self.heading(section.span)]) {
                *uses.entry(span).or_default() += 1;
            }
        }
        uses
    }
}

fn is_of_personas(finding: &Finding) -> bool {
    matches!(finding.kind, Kind::NeverGiven | Kind::CapNeverReached | Kind::PointsCapped | Kind::PointsOutOfRange | Kind::PointsRounded)
}

/// Every route with what it became; those of one `for each` together.
pub fn siblings<'a>(policy: &'a Policy, trace: &'a Trace) -> Vec<Vec<(&'a Route, &'a RouteTrace)>> {
    let routes: Vec<(&Route, &RouteTrace)> = policy.routes.iter().zip(&trace.routes).collect();
    let share = |one: &Route, other: &Route| one.choice.is_some() && other.choice.is_some() && one.span == other.span;
    routes.chunk_by(|(one, _), (other, _)| share(one, other)).map(<[_]>::to_vec).collect()
}

/// The name as it is written, without the choice.
pub fn name_of(route: &Route) -> &str {
    let without = |choice: &String| route.name.strip_suffix(choice.as_str())?.strip_suffix('.');
    route.choice.as_ref().and_then(without).unwrap_or(&route.name)
}

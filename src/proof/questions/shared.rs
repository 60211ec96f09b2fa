//! Text that means several things: what is found of one of them is said of the text, so it must hold of all. Sections that several personas share, and routes
//! `for each`, of which every choice is one.

use rustc_hash::FxHashMap;

use super::{Asking, Finding, Kind};
use crate::model::{Policy, Route};
use crate::program::{RouteTrace, Trace};
use crate::source::Span;

impl Asking<'_, '_> {
    /// Keeps what was found of rows and caps for each persona that they count for, once; then not what a threshold has been named for, which may have been the reason of one persona alone.
    pub fn join_personas(&mut self) {
        let uses = self.uses();
        // per text and question: for how many personas something was found, and what says most of it
        let mut found: FxHashMap<(bool, Span), (usize, Kind)> = FxHashMap::default();
        for finding in self.findings.all.iter().filter(|finding| rank(finding.kind).is_some()) {
            let (times, kind) = found.entry(of_points(finding)).or_insert((0, finding.kind));
            *times += 1;
            *kind = if rank(finding.kind) > rank(*kind) { finding.kind } else { *kind };
        }
        self.findings.all.retain(|finding| {
            if rank(finding.kind).is_none() {
                return true;
            }
            let uses = uses.get(&finding.span).copied().unwrap_or(1);
            let Some((times, kind)) = found.get(&of_points(finding)).copied() else { return false };
            let is_told = times >= uses && kind == finding.kind;
            if is_told {
                // taken out, so that the first alone is told
                found.remove(&of_points(finding));
            }
            is_told
        });
        // a row whose threshold is out of reach has been named for that
        let unreached: Vec<Span> =
            self.findings.all.iter().filter(|found| found.kind == Kind::NeverReached).map(|found| found.span).collect();
        let is_named = |found: &Finding| found.kind == Kind::NeverGiven && unreached.iter().any(|threshold| found.span.holds(*threshold));
        self.findings.all.retain(|found| !is_named(found));
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

/// Whether it is of points: these may be idle for each persona for a reason of its own. And where.
fn of_points(finding: &Finding) -> (bool, Span) {
    (finding.kind != Kind::CapNeverReached, finding.span)
}

/// What is found of one persona at a time. Of two reasons why points are idle the later is told: what no section shows, no score shows either.
const OF_PERSONAS: [Kind; 5] = [Kind::CapNeverReached, Kind::NeverGiven, Kind::PointsCapped, Kind::PointsOutOfRange, Kind::PointsRounded];

fn rank(kind: Kind) -> Option<usize> {
    OF_PERSONAS.iter().position(|of_personas| *of_personas == kind)
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

//! All that can be asked of a policy without a claim: what never happens though it is written, and what happens though it should not.
//!
//! Enters: a [`Prover`]. Leaves: findings, in the order of the policy's parts, and the questions that stayed undecided. Always holds: a finding was
//! proved, or comes with a lead that shows it; what was not decided within the budget is no finding.

mod flows;
mod idle;
mod left_open;
mod places;
mod points;
mod rounding;
mod rounds;
mod shared;

pub use left_open::LeftOpen;
pub use places::fields_in;

use left_open::About;

use super::{Condition, Prover, Witness};
use crate::model::{DecideBody, DecideRow, Edge, Matcher, PointsKind};
use crate::program::Value;
use crate::source::{Sources, Span};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    /// what it is found of, as written
    pub what: String,
    pub span: Span,
    /// rows or parts that are the reason
    pub because_of: Vec<Span>,
    /// a lead that shows it, if it is something that happens
    pub witness: Option<Box<Witness>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// a row whose own condition holds for no lead
    NeverHolds,
    /// a row that earlier rows take every lead from
    NeverFirst,
    /// an `otherwise` that earlier rows take every lead from, and which alone gives what it gives
    OtherwiseNever,
    /// a route whose own condition holds for no lead
    RouteNeverMet,
    /// a comparison of a derived value that holds for no lead
    NeverReached,
    /// and one that holds for every lead whose value is known
    AlwaysReached,
    /// a row of points, or an adjustment, that no lead gets
    NeverGiven,
    /// a cell of a grid
    CellNever,
    StageNeverEntered,
    StageNeverLeft,
    /// a lead that rows move to and fro
    PingPong,
    /// a lead that rows move through several stages and back
    Round,
    ClockNeverStarts,
    /// one that starts for no lead that the flow moves
    ClockStartsByFile,
    /// a cap that no lead's points reach
    CapNeverReached,
    /// an end of a range that no lead's sum reaches
    EndNeverReached,
    /// a lead that rows of two flows would move
    BothMove,
    /// a row without which the same would come
    RowChangesNothing,
    /// an adjustment that the range takes back
    AdjustChangesNothing,
    /// points that the cap of their section takes back
    PointsCapped,
    /// points that the range takes back
    PointsOutOfRange,
    /// points, or an adjustment, that no rounded score shows
    PointsRounded,
    /// a route whose condition holds for a lead that none of its rows takes
    NoQueue,
}

#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub all: Vec<Finding>,
    pub asked: usize,
    pub undecided: Vec<LeftOpen>,
}

/// What is asked of a row of a first-match table, or of an edge of a grid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// nothing: an `otherwise` whose answer comes from other rows too is there for whatever may be left
    Nothing,
    /// whether its leads are taken by earlier rows, or are none
    Row,
    /// whether any lead is left
    Otherwise,
}

/// One row of a first-match table.
struct Row {
    what: String,
    condition: Value,
    asked: Asked,
    /// for an `otherwise`: rows that give what it gives; it is there for whatever may be left if one of them is ever used
    same: Vec<usize>,
    span: Span,
}

/// One edge of a grid.
struct GridEdge {
    text: String,
    condition: Value,
    asked: Asked,
    span: Span,
}

/// Asks everything, of a policy of which no table is still to come: rows could make happen whatever is asked of here.
pub fn ask(prover: &mut Prover, sources: &Sources) -> Findings {
    ask_of(prover, sources, &|_| true)
}

/// The same of what stands for another policy: `is_shown` says whether a lead shows something of that one, too, and makes it one of its leads.
pub fn ask_of(prover: &mut Prover, sources: &Sources, is_shown: &dyn Fn(&mut Witness) -> bool) -> Findings {
    let mut asking = Asking { prover, sources, is_shown, findings: Findings::default() };
    asking.comparisons();
    asking.scores();
    asking.decides();
    asking.flows();
    asking.routes();
    asking.open_routes();
    asking.clocks();
    asking.bounds();
    asking.idle_adjusts();
    asking.idle_points();
    asking.idle_rows();
    asking.rounded_adjusts();
    asking.join_personas();
    asking.findings
}

struct Asking<'a, 'p> {
    prover: &'a mut Prover<'p>,
    sources: &'a Sources,
    is_shown: &'a dyn Fn(&mut Witness) -> bool,
    findings: Findings,
}

impl Asking<'_, '_> {
    fn find(&mut self, kind: Kind, what: impl Into<String>, span: Span, because_of: Vec<Span>) {
        self.findings.all.push(Finding { kind, what: what.into(), span, because_of, witness: None });
    }

    /// Rows of which the first that holds counts; gives which can be the first.
    fn first_match(&mut self, rows: &[Row]) -> Vec<bool> {
        let conditions: Vec<Value> = rows.iter().map(|row| row.condition).collect();
        let mut can_be_first = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let kind = match row.asked {
                Asked::Nothing => None,
                Asked::Row => Some(Kind::NeverFirst),
                Asked::Otherwise => Some(Kind::OtherwiseNever),
            };
            let kind = kind.filter(|_| row.same.iter().all(|same| can_be_first.get(*same) == Some(&false)));
            let about = About::new(format!("any lead is left for {}", row.what), row.span);
            let kind = kind.filter(|_| self.never(&Condition::first(&conditions, index), &about));
            can_be_first.push(kind.is_none());
            let Some(kind) = kind else { continue };
            if self.never(&Condition::Holds(row.condition), &about) {
                self.never_holds(row.what.clone(), row.span);
                continue;
            }
            let covering = self.covering(&conditions, index);
            self.find(kind, row.what.clone(), row.span, covering.into_iter().map(|row| rows[row].span).collect());
        }
        can_be_first
    }

    fn never_holds(&mut self, what: String, span: Span) {
        self.find_unless_out_of_reach(Kind::NeverHolds, what, span);
    }

    /// A row whose threshold is out of reach has been named for that.
    fn find_unless_out_of_reach(&mut self, kind: Kind, what: String, span: Span) {
        if !self.findings.all.iter().any(|found| found.kind == Kind::NeverReached && span.holds(found.span)) {
            self.find(kind, what, span, Vec::new());
        }
    }

    /// Earlier rows that take every lead from the row, without those that are not needed for that.
    fn covering(&mut self, conditions: &[Value], row: usize) -> Vec<usize> {
        let mut covering: Vec<usize> = (0..row).collect();
        for candidate in (0..row).rev() {
            let rest: Vec<usize> = covering.iter().copied().filter(|other| *other != candidate).collect();
            let free = rest.iter().map(|other| Condition::Holds(conditions[*other]).negated());
            let taken = Condition::All(free.chain([Condition::Holds(conditions[row])]).collect());
            if self.prover.never(&taken) == Ok(true) {
                covering = rest;
            }
        }
        covering
    }

    fn decides(&mut self) {
        let (policy, trace) = (self.prover.policy(), &self.prover.lowered().trace);
        for (decide, trace) in policy.decides.iter().zip(&trace.decides) {
            match &decide.body {
                DecideBody::Rows(rows) => {
                    let asked = |row: &DecideRow| if row.condition.is_some() { Asked::Row } else { Asked::Otherwise };
                    let same = |place: usize, row: &DecideRow| -> Vec<usize> {
                        let is_same = |other: &usize| *other != place && rows[*other].outcome == row.outcome;
                        if row.condition.is_some() { Vec::new() } else { (0..rows.len()).filter(is_same).collect() }
                    };
                    let rows: Vec<Row> = rows
                        .iter()
                        .zip(&trace.rows)
                        .enumerate()
                        .map(|(place, (row, condition))| Row {
                            what: format!("`{}` of `{}`", self.outcome(decide.choices, row.outcome), decide.name),
                            condition: *condition,
                            asked: asked(row),
                            same: same(place, row),
                            span: row.span,
                        })
                        .collect();
                    self.first_match(&rows);
                }
                DecideBody::Grid(grid) => {
                    let rows = grid.rows.iter().zip(&trace.rows).enumerate().map(|(place, ((edge, outcomes), condition))| {
                        let others = grid.rows.iter().enumerate().filter(|(other, _)| *other != place);
                        let others: Vec<usize> = others.flat_map(|(_, (_, outcomes))| outcomes.iter().copied()).collect();
                        GridEdge::new(edge, *condition, outcomes.iter().any(|outcome| !others.contains(outcome)))
                    });
                    let columns = grid.columns.iter().zip(&trace.columns).enumerate().map(|(place, (edge, condition))| {
                        let all = grid.rows.iter().flat_map(|(_, outcomes)| outcomes.iter().enumerate());
                        let (own, others): (Vec<_>, Vec<_>) = all.partition(|(column, _)| *column == place);
                        let is_alone = own.iter().any(|(_, outcome)| !others.iter().any(|(_, other)| other == outcome));
                        GridEdge::new(edge, *condition, is_alone)
                    });
                    let (rows, columns): (Vec<GridEdge>, Vec<GridEdge>) = (rows.collect(), columns.collect());
                    let outcomes: Vec<&[usize]> = grid.rows.iter().map(|(_, outcomes)| outcomes.as_slice()).collect();
                    self.grid(&decide.name, &rows, &columns, &outcomes);
                }
            }
        }
    }

    fn outcome(&self, choices: usize, outcome: usize) -> String {
        let members = self.prover.policy().choices.get(choices).map(|choices| choices.members.as_slice()).unwrap_or_default();
        members.get(outcome).map(|member| member.name.clone()).unwrap_or_default()
    }

    /// `outcomes`: per row, those of its columns.
    fn grid(&mut self, name: &str, rows: &[GridEdge], columns: &[GridEdge], outcomes: &[&[usize]]) {
        let mut met = Vec::with_capacity(2);
        for (edges, noun) in [(rows, "row"), (columns, "column")] {
            let mut are_met = Vec::with_capacity(edges.len());
            for edge in edges {
                let what = format!("{noun} `{}` of `{name}`", edge.text);
                let about = About::new(format!("any lead is in {what}"), edge.span);
                let is_never = edge.asked != Asked::Nothing && self.never(&Condition::Holds(edge.condition), &about);
                if is_never {
                    self.find(Kind::NeverHolds, what, edge.span, Vec::new());
                }
                are_met.push(!is_never);
            }
            met.push(are_met);
        }
        for (row, across) in rows.iter().zip(outcomes).enumerate().filter(|(row, _)| met[0][*row]).map(|(_, row)| row) {
            for (place, column) in columns.iter().enumerate().filter(|(place, _)| met[1][*place]) {
                // cells of edges that have to be written are asked for what nothing else gives
                let is_alone = || outcomes.iter().flat_map(|of| of.iter()).filter(|other| across.get(place) == Some(other)).count() == 1;
                if [row, column].iter().any(|edge| edge.asked != Asked::Row) && !is_alone() {
                    continue;
                }
                let what = format!("the cell of row `{}` and column `{}` of `{name}`", row.text, column.text);
                let about = About::new(format!("any lead is in {what}"), row.span);
                if self.never(&Condition::All(vec![Condition::Holds(row.condition), Condition::Holds(column.condition)]), &about) {
                    self.find(Kind::CellNever, what, row.span, vec![column.span]);
                }
            }
        }
    }

    fn scores(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for (score, trace) in policy.scores.iter().zip(&lowered.trace.scores) {
            for (number, persona) in score.personas.iter().enumerate() {
                let Some(attributes) = trace.attributes.get(number) else { continue };
                let in_force = trace.persona.map(|persona| Condition::Is(persona, Some(number as i64)));
                let with = |condition: Condition| Condition::All(in_force.iter().cloned().chain([condition]).collect());
                for ((section, attributes), points) in persona.sections.iter().zip(attributes).zip(&trace.points[number]) {
                    for (attribute, trace) in section.attributes.iter().zip(attributes) {
                        for (index, row) in attribute.rows.iter().enumerate() {
                            let what = format!("row `{}` of `{}`", row.text, attribute.name);
                            let (given, about) = (Condition::Is(trace.row, Some(index as i64)), About::gets(&what, row.span));
                            if row.matchers.iter().all(is_asked) && self.never(&with(given), &about) {
                                self.find(Kind::NeverGiven, what, row.span, Vec::new());
                            }
                        }
                    }
                    for (row, times) in section.points.iter().zip(points) {
                        let given = match &row.kind {
                            PointsKind::When(_) => Condition::Holds(*times),
                            PointsKind::Per { .. } => Condition::Not(Box::new(Condition::Is(*times, Some(0)))),
                        };
                        let what = format!("the points of `{}`", section_name(score, section.name));
                        if self.never(&with(given), &About::gets(&what, row.span)) {
                            self.find(Kind::NeverGiven, what, row.span, Vec::new());
                        }
                    }
                }
            }
            for (adjust, applies) in score.adjusts.iter().zip(&trace.adjusts) {
                let what = format!("the adjustment of `{}`", score.name);
                if self.never(&Condition::Holds(*applies), &About::gets(&what, adjust.span)) {
                    self.find_unless_out_of_reach(Kind::NeverGiven, what, adjust.span);
                }
            }
        }
    }
}

impl GridEdge {
    /// `is_alone`: it has an outcome that no other edge beside it has.
    fn new(edge: &Edge, condition: Value, is_alone: bool) -> GridEdge {
        let asked = match &edge.matcher {
            Matcher::Otherwise if is_alone => Asked::Otherwise,
            matcher if is_asked(matcher) => Asked::Row,
            _ => Asked::Nothing,
        };
        GridEdge { text: edge.text.clone(), condition, asked, span: edge.span }
    }
}

fn section_name(score: &crate::model::Score, section: usize) -> &str {
    score.sections.get(section).map_or("", |section| section.name.as_str())
}

/// Rows for what is missing and for the rest have to be written, whether they are reached or not.
fn is_asked(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Choice(_) | Matcher::Text(_) | Matcher::Range { .. } => true,
        Matcher::Missing | Matcher::Otherwise => false,
    }
}

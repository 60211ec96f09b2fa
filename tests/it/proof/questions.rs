//! What `check` finds without being asked, in random policies of which every lead is tried: the same as trying finds, and no more.

use std::collections::{BTreeMap, BTreeSet};

use leadwright::diagnostic::Severity;
use leadwright::interpret;
use leadwright::model::{self, BandRow, DecideBody, Matcher, Policy, Score, SectionKind};
use leadwright::program::{self, ScoreTrace, Trace, Value};
use leadwright::proof::questions::{Kind, ask};
use leadwright::proof::{AS_OF, Prover};
use leadwright::record::{self, Histories};
use leadwright::source::Span;

use crate::support::small_policies::small_with_repeats;

const POLICIES: u64 = 400;

/// Kinds by their names, and where.
type Found = BTreeSet<(String, u32)>;

#[test]
fn what_is_found_is_what_trying_finds() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut undecided = 0;
    for seed in 0..POLICIES {
        let small = small_with_repeats(seed);
        let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), small.text.clone())]), "policy.lead");
        let errors: Vec<_> = checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "seed {seed}: {errors:#?}\n{}", small.text);
        let policy = &checked.policy;
        let lowered = program::lower::lower(policy);
        let leads = small.leads();
        let parameters = record::parameters(policy, AS_OF).unwrap();
        let block = record::encode(policy, &Histories::new(policy), &lowered.program, &leads, AS_OF).unwrap();
        let rows: Vec<Vec<Option<i64>>> = (0..leads.len()).map(|row| interpret::row(&lowered.program, &block, row, &parameters)).collect();
        let tried = Tried { policy, trace: &lowered.trace, rows: &rows, stages: small.stages.max(1) };
        let mut prover = Prover::new(policy, &lowered);
        let findings = ask(&mut prover, &checked.sources);
        let mut expected = tried.found();
        // of a row whose threshold is out of reach that is told
        let unreached: Vec<Span> = findings.all.iter().filter(|found| found.kind == Kind::NeverReached).map(|found| found.span).collect();
        let rows = tried.rows_of_points();
        expected.retain(|(kind, start)| {
            let row = rows.iter().find(|row| row.start == *start).filter(|_| kind == "NeverGiven");
            !row.is_some_and(|row| unreached.iter().any(|threshold| row.holds(*threshold)))
        });
        undecided += findings.undecided.len();
        let found: Found = findings
            .all
            .iter()
            .filter(|found| asked_here(found.kind))
            .map(|found| (format!("{:?}", found.kind), found.span.start))
            .collect();
        assert_eq!(found, expected, "seed {seed}, {:?} undecided\n{}", findings.undecided, small.text);
        found.into_iter().for_each(|(kind, _)| *counts.entry(kind).or_default() += 1);
    }
    println!("{counts:?}, {undecided} undecided");
    assert_eq!(undecided, 0);
    assert!(counts.len() == 7 && counts.values().all(|count| *count >= 5), "{counts:?}");
}

fn asked_here(kind: Kind) -> bool {
    match kind {
        Kind::CapNeverReached
        | Kind::EndNeverReached
        | Kind::AdjustChangesNothing
        | Kind::RowChangesNothing
        | Kind::NeverGiven
        | Kind::Round
        | Kind::BothMove => true,
        Kind::NeverHolds
        | Kind::NeverFirst
        | Kind::OtherwiseNever
        | Kind::RouteNeverMet
        | Kind::NeverReached
        | Kind::AlwaysReached
        | Kind::CellNever
        | Kind::StageNeverEntered
        | Kind::StageNeverLeft
        | Kind::PingPong
        | Kind::ClockNeverStarts
        | Kind::PointsCapped
        | Kind::PointsOutOfRange
        | Kind::PointsRounded
        | Kind::ClockStartsByFile
        | Kind::NoQueue => false,
    }
}

/// Every lead in every stage, the stages of a lead behind each other.
struct Tried<'a> {
    policy: &'a Policy,
    trace: &'a Trace,
    rows: &'a [Vec<Option<i64>>],
    stages: usize,
}

impl Tried<'_> {
    fn found(&self) -> Found {
        let mut found = Found::new();
        self.scores(&mut found);
        self.decides(&mut found);
        self.routes(&mut found);
        self.flows(&mut found);
        found
    }

    fn at(&self, row: usize, value: Value) -> Option<i64> {
        self.rows[row][value.index()]
    }

    fn holds(&self, row: usize, value: Value) -> bool {
        self.at(row, value) == Some(1)
    }

    fn scores(&self, found: &mut Found) {
        for (score, trace) in self.policy.scores.iter().zip(&self.trace.scores) {
            self.of_personas(score, trace, found);
            let (Some(range), Some(sum)) = (score.range, trace.sum) else { continue };
            let sums: Vec<Option<i64>> = (0..self.rows.len()).map(|row| self.at(row, sum)).collect();
            if sums.iter().flatten().all(|sum| *sum < range.high) {
                found.insert(("EndNeverReached".into(), score.span.start));
            }
            for (adjust, applies) in score.adjusts.iter().zip(&trace.adjusts) {
                let points = adjust.points.at_scale(score.sum_scale).unwrap();
                let gets: Vec<i64> = (0..self.rows.len()).filter(|row| self.holds(*row, *applies)).filter_map(|row| sums[row]).collect();
                let clamped = |sum: i64| sum.clamp(range.low, range.high);
                if !gets.is_empty() && gets.iter().all(|sum| clamped(*sum) == clamped(sum - points)) {
                    found.insert(("AdjustChangesNothing".into(), adjust.span.start));
                }
            }
        }
    }

    /// Caps that nobody reaches, and rows that nobody gets: of what personas share, in none of them.
    fn of_personas(&self, score: &Score, trace: &ScoreTrace, found: &mut Found) {
        // per place, whether some persona that has it makes use of it
        let mut used: BTreeMap<(&str, u32), bool> = BTreeMap::new();
        for (number, persona) in score.personas.iter().enumerate() {
            let in_force = |row: &usize| trace.persona.is_none_or(|persona| self.at(*row, persona) == Some(number as i64));
            let leads: Vec<usize> = (0..self.rows.len()).filter(in_force).collect();
            for (place, (section, value)) in persona.sections.iter().zip(&trace.persona_sections[number]).enumerate() {
                if let SectionKind::Points { up_to: Some(cap) } = section.kind {
                    let cap = cap.at_scale(score.sections[section.name].scale).unwrap();
                    let reached = leads.iter().any(|row| self.at(*row, *value).is_some_and(|points| points >= cap));
                    // a persona that nobody is has no use for a cap, and is told for that
                    *used.entry(("CapNeverReached", section.span.start)).or_default() |= reached || leads.is_empty();
                }
                for (row, times) in section.points.iter().zip(&trace.points[number][place]) {
                    *used.entry(("NeverGiven", row.span.start)).or_default() |= leads.iter().any(|lead| self.holds(*lead, *times));
                }
                for (attribute, traced) in section.attributes.iter().zip(&trace.attributes[number][place]) {
                    let is_told =
                        |row: &BandRow| row.matchers.iter().all(|matcher| !matches!(matcher, Matcher::Missing | Matcher::Otherwise));
                    for (index, row) in attribute.rows.iter().enumerate().filter(|(_, row)| is_told(row)) {
                        let is_met = leads.iter().any(|lead| self.at(*lead, traced.row) == Some(index as i64));
                        *used.entry(("NeverGiven", row.span.start)).or_default() |= is_met;
                    }
                }
            }
        }
        found.extend(used.into_iter().filter(|(_, used)| !used).map(|((kind, start), _)| (kind.to_string(), start)));
        for (adjust, applies) in score.adjusts.iter().zip(&trace.adjusts) {
            if !(0..self.rows.len()).any(|row| self.holds(row, *applies)) {
                found.insert(("NeverGiven".into(), adjust.span.start));
            }
        }
    }

    /// Rows of points and adjustments.
    fn rows_of_points(&self) -> Vec<Span> {
        let scores = || self.policy.scores.iter();
        let sections = scores().flat_map(|score| &score.personas).flat_map(|persona| &persona.sections);
        let rows = sections.flat_map(|section| &section.points).map(|row| row.span);
        rows.chain(scores().flat_map(|score| &score.adjusts).map(|adjust| adjust.span)).collect()
    }

    fn decides(&self, found: &mut Found) {
        for (decide, trace) in self.policy.decides.iter().zip(&self.trace.decides) {
            let DecideBody::Rows(rows) = &decide.body else { continue };
            for (index, row) in rows.iter().enumerate() {
                let first = |lead: usize, from: usize| (from..rows.len()).find(|row| self.holds(lead, trace.rows[*row]));
                let takes: Vec<usize> = (0..self.rows.len()).filter(|lead| first(*lead, 0) == Some(index)).collect();
                let again = |lead: &usize| first(*lead, index + 1).is_some_and(|next| rows[next].outcome == row.outcome);
                if !takes.is_empty() && takes.iter().all(again) {
                    found.insert(("RowChangesNothing".into(), row.span.start));
                }
            }
        }
    }

    fn routes(&self, found: &mut Found) {
        for (route, trace) in self.policy.routes.iter().zip(&self.trace.routes) {
            for (index, row) in route.rows.iter().enumerate() {
                let first = |lead: usize, from: usize| (from..route.rows.len()).find(|row| self.holds(lead, trace.rows[*row]));
                let asked = (0..self.rows.len()).filter(|lead| trace.condition.is_none_or(|condition| self.holds(*lead, condition)));
                let takes: Vec<usize> = asked.filter(|lead| first(*lead, 0) == Some(index)).collect();
                let again = |lead: &usize| first(*lead, index + 1).is_some_and(|next| route.rows[next].text == row.text);
                if !takes.is_empty() && takes.iter().all(again) {
                    found.insert(("RowChangesNothing".into(), row.span.start));
                }
            }
        }
    }

    /// `x -> y -> z -> x` is the only round there can be, and `flow more` has one row.
    fn flows(&self, found: &mut Found) {
        let ways: Vec<_> = self.policy.flows.iter().flat_map(|flow| &flow.rows).collect();
        let conditions: Vec<Value> = self.trace.flows.iter().flatten().copied().collect();
        let first = |row: usize| (0..ways.len()).find(|way| self.holds(row, conditions[*way]));
        for lead in 0..self.rows.len() / self.stages {
            let taken: Vec<Option<usize>> = (0..self.stages).map(|stage| first(lead * self.stages + stage)).collect();
            let to: Vec<Option<usize>> = taken.iter().map(|way| way.map(|way| ways[way].to)).collect();
            if to == [Some(1), Some(2), Some(0)] {
                found.insert(("Round".into(), ways[taken[0].unwrap()].span.start));
            }
            let Some(more) = self.policy.flows.get(1).map(|_| ways.len() - 1) else { continue };
            for (stage, way) in taken.iter().enumerate() {
                let row = lead * self.stages + stage;
                if let Some(way) = way.filter(|way| *way != more && self.holds(row, conditions[more]) && ways[*way].to != ways[more].to) {
                    found.insert(("BothMove".into(), ways[way].span.start));
                }
            }
        }
    }
}

/// By hand: a buyer gets the 20 points and reaches the cap, a nurse does not; nobody gets points for 200 beds, which is told once.
#[test]
fn what_personas_share_is_found_of_all_of_them() {
    let policy = "leadwright 1
policy p { }
lead { id text key  role one of buyer, nurse   beds whole 0..100 }
score fit {
  for role is buyer { section size 100% { beds 100% { 50 or more 10   under 50 2 } } }
  otherwise         { section size 100% { beds 100% { 50 or more 8    under 50 1 } } }
  section extra points up to 20 {
    +20 when role is buyer
    +5  when beds >= 10
    +5  when beds >= 50 and beds < 50
  }
}
";
    let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), policy.to_string())]), "policy.lead");
    let lowered = program::lower::lower(&checked.policy);
    let findings = ask(&mut Prover::new(&checked.policy, &lowered), &checked.sources);
    let found: Vec<_> = findings.all.iter().map(|found| (found.kind, checked.sources.text(found.span))).collect();
    assert_eq!(found, [(Kind::NeverGiven, "+5  when beds >= 50 and beds < 50")]);
}

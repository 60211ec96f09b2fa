//! Why an expectation of a test is not met: the parts of the lead's explanation that decide it, and no others.
//!
//! Enters: what differs, the explanation of the test's lead. Leaves: text, drawn as `leadwright explain` draws it. Always holds: each part is shown once;
//! a row that failed because of a score or a decide brings that one along, so that the text ends at facts of the lead.

use super::explanation as drawn;
use super::layout::{Page, words};
use crate::diagnostic::render_human::Look;
use crate::model::Target;
use crate::policy::explanation::*;
use crate::testing::Difference;

/// Beyond so many a reader is better served by `leadwright explain`.
const PARTS_MAX: usize = 6;

/// A part of an explanation, by its place there.
#[derive(Clone, PartialEq)]
enum Part {
    Score(usize),
    /// by name: a persona may lack it
    Section(usize, String),
    Decide(usize),
    Stage,
    Route(usize),
    Let(usize),
    Clock(usize),
}

/// What decides these paths; empty if nothing is to be said, as of fields that are given.
pub fn deciding_parts(explanation: &Explanation, differences: &[Difference], look: Look) -> String {
    let mut parts: Vec<Part> = Vec::new();
    let add = |part: Part, parts: &mut Vec<Part>| {
        if !parts.contains(&part) && parts.len() < PARTS_MAX {
            parts.push(part);
        }
    };
    differences.iter().filter_map(part_of).for_each(|part| add(part, &mut parts));
    let mut at = 0;
    while let Some(part) = parts.get(at).cloned() {
        at += 1;
        for name in looked_at(explanation, &part) {
            if let Some(part) = part_named(explanation, name) {
                add(part, &mut parts);
            }
        }
    }
    // a whole score shows its sections
    let scores: Vec<usize> = parts.iter().filter_map(|part| if let Part::Score(index) = part { Some(*index) } else { None }).collect();
    parts.retain(|part| !matches!(part, Part::Section(score, _) if scores.contains(score)));
    let mut page = Page::new(look);
    parts.iter().for_each(|part| draw(&mut page, explanation, part));
    page.finish()
}

fn part_of(difference: &Difference) -> Option<Part> {
    match difference.target {
        Target::Score(index) => Some(Part::Score(index)),
        Target::Section(score, _) => Some(Part::Section(score, difference.path.rsplit('.').next()?.to_owned())),
        Target::Decide(index) => Some(Part::Decide(index)),
        Target::Stage => Some(Part::Stage),
        Target::Route(index) | Target::RouteOwner(index) => Some(Part::Route(index)),
        Target::Let(index) => Some(Part::Let(index)),
        Target::ClockDue(index) | Target::ClockState(index) => Some(Part::Clock(index)),
        Target::Field(_) => None,
    }
}

/// The names of what the failed rows of a part look at.
fn looked_at<'e>(explanation: &'e Explanation, part: &Part) -> Vec<&'e str> {
    let rows: Vec<&RowExplained> = match part {
        Part::Decide(index) => match explanation.decides.get(*index).map(|decide| &decide.how) {
            Some(Deciding::Rows(rows)) => rows.iter().collect(),
            Some(Deciding::Grid(grid)) => return vec![&grid.down.of, &grid.across.of],
            None => Vec::new(),
        },
        Part::Stage => explanation.stage.iter().flat_map(|stage| &stage.rows).collect(),
        Part::Route(index) => explanation.routes.get(*index).iter().flat_map(|route| route.when.iter().chain(&route.rows)).collect(),
        Part::Clock(index) => explanation.clocks.get(*index).iter().flat_map(|clock| &clock.targets).collect(),
        Part::Score(_) | Part::Section(..) | Part::Let(_) => Vec::new(),
    };
    let reasons = rows.into_iter().flat_map(|row| match &row.verdict {
        Verdict::Failed { reasons } => reasons.as_slice(),
        Verdict::Applied | Verdict::NotReached => &[],
    });
    reasons.flat_map(|reason| &reason.values).map(|fact| fact.name.name.as_str()).collect()
}

fn part_named(explanation: &Explanation, name: &str) -> Option<Part> {
    if name == "stage after" {
        return Some(Part::Stage);
    }
    if let Some(index) = explanation.decides.iter().position(|decide| decide.name.name == name) {
        return Some(Part::Decide(index));
    }
    if let Some(index) = explanation.derived.iter().position(|fact| fact.name.name == name) {
        return Some(Part::Let(index));
    }
    let (score, section) = name.split_once('.').map_or((name, None), |(score, section)| (score, Some(section)));
    let index = explanation.scores.iter().position(|one| one.name.name == score)?;
    Some(section.map_or(Part::Score(index), |section| Part::Section(index, section.to_owned())))
}

fn draw(page: &mut Page, explanation: &Explanation, part: &Part) {
    match part {
        Part::Score(index) => explanation.scores.get(*index).into_iter().for_each(|score| drawn::score(page, score)),
        Part::Section(score, name) => {
            let Some(score) = explanation.scores.get(*score) else { return };
            let section = score.sections.iter().find(|section| section.name.name == *name);
            match section {
                Some(section) => drawn::section(page, &score.name.name, section),
                None => page.heading(format!("{}.{name}: the model in force has no such section", score.name.name)),
            }
        }
        Part::Decide(index) => explanation.decides.get(*index).into_iter().for_each(|decide| drawn::decide(page, decide)),
        Part::Stage => explanation.stage.iter().for_each(|stage| drawn::stage(page, stage)),
        Part::Route(index) => explanation.routes.get(*index).into_iter().for_each(|route| drawn::route(page, route)),
        Part::Clock(index) => explanation.clocks.get(*index).into_iter().for_each(|clock| drawn::clock(page, clock)),
        Part::Let(index) => {
            let Some(fact) = explanation.derived.get(*index) else { return };
            page.heading(format!("{}: {}", fact.name.name, fact.value.as_deref().unwrap_or("missing")));
            let definition = fact.definition.as_deref().unwrap_or_default();
            page.line(2, &[words(format!("= {definition}"))]);
            let counted: Vec<&MeasureExplained> =
                explanation.history.iter().filter(|measure| definition.contains(measure.definition.as_str())).collect();
            drawn::measures(page, &counted);
        }
    }
}

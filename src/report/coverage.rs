//! What the tests of a policy reach: a summary for people, lcov for other tools, a record for JSON.
//!
//! Enters: [`Coverage`]. Leaves: text. Always holds: every place that no test reaches is named with its file and line.

use std::fmt::Write as _;

use serde::Serialize;

use super::figures::counted;
use super::layout::{Align, Page, Paint, words};
use crate::diagnostic::render_human::Look;
use crate::source::{Sources, Span};
use crate::testing::coverage::{Coverage, PlaceCovered};

/// `66.1 %`, rounded down.
pub fn percent(coverage: &Coverage) -> String {
    format!("{} %", percent_of(coverage.covered(), coverage.places.len()))
}

fn percent_of(covered: usize, places: usize) -> String {
    let permille = (covered * 1000).checked_div(places).unwrap_or(1000);
    format!("{}.{}", permille / 10, permille % 10)
}

/// How much of each part is covered, and below it what is not.
pub fn page(coverage: &Coverage, sources: &Sources, look: Look) -> String {
    let mut page = Page::new(look);
    let (covered, all) = (coverage.covered(), coverage.places.len());
    let by = counted(coverage.test_count as u64, "test", "tests");
    let line = format!("coverage: {covered} of {} ({}) by {by}", counted(all as u64, "place", "places"), percent(coverage));
    page.line(0, &[words(line).paint(if covered == all { Paint::Good } else { Paint::Bold })]);
    page.empty_line();
    let parts = by_part(coverage).into_iter().map(|(part, places)| {
        let reached = places.iter().filter(|place| place.hits > 0).count();
        let paint = if reached == places.len() { Paint::Plain } else { Paint::Warn };
        vec![words(part), words(reached.to_string()).paint(paint), words(format!("of {}", places.len())).paint(paint)]
    });
    page.table(2, &[Align::Left, Align::Right, Align::Left], &parts.collect::<Vec<_>>());
    let uncovered = coverage
        .places
        .iter()
        .filter(|place| place.hits == 0)
        .map(|place| vec![words(at(sources, place.place.span)).paint(Paint::Dim), words(&place.place.part), words(&place.place.what)]);
    let uncovered: Vec<_> = uncovered.collect();
    if !uncovered.is_empty() {
        page.heading("not reached");
        page.table(2, &[], &uncovered);
    }
    page.finish()
}

/// The places of each part, parts in the order of the text.
fn by_part(coverage: &Coverage) -> Vec<(&str, Vec<&PlaceCovered>)> {
    let mut parts: Vec<(&str, Vec<&PlaceCovered>)> = Vec::new();
    for place in &coverage.places {
        match parts.iter_mut().find(|(part, _)| *part == place.place.part) {
            Some((_, places)) => places.push(place),
            None => parts.push((&place.place.part, vec![place])),
        }
    }
    parts
}

/// `medbank.lead:71`
fn at(sources: &Sources, span: Span) -> String {
    format!("{}:{}", sources.get(span.source).path, line_of(sources, span))
}

fn line_of(sources: &Sources, span: Span) -> usize {
    sources.position(span.source, span.start).line
}

/// A tracefile of lcov: a line is executed as often as its places are reached; of a line with several places each is a branch.
pub fn lcov(coverage: &Coverage, sources: &Sources) -> String {
    let mut text = String::new();
    for (id, source) in sources.iter() {
        // by line
        let mut lines: Vec<(usize, Vec<usize>)> = Vec::new();
        for place in coverage.places.iter().filter(|place| place.place.span.source == id) {
            let line = line_of(sources, place.place.span);
            match lines.last_mut().filter(|(last, _)| *last == line) {
                Some((_, hits)) => hits.push(place.hits),
                None => lines.push((line, vec![place.hits])),
            }
        }
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(text, "TN:\nSF:{}", source.path);
        let (mut branches, mut branches_hit) = (0, 0);
        for (line, hits) in lines.iter().filter(|(_, hits)| hits.len() > 1) {
            let is_executed = hits.iter().any(|hits| *hits > 0);
            for (branch, hits) in hits.iter().enumerate() {
                let taken = if is_executed { hits.to_string() } else { "-".to_owned() };
                let _ = writeln!(text, "BRDA:{line},0,{branch},{taken}");
            }
            branches += hits.len();
            branches_hit += hits.iter().filter(|hits| **hits > 0).count();
        }
        let _ = writeln!(text, "BRF:{branches}\nBRH:{branches_hit}");
        for (line, hits) in &lines {
            let _ = writeln!(text, "DA:{line},{}", hits.iter().sum::<usize>());
        }
        let hit = lines.iter().filter(|(_, hits)| hits.iter().any(|hits| *hits > 0)).count();
        let _ = writeln!(text, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
    }
    text
}

/// What JSON says of the coverage of one policy, or of several together.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageRecord {
    pub covered: usize,
    pub places: usize,
    /// rounded down to one decimal place
    pub percent: String,
    pub uncovered: Vec<UncoveredRecord>,
}

#[derive(Clone, Debug, Serialize)]
pub struct UncoveredRecord {
    pub file: String,
    pub line: usize,
    /// `score readiness`
    pub part: String,
    /// `beds: missing`
    pub place: String,
}

impl CoverageRecord {
    /// Both together: a place of a file that both use is one of each.
    pub fn and(self, other: &CoverageRecord) -> CoverageRecord {
        let (covered, places) = (self.covered + other.covered, self.places + other.places);
        let uncovered = self.uncovered.into_iter().chain(other.uncovered.iter().cloned()).collect();
        CoverageRecord { covered, places, percent: percent_of(covered, places), uncovered }
    }
}

pub fn record(coverage: &Coverage, sources: &Sources) -> CoverageRecord {
    let uncovered = coverage.places.iter().filter(|place| place.hits == 0).map(|place| UncoveredRecord {
        file: sources.get(place.place.span.source).path.clone(),
        line: line_of(sources, place.place.span),
        part: place.place.part.clone(),
        place: place.place.what.clone(),
    });
    CoverageRecord {
        covered: coverage.covered(),
        places: coverage.places.len(),
        percent: percent_of(coverage.covered(), coverage.places.len()),
        uncovered: uncovered.collect(),
    }
}

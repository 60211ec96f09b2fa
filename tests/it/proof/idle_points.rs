//! Points that a cap, a range or a rounding takes back: what is told is what rescoring every lead without them finds.
//!
//! The oracle knows nothing of sums: each row's points are written as 0 in the policy's text, and all leads are scored with both policies.

use std::collections::{BTreeMap, BTreeSet};

use leadwright::diagnostic::Severity;
use leadwright::interpret;
use leadwright::model::{self, Checked, Decimal, RowPoints, SectionKind, Type};
use leadwright::policy::prove::check_and_prove;
use leadwright::program::{self, Lowered, Value};
use leadwright::proof::questions::{Kind, ask};
use leadwright::proof::{AS_OF, Prover};
use leadwright::record::{self, Histories, Lead};
use leadwright::source::Span;

use crate::support::small_policies::small_with_repeats;

const POLICIES: u64 = 300;
/// Policies of which more leads would have to be tried are left out.
const LEADS_MAX: usize = 700;

struct Scored {
    checked: Checked,
    lowered: Lowered,
    rows: Vec<Vec<Option<i64>>>,
}

/// None of a policy with mistakes.
fn scored(text: &str, leads: &[Lead]) -> Option<Scored> {
    let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), text.to_string())]), "policy.lead");
    if checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return None;
    }
    let lowered = program::lower::lower(&checked.policy);
    let parameters = record::parameters(&checked.policy, AS_OF).unwrap();
    let block = record::encode(&checked.policy, &Histories::new(&checked.policy), &lowered.program, leads, AS_OF).unwrap();
    let rows = (0..leads.len()).map(|row| interpret::row(&lowered.program, &block, row, &parameters)).collect();
    Some(Scored { checked, lowered, rows })
}

impl Scored {
    /// Per lead, free of the scale that the policy happens to need.
    fn numbers(&self, value: Value, scale: u8, range: Option<model::Interval>) -> Vec<Option<Decimal>> {
        let cut = |number: i64| range.map_or(number, |range| number.clamp(range.low, range.high));
        let number = |row: &Vec<Option<i64>>| {
            row[value.index()].map(|number| Decimal { mantissa: i128::from(cut(number)), places: scale }.reduced())
        };
        self.rows.iter().map(number).collect()
    }

    fn section(&self, score: usize, section: usize) -> Vec<Option<Decimal>> {
        let scale = self.checked.policy.scores[score].sections[section].scale;
        self.numbers(self.lowered.trace.scores[score].sections[section], scale, None)
    }

    fn score(&self, score: usize) -> Vec<Option<Decimal>> {
        let of = &self.checked.policy.scores[score];
        self.numbers(self.lowered.trace.scores[score].sum.unwrap(), of.sum_scale, of.range)
    }

    fn rounded(&self, score: usize) -> Vec<Option<Decimal>> {
        self.numbers(self.lowered.trace.scores[score].value.unwrap(), self.checked.policy.scores[score].scale, None)
    }

    fn persona(&self, score: usize, row: usize) -> i64 {
        self.rows[row][self.lowered.trace.scores[score].persona.unwrap().index()].unwrap()
    }
}

/// Caps and ranges that are often reached, on every second seed, and on every third a row of more points for the leads of the first row. On every second, points below 1 that scores round.
fn crowded(text: &str, seed: u64) -> String {
    let text = if seed % 4 < 2 { text.to_string() } else { rounded(text) };
    let text = text.as_str();
    let mut text = if seed.is_multiple_of(2) {
        text.replace("up to 20", "up to 10").replace("from 0 to 60", "from 5 to 12")
    } else {
        text.to_string()
    };
    let first = text.find("points up to").and_then(|at| Some(at + text[at..].find(" when ")?));
    if let Some(at) = first.filter(|_| seed.is_multiple_of(3)) {
        let end = at + text[at..].find('\n').unwrap();
        let row = format!("\n      +30{}", &text[at..end]);
        text.insert_str(end, &row);
    }
    text
}

fn rounded(text: &str) -> String {
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let is_of_points = line.trim_start().starts_with(['+', '-']) || line.trim_start().starts_with("adjust ");
        lines.push(match line.find(['+', '-']) {
            Some(sign) if is_of_points && number % 2 == 0 => format!("{}0.{}", &line[..=sign], &line[sign + 1..]),
            _ if line.starts_with("score ") && !line.contains(" rounded ") && !line.contains("running") => {
                line.replace(" {", " rounded to 0 places {")
            }
            _ => line.to_string(),
        });
    }
    lines.join("\n") + "\n"
}

/// A row of points: where, of which score and section, who gets it.
struct Row {
    span: Span,
    score: usize,
    /// none of an adjustment
    section: Option<usize>,
    is_capped: bool,
    gets: bool,
    without: String,
}

fn rows(with: &Scored, text: &str) -> Vec<Row> {
    let mut all = Vec::new();
    let changed = |span: Span, by: &dyn Fn(&str) -> String| {
        let (start, end) = (span.start as usize, span.end as usize);
        format!("{}{}{}", &text[..start], by(&text[start..end]), &text[end..])
    };
    for (score, of) in with.checked.policy.scores.iter().enumerate() {
        let trace = &with.lowered.trace.scores[score];
        for (adjust, applies) in of.adjusts.iter().zip(&trace.adjusts) {
            let gets = adjust.points.mantissa != 0 && with.rows.iter().any(|row| row[applies.index()] == Some(1));
            let without = changed(adjust.span, &|adjust| {
                let (sign, space) = (adjust.find(['+', '-']).unwrap(), adjust.find(" when").unwrap());
                format!("{}0{}", &adjust[..=sign], &adjust[space..])
            });
            all.push(Row { span: adjust.span, score, section: None, is_capped: false, gets, without });
        }
        for (number, persona) in of.personas.iter().enumerate() {
            for (place, section) in persona.sections.iter().enumerate() {
                let is_capped = matches!(section.kind, SectionKind::Points { up_to: Some(_) });
                let gets = |holds: &dyn Fn(&[Option<i64>]) -> bool| {
                    (0..with.rows.len()).any(|row| with.persona(score, row) == number as i64 && holds(&with.rows[row]))
                };
                for (row, times) in section.points.iter().zip(&trace.points[number][place]) {
                    let gets = gets(&|row| row[times.index()] != Some(0));
                    let without = changed(row.span, &|row| {
                        let (points, rest) = row.split_once(' ').unwrap();
                        format!("{}0 {rest}", &points[..1])
                    });
                    all.push(Row { span: row.span, score, section: Some(section.name), is_capped, gets, without });
                }
                for (attribute, trace) in section.attributes.iter().zip(&trace.attributes[number][place]) {
                    if matches!(attribute.subject.ty, Type::SomeOf(_)) {
                        continue;
                    }
                    for (index, row) in attribute.rows.iter().enumerate() {
                        let RowPoints::Constant(points) = row.points else { continue };
                        let gets = points.mantissa != 0 && gets(&|row| row[trace.row.index()] == Some(index as i64));
                        let without = changed(row.span, &|row| format!("{} 0", row.trim_end().rsplit_once(' ').unwrap().0));
                        all.push(Row { span: row.span, score, section: Some(section.name), is_capped, gets, without });
                    }
                }
            }
        }
    }
    all
}

#[test]
fn points_that_are_called_idle_are_those_without_which_every_lead_scores_the_same() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let policies = std::env::var("LEADWRIGHT_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES);
    for seed in 0..policies {
        let small = small_with_repeats(seed);
        // caps and ranges that are often reached
        let text = crowded(&small.text, seed);
        let leads = small.leads();
        if leads.len() > LEADS_MAX {
            continue;
        }
        let Some(with) = scored(&text, &leads) else { continue };
        let mut expected: BTreeSet<(&str, u32)> = BTreeSet::new();
        for row in rows(&with, &text).into_iter().filter(|row| row.gets) {
            let without = scored(&row.without, &leads).unwrap_or_else(|| panic!("seed {seed}\n{}", row.without));
            let section = row.section.filter(|_| row.is_capped);
            if section.is_some_and(|section| with.section(row.score, section) == without.section(row.score, section)) {
                expected.insert(("PointsCapped", row.span.start));
            } else if with.score(row.score) == without.score(row.score) {
                let kind = if row.section.is_some() { "PointsOutOfRange" } else { "AdjustChangesNothing" };
                expected.insert((kind, row.span.start));
            } else if with.rounded(row.score) == without.rounded(row.score) {
                expected.insert(("PointsRounded", row.span.start));
            }
            *counts.entry("asked").or_default() += 1;
        }
        let findings = ask(&mut Prover::new(&with.checked.policy, &with.lowered), &with.checked.sources);
        assert!(findings.undecided.is_empty(), "seed {seed}: {:?}\n{text}", findings.undecided);
        let found = findings.all.iter().filter_map(|found| match found.kind {
            Kind::PointsCapped => Some(("PointsCapped", found.span.start)),
            Kind::PointsOutOfRange => Some(("PointsOutOfRange", found.span.start)),
            Kind::AdjustChangesNothing => Some(("AdjustChangesNothing", found.span.start)),
            Kind::PointsRounded => Some(("PointsRounded", found.span.start)),
            _ => None,
        });
        let found: BTreeSet<(&str, u32)> = found.collect();
        assert_eq!(found, expected, "seed {seed}\n{text}");
        found.into_iter().for_each(|(kind, _)| *counts.entry(kind).or_default() += 1);
    }
    println!("{counts:?}");
    assert!(
        ["asked", "PointsCapped", "PointsOutOfRange", "PointsRounded"]
            .iter()
            .all(|kind| counts.get(kind).is_some_and(|count| *count >= 10)),
        "{counts:?}"
    );
}

/// By hand. Size gives 0 or 4; 0.30 of a point more never shows beside it, and half a point does. Half a point less is 3.50, which is 4 again, and -0.50, which the range makes 0. 0.30 and 0.40 show where a lead has both.
#[test]
fn what_rounding_takes_back_is_told() {
    let policy = |rows: &str| {
        format!(
            "leadwright 1
policy p {{ timezone \"UTC\" }}
lead {{ id text key  beds whole 0..100  vip yes_no  new yes_no }}
score s from 0 to 100 rounded to 0 places {{
  section pts points {{
    +4 when beds >= 50
{rows}  }}
}}
decide d {{ a when s >= 4  b otherwise }}
"
        )
    };
    let told = |rows: &str| -> Vec<String> {
        let files = BTreeMap::from([("policy.lead".to_string(), policy(rows))]);
        let checked = check_and_prove(&files, "policy.lead", None);
        let of_points = checked.diagnostics.iter().filter(|found| found.name() == "E0817");
        of_points.map(|found| format!("{}: {}", found.message, checked.sources.text(found.labels[0].span))).collect()
    };
    let message = "rounding leaves nothing of the points of `pts`: ";
    assert_eq!(told("    +0.30 when vip\n"), [format!("{message}+0.30 when vip")]);
    assert_eq!(told("    +0.50 when vip\n"), [""; 0]);
    assert_eq!(told("    -0.50 when vip\n"), [format!("{message}-0.50 when vip")]);
    assert_eq!(told("    -0.51 when vip\n"), [""; 0]);
    assert_eq!(told("    +0.30 when vip\n    +0.40 when new\n"), [""; 0]);
    assert_eq!(told("    +0.30 when vip\n    +0.40 when new and not vip\n").len(), 2);
}

/// By hand. `pts` is 20 with the 5 and without them; `pts2` is 10 or 15, which the range cuts to 10; what `pts3` gives is cut as well, but a decision looks at the section.
#[test]
fn what_a_cap_or_a_range_takes_back_is_told() {
    let text = "leadwright 1
policy p { timezone \"UTC\" }
lead { id text key  beds whole 0..100  vip yes_no }
signal visit { }
score s from 0 to 100 {
  section pts points up to 20 {
    +20 when beds >= 0
    +5  when vip
    -5  when beds >= 50
    +1  per visit
  }
}
score s2 from 0 to 10 {
  section pts2 points {
    +10 when beds >= 0
    +5  when vip
  }
}
score s3 from 0 to 10 {
  section pts3 points {
    +10 when beds >= 0
    +5  when vip
  }
}
decide d { a when s >= 10 and vip  b when s3.pts3 >= 15 or s2 >= 10  c otherwise }
";
    let files = BTreeMap::from([("policy.lead".to_string(), text.to_string())]);
    let checked = check_and_prove(&files, "policy.lead", None);
    let of_points = checked.diagnostics.iter().filter(|found| found.name() == "E0817");
    let found: Vec<(&str, &str)> = of_points.map(|found| (found.message.as_str(), checked.sources.text(found.labels[0].span))).collect();
    // of 20, 5 less and 5 or more visits there are 20 again, so the 5 for a vip and a visit both show
    assert_eq!(found, [("the range takes the points of `pts2` back from every lead that gets them", "+5  when vip")]);
    let without = text.replace("    -5  when beds >= 50\n    +1  per visit\n", "");
    let files = BTreeMap::from([("policy.lead".to_string(), without)]);
    let checked = check_and_prove(&files, "policy.lead", None);
    let of_points = checked.diagnostics.iter().filter(|found| found.name() == "E0817");
    let found: Vec<&str> = of_points.map(|found| found.message.as_str()).collect();
    assert_eq!(
        found,
        [
            "the cap takes the points of `pts` back from every lead that gets them",
            "the range takes the points of `pts2` back from every lead that gets them"
        ]
    );
}

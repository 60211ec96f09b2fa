//! The requirements a standard can make, one row each. A new one is a new row here: its form, what it means, an example, how it is judged.
//!
//! What a row may ask of a policy is in [`super::reading`] and [`super::uses`]; what a word in capitals stands for, in [`super::words`].

use rustc_hash::FxHashSet;

use super::age;
use super::judging::{
    Priority, all_fields, among, broken_scores, counted, has_title, list, outside, priorities, sourceless, stages_by_count, unclocked, word,
};
use super::limit::Limit;
use super::reading::{Part, Verdict, Wording};
use super::uses::target_beyond;
use super::{Demand, Requirement};
use crate::diagnostic::{Code, Label};
use crate::model::SectionKind;
use crate::model::value::Decimal;
use crate::model::words::listed;
use crate::source::Span;
use crate::syntax::tree::{self, PolicyProperty};

pub const REQUIREMENTS: &[Requirement] = &[
    // --- scores ---
    Requirement {
        form: "weight of section SECTION SHARE",
        means: "every section of that name has a weight within the bound, in every score and persona; there is one",
        example: "weight of section demographic <= 50%",
        demand: Demand::Bound("weight of section"),
        judge: |reading, filled| {
            let Some(limit) = filled.limit else { return Verdict::holds() };
            let [.., section] = filled.names(0) else { return Verdict::holds() };
            let score = filled.names(0).split_last().and_then(|(_, scores)| scores.first());
            let named = |(of, tree): &(&tree::Score, &tree::Section)| {
                tree.name.text == section.text && score.is_none_or(|score| of.name.text == score.text)
            };
            let sections: Vec<&tree::Section> = reading.sections().filter(named).map(|(_, section)| section).collect();
            if sections.is_empty() {
                return if reading.scores_are_sound() {
                    reading.unknown(format!("there is no section `{}`", filled.path(0)), &section.text)
                } else {
                    Verdict::holds()
                };
            }
            let parts = sections.into_iter().filter_map(|section| match (&section.weight, section.points) {
                (_, Some(points)) => Some(Part::new(&section.name.text, points, "raw points, no weight", section.span)),
                (Some(weight), None) => (!limit.contains(Decimal { mantissa: weight.mantissa, places: weight.places }))
                    .then(|| Part::new(&section.name.text, weight.span, "outside of the bound", section.span)),
                // it has been said that a weight lacks
                (None, None) => None,
            });
            let wording = Wording {
                one: "the weight of section",
                many: "weights of sections",
                does: "is outside of the bound",
                do_: "are outside of the bound",
            };
            reading.none(parts.collect(), &wording)
        },
    },
    Requirement {
        form: "every score has section weights that total PERCENT",
        means: "the weights of the sections of every score, of every persona, total so much; a score of points alone has no weights",
        example: "every score has section weights that total 100%",
        demand: Demand::Bound("total"),
        judge: |reading, filled| {
            let Some(limit) = filled.limit else { return Verdict::holds() };
            let mut parts = Vec::new();
            for (id, (item, tree)) in reading.checker.derived.scores.iter().enumerate() {
                let personas = reading.checker.policy.scores.get(id).map_or(&[][..], |score| &score.personas);
                let mut totals = personas.iter().filter_map(|persona| {
                    let weights = persona.sections.iter().filter_map(|section| match section.kind {
                        SectionKind::Weighted(weight) => Some(weight),
                        SectionKind::Points { .. } => None,
                    });
                    weights.map(Some).reduce(|total, weight| total?.plus(weight?)).flatten()
                });
                // what a mistake leaves of a score says nothing of its weights, but the mistake may say the same
                if reading.is_broken(item.span) || totals.any(|total| !limit.contains(total)) {
                    let part = Part::new(&tree.name.text, tree.name.span, "its weights total something else", item.span);
                    parts.push(part.said_by(&[Code::WeightsShort, Code::WeightsOver, Code::WeightMissing]));
                }
            }
            let (does, do_) = ("has section weights with another total", "have section weights with another total");
            reading.none(parts, &Wording { one: "the score", many: "scores", does, do_ })
        },
    },
    Requirement {
        form: "every priority LIMIT",
        means: "every priority of every weighted section is within the bound; a linear band from its least to its most",
        example: "every priority between -10 and 10",
        demand: Demand::Bound("priority"),
        judge: |reading, filled| {
            let Some(limit) = filled.limit else { return Verdict::holds() };
            let mut parts = Vec::new();
            for priority in priorities(reading) {
                if !limit.contains(priority.low) || !limit.contains(priority.high) {
                    let text = reading.checker.one_line(priority.span);
                    parts.push(Part::new(text, priority.span, "outside of the bound", priority.span));
                }
            }
            let mut verdict =
                reading.none(parts, &Wording { one: "the priority of", many: "priorities", does: "is too far", do_: "are too far" });
            let said = reading.none(broken_scores(reading), &Wording { one: "", many: "", does: "", do_: "" });
            verdict.said.extend(said.said);
            verdict
        },
    },
    Requirement {
        form: "some priority LIMIT",
        means: "at least one priority of a weighted section is within the bound",
        example: "some priority < 0",
        demand: Demand::Some("priority"),
        judge: |reading, filled| {
            let Some(limit) = filled.limit else { return Verdict::holds() };
            let fits = |priority: &Priority| !limit.common(Limit::between(priority.low, priority.high)).is_empty();
            if !reading.scores_are_sound() || priorities(reading).iter().any(fits) {
                return Verdict::holds();
            }
            reading.absent(&["score"], "no priority of any score lies within the bound")
        },
    },
    Requirement {
        form: "threshold of VALUE in ROW LIMIT",
        means: "each constant that the row needs the value to reach is within the bound, and there is one; of a `decide` alone, in whichever \
                rows have one",
        example: "threshold of readiness in status.qualified between 55 and 80",
        demand: Demand::Bound("threshold"),
        judge: super::thresholds::judge,
    },
    Requirement {
        form: "every score LIMIT",
        means: "no score can leave the bound, whatever the lead",
        example: "every score between 0 and 100",
        demand: Demand::Bound("score"),
        judge: |reading, filled| {
            let Some(limit) = filled.limit else { return Verdict::holds() };
            let mut parts = Vec::new();
            for (id, (item, tree)) in reading.checker.derived.scores.iter().enumerate() {
                let Some(score) = reading.checker.policy.scores.get(id).filter(|_| reading.score_is_sound(id)) else {
                    continue;
                };
                let end = |units: i64| Decimal { mantissa: i128::from(units), places: score.scale }.reduced();
                let (low, high) = (end(score.interval.low), end(score.interval.high));
                if !limit.contains(low) || !limit.contains(high) {
                    parts.push(Part::new(&tree.name.text, tree.name.span, format!("from {low} to {high}"), item.span));
                }
            }
            let wording = Wording { one: "the score", many: "scores", does: "can leave the bound", do_: "can leave the bound" };
            reading.none(parts, &wording).hint("write the range behind its name: `score NAME from A to B { … }`")
        },
    },
    // --- stages, routes, clocks ---
    Requirement {
        form: "every stage has ROLE",
        means: "every stage names at least one team for it; the owner is accountable unless said",
        example: "every stage has owner",
        demand: Demand::None,
        judge: |reading, filled| {
            let role = filled.name(0);
            let parts = stages_by_count(reading, role, |count| count > 0);
            let what = if role == "owner" { "no owner".to_owned() } else { format!("nobody {role}") };
            let (does, do_) = (format!("has {what}"), format!("have {what}"));
            reading.none(parts, &Wording { one: "the stage", many: "stages", does: &does, do_: &do_ })
        },
    },
    Requirement {
        form: "every stage has one ROLE",
        means: "every stage names exactly one team for it",
        example: "every stage has one accountable",
        demand: Demand::None,
        judge: |reading, filled| {
            let role = filled.name(0);
            let parts = stages_by_count(reading, role, |count| count == 1);
            let team = if role == "owner" { "owner".to_owned() } else { format!("team {role}") };
            let (does, do_) = (format!("has not exactly one {team}"), format!("have not exactly one {team}"));
            reading.none(parts, &Wording { one: "the stage", many: "stages", does: &does, do_: &do_ })
        },
    },
    Requirement {
        form: "every stage owner is one of NAMES",
        means: "no stage belongs to another team",
        example: "every stage owner is one of marketing, inside_sales",
        demand: Demand::Allowed("stage owner"),
        judge: |reading, filled| {
            let allowed = list(filled, 0);
            let owners = reading.checker.items.stages.iter().filter_map(|(item, stage)| {
                let owner = stage.owner.as_ref().filter(|owner| !allowed.contains(owner.text.as_str()))?;
                Some(Part::new(&stage.name.text, owner.span, "not an allowed owner", item.span))
            });
            let (does, do_) = ("has an owner that is not allowed", "have owners that are not allowed");
            reading.none(owners.collect(), &Wording { one: "the stage", many: "stages", does, do_ })
        },
    },
    Requirement {
        form: "every queue team is one of NAMES",
        means: "no queue belongs to another team",
        example: "every queue team is one of inside_sales, field_sales",
        demand: Demand::Allowed("queue team"),
        judge: |reading, filled| {
            let allowed = list(filled, 0);
            let teams = reading.checker.items.queues.iter().filter_map(|(item, queue)| {
                let team = queue.team.as_ref().filter(|team| !allowed.contains(team.text.as_str()))?;
                Some(Part::new(&queue.name.text, team.span, "not an allowed team", item.span))
            });
            let (does, do_) = ("belongs to a team that is not allowed", "belong to teams that are not allowed");
            reading.none(teams.collect(), &Wording { one: "the queue", many: "queues", does, do_ })
        },
    },
    Requirement {
        form: "every handover has sla",
        means: "at every stage that a route is `when entering`, a clock starts for every lead: the targets of the clocks that start there are \
                exhaustive, or one is for all",
        example: "every handover has sla",
        demand: Demand::None,
        judge: |reading, _| {
            let handovers = if reading.clocks_are_sound() { reading.handovers() } else { Vec::new() };
            let parts = handovers.into_iter().filter_map(|handover| unclocked(reading, handover, &reading.clocks_from(&handover.1.text)));
            let parts: Vec<Part> = parts.collect();
            let wording = Wording { one: "the handover", many: "handovers", does: "has no sla", do_: "have no sla" };
            reading.none(parts, &wording).hint("write an `sla` with `starts when entering STAGE`")
        },
    },
    Requirement {
        form: "every handover has sla within DURATION",
        means: "there, for every lead, a clock starts of which every target is within that time; business days compare only with business \
                days, and business hours are never within hours on the clock",
        example: "every handover has sla within 4 business hours",
        demand: Demand::None,
        judge: |reading, filled| {
            let Some(limit) = filled.duration else { return Verdict::holds() };
            if !reading.clocks_are_sound() {
                return Verdict::holds();
            }
            let part = |handover: (&tree::Name, &tree::Name, Span)| {
                let clocks = reading.clocks_from(&handover.1.text);
                let short: Vec<&tree::Sla> = clocks.iter().copied().filter(|sla| target_beyond(sla, limit).is_none()).collect();
                match clocks.iter().find_map(|sla| target_beyond(sla, limit)) {
                    Some(target) if short.is_empty() => {
                        Some(Part::new(&handover.0.text, target.span, "not surely within that time", handover.2))
                    }
                    Some(_) | None => unclocked(reading, handover, &short),
                }
            };
            let parts: Vec<Part> = reading.handovers().into_iter().filter_map(part).collect();
            let wording = Wording { one: "the handover", many: "handovers", does: "has no sla so short", do_: "have no sla so short" };
            reading.none(parts, &wording)
        },
    },
    // --- fields ---
    Requirement {
        form: "every field has source",
        means: "every field of the lead names the column it has in at least one system",
        example: "every field has source",
        demand: Demand::None,
        judge: |reading, _| sourceless(reading, all_fields(reading), None),
    },
    Requirement {
        form: "every field has source SYSTEM",
        means: "every field of the lead names the column it has in that system",
        example: "every field has source salesforce",
        demand: Demand::None,
        judge: |reading, filled| sourceless(reading, all_fields(reading), Some(filled.name(0))),
    },
    Requirement {
        form: "every field in SCORE has source SYSTEM",
        means: "so does every field that the score reads, directly or through what it is derived from",
        example: "every field in score has source marketo",
        demand: Demand::None,
        judge: |reading, filled| match reading.fields_in(filled.name(0)) {
            Some(fields) => sourceless(reading, fields, Some(filled.name(1))),
            None => reading.unknown(format!("there is no score `{}`", filled.name(0)), filled.name(0)),
        },
    },
    Requirement {
        form: "every field is one of NAMES",
        means: "the lead has no other field",
        example: "every field is one of lead_id, email, beds, state",
        demand: Demand::Allowed("field"),
        judge: |reading, filled| outside(reading, all_fields(reading), &list(filled, 0)),
    },
    Requirement {
        form: "no field is one of NAMES",
        means: "the lead has none of these fields",
        example: "no field is one of religion, date_of_birth",
        demand: Demand::Forbidden("field"),
        judge: |reading, filled| among(reading, all_fields(reading), &list(filled, 0)),
    },
    Requirement {
        form: "every field in SCORE is one of NAMES",
        means: "the score reads no other field, directly or through what it is derived from",
        example: "every field in score is one of beds, site_of_care",
        demand: Demand::Allowed("field in"),
        judge: |reading, filled| match reading.fields_in(filled.name(0)) {
            Some(fields) => outside(reading, fields, &list(filled, 1)),
            None => reading.unknown(format!("there is no score `{}`", filled.name(0)), filled.name(0)),
        },
    },
    Requirement {
        form: "no field in SCORE is one of NAMES",
        means: "the score reads none of these fields, directly or through what it is derived from",
        example: "no field in score is one of competitor, state",
        demand: Demand::Forbidden("field in"),
        judge: |reading, filled| match reading.fields_in(filled.name(0)) {
            Some(fields) => among(reading, fields, &list(filled, 1)),
            None => reading.unknown(format!("there is no score `{}`", filled.name(0)), filled.name(0)),
        },
    },
    Requirement {
        form: "lead has NAMES",
        means: "the lead has these fields",
        example: "lead has email, state",
        demand: Demand::Needed("field"),
        judge: |reading, filled| {
            let fields: FxHashSet<&str> = reading.fields().map(|field| field.name.text.as_str()).collect();
            let lacking = filled.names(0).iter().filter(|name| !fields.contains(name.text.as_str()) && !reading.is_pointed_at(&name.text));
            let lacking: Vec<String> = lacking.map(|name| name.text.clone()).collect();
            if lacking.is_empty() {
                return Verdict::holds();
            }
            let noun = if lacking.len() == 1 { "field" } else { "fields" };
            reading.absent(&["lead"], format!("the lead lacks the {noun} {}", listed(&lacking)))
        },
    },
    // --- the policy as a whole ---
    Requirement {
        form: "policy has PROPERTY",
        means: "the header has that line",
        example: "policy has version",
        demand: Demand::None,
        judge: |reading, filled| {
            let property = filled.name(0);
            if reading.header().is_some_and(|header| header.properties.iter().any(|line| word(line) == property)) {
                return Verdict::holds();
            }
            reading.absent(&["policy"], format!("the policy's header has no `{property}`"))
        },
    },
    Requirement {
        form: "policy owner is one of NAMES",
        means: "the header names one of these teams as `owner`",
        example: "policy owner is one of marketing, revenue_operations",
        demand: Demand::Allowed("policy owner"),
        judge: |reading, filled| {
            let owner = reading.header().and_then(|header| {
                header.properties.iter().find_map(|line| match line {
                    PolicyProperty::Owner(owner) => Some(owner),
                    PolicyProperty::Version(_)
                    | PolicyProperty::Dated(..)
                    | PolicyProperty::Timezone(_)
                    | PolicyProperty::Currency(_)
                    | PolicyProperty::Follows(_) => None,
                })
            });
            let Some(owner) = owner else { return reading.absent(&["policy"], "the policy's header has no `owner`") };
            if list(filled, 0).contains(owner.text.as_str()) || reading.is_broken(owner.span) {
                return Verdict::holds();
            }
            let label = Label { span: owner.span, text: "not an allowed owner".to_owned() };
            Verdict::breaks(format!("the policy belongs to `{}`", owner.text), vec![label])
        },
    },
    Requirement {
        form: "version at most AGE old",
        means: "the header has `dated`, and on the day of the check (`leadwright check --as-of`) that day is no longer ago",
        example: "version at most 12 months old",
        demand: Demand::None,
        judge: age::judge,
    },
    Requirement {
        form: "claim TITLE",
        means: "the policy makes a claim of that title",
        example: "claim \"competitors never reach sales\"",
        demand: Demand::None,
        judge: |reading, filled| {
            let Some(title) = filled.title else { return Verdict::holds() };
            let titles = reading.checker.items.claims.iter().map(|(_, claim)| &claim.title.value);
            has_title(reading, "claim", title, titles)
        },
    },
    Requirement {
        form: "test TITLE",
        means: "the policy has a test of that title",
        example: "test \"a student is never handed over\"",
        demand: Demand::None,
        judge: |reading, filled| {
            let Some(title) = filled.title else { return Verdict::holds() };
            let titles = reading.checker.policy.tests.iter().map(|test| &test.title);
            has_title(reading, "test", title, titles)
        },
    },
    Requirement {
        form: "at least MINIMUM THINGS",
        means: "the policy has so many of them",
        example: "at least 10 tests",
        demand: Demand::Bound("count"),
        judge: counted,
    },
    Requirement {
        form: "at most MAXIMUM THINGS",
        means: "the policy has no more of them",
        example: "at most 60 fields",
        demand: Demand::Bound("count"),
        judge: counted,
    },
];

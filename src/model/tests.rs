//! Tests: example leads and what must come out of them.
//!
//! Enters: their trees. Leaves: `policy.tests`. Always holds, when no error was reported: a test gives every field that is not optional,
//! the key excepted, with a value of the field's type; it expects something, each thing once, with a value that it can have.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use rustc_hash::{FxHashMap, FxHashSet};

use super::check::{Checker, Named};
use super::constants::scale_of;
use super::hidden::Space;
use super::paths::below_root;
use super::resolve::quoted;
use super::{Constant, Derived, Event, Expected, ExpectedValue, Field, FieldId, Interval, Length, Target, Test, Type};
use crate::diagnostic::{Applicability, Code, Diagnostic, nearest};
use crate::source::{Files, SourceId, Span};
use crate::syntax::tree::{self, Ago, ExprKind};

/// How it is said that a test gives no whole lead.
pub(crate) const TEST_LACKS: &str = "the test does not give";

/// The same of a signal, or of a row of a table, in a test.
pub(crate) const COMES_WITHOUT: &str = "comes without";

impl<'t> Checker<'t> {
    pub(crate) fn check_tests(&mut self, files: &dyn Files) {
        let required = self.required_fields();
        let mut titles = FxHashMap::default();
        for (_, test) in self.items.tests.clone() {
            self.check_title("test", &test.title, &mut titles);
            let lead = self.check_given(test, &required);
            let as_of = test.as_of.as_ref().and_then(|(literal, span)| self.as_of(literal, *span));
            let signals = self.check_given_signals(test, as_of);
            let tables = self.check_given_rows(test);
            let (owner, queue) = self.check_given_owner(test);
            let expect = self.check_expectations(test);
            let stage = test.stage.as_ref().and_then(|(name, _)| self.stage_named(name));
            let since = test.stage.as_ref().and_then(|(_, since)| since.as_ref());
            let stage_since = since.and_then(|since| self.moment_of_test(since, as_of, test, "the time in a stage"));
            let checked = Test {
                title: test.title.value.clone(),
                as_of,
                stage,
                stage_since,
                owner,
                queue,
                tables,
                lead,
                signals,
                expect,
                span: test.span,
            };
            self.policy.tests.push(checked);
        }
        let of_text = self.policy.tests.len();
        self.check_cases(files, &required, &mut titles);
        self.check_days_of_tests(of_text);
    }

    /// Tests for which it matters when they are, and that do not say so, cannot be run. The first of the tests are those of the text.
    fn check_days_of_tests(&mut self, of_text: usize) {
        let trees: Vec<&tree::Test> = self.items.tests.iter().map(|(_, test)| *test).collect();
        let told = |cases: &tree::Test| cases.as_of.is_some() || counts_back(cases);
        let cases = self.items.cases.iter().filter(|(_, cases)| told(&cases.common));
        let told_files: FxHashSet<SourceId> =
            cases.filter_map(|(_, cases)| self.sources.find(&below_root(&cases.file.value).ok()?)).collect();
        let mut files: FxHashMap<SourceId, usize> = FxHashMap::default();
        let mut found: Vec<Diagnostic> = Vec::new();
        for (index, test) in self.policy.tests.iter().enumerate().filter(|(_, test)| test.as_of.is_none()) {
            let tree = trees.get(index).filter(|_| index < of_text);
            // what is wrong with it, or what is counted back from it, has been told
            let is_told = |span: Span| told_files.contains(&span.source) || self.memory.days_told.contains(&span);
            if tree.map_or_else(|| is_told(test.span), |tree| told(tree)) {
                continue;
            }
            let Some(why) = self.why_of_day(test) else { continue };
            let mut diagnostic = Diagnostic::new(Code::TestWithoutAsOf, format!("the test \"{}\" does not say `as of`", test.title))
                .at(tree.map_or(test.span, |tree| tree.title.span), "on which day?");
            diagnostic.help = Some(match tree {
                Some(_) => format!("{why}: write `as of 2026-11-18T15:00`"),
                None => format!("{why}: give the cases a column `as_of`, or write `as of 2026-11-18T15:00` in the braces of `cases`"),
            });
            match tree {
                Some(tree) => found.push(self.with_as_of(diagnostic, tree)),
                // all cases of a file lack it for one reason
                None => {
                    files.entry(test.span.source).or_insert_with(|| {
                        found.push(diagnostic);
                        found.len()
                    });
                }
            }
        }
        self.diagnostics.extend(found);
    }

    /// Offers the day on which the other tests are, if one says it.
    fn with_as_of(&self, diagnostic: Diagnostic, tree: &tree::Test) -> Diagnostic {
        let other = self.items.tests.iter().filter_map(|(_, other)| other.as_of.as_ref()).next();
        let text = &self.sources.get(tree.span.source).text;
        let brace = text[tree.title.span.end as usize..tree.span.end as usize].find('{').map(|at| tree.title.span.end as usize + at + 1);
        let (Some((_, day)), Some(behind)) = (other, brace) else { return diagnostic };
        let line = format!("as of {}", self.one_line(*day));
        let place = Span::new(tree.span.source, behind, behind);
        let first = text[behind..].find(|letter: char| !letter.is_whitespace()).map_or("", |at| &text[behind..behind + at]);
        // on a line of its own where what follows is
        let insert = format!("{}{line}", if first.contains('\n') { first } else { " " });
        diagnostic.replace(format!("write `{line}`, as another test does"), Applicability::Unsafe, place, insert)
    }

    /// Why it matters when the test is; none if it does not. The same as what [`crate::testing::subject`] asks of programs.
    fn why_of_day(&self, test: &Test) -> Option<&'static str> {
        let is_clock = |expected: &Expected| matches!(expected.target, Target::ClockDue(_) | Target::ClockState(_));
        if self.memory.looks_at_day {
            Some("the policy asks which day it is")
        } else if !test.signals.is_empty() || test.stage_since.is_some() {
            Some("it has a past, which is looked at from some day")
        } else {
            test.expect.iter().any(is_clock).then_some("clocks run from some day")
        }
    }

    /// What every test has to give.
    fn required_fields(&self) -> Vec<FieldId> {
        // a second key has been reported, and may be meant to be the only one
        let keys: Vec<bool> = self.items.leads.iter().flat_map(|(_, lead)| &lead.fields).map(|field| field.key.is_some()).collect();
        let is_required = |(id, field): &(FieldId, &Field)| {
            let is_declared = matches!(self.names.get(&field.name), Some((Named::Field(named), _)) if named == id);
            is_declared && !field.optional && !keys.get(*id).copied().unwrap_or(false)
        };
        self.policy.fields.iter().enumerate().filter(is_required).map(|(id, _)| id).collect()
    }

    pub(crate) fn as_of(&mut self, literal: &tree::TimeLiteral, span: Span) -> Option<i64> {
        let instant = self.instant(literal);
        if instant.is_none() {
            self.report(
                Diagnostic::new(Code::OutOfRange, format!("`{}` lies outside the calendar", self.one_line(span)))
                    .at(span, "times reach from the year -9999 to 9999-12-30T22:00Z"),
            );
        }
        instant
    }

    /// One value per field of the lead.
    pub(crate) fn check_given(&mut self, test: &tree::Test, required: &[FieldId]) -> Vec<Option<Constant>> {
        let mut lead: Vec<Option<Constant>> = vec![None; self.policy.fields.len()];
        let mut given: FxHashSet<FieldId> = FxHashSet::default();
        let mut unknown: Vec<&tree::Name> = Vec::new();
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for row in &test.lead {
            let name = &row.name;
            if let Some(first) = seen.insert(&name.text, name.span) {
                self.report(
                    Diagnostic::new(Code::TestExpects, format!("the test gives `{}` twice", name.text))
                        .at(name.span, "again")
                        .at(first, "first")
                        .help("leave one of them out"),
                );
                continue;
            }
            let id = match self.names.get(&name.text) {
                Some((Named::Field(id), _)) => *id,
                Some((Named::Broken, _)) => continue,
                Some((Named::Let(_) | Named::Score(_) | Named::Decide(_) | Named::Route(_) | Named::Sla(_), _)) | None => {
                    unknown.push(name);
                    if name.text == "stage" && self.policy.stage_choices.is_some() {
                        self.report_stage_inside(row);
                        continue;
                    }
                    let fields = self.choosable(self.policy.fields.iter().map(|field| field.name.as_str()));
                    self.unknown(Code::TestField, Space::Field, "field", name, fields);
                    continue;
                }
            };
            given.insert(id);
            let Some(field) = self.policy.fields.get(id).cloned() else { continue };
            lead[id] = self.given_value(row, &field);
        }
        let absent = required.iter().filter(|id| !given.contains(id)).map(|id| self.policy.fields[*id].name.as_str());
        let meant = self.meant_for(absent.collect(), &unknown, self.policy.fields.iter().map(|field| field.name.as_str()));
        let Meanings { absent, perhaps } = meant.owned();
        for (name, absent) in perhaps {
            self.add_label(name, test.title.span, format!("the test gives no `{absent}`: is it meant?"));
        }
        // a lead without key has been reported; its key is none of the fields that a test gives
        if !absent.is_empty() && self.policy.key.is_some() {
            let message = format!("{TEST_LACKS} {}, which {} not optional", quoted(&absent), if absent.len() == 1 { "is" } else { "are" });
            let help = format!("write {} in its `lead`", absent.iter().map(|name| format!("`{name} …`")).collect::<Vec<_>>().join(", "));
            let help = format!("{help}, or declare what a lead may lack as `optional`");
            self.report(Diagnostic::new(Code::TestIncomplete, message).at(test.title.span, "not a whole lead").help(help));
        }
        lead
    }

    /// `lead { stage mql }`
    fn report_stage_inside(&mut self, row: &tree::Given) {
        let written = self.one_line(row.span);
        self.report(
            Diagnostic::new(Code::TestField, "the stage is no field of the lead")
                .at(row.span, "a part of the test")
                .help(format!("write `{written}` before `lead {{ … }}`")),
        );
    }

    /// None for `missing`, and if the value has a reported mistake.
    pub(crate) fn given_value(&mut self, row: &tree::Given, field: &Field) -> Option<Constant> {
        let what = format!("`{}`", field.name);
        if let [value] = row.values.as_slice()
            && matches!(value.kind, ExprKind::Missing)
        {
            if !field.optional {
                self.report(
                    Diagnostic::new(Code::TestIncomplete, format!("{what} is not optional, so that it cannot be missing"))
                        .at(value.span, "must be known")
                        .at(field.span, "declared without `optional`"),
                );
            }
            return None;
        }
        if let Type::SomeOf(_) = field.ty {
            let mut bits = 0;
            for value in &row.values {
                let Some(Constant::Integer(bit)) = self.constant(value, field.ty, None, &what) else { continue };
                if bits & bit != 0 {
                    self.report(
                        Diagnostic::new(Code::RepeatedChoice, format!("{what} is given `{}` twice", self.one_line(value.span)))
                            .at(value.span, "again")
                            .help("leave it out"),
                    );
                }
                bits |= bit;
            }
            return (bits != 0).then_some(Constant::Integer(bits));
        }
        if let [_, second, ..] = row.values.as_slice() {
            self.report(
                Diagnostic::new(Code::WrongType, format!("{what} has one value"))
                    .at(second.span, "a second value")
                    .at(field.span, "not a `some of`")
                    .help("leave the further values out"),
            );
            return None;
        }
        self.constant(row.values.first()?, field.ty, field.range, &what)
    }

    /// The signals in the order written; one with a reported mistake is left out.
    pub(crate) fn check_given_signals(&mut self, test: &tree::Test, as_of: Option<i64>) -> Vec<Event> {
        let mut signals = Vec::new();
        for given in &test.signals {
            let at = self.moment_of_test(&given.when, as_of, test, "the age of a signal");
            let name = &given.signal;
            let Some(info) = self.signals.get(&name.text).cloned() else {
                let signals = self.choosable(self.signals.keys().map(String::as_str));
                self.unknown(Code::UnknownSignal, Space::Signal, "signal", name, signals);
                continue;
            };
            let mut values: Vec<Option<Constant>> = vec![None; info.properties.len()];
            let mut seen: FxHashSet<&str> = FxHashSet::default();
            for row in &given.properties {
                let property = &row.name;
                if !seen.insert(&property.text) {
                    self.report(
                        Diagnostic::new(Code::TestExpects, format!("the test gives `{}` twice", property.text))
                            .at(property.span, "again")
                            .help("leave one of them out"),
                    );
                }
                if let Some(index) = info.properties.iter().position(|field| field.name == property.text) {
                    values[index] = self.given_value(row, &info.properties[index]);
                } else {
                    self.property_named(&name.text, property);
                }
            }
            let is_absent = |field: &&Field| !field.optional && !seen.contains(field.name.as_str());
            let absent = info.properties.iter().filter(is_absent).map(|field| field.name.as_str());
            let is_known = |name: &str| info.properties.iter().any(|field| field.name == name);
            let unknown = given.properties.iter().map(|row| &row.name).filter(|name| !is_known(&name.text));
            let unknown: Vec<&tree::Name> = unknown.collect();
            let meant = self.meant_for(absent.collect(), &unknown, info.properties.iter().map(|field| field.name.as_str()));
            let Meanings { absent, perhaps } = meant;
            for (property, absent) in perhaps {
                self.add_label(property, name.span, format!("it comes without `{absent}`: is it meant?"));
            }
            if !absent.is_empty() {
                let message = format!("the signal `{}` {COMES_WITHOUT} {}", name.text, quoted(&absent));
                self.report(Diagnostic::new(Code::TestIncomplete, message).at(name.span, "not a whole signal").help(format!(
                    "give its properties in braces: `{{ {} … }}`, or declare what a signal may lack as `optional`",
                    absent.join(" … ")
                )));
            }
            let signal = self.policy.signals.iter().position(|signal| signal.name == name.text);
            signals.extend(signal.zip(at).map(|(signal, at)| Event { signal, at, values }));
        }
        signals
    }

    /// An instant of a test. `3 days ago` is that calendar day at the same local time; hours and shorter are elapsed.
    pub(crate) fn moment_of_test(&mut self, ago: &Ago, as_of: Option<i64>, test: &tree::Test, what: &str) -> Option<i64> {
        let duration = match ago {
            Ago::At(literal, span) => return self.as_of(literal, *span),
            Ago::Before(duration) => duration,
        };
        let length = self.length(duration, what)?;
        let Some(as_of) = as_of else {
            // a broken `as of` has been reported
            if test.as_of.is_none() {
                self.report(
                    Diagnostic::new(Code::TestIncomplete, format!("`{}` of which day?", self.one_line(duration.span)))
                        .at(duration.span, "counted back from `as of`")
                        .at(test.title.span, "the test has none")
                        .help("write `as of 2026-11-18T15:00`, or the instant itself"),
                );
            }
            return None;
        };
        let before = match length {
            Length::Elapsed(microseconds) => as_of.checked_sub(microseconds),
            Length::Days(days) => self.days_before(as_of, days),
        };
        if before.is_none() {
            self.report(Diagnostic::new(Code::OutOfRange, "a time lies beyond what can be counted").at(duration.span, "too long ago"));
        }
        before
    }

    fn days_before(&self, instant: i64, days: i64) -> Option<i64> {
        let zone = TimeZoneDatabase::bundled().get(&self.policy.timezone).ok()?;
        let local = zone.to_datetime(Timestamp::from_microsecond(instant).ok()?);
        let earlier = local.checked_sub(jiff::Span::new().try_days(days).ok()?).ok()?;
        Some(zone.to_ambiguous_timestamp(earlier).compatible().ok()?.as_microsecond())
    }

    fn check_expectations(&mut self, test: &tree::Test) -> Vec<Expected> {
        if test.expect.is_empty() {
            self.report(
                Diagnostic::new(Code::TestExpects, "the test expects nothing")
                    .at(test.title.span, "cannot fail")
                    .help("write what must come out: `expect { … }`"),
            );
        }
        self.check_expected(&test.expect)
    }

    pub(crate) fn check_expected(&mut self, rows: &[tree::Expected]) -> Vec<Expected> {
        let mut seen: FxHashMap<String, Span> = FxHashMap::default();
        let mut expect = Vec::new();
        for row in rows {
            let path = row.path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
            let Some(span) = row.path.iter().map(|name| name.span).reduce(Span::to) else { continue };
            if let Some(first) = seen.get(&path) {
                self.report(
                    Diagnostic::new(Code::TestExpects, format!("the test expects `{path}` twice"))
                        .at(span, "again")
                        .at(*first, "first")
                        .help("leave one of them out"),
                );
                continue;
            }
            seen.insert(path.clone(), span);
            let Some((target, ty, range)) = self.target(&row.path, span) else {
                self.check_against_broken(&row.path, &row.value);
                continue;
            };
            let Some(value) = self.expected_value(&row.value, target, ty, range, &format!("`{path}`")) else { continue };
            expect.push(Expected { path, target, value, span: row.span });
        }
        expect
    }

    fn expected_value(
        &mut self,
        tree: &tree::Expr,
        target: Target,
        ty: Type,
        range: Option<Interval>,
        what: &str,
    ) -> Option<ExpectedValue> {
        if matches!(tree.kind, ExprKind::Missing) {
            return Some(ExpectedValue::Missing);
        }
        if !self.places_follow_from_rows(target) {
            return self.constant(tree, ty, range, what).map(ExpectedValue::Known);
        }
        let value = self.compared_constant(tree, ty, range, what)?;
        let units = value.at_scale(scale_of(ty)).map(Constant::Integer);
        Some(units.map_or(ExpectedValue::Finer(value), ExpectedValue::Known))
    }

    /// Whether a change of its rows and weights can change how many decimal places the target keeps: what a test expects is not held against them here.
    pub(crate) fn places_follow_from_rows(&self, target: Target) -> bool {
        match target {
            Target::Score(id) => self.policy.scores.get(id).is_some_and(|score| score.rounded.is_none()),
            Target::Section(..) => true,
            Target::Field(_)
            | Target::Let(_)
            | Target::Decide(_)
            | Target::Stage
            | Target::Route(_)
            | Target::RouteOwner(_)
            | Target::ClockDue(_)
            | Target::ClockState(_) => false,
        }
    }

    /// Holds a constant against the range of a score that has a reported mistake.
    pub(crate) fn check_against_broken(&mut self, path: &[tree::Name], constant: &tree::Expr) {
        if let [name] = path
            && let Some((Named::Score(id), _)) = self.names.get(&name.text).copied()
            && self.memory.broken.contains(&Derived::Score(id))
            && !matches!(constant.kind, ExprKind::Missing)
            && let Some((ty, range)) = self.broken_score(id)
        {
            self.compared_constant(constant, ty, Some(range), &format!("`{}`", name.text));
        }
    }
}

/// Whether something of the test is counted back from its `as of`.
fn counts_back(test: &tree::Test) -> bool {
    let is_before = |ago: &Ago| matches!(ago, Ago::Before(_));
    let since = test.stage.as_ref().and_then(|(_, since)| since.as_ref());
    test.signals.iter().map(|given| &given.when).chain(since).any(is_before)
}

/// What unknown names may be meant for.
struct Meanings<N> {
    /// what is lacking whatever they are meant for
    absent: Vec<N>,
    /// where names stand that are like none, and what each may be meant for
    perhaps: Vec<(Span, N)>,
}

impl Meanings<&str> {
    fn owned(self) -> Meanings<String> {
        Meanings {
            absent: self.absent.into_iter().map(str::to_owned).collect(),
            perhaps: self.perhaps.into_iter().map(|(place, name)| (place, name.to_owned())).collect(),
        }
    }
}

impl Checker<'_> {
    /// An unknown name most likely stands for the nearest of all names; one that is near to none for any that is absent.
    fn meant_for<'n>(&self, mut absent: Vec<&'n str>, unknown: &[&tree::Name], all: impl Iterator<Item = &'n str>) -> Meanings<&'n str> {
        if absent.is_empty() || unknown.is_empty() {
            return Meanings { absent, perhaps: Vec::new() };
        }
        let all: Vec<&str> = all.filter(|_| self.can_suggest()).collect();
        let mut far = Vec::new();
        for name in unknown {
            match nearest(&name.text, absent.iter().chain(&all).copied()) {
                Some(meant) => absent.retain(|name| *name != meant),
                None => far.push(name.span),
            }
        }
        if absent.len() > far.len() {
            return Meanings { absent, perhaps: Vec::new() };
        }
        Meanings { perhaps: far.into_iter().zip(absent).collect(), absent: Vec::new() }
    }
}

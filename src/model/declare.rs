//! Names first: every item of every file is entered under its name, so that items may use each other in any order.
//!
//! Enters: the trees of all files. Leaves: the name spaces of the [`Checker`], its lists of items by kind, the trees of derived values in
//! the order of their ids, and the choices that stages, queues, owners and teams are. Always holds: of two declarations of one name the
//! first counts, as far as it says what the name is; stages and queues are listed without the second, everything else keeps it, so that what stands inside is
//! still checked.

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::{Checker, DecideTree, Named, SignalInfo};
use super::hidden::Space;
use super::lost::{ALL, Lost, Set};
use super::types::NewChoice;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, ItemKind};

/// `stage` is the stage in every policy; the other two are columns that every snapshot may have.
const RESERVED: [&str; 3] = ["stage", "stage_since", "rest_until"];

impl<'t> Checker<'t> {
    pub(crate) fn declare(&mut self, files: &'t [tree::File]) {
        for item in files.iter().flat_map(|file| &file.items) {
            self.list(item);
        }
        let singles = [("policy", self.items.policies.is_empty()), ("lead", self.items.leads.is_empty())];
        self.hidden.singles = singles.into_iter().filter(|(_, is_absent)| !is_absent).map(|(item, _)| item).collect();
        for (space, part) in self.hidden.nameless() {
            if let Some(place) = place_within(&self.diagnostics, *part) {
                self.memory.lost.add_forgotten(Set::Space(*space), place);
            }
        }
        self.declare_fields();
        self.declare_tables();
        self.declare_teams();
        self.declare_signals();
        self.lose_nameless_rows();
        self.declare_stages_and_queues();
    }

    /// Enters an item in the list of its kind and, if its kind shares the space of fields, its name.
    fn list(&mut self, item: &'t tree::Item) {
        match &item.kind {
            ItemKind::Policy(policy) => self.items.policies.push((item, policy)),
            ItemKind::Use(_) => {}
            ItemKind::Standard(standard) => {
                if !enter(&mut self.standards, &mut self.diagnostics, "standard", &standard.name) {
                    self.lose(Space::Standard, &standard.name);
                }
                self.items.standards.push((item, standard));
            }
            ItemKind::Team(team) => self.items.teams.push((item, team)),
            ItemKind::Calendar(calendar) => self.items.calendars.push((item, calendar)),
            ItemKind::Lead(lead) => self.items.leads.push((item, lead)),
            ItemKind::Signal(signal) => self.items.signals.push((item, signal)),
            ItemKind::Group(group) => self.items.groups.push((item, group)),
            ItemKind::Table(table) => self.items.tables.push((item, table)),
            ItemKind::Let(tree) => {
                self.declare_item(&tree.name, Named::Let(self.derived.lets.len()));
                self.derived.lets.push((item, tree));
            }
            ItemKind::Score(tree) => {
                self.declare_item(&tree.name, Named::Score(self.derived.scores.len()));
                self.derived.scores.push((item, tree));
            }
            ItemKind::Decide(tree) => {
                self.declare_item(&tree.name, Named::Decide(self.derived.decides.len()));
                self.derived.decides.push((item, DecideTree::Decide(tree)));
            }
            ItemKind::Grid(tree) => {
                self.declare_item(&tree.name, Named::Decide(self.derived.decides.len()));
                self.derived.decides.push((item, DecideTree::Grid(tree)));
            }
            ItemKind::Stage(stage) => self.items.stages.push((item, stage)),
            ItemKind::Flow(flow) => self.items.flows.push((item, flow)),
            ItemKind::Route(route) => {
                self.declare_item(&route.name, Named::Route(self.items.routes.len()));
                self.items.routes.push((item, route));
            }
            ItemKind::Queue(queue) => self.items.queues.push((item, queue)),
            ItemKind::Sla(sla) => {
                self.declare_item(&sla.name, Named::Sla(self.items.slas.len()));
                self.items.slas.push((item, sla));
            }
            ItemKind::Promise(promise) => self.items.promises.push((item, promise)),
            ItemKind::Claim(claim) => self.items.claims.push((item, claim)),
            ItemKind::Test(test) => self.items.tests.push((item, test)),
            ItemKind::Cases(cases) => self.items.cases.push((item, cases)),
        }
    }

    /// Enters the name of an item, unless nobody knows it: where its display name stands in its place (`let "Beds" = …`), whatever uses it may call it.
    fn declare_item(&mut self, name: &tree::Name, named: Named) {
        if self.sources.text(name.span).starts_with('"') {
            self.memory.lost.add_nameless(Set::Space(Space::Value), &name.text, name.span);
        } else {
            self.declare_name(name, named);
        }
    }

    /// Enters a name of the space that fields, lets, scores, decides, routes and slas share.
    pub(crate) fn declare_name(&mut self, name: &tree::Name, named: Named) -> bool {
        if RESERVED.contains(&name.text.as_str()) {
            self.report(
                Diagnostic::new(Code::ReservedName, format!("`{}` is not free as a name", name.text))
                    .at(name.span, "this name stands for the lead's own stage, or a moment of it, in every policy")
                    .help(format!("give it another name, such as `{}_name`", name.text)),
            );
            return false;
        }
        if let Some((_, first)) = self.names.get(&name.text) {
            let first = *first;
            self.report(repeated("field or derived value", name, first));
            self.lose_value(name, named);
            return false;
        }
        self.names.insert(name.text.clone(), (named, name.span));
        true
    }

    /// A name of the space stands twice.
    fn lose(&mut self, space: Space, name: &tree::Name) {
        let place = self.diagnostics.last().and_then(|told| told.labels.first()).map(|label| label.span);
        self.memory.lost.add_repeated(Set::Space(space), &name.text, place);
    }

    /// One of two things of a name was meant to be called otherwise, and nobody knows which: neither the name nor one that is unknown says what it is.
    fn lose_value(&mut self, name: &tree::Name, second: Named) {
        let first = self.names.get_mut(&name.text).map(|(first, _)| std::mem::replace(first, Named::Broken));
        let is_field = |named: Named| matches!(named, Named::Field(_));
        if first.is_some_and(is_field) || is_field(second) {
            self.lose(Space::Field, name);
        }
        self.lose(Space::Value, name);
    }

    fn declare_fields(&mut self) {
        let fields: Vec<&'t tree::Field> = self.items.leads.iter().flat_map(|(_, lead)| &lead.fields).collect();
        for (id, field) in fields.into_iter().enumerate() {
            self.declare_name(&field.name, Named::Field(id));
        }
    }

    fn declare_tables(&mut self) {
        let mut spans = FxHashMap::default();
        for (id, (_, table)) in self.items.tables.iter().enumerate() {
            if enter_in(Space::Table, &mut spans, (&mut self.diagnostics, &mut self.memory.lost), "table", &table.name) {
                self.tables.insert(table.name.text.clone(), id);
            } else {
                self.broken_tables.insert(table.name.text.clone());
            }
        }
    }

    fn declare_teams(&mut self) {
        for (_, calendar) in &self.items.calendars {
            enter_in(Space::Calendar, &mut self.calendars, (&mut self.diagnostics, &mut self.memory.lost), "calendar", &calendar.name);
        }
        for (_, team) in &self.items.teams {
            enter_in(Space::Team, &mut self.teams, (&mut self.diagnostics, &mut self.memory.lost), "team", &team.name);
        }
        let mut seen = FxHashSet::default();
        let teams = self.items.teams.iter().filter(|(_, team)| seen.insert(&team.name.text));
        let teams: Vec<NewChoice> = teams.map(|(_, team)| NewChoice::named(&team.name, team.display.as_ref())).collect();
        if !teams.is_empty() {
            self.team_choices = Some(self.new_choices(&teams, "team"));
        }
    }

    /// Signals and groups share a space: both stand where a measure names what it counts.
    fn declare_signals(&mut self) {
        let mut spans = FxHashMap::default();
        for (_, signal) in &self.items.signals {
            if enter_in(Space::Signal, &mut spans, (&mut self.diagnostics, &mut self.memory.lost), "signal", &signal.name) {
                let info = SignalInfo {
                    name: signal.name.text.clone(),
                    span: signal.name.span,
                    properties: Vec::new(),
                    broken_properties: FxHashSet::default(),
                };
                self.signals.insert(signal.name.text.clone(), info);
            } else {
                self.memory.lost.add(Set::Properties(signal.name.text.clone()), ALL);
            }
        }
        for (_, group) in &self.items.groups {
            if enter_in(Space::Signal, &mut spans, (&mut self.diagnostics, &mut self.memory.lost), "signal or group", &group.name) {
                self.groups.insert(group.name.text.clone(), Vec::new());
            }
        }
    }

    /// A name that a property or a column lacks is the first that its signal or table is asked for and does not have.
    fn lose_nameless_rows(&mut self) {
        let rows = self.hidden.take_nameless_rows();
        if rows.is_empty() {
            return;
        }
        let signals = self.items.signals.iter().map(|(item, signal)| (item.span, Set::Properties(signal.name.text.clone())));
        let tables =
            self.items.tables.iter().filter_map(|(item, table)| Some((item.span, Set::Columns(*self.tables.get(&table.name.text)?))));
        let sets: FxHashMap<Span, Set> = signals.chain(tables).collect();
        for row in rows {
            let place = place_within(&self.diagnostics, row.part);
            if let (Some(set), Some(place)) = (sets.get(&row.item), place) {
                self.memory.lost.add_forgotten(set.clone(), place);
                row.names.iter().for_each(|name| self.memory.lost.add_name(set.clone(), name));
            }
        }
    }

    fn declare_stages_and_queues(&mut self) {
        let mut spans = FxHashMap::default();
        let (diagnostics, lost) = (&mut self.diagnostics, &mut self.memory.lost);
        let is_first =
            |(_, stage): &(_, &tree::Stage)| enter_in(Space::Stage, &mut spans, (&mut *diagnostics, &mut *lost), "stage", &stage.name);
        (self.items.stages, self.items.further_stages) = std::mem::take(&mut self.items.stages).into_iter().partition(is_first);
        let stages: Vec<NewChoice> =
            self.items.stages.iter().map(|(_, stage)| NewChoice::named(&stage.name, stage.display.as_ref())).collect();
        if !stages.is_empty() {
            self.policy.stage_choices = Some(self.new_choices(&stages, "stage"));
        }

        let mut spans = FxHashMap::default();
        let (diagnostics, lost) = (&mut self.diagnostics, &mut self.memory.lost);
        let is_first =
            |(_, queue): &(_, &tree::Queue)| enter_in(Space::Queue, &mut spans, (&mut *diagnostics, &mut *lost), "queue", &queue.name);
        (self.items.queues, self.items.further_queues) = std::mem::take(&mut self.items.queues).into_iter().partition(is_first);
        let queues: Vec<NewChoice> =
            self.items.queues.iter().map(|(_, queue)| NewChoice::named(&queue.name, queue.display.as_ref())).collect();
        if !queues.is_empty() {
            self.policy.queue_choices = Some(self.new_choices(&queues, "queue"));
        }

        self.declare_owners();
    }

    /// Everyone that a queue rotates among, then the members of teams. A table that a queue rotates from adds those that its rows name.
    fn declare_owners(&mut self) {
        let queues = || self.items.queues.iter().chain(&self.items.further_queues);
        let rotates = queues().any(|(_, queue)| queue.rotate.is_some());
        // clocks ask who has the lead where somebody works by a calendar of their own
        let own_hours = !self.items.slas.is_empty() && self.items.teams.iter().any(|(_, team)| !team.except.is_empty());
        if !rotates && !own_hours && !self.items.routes.iter().any(|(_, route)| keeps_owners(route)) {
            return;
        }
        let turns = queues().filter_map(|(_, queue)| match &queue.rotate {
            Some(tree::Rotate::Owners { turns, .. }) => Some(turns),
            Some(tree::Rotate::Table { .. }) | None => None,
        });
        let members = self.items.teams.iter().flat_map(|(_, team)| &team.members);
        let mut seen = FxHashSet::default();
        let names = turns.flatten().map(|turn| &turn.owner).chain(members);
        let owners: Vec<NewChoice> = names.filter(|name| seen.insert(&name.text)).map(|name| NewChoice::named(name, None)).collect();
        self.policy.owner_choices = Some(self.new_choices(&owners, "owner"));
    }
}

/// Whether a row of the route leaves leads to the owners whom they have.
pub(crate) fn keeps_owners(route: &tree::Route) -> bool {
    route.rows.iter().any(|row| matches!(row.target, tree::RouteTarget::KeepOwner(_)))
}

/// Enters a name in a space of its own; says so when it is taken.
/// As [`enter`]; what is declared again is remembered, as a slip may have made it so.
fn enter_in(
    space: Space,
    spans: &mut FxHashMap<String, Span>,
    (diagnostics, lost): (&mut Vec<Diagnostic>, &mut Lost),
    noun: &str,
    name: &tree::Name,
) -> bool {
    let is_new = enter(spans, diagnostics, noun, name);
    if !is_new {
        let place = diagnostics.last().and_then(|told| told.labels.first()).map(|label| label.span);
        lost.add_repeated(Set::Space(space), &name.text, place);
    }
    is_new
}

/// Where a diagnostic about something in the part points.
pub(crate) fn place_within(diagnostics: &[Diagnostic], part: Span) -> Option<Span> {
    let mut places = diagnostics.iter().filter_map(|diagnostic| Some(diagnostic.labels.first()?.span));
    places.find(|place| place.source == part.source && part.start <= place.start && place.end <= part.end)
}

pub(crate) fn enter(space: &mut FxHashMap<String, Span>, diagnostics: &mut Vec<Diagnostic>, noun: &str, name: &tree::Name) -> bool {
    if let Some(first) = space.get(&name.text) {
        diagnostics.push(repeated(noun, name, *first));
        return false;
    }
    space.insert(name.text.clone(), name.span);
    true
}

pub(crate) fn repeated(noun: &str, name: &tree::Name, first: Span) -> Diagnostic {
    // kinds of names are entered one after another, so the first to be entered need not stand first
    let (first, again) = if first.source == name.span.source && name.span < first { (name.span, first) } else { (first, name.span) };
    Diagnostic::new(Code::RepeatedName, format!("the {noun} `{}` is declared twice", name.text))
        .at(again, "declared again here")
        .at(first, "first declared here")
        .help("give one of them another name, or leave one out")
}

//! Which names a policy reads.
//!
//! Enters: all items of a policy. Leaves: [`Uses`], the names that something reads, by name space. Always holds: a test is no reader (it would keep
//! alive what nothing else needs); what a table given at run time may name counts as read.

use rustc_hash::FxHashSet;

use super::Context;
use super::walk::{self, Scope, subject_name};
use crate::model::Type;
use crate::syntax::tree::{
    Because, BreachAction, ClaimKind, Expr, ExprKind, ItemKind, Moment, Name, PointsKind, PolicyProperty, PromiseKind, Rotate, RouteTarget,
    SectionRow, Since, SlaKind, Subject, Trigger,
};

#[derive(Debug, Default)]
pub struct Uses<'a> {
    /// fields, lets, scores, decides: what stands first in a path
    pub values: FxHashSet<&'a str>,
    /// the members of groups that are read included
    pub signals: FxHashSet<&'a str>,
    /// (signal or group, property)
    pub properties: FxHashSet<(&'a str, &'a str)>,
    pub tables: FxHashSet<&'a str>,
    /// (table, column), keys not included
    pub columns: FxHashSet<(&'a str, &'a str)>,
    pub queues: FxHashSet<&'a str>,
    pub teams: FxHashSet<&'a str>,
    pub calendars: FxHashSet<&'a str>,
    /// what tests expect a value of: `status`, `handover`
    pub expected: FxHashSet<&'a str>,
}

impl<'a> Uses<'a> {
    pub fn of(context: &Context<'a>) -> Uses<'a> {
        let mut uses = Uses::default();
        for item in context.items() {
            walk::expressions(item, |expr, scope| uses.expression(expr, scope));
            uses.item(&item.kind);
        }
        uses.cells(context);
        for (_, group) in context.groups() {
            if uses.signals.contains(group.name.text.as_str()) {
                uses.signals.extend(group.members.iter().map(|member| member.text.as_str()));
                let read: Vec<&str> =
                    uses.properties.iter().filter(|(signal, _)| *signal == group.name.text).map(|(_, property)| *property).collect();
                for member in &group.members {
                    uses.properties.extend(read.iter().map(|property| (member.text.as_str(), *property)));
                }
            }
        }
        uses
    }

    fn expression(&mut self, expr: &'a Expr, scope: Scope<'a>) {
        if let ExprKind::Path(path) = &expr.kind
            && let Some(first) = path.first()
        {
            match (scope, path.as_slice()) {
                (Scope::Lead, _) => drop(self.values.insert(&first.text)),
                (Scope::Signal(signal), _) => drop(self.properties.insert((signal, &first.text))),
                (Scope::Row, [table, column]) => drop(self.columns.insert((&table.text, &column.text))),
                (Scope::Row, _) => {}
            }
        }
        if let ExprKind::Cell { table, column, .. } = &expr.kind {
            self.tables.insert(&table.text);
            self.columns.insert((&table.text, &column.text));
        }
        if let ExprKind::Measure(measure) = &expr.kind {
            self.subject(&measure.subject);
            if let Some(property) = &measure.property {
                self.properties.insert((subject_name(&measure.subject), &property.text));
            }
            self.since(measure.since.as_ref());
        }
    }

    fn subject(&mut self, subject: &'a Subject) {
        match subject {
            Subject::Signal(name) => drop(self.signals.insert(&name.text)),
            Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_) => {}
        }
    }

    fn since(&mut self, since: Option<&'a Since>) {
        match since {
            Some(Since::LastSignal(name)) => drop(self.signals.insert(&name.text)),
            Some(Since::Entering(_)) | None => {}
        }
    }

    fn moment(&mut self, moment: &'a Moment) {
        match moment {
            Moment::On { signal, .. } => drop(self.signals.insert(&signal.text)),
            Moment::WhenEntering(_) | Moment::WhenLeaving(_) | Moment::When(_) => {}
        }
    }

    fn team(&mut self, name: &'a Name) {
        self.teams.insert(&name.text);
    }

    fn item(&mut self, kind: &'a ItemKind) {
        match kind {
            ItemKind::Policy(header) => {
                for property in &header.properties {
                    if let PolicyProperty::Owner(name) = property {
                        self.team(name);
                    }
                }
            }
            ItemKind::Team(team) => {
                let calendars = team.calendar.iter().chain(team.except.iter().map(|(_, calendar)| calendar));
                self.calendars.extend(calendars.map(|name| name.text.as_str()));
            }
            ItemKind::Signal(signal) => signal.by.iter().for_each(|name| self.team(name)),
            ItemKind::Score(score) => {
                for row in walk::sections(score).flat_map(|section| &section.rows) {
                    match row {
                        SectionRow::Points(points) => match &points.kind {
                            PointsKind::Per { subject, since, .. } => {
                                self.subject(subject);
                                self.since(since.as_ref());
                            }
                            PointsKind::PerQuiet { signal, .. } => drop(self.signals.insert(&signal.text)),
                            PointsKind::When(_) => {}
                        },
                        SectionRow::Attribute(_) => {}
                    }
                }
            }
            ItemKind::Stage(stage) => {
                stage.owner.iter().chain(stage.raci.iter().flat_map(|raci| &raci.teams)).for_each(|name| self.team(name));
            }
            ItemKind::Flow(flow) => {
                for row in &flow.rows {
                    match &row.trigger {
                        Trigger::On { signal, .. } => {
                            self.signals.insert(&signal.text);
                            // without `because`, the reason of a step is the signal's `reason`
                            if row.because.is_none() {
                                self.properties.insert((&signal.text, "reason"));
                            }
                        }
                        Trigger::After { without, .. } => self.signals.extend(without.iter().map(|name| name.text.as_str())),
                        Trigger::When(_) => {}
                    }
                    if let Some(Because::Property(path, _)) = &row.because
                        && let [signal, property] = path.as_slice()
                    {
                        self.properties.insert((&signal.text, &property.text));
                    }
                }
            }
            ItemKind::Route(route) => {
                self.values.extend(route.each.iter().map(|(_, field)| field.text.as_str()));
                for row in &route.rows {
                    match &row.target {
                        RouteTarget::Queue(name) => drop(self.queues.insert(&name.text)),
                        RouteTarget::By(_) | RouteTarget::KeepOwner(_) => {}
                    }
                }
            }
            ItemKind::Queue(queue) => {
                queue.team.iter().for_each(|name| self.team(name));
                match &queue.rotate {
                    Some(Rotate::Owners { otherwise, .. }) => self.queues.extend(otherwise.iter().map(|name| name.text.as_str())),
                    Some(Rotate::Table { table, weight, capacity, otherwise, .. }) => {
                        self.queues.extend(otherwise.iter().map(|name| name.text.as_str()));
                        self.tables.insert(&table.text);
                        for path in weight.iter().chain(capacity) {
                            if let [table, column] = path.as_slice() {
                                self.columns.insert((&table.text, &column.text));
                            }
                        }
                    }
                    None => {}
                }
            }
            ItemKind::Sla(sla) => {
                for row in &sla.rows {
                    match &row.kind {
                        SlaKind::Starts(moment)
                        | SlaKind::Stops(moment)
                        | SlaKind::Restarts(moment)
                        | SlaKind::Pauses { on: moment, .. } => self.moment(moment),
                        SlaKind::By(name) | SlaKind::Remind { whom: name, .. } => self.team(name),
                        SlaKind::Breach { action: BreachAction::Notify(name), .. } => self.team(name),
                        SlaKind::Breach { action: BreachAction::Reassign, .. } | SlaKind::Within { .. } => {}
                        SlaKind::Escalate(chain) => chain.iter().for_each(|(name, _)| self.team(name)),
                    }
                }
            }
            ItemKind::Promise(promise) => {
                self.team(&promise.who);
                match &promise.kind {
                    PromiseKind::Delivers { .. } | PromiseKind::Meets { .. } => {}
                }
            }
            ItemKind::Claim(claim) => match &claim.kind {
                ClaimKind::Monotone { value, field, .. } => {
                    self.values.extend(value.first().map(|name| name.text.as_str()));
                    self.values.insert(&field.text);
                }
                ClaimKind::Always(_) | ClaimKind::Never(_) | ClaimKind::Possible(_) => {}
            },
            ItemKind::Test(test) => {
                self.expected.extend(test.expect.iter().filter_map(|expected| expected.path.first()).map(|name| name.text.as_str()));
            }
            ItemKind::Cases(cases) => {
                self.expected
                    .extend(cases.common.expect.iter().filter_map(|expected| expected.path.first()).map(|name| name.text.as_str()));
            }
            ItemKind::Use(_)
            | ItemKind::Standard(_)
            | ItemKind::Calendar(_)
            | ItemKind::Lead(_)
            | ItemKind::Group(_)
            | ItemKind::Table(_)
            | ItemKind::Let(_)
            | ItemKind::Decide(_)
            | ItemKind::Grid(_) => {}
        }
    }

    /// The queues and teams that cells of tables name.
    fn cells(&mut self, context: &Context<'a>) {
        let policy = context.policy;
        let teams = policy.teams.iter().map(|team| team.name.as_str());
        let queues = policy.queues.iter().map(|queue| queue.name.as_str());
        let (teams, queues): (Vec<&str>, Vec<&str>) = (teams.collect(), queues.collect());
        for table in &policy.tables {
            for column in &table.columns {
                let Type::OneOf(choices) = column.ty else { continue };
                let is_queue = policy.queue_choices == Some(choices);
                let members = policy.choices.get(choices).map_or(&[][..], |choices| &choices.members);
                let is_team =
                    !is_queue && members.len() == teams.len() && members.iter().zip(&teams).all(|(member, team)| member.name == *team);
                let (names, used) = match (is_queue, is_team) {
                    (true, _) => (&queues, &mut self.queues),
                    (false, true) => (&teams, &mut self.teams),
                    (false, false) => continue,
                };
                if table.from_input {
                    used.extend(names);
                } else {
                    used.extend(column.cells.iter().flatten().filter_map(|cell| names.get(usize::try_from(*cell).ok()?)));
                }
            }
        }
    }
}

//! Every name in a tree, with the name space that it is of.
//!
//! Enters: a file, and what its version declares. Leaves: calls with each name of a value, stage, queue, team, calendar, signal, so that it can be written anew. Always holds:
//! a name that is visited is of that space for certain; where that is not certain (a choice of a field, a word of a standard) it is passed over.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Space;
use crate::syntax::tree::{
    Arithmetic, Attribute, Because, BreachAction, ClaimKind, Connective, Conversion, Expr, ExprKind, File, FlowRow, FromStages, Given,
    Guard, Item, ItemKind, Measure, Moment, Name, Pattern, PatternKind, PointsKind, PolicyProperty, Predicate, PromiseKind, Rotate,
    RouteTarget, ScorePart, Section, SectionRow, Since, SlaKind, Subject, Test, Trigger, TypeExpr, TypeKind,
};

/// What says of which space the constants beside a value are.
#[derive(Debug, Default)]
pub struct Declared {
    routes: FxHashSet<String>,
    /// of tables, by name and column
    columns: FxHashMap<(String, String), Space>,
}

impl Declared {
    pub fn of(files: &[File]) -> Declared {
        let mut declared = Declared::default();
        for item in files.iter().flat_map(|file| &file.items) {
            match &item.kind {
                ItemKind::Route(route) => drop(declared.routes.insert(route.name.text.clone())),
                ItemKind::Table(table) => {
                    let columns = table.columns.iter().filter_map(|column| Some((&column.name, space_of_type(&column.ty)?)));
                    declared.columns.extend(columns.map(|(column, space)| ((table.name.text.clone(), column.text.clone()), space)));
                }
                _ => {}
            }
        }
        declared
    }

    /// Of which space the choices of a value are; none if they are its own.
    fn choices_of(&self, value: &Expr) -> Option<Space> {
        match &value.kind {
            ExprKind::Paren(inner) => self.choices_of(inner),
            ExprKind::Path(path) => self.choices_of_path(path),
            ExprKind::Cell { table, column, .. } => self.columns.get(&(table.text.clone(), column.text.clone())).copied(),
            ExprKind::Conversion(Conversion::Else { value, .. }) => self.choices_of(value),
            _ => None,
        }
    }

    fn choices_of_path(&self, path: &[Name]) -> Option<Space> {
        match path {
            [name] if name.text == "stage" => Some(Space::Stage),
            [name] if self.routes.contains(&name.text) => Some(Space::Queue),
            _ => None,
        }
    }
}

fn space_of_type(ty: &TypeExpr) -> Option<Space> {
    match ty.kind {
        TypeKind::Queue => Some(Space::Queue),
        TypeKind::Team => Some(Space::Team),
        TypeKind::Stage => Some(Space::Stage),
        _ => None,
    }
}

/// Whose names a path begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Lead,
    /// properties of a signal, columns of a row
    Other,
}

pub struct Visitor<'d, 'v> {
    pub declared: &'d Declared,
    pub visit: &'v mut dyn FnMut(Space, &mut Name),
}

impl Visitor<'_, '_> {
    pub fn file(&mut self, file: &mut File) {
        file.items.iter_mut().for_each(|item| self.item(item));
    }

    fn name(&mut self, space: Space, name: &mut Name) {
        (self.visit)(space, name);
    }

    fn names<'n>(&mut self, space: Space, names: impl IntoIterator<Item = &'n mut Name>) {
        names.into_iter().for_each(|name| (self.visit)(space, name));
    }

    fn item(&mut self, item: &mut Item) {
        match &mut item.kind {
            ItemKind::Policy(policy) => {
                for property in &mut policy.properties {
                    if let PolicyProperty::Owner(team) = property {
                        self.name(Space::Team, team);
                    }
                }
            }
            ItemKind::Use(_) | ItemKind::Standard(_) | ItemKind::Table(_) => {}
            ItemKind::Team(team) => {
                self.name(Space::Team, &mut team.name);
                self.names(Space::Calendar, &mut team.calendar);
                self.names(Space::Calendar, team.except.iter_mut().map(|(_, calendar)| calendar));
            }
            ItemKind::Calendar(calendar) => self.name(Space::Calendar, &mut calendar.name),
            ItemKind::Lead(lead) => self.names(Space::Value, lead.fields.iter_mut().map(|field| &mut field.name)),
            ItemKind::Signal(signal) => {
                self.name(Space::Signal, &mut signal.name);
                self.names(Space::Team, &mut signal.by);
            }
            ItemKind::Group(group) => {
                self.name(Space::Signal, &mut group.name);
                self.names(Space::Signal, &mut group.members);
            }
            ItemKind::Let(part) => {
                self.name(Space::Value, &mut part.name);
                self.value(&mut part.value);
            }
            ItemKind::Score(score) => {
                self.name(Space::Value, &mut score.name);
                score.parts.iter_mut().for_each(|part| self.score_part(part));
            }
            ItemKind::Decide(decide) => {
                self.name(Space::Value, &mut decide.name);
                decide.rows.iter_mut().for_each(|row| self.guard(&mut row.guard));
            }
            ItemKind::Grid(grid) => {
                self.name(Space::Value, &mut grid.name);
                let (rows, columns) = (self.declared.choices_of(&grid.rows_of), self.declared.choices_of(&grid.columns_of));
                self.value(&mut grid.rows_of);
                self.value(&mut grid.columns_of);
                grid.rows.iter_mut().for_each(|row| self.pattern(rows, &mut row.pattern));
                grid.columns.iter_mut().for_each(|column| self.pattern(columns, column));
            }
            ItemKind::Stage(stage) => {
                self.name(Space::Stage, &mut stage.name);
                self.names(Space::Team, &mut stage.owner);
                self.names(Space::Team, stage.raci.iter_mut().flat_map(|raci| &mut raci.teams));
            }
            ItemKind::Flow(flow) => flow.rows.iter_mut().for_each(|row| self.flow_row(row)),
            ItemKind::Route(route) => {
                self.name(Space::Value, &mut route.name);
                self.names(Space::Value, route.each.as_mut().map(|(_, field)| field));
                route.condition.iter_mut().for_each(|condition| self.value(condition));
                for row in &mut route.rows {
                    match &mut row.target {
                        RouteTarget::Queue(queue) => self.name(Space::Queue, queue),
                        RouteTarget::By(value) => self.value(value),
                        RouteTarget::KeepOwner(_) => {}
                    }
                    self.guard(&mut row.guard);
                }
            }
            ItemKind::Queue(queue) => {
                self.name(Space::Queue, &mut queue.name);
                self.names(Space::Team, &mut queue.team);
                if let Some(Rotate::Owners { otherwise, .. } | Rotate::Table { otherwise, .. }) = &mut queue.rotate {
                    self.names(Space::Queue, otherwise);
                }
            }
            ItemKind::Sla(sla) => {
                self.name(Space::Value, &mut sla.name);
                sla.rows.iter_mut().for_each(|row| self.clock_row(&mut row.kind));
            }
            ItemKind::Promise(promise) => {
                self.name(Space::Team, &mut promise.who);
                match &mut promise.kind {
                    PromiseKind::Delivers { stage, .. } => self.name(Space::Stage, stage),
                    PromiseKind::Meets { sla, .. } => self.name(Space::Value, sla),
                }
            }
            ItemKind::Claim(claim) => match &mut claim.kind {
                ClaimKind::Always(condition) | ClaimKind::Never(condition) | ClaimKind::Possible(condition) => self.value(condition),
                ClaimKind::Monotone { value, field, .. } => {
                    self.names(Space::Value, value.first_mut());
                    self.name(Space::Value, field);
                }
            },
            ItemKind::Test(test) => self.test(test),
            ItemKind::Cases(cases) => self.test(&mut cases.common),
        }
    }

    fn score_part(&mut self, part: &mut ScorePart) {
        match part {
            ScorePart::Section(section) => self.section(section),
            ScorePart::Adjust(adjust) => self.value(&mut adjust.condition),
            ScorePart::Persona { condition, sections, .. } => {
                condition.iter_mut().for_each(|condition| self.value(condition));
                sections.iter_mut().for_each(|section| self.section(section));
            }
        }
    }

    fn section(&mut self, section: &mut Section) {
        for row in &mut section.rows {
            match row {
                SectionRow::Attribute(Attribute { subject, rows, .. }) => {
                    let choices = self.declared.choices_of(subject);
                    self.value(subject);
                    rows.iter_mut().flat_map(|row| &mut row.patterns).for_each(|pattern| self.pattern(choices, pattern));
                }
                SectionRow::Points(points) => match &mut points.kind {
                    PointsKind::When(condition) => self.value(condition),
                    PointsKind::Per { subject, condition, since, .. } => {
                        self.subject(subject);
                        condition.iter_mut().for_each(|condition| self.expr(condition, Scope::Other));
                        self.since(since.as_mut());
                    }
                    PointsKind::PerQuiet { signal, .. } => self.name(Space::Signal, signal),
                },
            }
        }
    }

    fn pattern(&mut self, choices: Option<Space>, pattern: &mut Pattern) {
        if let (Some(space), PatternKind::Value(value)) = (choices, &mut pattern.kind) {
            self.constant(Some(space), value);
        }
    }

    fn flow_row(&mut self, row: &mut FlowRow) {
        match &mut row.from {
            FromStages::Listed(stages) | FromStages::Any { except: stages, .. } => self.names(Space::Stage, stages),
        }
        self.name(Space::Stage, &mut row.to);
        match &mut row.trigger {
            Trigger::When(condition) => self.value(condition),
            Trigger::On { signal, condition } => {
                self.name(Space::Signal, signal);
                condition.iter_mut().for_each(|condition| self.expr(condition, Scope::Other));
            }
            Trigger::After { without, .. } => self.names(Space::Signal, without),
        }
        row.condition.iter_mut().for_each(|condition| self.value(condition));
        if let Some(Because::Property(path, _)) = &mut row.because {
            self.names(Space::Signal, path.first_mut());
        }
    }

    fn clock_row(&mut self, row: &mut SlaKind) {
        match row {
            SlaKind::Starts(moment) | SlaKind::Stops(moment) | SlaKind::Restarts(moment) | SlaKind::Pauses { on: moment, .. } => {
                match moment {
                    Moment::WhenEntering(stage) | Moment::WhenLeaving(stage) => self.name(Space::Stage, stage),
                    Moment::When(condition) => self.value(condition),
                    Moment::On { signal, condition } => {
                        self.name(Space::Signal, signal);
                        condition.iter_mut().for_each(|condition| self.expr(condition, Scope::Other));
                    }
                }
            }
            SlaKind::Within { guard, .. } => guard.iter_mut().for_each(|guard| self.guard(guard)),
            SlaKind::By(team) | SlaKind::Remind { whom: team, .. } => self.name(Space::Team, team),
            SlaKind::Breach { action: BreachAction::Notify(team), .. } => self.name(Space::Team, team),
            SlaKind::Breach { action: BreachAction::Reassign, .. } => {}
            SlaKind::Escalate(steps) => self.names(Space::Team, steps.iter_mut().map(|(team, _)| team)),
        }
    }

    fn test(&mut self, test: &mut Test) {
        self.names(Space::Stage, test.stage.as_mut().map(|(stage, _)| stage));
        self.names(Space::Queue, &mut test.queue);
        self.names(Space::Value, test.lead.iter_mut().map(|given| &mut given.name));
        self.names(Space::Signal, test.signals.iter_mut().map(|given| &mut given.signal));
        for row in &mut test.rows {
            for Given { name, values, .. } in &mut row.cells {
                let space = self.declared.columns.get(&(row.table.text.clone(), name.text.clone())).copied();
                values.iter_mut().for_each(|value| self.constant(space, value));
            }
        }
        for expected in &mut test.expect {
            let choices = self.declared.choices_of_path(&expected.path);
            self.names(Space::Value, expected.path.first_mut().filter(|name| name.text != "stage"));
            self.constant(choices, &mut expected.value);
        }
    }

    fn guard(&mut self, guard: &mut Guard) {
        match guard {
            Guard::When(condition) => self.value(condition),
            Guard::Otherwise(_) => {}
        }
    }

    fn value(&mut self, expr: &mut Expr) {
        self.expr(expr, Scope::Lead);
    }

    /// A name that stands for itself.
    fn constant(&mut self, space: Option<Space>, expr: &mut Expr) {
        if let (Some(space), ExprKind::Path(path)) = (space, &mut expr.kind)
            && let [name] = path.as_mut_slice()
        {
            self.name(space, name);
        }
    }

    fn subject(&mut self, subject: &mut Subject) {
        match subject {
            Subject::Signal(signal) => self.name(Space::Signal, signal),
            Subject::Entering(stage) | Subject::Leaving(stage) | Subject::Stage(stage) => self.name(Space::Stage, stage),
        }
    }

    fn since(&mut self, since: Option<&mut Since>) {
        match since {
            Some(Since::Entering(stage)) => self.name(Space::Stage, stage),
            Some(Since::LastSignal(signal)) => self.name(Space::Signal, signal),
            None => {}
        }
    }

    /// Texts nest no deeper than brackets may.
    fn expr(&mut self, expr: &mut Expr, scope: Scope) {
        match &mut expr.kind {
            ExprKind::Literal(_) | ExprKind::Missing => {}
            ExprKind::Path(path) => {
                if let Some(first) = path.first_mut().filter(|first| scope == Scope::Lead && first.text != "stage") {
                    self.name(Space::Value, first);
                }
            }
            ExprKind::Cell { keys, .. } => keys.iter_mut().for_each(|key| self.expr(key, scope)),
            ExprKind::Measure(measure) => {
                let Measure { subject, condition, since, .. } = &mut **measure;
                self.subject(subject);
                condition.iter_mut().for_each(|condition| self.expr(condition, Scope::Other));
                self.since(since.as_mut());
            }
            ExprKind::Paren(inner) => self.expr(inner, scope),
            ExprKind::Arithmetic(arithmetic) => match arithmetic {
                Arithmetic::Sum(members) => members.iter_mut().for_each(|(_, member)| self.expr(member, scope)),
                Arithmetic::Product { factors, .. } => factors.iter_mut().for_each(|(_, factor)| self.expr(factor, scope)),
                Arithmetic::Larger(members) | Arithmetic::Smaller(members) => {
                    members.iter_mut().for_each(|member| self.expr(member, scope));
                }
            },
            ExprKind::Conversion(conversion) => match conversion {
                Conversion::Else { value, default } => {
                    let choices = self.declared.choices_of(value);
                    self.expr(value, scope);
                    self.constant(choices, default);
                }
                Conversion::DaysSince(inner) | Conversion::DaysUntil(inner) | Conversion::DomainOf(inner) => self.expr(inner, scope),
            },
            ExprKind::Connective(connective) => match connective {
                Connective::And(members) | Connective::Or(members) => members.iter_mut().for_each(|member| self.expr(member, scope)),
                Connective::Not(inner) => self.expr(inner, scope),
                Connective::Implies(left, right) => [left, right].into_iter().for_each(|side| self.expr(side, scope)),
            },
            ExprKind::Predicate(predicate) => self.predicate(predicate, scope),
        }
    }

    fn predicate(&mut self, predicate: &mut Predicate, scope: Scope) {
        match predicate {
            Predicate::Is { left, choices, .. } | Predicate::Has { left, choices } => {
                let space = self.declared.choices_of(left).filter(|_| scope == Scope::Lead);
                self.expr(left, scope);
                choices.iter_mut().for_each(|choice| self.constant(space, choice));
            }
            Predicate::Compare { left, right, .. } | Predicate::SameAs { left, right, .. } => {
                [left, right].into_iter().for_each(|side| self.expr(side, scope));
            }
            Predicate::Between { left, low, high } => [left, low, high].into_iter().for_each(|part| self.expr(part, scope)),
            Predicate::IsKnown { left, .. }
            | Predicate::StartsWith { left, .. }
            | Predicate::EndsWith { left, .. }
            | Predicate::Contains { left, .. } => self.expr(left, scope),
            Predicate::Entering(stage) | Predicate::Leaving(stage) => self.name(Space::Stage, stage),
        }
    }
}

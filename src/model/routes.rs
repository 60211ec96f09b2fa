//! Routes: which queue a lead goes to.
//!
//! Enters: their trees. Leaves: `policy.routes` in the order of the text, one for each route, or for each choice of a route `for each`. Always holds, when no error was reported: a
//! `by` gives a queue; a route on entering a stage gives every lead a queue; no row stands behind one that takes every lead.

use super::check::{Checker, Named};
use super::constants::bare;
use super::exhaustive::ONLY_ROW;
use super::expressions::Scope;
use super::wanted::Wanted;
use super::{ChoicesId, Connective, Effort, Expr, ExprKind, Field, FieldId, Predicate, Reference, Route, RouteRow, RouteTarget, Type};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Guard};

impl<'t> Checker<'t> {
    pub(crate) fn check_routes(&mut self) {
        for (item, route) in self.items.routes.clone() {
            let name = &route.name;
            // while the route is read, its variable is a field
            let each = route.each.as_ref().map(|(variable, over)| (variable, self.declare_variable(variable, over)));
            let condition = route.condition.as_ref().and_then(|condition| self.condition(condition, Scope::Moment));
            let rows: Vec<Option<RouteRow>> = route.rows.iter().map(|row| self.check_row(row)).collect();
            let is_whole = self.hidden.lines_lacking(item.span) == 0;
            if rows.is_empty() && is_whole {
                self.report(
                    Diagnostic::new(Code::EmptyBlock, format!("the route `{}` has no rows", name.text))
                        .at(name.span, "leads to no queue")
                        .help("write which queue takes the lead, such as `inside otherwise`"),
                );
            }
            self.check_covering(route, &rows, is_whole);
            let model = Route {
                name: name.text.clone(),
                display: route.display.as_ref().map(|text| text.value.clone()),
                doc: item.doc.as_ref().map(|text| text.value.clone()),
                condition,
                rows: rows.into_iter().flatten().collect(),
                choice: None,
                span: name.span,
            };
            let first = self.policy.routes.len();
            match each {
                None => self.policy.routes.push(model),
                Some((variable, over)) => {
                    self.forget_variable(variable);
                    if let Some(over) = over {
                        self.route_per_choice(&model, &over);
                    }
                }
            }
            self.memory.routes.push(first..self.policy.routes.len());
        }
    }

    /// One route per choice of the set, with the choice in place of the variable, for leads that have the choice.
    fn route_per_choice(&mut self, route: &Route, over: &Over) {
        let members = self.policy.choices.get(over.choices).map(|choices| choices.members.clone()).unwrap_or_default();
        for (value, member) in (0..).zip(&members) {
            let with_choice = |expr: &Expr| expr.clone().with_constant(over.variable, value);
            let Some(mask) = 1i64.checked_shl(value as u32) else { continue };
            let has = Expr {
                kind: ExprKind::Predicate(Predicate::Has { left: Box::new(over.set.clone()), mask }),
                ty: Type::YesNo,
                optional: false,
                range: None,
                span: over.set.span,
            };
            let conditions = std::iter::once(has).chain(route.condition.as_ref().map(with_choice)).collect();
            let span = route.condition.as_ref().map_or(over.set.span, |condition| condition.span);
            let rows = route.rows.iter().map(|row| RouteRow {
                condition: row.condition.as_ref().map(with_choice),
                target: match &row.target {
                    RouteTarget::By(by) => RouteTarget::By(with_choice(by)),
                    RouteTarget::Queue(queue) => RouteTarget::Queue(*queue),
                    RouteTarget::KeepOwner => RouteTarget::KeepOwner,
                },
                ..row.clone()
            });
            self.policy.routes.push(Route {
                name: format!("{}.{}", route.name, member.name),
                condition: Some(Expr {
                    kind: ExprKind::Connective(Connective::And(conditions)),
                    ty: Type::YesNo,
                    optional: false,
                    range: None,
                    span,
                }),
                rows: rows.collect(),
                choice: Some(member.name.clone()),
                ..route.clone()
            });
        }
    }

    /// None if the row has a reported mistake.
    fn check_row(&mut self, row: &'t tree::RouteRow) -> Option<RouteRow> {
        let (target, text) = match &row.target {
            tree::RouteTarget::Queue(name) => (self.queue_named(name).map(RouteTarget::Queue), name.span),
            tree::RouteTarget::By(by) => (self.check_by(by).map(RouteTarget::By), by.span),
            tree::RouteTarget::KeepOwner(span) => (Some(RouteTarget::KeepOwner), *span),
        };
        let condition = match &row.guard {
            Guard::When(condition) => Some(self.condition(condition, Scope::Moment)?),
            Guard::Otherwise(_) => None,
        };
        Some(RouteRow {
            doc: row.doc.as_ref().map(|text| text.value.clone()),
            target: target?,
            condition,
            because: row.because.as_ref().map(|text| text.value.clone()),
            text: self.one_line(text),
            span: row.span,
        })
    }

    fn check_by(&mut self, by: &tree::Expr) -> Option<Expr> {
        let expr = self.expression(by, Scope::Moment)?;
        let is_queue = matches!(expr.ty, Type::OneOf(id) if Some(id) == self.policy.queue_choices);
        if !is_queue {
            let text = self.one_line(by.span);
            let mut diagnostic = Diagnostic::new(Code::WrongType, format!("`{text}` does not give a queue")).at(by.span, "not a queue");
            if let ExprKind::Reference(Reference::Cell { table, column, .. }) = &expr.kind
                && let Some(column) = self.policy.tables.get(*table).and_then(|table| table.columns.get(*column))
            {
                diagnostic = diagnostic
                    .at(column.span, "this column holds something else")
                    .help(format!("declare the column as `{} queue`, so that its cells are held against the queues", column.name));
            } else {
                diagnostic = diagnostic.help("name a column of type `queue`, such as `by territories[state].queue`");
            }
            self.report(diagnostic);
            return None;
        }
        Some(expr)
    }

    /// Rows behind a row that takes every lead are idle; a route on entering a stage has to have such a row.
    fn check_covering(&mut self, route: &tree::Route, rows: &[Option<RouteRow>], is_whole: bool) {
        let mut last: Option<Span> = None;
        for (tree, row) in route.rows.iter().zip(rows) {
            if let Some(span) = last {
                self.report(
                    Diagnostic::new(Code::RowAfterOtherwise, format!("a row of the route `{}` is never reached", route.name.text))
                        .at(tree.span, "no lead gets here")
                        .at(span, "this row takes every lead")
                        .help("move the row up, or leave it out"),
                );
                continue;
            }
            let takes_all = match (&tree.guard, &tree.target, row) {
                (Guard::When(_), _, _) => false,
                (Guard::Otherwise(_), tree::RouteTarget::Queue(_), _) => true,
                // not every lead has an owner
                (Guard::Otherwise(_), tree::RouteTarget::KeepOwner(_), _) => false,
                (Guard::Otherwise(_), tree::RouteTarget::By(_), Some(RouteRow { target: RouteTarget::By(by), .. })) => !by.optional,
                (Guard::Otherwise(_), tree::RouteTarget::By(_), _) => false,
            };
            if takes_all {
                last = Some(tree.span);
            }
        }
        let enters = route.condition.as_ref().is_some_and(has_entering);
        // a route with a `when` of its own says which leads it is for; of any other a lead without queue may be a mistake
        let code = if enters { Code::NotExhaustive } else { Code::RouteOpen };
        let may_be_open = !enters && (route.condition.is_some() || route.each.is_some());
        if last.is_some() || may_be_open || rows.is_empty() || !is_whole {
            return;
        }
        // a row whose condition makes no sense, or whose queue does not exist
        let broken = route.rows.iter().zip(rows).filter(|(_, row)| row.is_none()).map(|(tree, _)| match &tree.guard {
            Guard::When(condition) => Some(condition),
            Guard::Otherwise(_) => None,
        });
        // an `otherwise` with a mistake would take every lead
        let Some(broken) = broken.collect::<Option<Vec<&tree::Expr>>>() else { return };
        // a row by look-up takes a lead only if the look-up finds a queue, one that keeps owners only if the lead has one
        let sure = rows.iter().flatten().filter(|row| match &row.target {
            RouteTarget::Queue(_) => true,
            RouteTarget::KeepOwner => false,
            RouteTarget::By(by) => !by.optional,
        });
        let conditions: Vec<&Expr> = sure.filter_map(|row| row.condition.as_ref()).collect();
        let Some(mut lacking) = self.lacking(&conditions, &broken) else { return };
        if lacking == ONLY_ROW && route.rows.len() > 1 {
            lacking = "the only row that surely gives one has a condition".to_owned();
        }
        let label = if enters { "every lead that enters the stage needs a queue" } else { "a lead that no row takes gets no queue" };
        let message = format!("the route `{}` may give a lead no queue: {lacking}", route.name.text);
        let mut diagnostic = Diagnostic::new(code, message).at(route.name.span, label);
        if let Some(row) = route.rows.last() {
            if matches!(row.guard, Guard::Otherwise(_)) {
                let what = match row.target {
                    tree::RouteTarget::KeepOwner(_) => "the lead may have no owner",
                    tree::RouteTarget::Queue(_) | tree::RouteTarget::By(_) => "this look-up may find no queue",
                };
                diagnostic = diagnostic.at(row.span, what);
            }
            let queue = match (&row.target, self.items.queues.as_slice()) {
                (_, [(_, queue)]) => Some(queue.name.text.clone()),
                (tree::RouteTarget::Queue(queue), _) if !enters => Some(queue.text.clone()),
                (tree::RouteTarget::Queue(_) | tree::RouteTarget::By(_) | tree::RouteTarget::KeepOwner(_), _) => None,
            };
            let choices = self.policy.queue_choices;
            let is_declared = |queue: &String| choices.is_some_and(|choices| self.choice_index(choices, queue).is_some());
            if let Some(queue) = queue.filter(is_declared) {
                let text = format!("{queue} otherwise");
                let behind = self.new_row(row.span, &text);
                diagnostic = diagnostic.replace(format!("write `{text}`"), Applicability::Unsafe, row.span.after(), behind);
            }
        }
        self.report(diagnostic.help(if enters {
            "say where all other leads go with a last row `QUEUE otherwise`".to_owned()
        } else {
            format!(
                "say where all other leads go with a last row `QUEUE otherwise`, or which leads the route is for, as in `route {} when …`",
                route.name.text
            )
        }));
    }

    /// `for each product in products`: while the route is read, `product` is a field that takes the choices of `products`.
    fn declare_variable(&mut self, variable: &'t tree::Name, over: &tree::Name) -> Option<Over> {
        let id = self.policy.fields.len();
        let mut set = None;
        let ty = match self.names.get(&over.text) {
            Some((Named::Field(field), _)) => {
                set = Some(*field);
                self.policy.fields.get(*field).map(|field| field.ty)
            }
            Some((Named::Broken, _)) => None,
            Some((Named::Let(_) | Named::Score(_) | Named::Decide(_) | Named::Route(_) | Named::Sla(_), _)) => Some(Type::Text),
            None => {
                self.unknown_name(over, &Wanted::Set);
                None
            }
        };
        let choices = match ty {
            Some(Type::SomeOf(choices)) => Some(choices),
            Some(Type::Text | Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::Date | Type::Time) => {
                self.report(
                    Diagnostic::new(Code::WrongType, format!("`{}` is not a set that a route can go through", over.text))
                        .at(over.span, "not a `some of` field")
                        .help("`for each` goes through the choices of a `some of` field"),
                );
                None
            }
            None => None,
        };
        let named = if choices.is_some() { Named::Field(id) } else { Named::Broken };
        if self.declare_name(variable, named) {
            self.policy.fields.push(Field {
                name: variable.text.clone(),
                display: None,
                doc: None,
                ty: choices.map_or(Type::Text, Type::OneOf),
                range: None,
                optional: false,
                effort: Effort::default(),
                sources: Vec::new(),
                span: variable.span,
            });
        }
        let field = self.policy.fields.get(set?)?;
        let set = Expr {
            kind: ExprKind::Reference(Reference::Field(set?)),
            ty: field.ty,
            optional: field.optional,
            range: None,
            span: over.span,
        };
        Some(Over { variable: id, choices: choices?, set })
    }

    fn forget_variable(&mut self, variable: &tree::Name) {
        if self.names.get(&variable.text).is_some_and(|(_, span)| *span == variable.span) {
            self.names.remove(&variable.text);
            self.policy.fields.pop();
        }
    }
}

/// What a route `for each` goes through.
struct Over {
    variable: FieldId,
    choices: ChoicesId,
    /// the `some of` field
    set: Expr,
}

/// Whether the route is one of a moment: it gives something only when a stage is entered.
fn has_entering(condition: &tree::Expr) -> bool {
    let condition = bare(condition);
    if let tree::ExprKind::Connective(tree::Connective::And(members) | tree::Connective::Or(members)) = &condition.kind {
        return members.iter().any(has_entering);
    }
    matches!(condition.kind, tree::ExprKind::Predicate(tree::Predicate::Entering(_)))
}

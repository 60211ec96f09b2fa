//! `decide` and `grid`: first-match tables of conditions, in one and in two dimensions.
//!
//! Always holds: the outcomes are a set of choices, in the order in which they first appear, known before any condition is checked; when
//! nothing was reported, the rows (the edges of a grid) cover every lead.

use rustc_hash::FxHashMap;

use super::check::{Checker, DecideTree};
use super::declare::place_within;
use super::expressions::Scope;
use super::lost::{ALL, Set};
use super::patterns::{Case, Cover, Line};
use super::types::NewChoice;
use super::{Decide, DecideBody, DecideId, DecideRow, Edge, Expr, Grid};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Guard, Name, Pattern};

/// The name of a decide or grid, and what it can give, each once.
pub(crate) fn outcomes(tree: DecideTree<'_>) -> (&Name, Vec<NewChoice<'_>>) {
    let (name, outcomes): (&Name, Vec<(&Name, Option<&tree::Text>)>) = match tree {
        DecideTree::Decide(tree) => (&tree.name, tree.rows.iter().map(|row| (&row.outcome, row.display.as_ref())).collect()),
        DecideTree::Grid(tree) => (&tree.name, tree.rows.iter().flat_map(|row| &row.outcomes).map(|outcome| (outcome, None)).collect()),
    };
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let mut choices: Vec<NewChoice> = Vec::new();
    for (outcome, display) in outcomes {
        let place = *places.entry(outcome.text.as_str()).or_insert(choices.len());
        match choices.get_mut(place) {
            // whichever of its rows says how to show it
            Some(choice) if choice.display.is_none() => *choice = NewChoice::named(choice.name, display),
            Some(_) => {}
            None => choices.push(NewChoice::named(outcome, display)),
        }
    }
    (name, choices)
}

impl Checker<'_> {
    pub(crate) fn check_decide(&mut self, id: DecideId) {
        let Some((item, tree)) = self.derived.decides.get(id).copied() else { return };
        let Some(choices) = self.policy.decides.get(id).map(|decide| decide.choices) else { return };
        let is_whole = self.hidden.lacking(item.span).is_none();
        if let Some(lacking) = self.hidden.lacking(item.span) {
            // what the rows that could not be read would have given: names that they say, but for those that they lack
            match tree {
                DecideTree::Decide(_) => {
                    for part in &lacking.nameless {
                        match place_within(&self.diagnostics, *part) {
                            Some(place) => self.memory.lost.add_forgotten(Set::Choices(choices), place),
                            None => self.memory.lost.add(Set::Choices(choices), 1),
                        }
                    }
                }
                DecideTree::Grid(tree) => {
                    let count = lacking.lines.saturating_mul(tree.columns.len()).saturating_sub(lacking.names.len());
                    self.memory.lost.add(Set::Choices(choices), count);
                }
            }
            lacking.names.iter().for_each(|name| self.memory.lost.add_name(Set::Choices(choices), name));
        }
        let (name, display, body) = match tree {
            DecideTree::Decide(tree) => (&tree.name, &tree.display, Some(DecideBody::Rows(self.decide_rows(tree, choices, is_whole)))),
            DecideTree::Grid(tree) => {
                (&tree.name, &tree.display, self.grid(tree, choices, is_whole).map(|grid| DecideBody::Grid(Box::new(grid))))
            }
        };
        if let Some(place) = self.policy.decides.get_mut(id) {
            *place = Decide {
                name: name.text.clone(),
                display: display.as_ref().map(|text| text.value.clone()),
                doc: item.doc.as_ref().map(|text| text.value.clone()),
                choices,
                body: body.unwrap_or(DecideBody::Rows(Vec::new())),
                span: item.span,
            };
        }
    }

    /// Whether its rows cover every lead is asked if all of them could be read.
    fn decide_rows(&mut self, tree: &tree::Decide, choices: usize, is_whole: bool) -> Vec<DecideRow> {
        if tree.rows.is_empty() && !is_whole {
            return Vec::new();
        }
        if tree.rows.is_empty() {
            self.report(
                Diagnostic::new(Code::EmptyBlock, format!("decide `{}` has no rows", tree.name.text))
                    .at(tree.name.span, "this gives no answer")
                    .help("write rows such as `big when beds >= 100` and `small otherwise`"),
            );
            self.memory.lost.add(Set::Choices(choices), ALL);
            return Vec::new();
        }
        let mut rows = Vec::with_capacity(tree.rows.len());
        let mut otherwise: Option<Span> = None;
        let mut broken: Vec<&tree::Expr> = Vec::new();
        for row in &tree.rows {
            if let Some(first) = otherwise {
                let message = format!("row `{}` stands behind `otherwise`", row.outcome.text);
                self.report(
                    Diagnostic::new(Code::RowAfterOtherwise, message)
                        .at(row.span, "move it before `otherwise`")
                        .at(first, "this takes every lead that no row before it takes")
                        .help("let `otherwise` be the last row"),
                );
            }
            let condition = match &row.guard {
                Guard::Otherwise(span) => {
                    otherwise.get_or_insert(*span);
                    None
                }
                Guard::When(tree) => {
                    let condition = self.condition(tree, Scope::Lead);
                    if condition.is_none() {
                        broken.push(tree);
                    }
                    condition
                }
            };
            rows.push(DecideRow {
                doc: row.doc.as_ref().map(|text| text.value.clone()),
                outcome: self.choice_index(choices, &row.outcome.text).unwrap_or(0),
                condition,
                because: row.because.as_ref().map(|text| text.value.clone()),
                span: row.span,
            });
        }
        if otherwise.is_none() && is_whole {
            let conditions: Vec<&Expr> = rows.iter().filter_map(|row| row.condition.as_ref()).collect();
            if let Some(lacking) = self.lacking(&conditions, &broken) {
                let message = format!("the rows of decide `{}` do not cover every lead: {lacking}", tree.name.text);
                self.report(
                    Diagnostic::new(Code::NotExhaustive, message)
                        .at(tree.name.span, "there is no `otherwise`")
                        .help("end it with a row such as `NAME  otherwise`"),
                );
                self.memory.lost.add_rows(Set::Choices(choices), 1, tree.name.span);
            }
        }
        rows
    }

    fn grid(&mut self, tree: &tree::Grid, choices: usize, is_whole: bool) -> Option<Grid> {
        if tree.rows.is_empty() && !is_whole {
            return None;
        }
        if tree.columns.is_empty() || tree.rows.is_empty() {
            let lacks = if tree.columns.is_empty() { "columns" } else { "rows" };
            self.report(
                Diagnostic::new(Code::EmptyBlock, format!("grid `{}` has no {lacks}", tree.name.text))
                    .at(tree.name.span, "this gives no answer")
                    .help("write the columns with commas between them, then rows such as `70 or more  a1, a2`"),
            );
            self.memory.lost.add(Set::Choices(choices), ALL);
            return None;
        }
        let mut edge_of = |tree| self.expression(tree, Scope::Lead).or_else(|| self.stand_in(tree, &Scope::Lead));
        let (rows_of, columns_of) = (edge_of(&tree.rows_of), edge_of(&tree.columns_of));
        for row in &tree.rows {
            if row.outcomes.len() != tree.columns.len() {
                let cells = |count: usize| if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
                let columns = if tree.columns.len() == 1 { "1 column".to_owned() } else { format!("{} columns", tree.columns.len()) };
                let message =
                    format!("row `{}` has {}, and the grid has {columns}", self.one_line(row.pattern.span), cells(row.outcomes.len()));
                let place = row.outcomes.iter().map(|outcome| outcome.span).reduce(Span::to).unwrap_or(row.span);
                self.report(
                    Diagnostic::new(Code::GridShape, message)
                        .at(place, "one cell for each column")
                        .help("name an outcome for each column, with commas between them"),
                );
                self.memory.lost.add_rows(Set::Choices(choices), tree.columns.len().saturating_sub(row.outcomes.len()), place);
            }
        }
        let column_patterns: Vec<&Pattern> = tree.columns.iter().collect();
        let row_patterns: Vec<&Pattern> = tree.rows.iter().map(|row| &row.pattern).collect();
        let columns = self.edges_of(&tree.columns_of, columns_of.as_ref(), &column_patterns, Line::GridColumn, true);
        let edges = self.edges_of(&tree.rows_of, rows_of.as_ref(), &row_patterns, Line::GridRow, is_whole);
        let (edges, columns) = (edges?, columns?);
        let mut rows = Vec::with_capacity(edges.len());
        for (edge, row) in edges.into_iter().zip(&tree.rows) {
            let outcomes = row.outcomes.iter().map(|outcome| self.choice_index(choices, &outcome.text).unwrap_or(0)).collect();
            rows.push((edge, outcomes));
        }
        Some(Grid { rows_of: rows_of?, columns_of: columns_of?, columns, rows })
    }

    /// One edge of a grid; none if what it cuts, or a pattern, makes no sense.
    fn edges_of(
        &mut self,
        tree: &tree::Expr,
        subject: Option<&Expr>,
        patterns: &[&Pattern],
        line: Line,
        is_whole: bool,
    ) -> Option<Vec<Edge>> {
        if subject.is_none() {
            let what = format!("`{}`", self.one_line(tree.span));
            self.check_bands_alone(patterns, tree.span, &what);
        }
        self.edges(subject?, patterns, line, is_whole)
    }

    fn edges(&mut self, subject: &Expr, patterns: &[&Pattern], line: Line, is_whole: bool) -> Option<Vec<Edge>> {
        let what = format!("`{}`", self.one_line(subject.span));
        let mut cases = Vec::with_capacity(patterns.len());
        let mut edges = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let matcher = self.matcher(pattern, subject, &what);
            if let Some(matcher) = &matcher {
                edges.push(Edge { matcher: matcher.clone(), text: self.one_line(pattern.span), span: pattern.span });
            }
            cases.push(Case { matcher, pattern, row: pattern.span });
        }
        let cover = Cover { subject, what: &what, place: subject.span, cases, line };
        if is_whole {
            self.check_cover(&cover);
        } else {
            self.check_overlaps(&cover);
        }
        (edges.len() == patterns.len()).then_some(edges)
    }
}

//! In which order derived values are checked and computed.
//!
//! Enters: the trees of lets, scores, decides and grids. Leaves: [`super::Policy::order`], in which each stands after all that it needs, and
//! otherwise in the order of the text as far as possible. Always holds: what stands in a circle is reported once, with the circle, and what needs
//! it says nothing more. Nothing here recurses, so a chain of lets may be as long as a policy can be.

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::{Checker, DecideTree, Named};
use super::expressions::constant;
use super::extent::Extents;
use super::lost::Lost;
use super::tables::RenamedColumn;
use super::value::{Constant, Interval, Type};
use super::wanted::Wanted;
use super::words::listed;
use super::{ChoicesId, Decide, DecideBody, Derived, Expr, Let, Score, TableId};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind};

/// What the checkers of expressions and derived values remember from one to the next.
#[derive(Default)]
pub(crate) struct Memory {
    /// derived values without a type, whose mistake has been reported: what needs them says nothing more
    pub broken: FxHashSet<Derived>,
    /// per set of choices: name -> index
    pub choice_indexes: FxHashMap<ChoicesId, FxHashMap<String, usize>>,
    /// per column of a table: bounds of its cells
    pub cell_bounds: FxHashMap<(TableId, usize), Interval>,
    /// by text: the same text is the same measure
    pub measures: FxHashMap<(String, std::mem::Discriminant<super::MeasureKind>), super::MeasureId>,
    /// by signal or group, and text
    pub event_conditions: FxHashMap<(String, String), super::EventConditionId>,
    /// by signal or group, and property
    pub event_columns: FxHashMap<(String, String), super::EventColumnId>,
    /// per route of the text: the routes of the policy that it makes, one for each choice of a `for each`
    pub routes: Vec<std::ops::Range<usize>>,
    /// names that reported mistakes have taken out of their sets
    pub lost: Lost,
    /// choices that rows of the block at hand name
    pub rows_of: FxHashSet<String>,
    /// bands that run backwards, the other way round
    pub turned: FxHashMap<Span, Interval>,
    /// per `and` with a mistake in some members: its other members
    pub partly: FxHashMap<Span, Expr>,
    /// cases whose day has a reported mistake
    pub days_told: FxHashSet<Span>,
    /// columns of tables that are declared with a slip
    pub renamed: Vec<RenamedColumn>,
    /// of calculations in the expression at hand
    pub extents: Extents,
    /// what the place of the name at hand needs
    pub wanted: Wanted,
    /// the derived value that is being checked
    pub current: Option<Derived>,
    /// derived values that have been checked
    pub typed: FxHashSet<Derived>,
    /// who needs whom
    needs: Rc<Needs>,
    /// the derived values that need one, themselves or through others
    users: Option<(Derived, Rc<FxHashSet<Derived>>)>,
    /// some value, condition or row asks which day it is
    pub looks_at_day: bool,
    /// how many names were compared for "did you mean"
    pub names_compared: usize,
    /// how deep the expression at hand is nested
    pub depth: usize,
}

/// Derived values, in the order of the text, and what each needs.
#[derive(Default)]
struct Needs {
    nodes: Vec<Derived>,
    of: Vec<Vec<Need>>,
    /// for each node, those that need it
    users: OnceCell<Vec<Vec<usize>>>,
}

/// One derived value needs another, and says so there.
#[derive(Clone, Copy, Debug)]
struct Need {
    of: usize,
    span: Span,
}

impl Checker<'_> {
    /// Checks lets, scores, decides and grids, each after all that it needs, and fills `policy.{lets, scores, decides, order}`.
    /// Needs: fields, tables, stages, queues, signals and `names` are declared, and `derived` holds the trees.
    pub(crate) fn check_derived(&mut self) {
        self.begin_with_harmless();
        let nodes = self.nodes();
        let of = self.needs(&nodes);
        let all = Rc::new(Needs { nodes, of, users: OnceCell::new() });
        self.memory.needs = Rc::clone(&all);
        let Needs { nodes, of: needs, .. } = &*all;
        for group in groups(needs) {
            self.report_circle(&group, nodes, needs);
            for node in group {
                self.policy.order.push(nodes[node]);
                self.memory.current = Some(nodes[node]);
                match nodes[node] {
                    Derived::Let(id) => self.check_let(id),
                    Derived::Score(id) => self.check_score(id),
                    Derived::Decide(id) => self.check_decide(id),
                }
                self.memory.typed.insert(nodes[node]);
            }
        }
        self.memory.current = None;
    }

    /// The derived value that is being checked, and all that need it: none of them can stand in it.
    pub(crate) fn users_of_current(&mut self) -> Rc<FxHashSet<Derived>> {
        let Some(current) = self.memory.current else { return Rc::default() };
        if let Some((_, users)) = self.memory.users.as_ref().filter(|(of, _)| *of == current) {
            return Rc::clone(users);
        }
        let Needs { nodes, of, users } = &*self.memory.needs;
        let users = users.get_or_init(|| {
            let mut users = vec![Vec::new(); nodes.len()];
            for (user, needs) in of.iter().enumerate() {
                needs.iter().for_each(|need| users[need.of].push(user));
            }
            users
        });
        let mut open: Vec<usize> = nodes.iter().position(|node| *node == current).into_iter().collect();
        let mut found: FxHashSet<Derived> = FxHashSet::default();
        while let Some(node) = open.pop() {
            if found.insert(nodes[node]) {
                open.extend(&users[node]);
            }
        }
        // as much work as comparing so many names
        self.memory.names_compared = self.memory.names_compared.saturating_add(found.len());
        let found = Rc::new(found);
        self.memory.users = Some((current, Rc::clone(&found)));
        found
    }

    /// Gives every id a harmless value, until (and unless) its tree makes sense. The outcomes of a decide are known from the start.
    fn begin_with_harmless(&mut self) {
        let lets = self.derived.lets.iter().map(|(_, tree)| Let {
            name: tree.name.text.clone(),
            display: None,
            doc: None,
            value: constant(Constant::Integer(0), Type::YesNo, tree.name.span),
            span: tree.name.span,
        });
        self.policy.lets = lets.collect();
        let scores = self.derived.scores.iter().map(|(_, tree)| Score {
            name: tree.name.text.clone(),
            display: None,
            doc: None,
            sections: Vec::new(),
            personas: Vec::new(),
            adjusts: Vec::new(),
            range: None,
            rounded: None,
            sum_scale: 0,
            sum_interval: Interval::FULL,
            scale: 0,
            interval: Interval::FULL,
            running: None,
            span: tree.name.span,
        });
        self.policy.scores = scores.collect();
        for (_, tree) in self.derived.decides.clone() {
            let (name, outcomes) = super::decides::outcomes(tree);
            let choices = self.new_choices(&outcomes, "outcome");
            self.policy.decides.push(Decide {
                name: name.text.clone(),
                display: None,
                doc: None,
                choices,
                body: DecideBody::Rows(Vec::new()),
                span: name.span,
            });
        }
    }

    /// Every derived value, in the order of the text.
    fn nodes(&self) -> Vec<Derived> {
        let lets = self.derived.lets.iter().enumerate().map(|(id, (item, _))| (item.span, Derived::Let(id)));
        let scores = self.derived.scores.iter().enumerate().map(|(id, (item, _))| (item.span, Derived::Score(id)));
        let decides = self.derived.decides.iter().enumerate().map(|(id, (item, _))| (item.span, Derived::Decide(id)));
        let mut nodes: Vec<(Span, Derived)> = lets.chain(scores).chain(decides).collect();
        nodes.sort();
        nodes.into_iter().map(|(_, derived)| derived).collect()
    }

    /// For each node, what it needs.
    fn needs(&self, nodes: &[Derived]) -> Vec<Vec<Need>> {
        let numbers: FxHashMap<Derived, usize> = nodes.iter().enumerate().map(|(number, derived)| (*derived, number)).collect();
        nodes
            .iter()
            .map(|derived| {
                let mut open = self.roots(*derived);
                // a stack: the last root is looked at first
                open.reverse();
                let mut needs = Vec::new();
                while let Some(tree) = open.pop() {
                    if let ExprKind::Path(path) = &tree.kind
                        && let Some(name) = path.first()
                        && let Some(of) = self.derived_by_name(&name.text).and_then(|derived| numbers.get(&derived))
                    {
                        needs.push(Need { of: *of, span: tree.span });
                    }
                    let before = open.len();
                    tree.each_value(|value| open.push(value));
                    open[before..].reverse();
                }
                needs
            })
            .collect()
    }

    fn derived_by_name(&self, name: &str) -> Option<Derived> {
        match self.names.get(name)?.0 {
            Named::Let(id) => Some(Derived::Let(id)),
            Named::Score(id) => Some(Derived::Score(id)),
            Named::Decide(id) => Some(Derived::Decide(id)),
            Named::Field(_) | Named::Route(_) | Named::Sla(_) | Named::Broken => None,
        }
    }

    /// Every expression over the lead in a derived value.
    pub(crate) fn roots(&self, derived: Derived) -> Vec<&tree::Expr> {
        match derived {
            Derived::Let(id) => self.derived.lets.get(id).map_or_else(Vec::new, |(_, tree)| vec![&tree.value]),
            Derived::Score(id) => self.derived.scores.get(id).map_or_else(Vec::new, |(_, tree)| roots_of_score(tree)),
            Derived::Decide(id) => match self.derived.decides.get(id) {
                Some((_, DecideTree::Decide(tree))) => {
                    let guards = tree.rows.iter().filter_map(|row| match &row.guard {
                        tree::Guard::When(condition) => Some(condition),
                        tree::Guard::Otherwise(_) => None,
                    });
                    guards.collect()
                }
                Some((_, DecideTree::Grid(tree))) => vec![&tree.rows_of, &tree.columns_of],
                None => Vec::new(),
            },
        }
    }

    /// Reports values that need each other, and marks them.
    fn report_circle(&mut self, group: &[usize], nodes: &[Derived], needs: &[Vec<Need>]) {
        let Some(circle) = circle(group, needs) else { return };
        self.memory.broken.extend(group.iter().map(|node| nodes[*node]));
        let name = |checker: &Self, node: usize| match nodes[node] {
            Derived::Let(id) => checker.policy.lets[id].name.clone(),
            Derived::Score(id) => checker.policy.scores[id].name.clone(),
            Derived::Decide(id) => checker.policy.decides[id].name.clone(),
        };
        let names: Vec<String> = circle.iter().map(|(node, _)| name(self, *node)).collect();
        let message = match names.as_slice() {
            [only] => format!("`{only}` needs itself"),
            _ => format!("{} need each other in a circle", listed(&names)),
        };
        let mut diagnostic = Diagnostic::new(Code::DerivedCycle, message);
        const LABELS_MAX: usize = 20;
        for (position, (_, need)) in circle.iter().enumerate().take(LABELS_MAX) {
            diagnostic = diagnostic.at(need.span, format!("`{}` needs `{}`", names[position], name(self, need.of)));
        }
        self.report(diagnostic.help("take one of these needs out; what both sides need can be a `let` of its own"));
    }
}

/// Every expression over the lead in a score; rows over signals and patterns hold none.
fn roots_of_score(score: &tree::Score) -> Vec<&tree::Expr> {
    fn section<'t>(section: &'t tree::Section, roots: &mut Vec<&'t tree::Expr>) {
        for row in &section.rows {
            match row {
                tree::SectionRow::Attribute(attribute) => roots.push(&attribute.subject),
                tree::SectionRow::Points(row) => match &row.kind {
                    tree::PointsKind::When(condition) => roots.push(condition),
                    tree::PointsKind::Per { .. } | tree::PointsKind::PerQuiet { .. } => {}
                },
            }
        }
    }
    let mut roots = Vec::new();
    for part in &score.parts {
        match part {
            tree::ScorePart::Section(of) => section(of, &mut roots),
            tree::ScorePart::Adjust(adjust) => roots.push(&adjust.condition),
            tree::ScorePart::Persona { condition, sections, .. } => {
                roots.extend(condition);
                for of in sections {
                    section(of, &mut roots);
                }
            }
        }
    }
    roots
}

/// Groups of nodes that need each other (most of them alone), each group after all that it needs: Tarjan's algorithm with a stack of its own.
fn groups(needs: &[Vec<Need>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut number = vec![UNSEEN; needs.len()];
    let mut lowest = vec![0; needs.len()];
    let mut is_open = vec![false; needs.len()];
    let mut open = Vec::new();
    let mut seen_count = 0;
    let mut groups = Vec::new();
    for root in 0..needs.len() {
        if number[root] != UNSEEN {
            continue;
        }
        // (node, how many of its needs have been followed)
        let mut path = vec![(root, 0)];
        while let Some((node, followed)) = path.last_mut() {
            let node = *node;
            if *followed == 0 && number[node] == UNSEEN {
                number[node] = seen_count;
                lowest[node] = seen_count;
                seen_count += 1;
                open.push(node);
                is_open[node] = true;
            }
            if let Some(need) = needs[node].get(*followed) {
                *followed += 1;
                if number[need.of] == UNSEEN {
                    path.push((need.of, 0));
                } else if is_open[need.of] {
                    lowest[node] = lowest[node].min(number[need.of]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                lowest[*parent] = lowest[*parent].min(lowest[node]);
            }
            if lowest[node] == number[node] {
                let start = open.iter().rposition(|member| *member == node).unwrap_or(0);
                let mut group = open.split_off(start);
                for member in &group {
                    is_open[*member] = false;
                }
                group.sort_unstable();
                groups.push(group);
            }
        }
    }
    groups
}

/// A shortest circle through the first node of a group; none if the group is a node that does not need itself.
fn circle(group: &[usize], needs: &[Vec<Need>]) -> Option<Vec<(usize, Need)>> {
    let start = *group.first()?;
    let members: FxHashSet<usize> = group.iter().copied().collect();
    // for each node that was reached: from which node, and by which need
    let mut reached: FxHashMap<usize, (usize, Need)> = FxHashMap::default();
    let mut wave = std::collections::VecDeque::from([start]);
    'search: while let Some(node) = wave.pop_front() {
        for need in needs[node].iter().filter(|need| members.contains(&need.of)) {
            if let std::collections::hash_map::Entry::Vacant(place) = reached.entry(need.of) {
                place.insert((node, *need));
                if need.of == start {
                    break 'search;
                }
                wave.push_back(need.of);
            }
        }
    }
    let mut circle = Vec::new();
    let mut node = start;
    loop {
        let (from, need) = reached.get(&node)?;
        circle.push((*from, *need));
        node = *from;
        if node == start {
            circle.reverse();
            return Some(circle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn needs(edges: &[&[usize]]) -> Vec<Vec<Need>> {
        let span = Span::new(SourceId(0), 0, 0);
        edges.iter().map(|of| of.iter().map(|of| Need { of: *of, span }).collect()).collect()
    }

    #[test]
    fn each_group_stands_after_what_it_needs() {
        assert_eq!(groups(&needs(&[&[1], &[2], &[]])), vec![vec![2], vec![1], vec![0]]);
        assert_eq!(groups(&needs(&[&[], &[0], &[0, 1]])), vec![vec![0], vec![1], vec![2]]);
        assert_eq!(groups(&needs(&[&[1], &[2], &[0], &[1]])), vec![vec![0, 1, 2], vec![3]]);
        assert_eq!(groups(&needs(&[&[0, 1], &[]])), vec![vec![1], vec![0]]);
    }

    #[test]
    fn a_chain_of_any_length_is_ordered() {
        let length = 200_000;
        let span = Span::new(SourceId(0), 0, 0);
        let chain: Vec<Vec<Need>> =
            (0..length).map(|node| if node + 1 < length { vec![Need { of: node + 1, span }] } else { Vec::new() }).collect();
        let groups = groups(&chain);
        assert_eq!(groups.len(), length);
        assert_eq!(groups[0], vec![length - 1]);
    }

    #[test]
    fn the_shortest_circle_is_shown() {
        let nodes = |edges: &[&[usize]], group: &[usize]| {
            circle(group, &needs(edges)).map(|circle| circle.iter().map(|(node, _)| *node).collect::<Vec<_>>())
        };
        assert_eq!(nodes(&[&[1], &[2, 0], &[0]], &[0, 1, 2]), Some(vec![0, 1]));
        assert_eq!(nodes(&[&[0]], &[0]), Some(vec![0]));
        assert_eq!(nodes(&[&[]], &[0]), None);
    }
}

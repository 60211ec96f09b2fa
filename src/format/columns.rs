//! Which parts of a row are cells, and which columns they stand in: the style, as a table.
//!
//! Enters: parts of the grammar. Leaves: [`Cell`]s, and the [`Shape`]s of blocks. Always holds: how wide a cell counts for its column never
//! depends on the digits of a number or the letters of a text in it.

use crate::syntax::outline::{Node, Part};

/// A cell wider than this stands out of its column and leaves the others where they are.
pub(super) const CELL_WIDTH_MAX: usize = 40;
/// The same for titles of claims.
const TITLE_WIDTH_MAX: usize = 60;
/// The same for names of fields, with what shows for them.
const FIELD_WIDTH_MAX: usize = 28;
/// The same for the stages that a row of a flow leaves.
const FROM_WIDTH_MAX: usize = 24;
/// What a pattern of a band counts at least, so that the points of most attributes stand in one column: `A to B`.
const PATTERN_WIDTH_MIN: usize = 18;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its first token.
    pub first: usize,
    /// None for one that follows the cell before it at its gap.
    pub column: Option<usize>,
    /// Blanks before it, at least.
    pub gap: usize,
    pub width: Width,
    /// Its first token is set right in so many places.
    pub right: usize,
}

/// How a cell counts for the place of the column behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// As it is, unless it is wider than `most`.
    Full { most: usize },
    /// As it is, but at least so much.
    AtLeast(usize),
    /// Numbers count as so many characters, texts as [`TEXT_WIDTH`]; the whole at least so much.
    Values { number: usize, least: usize },
    /// Not at all: a condition, whose length says nothing about its neighbours'. What follows stands at the next stop.
    Free,
    /// Not at all; what follows stands at its gap.
    Loose,
}

/// What a text in quotation marks counts where values do not count as they are.
pub(super) const TEXT_WIDTH: usize = 12;

/// How a block is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A row a line.
    Open,
    /// A row a line if a line ends behind the opening bracket, else all on one line if there is room.
    AsWritten,
    /// The same, but open, its lines are those that were written: the values of one lead, say, by theme.
    Packed,
}

impl Cell {
    pub fn start(first: usize, width: Width) -> Cell {
        Cell { first, column: Some(0), gap: 0, width, right: 0 }
    }
}

pub(super) fn shape(part: Part) -> Shape {
    match part {
        Part::score
        | Part::decide
        | Part::grid
        | Part::flow
        | Part::route
        | Part::sla
        | Part::standard
        | Part::calendar
        | Part::lead
        | Part::test => Shape::Open,
        Part::test_lead | Part::test_signals | Part::test_expect | Part::test_table | Part::given_signal => Shape::Packed,
        _ => Shape::AsWritten,
    }
}

pub(super) fn inline_gap(part: Part) -> usize {
    match part {
        Part::test_lead | Part::test_expect | Part::test_table | Part::given_signal => 2,
        _ => 3,
    }
}

/// Whether a row with an open block keeps its place in the columns of the rows around it.
pub(super) fn stays_in_columns(part: Part) -> bool {
    matches!(part, Part::stage | Part::signal)
}

/// Rows of one kind share columns.
pub(super) fn kind(part: Part) -> Part {
    match part {
        Part::patterns => Part::grid_row,
        Part::property_version
        | Part::property_dated
        | Part::property_owner
        | Part::property_timezone
        | Part::property_currency
        | Part::property_follows
        | Part::calendar_hours
        | Part::calendar_closed
        | Part::calendar_special => Part::policy_property,
        Part::sla_starts
        | Part::sla_stops
        | Part::sla_restarts
        | Part::sla_pauses
        | Part::sla_within
        | Part::sla_by
        | Part::sla_remind
        | Part::sla_notify
        | Part::sla_reassign
        | Part::sla_escalate => Part::sla_row,
        Part::test_as_of
        | Part::test_stage
        | Part::test_owner
        | Part::test_queue
        | Part::test_table
        | Part::test_lead
        | Part::test_signals
        | Part::test_expect => Part::test_part,
        Part::column => Part::field,
        other => other,
    }
}

/// The cell that a row begins with.
pub(super) fn first(row: &Node) -> Cell {
    let width = match row.part {
        Part::band => Width::Values { number: 7, least: PATTERN_WIDTH_MIN },
        Part::flow_row => Width::Full { most: FROM_WIDTH_MAX },
        Part::field | Part::column => Width::Full { most: FIELD_WIDTH_MAX },
        Part::points_row => values(4),
        Part::grid_row | Part::patterns => values(3),
        Part::require => Width::Free,
        Part::route_row if row.children.first().is_some_and(|child| child.part == Part::route_otherwise) => Width::Free,
        Part::claim => Width::Full { most: TITLE_WIDTH_MAX },
        Part::sla_escalate => Width::Free,
        _ if kind(row.part) == Part::test_part => Width::AtLeast("signals".len()),
        _ => Width::Full { most: CELL_WIDTH_MAX },
    };
    let column = if row.part == Part::patterns { Some(1) } else { Some(0) };
    Cell { column, ..Cell::start(row.first, width) }
}

/// The cell that a part of a row begins, if it does.
pub(super) fn cell(row: Part, node: &Node, before: &[Cell]) -> Option<Cell> {
    let full = Width::Full { most: CELL_WIDTH_MAX };
    let at = |column: usize, gap: usize, width: Width| Some(Cell { first: node.first, column: Some(column), gap, width, right: 0 });
    let is_first = |column: usize| before.iter().all(|cell| cell.column != Some(column));
    let last_column = || before.iter().filter_map(|cell| cell.column).max().unwrap_or(0);
    let behind = |gap: usize| Some(Cell { first: node.first, column: None, gap, width: full, right: 0 });
    match (row, node.part) {
        (Part::stage | Part::queue | Part::signal | Part::team, Part::string) => at(1, 2, full),
        (Part::stage, Part::stage_owner) => at(2, 2, full),
        (Part::stage, Part::START | Part::FINAL) => at(3, 3, full),
        (Part::team, Part::team_members) => at(2, 3, full),
        (Part::team, Part::team_calendar) => at(3, 3, full),
        (Part::signal, Part::signal_by | Part::signal_bursts | Part::change_cost | Part::change_fixed) if is_first(2) => {
            at(2, 2, values(3))
        }
        (Part::signal, Part::signal_by | Part::signal_bursts | Part::change_cost | Part::change_fixed) => behind(3),
        (Part::queue, Part::queue_team) => at(2, 2, full),
        (Part::queue, Part::rotate_owners | Part::rotate_table) => at(3, 3, full),
        (Part::group | Part::let_value, Part::string) => at(1, 1, full),
        (Part::group | Part::let_value, Part::EQUALS) => at(2, 1, full),
        (Part::promise, Part::promise_delivers | Part::promise_meets) => at(1, 1, full),
        (Part::claim, Part::claim_always | Part::claim_never | Part::claim_possible | Part::claim_monotone) => at(1, 2, full),

        (Part::field | Part::column, Part::type_expression) => at(1, 2, values(1)),
        (Part::field | Part::column, Part::range) => at(2, 2, values(5)),
        (Part::field | Part::column, Part::choices) => at(2, 2, Width::Loose),
        (Part::field | Part::column, Part::KEY | Part::PREFIX_KEY | Part::OPTIONAL | Part::change_cost | Part::change_fixed) => match () {
            () if is_first(2) && is_first(3) && is_first(4) => at(2, 2, full),
            () if is_first(3) && is_first(4) => at(3, 3, full),
            () => behind(3),
        },
        (Part::field, Part::field_sources) => at(last_column().max(3) + 1, 3, full),

        (Part::attribute, Part::weight) => Some(Cell { right: 2, ..at(1, 1, values(2))? }),
        (Part::band, Part::points) => Some(Cell { right: 3, ..at(1, 2, values(3))? }),
        (Part::band, Part::because) => behind(3),
        (Part::adjust, Part::number) => Some(Cell { right: 3, ..at(1, 1, values(3))? }),
        (Part::adjust, Part::WHEN) => at(2, 1, Width::Free),
        (Part::adjust, Part::because) => at(3, 3, full),
        (Part::points_row, Part::points_when | Part::points_per) => at(1, 1, Width::Free),
        (Part::points_row, Part::because) => at(2, 3, full),
        (Part::decide_row, Part::guard) => at(1, 2, Width::Free),
        (Part::decide_row, Part::because) => at(2, 3, full),
        (Part::grid_row | Part::patterns, Part::pattern | Part::name) => {
            (node.first > before[0].first).then_some(())?;
            at(last_column() + 1, 2, values(3))
        }

        (Part::flow_row, Part::ARROW) => at(1, 1, full),
        (Part::flow_row, Part::trigger) => {
            at(2, 2, if has(node, &[Part::trigger_when, Part::where_clause]) { Width::Free } else { values(3) })
        }
        (Part::flow_row, Part::recycle) => at(3, 3, full),
        (Part::flow_row, Part::flow_because) if is_first(3) => at(3, 3, full),
        (Part::flow_row, Part::flow_because) => behind(3),
        (Part::route_row, Part::guard | Part::WHEN | Part::LAST_OTHERWISE) if is_first(1) => at(1, 2, Width::Free),
        (Part::route_row, Part::because) => at(2, 3, full),

        (Part::require, Part::because | Part::AS_WARNING) if is_first(1) => at(1, 3, full),
        (Part::require, Part::because | Part::AS_WARNING) => behind(3),
        (Part::raci, Part::names) => at(1, 1, full),
        (
            _,
            Part::string
            | Part::name
            | Part::names
            | Part::currency_code
            | Part::no_currency_code
            | Part::date
            | Part::opening
            | Part::closed_day,
        ) if kind(row) == Part::policy_property && is_first(1) => at(1, 1, full),
        (Part::calendar_hours, Part::opening) => behind(2),

        (Part::sla_starts | Part::sla_stops | Part::sla_restarts | Part::sla_pauses, Part::moment) => at(1, 2, full),
        (Part::sla_within, Part::duration) => at(1, 2, values(3)),
        (Part::sla_within, Part::guard) => at(2, 2, full),
        (Part::sla_by | Part::sla_remind, Part::name) if is_first(1) => at(1, 2, full),
        // `breach notify` and `breach reassign` are one token of the grammar, and two of the scanner
        (Part::sla_notify | Part::sla_reassign, Part::BREACH_NOTIFY | Part::BREACH_REASSIGN) => {
            Some(Cell { first: node.first + 1, ..at(1, 2, full)? })
        }
        (Part::test_as_of, Part::time) => at(1, 1, full),
        (Part::test_stage | Part::test_owner | Part::test_queue | Part::test_table, Part::name) if is_first(1) => at(1, 1, full),
        _ => None,
    }
}

/// The cell that a row's block begins, where it has a column of its own; else the bracket belongs to the cell before it.
pub(super) fn of_block(row: Part, open: usize) -> Option<Cell> {
    let at = |column: usize, gap: usize| Cell { first: open, column: Some(column), gap, width: Width::Loose, right: 0 };
    match row {
        Part::signal => Some(at(3, 2)),
        Part::attribute => Some(at(2, 1)),
        Part::test_lead | Part::test_signals | Part::test_expect => Some(at(1, 1)),
        _ => None,
    }
}

fn values(number: usize) -> Width {
    Width::Values { number, least: 0 }
}

fn has(node: &Node, parts: &[Part]) -> bool {
    node.children.iter().any(|child| parts.contains(&child.part) || has(child, parts))
}

//! The policy as data: one file for each part of the language; the types are used by the path `model::Name` alone.

mod claim;
mod clock;
mod expression;
mod flow;
mod history;
mod score;
mod team;
mod test;

pub use claim::*;
pub use clock::*;
pub use expression::*;
pub use flow::*;
pub use history::*;
pub use score::*;
pub use team::*;
pub use test::*;

use super::value::{Interval, Type, fold_choice};
use super::{ChoicesId, ColumnId, DecideId, FieldId, LetId, MeasureId, ScoreId};
use crate::source::Span;

#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub version: Option<String>,
    /// the standards that it is held against
    pub follows: Vec<Followed>,
    /// IANA name; `UTC` if the policy names none
    pub timezone: String,
    pub currency: Option<Currency>,
    /// every set of names that a value can take: fields, decides, stages, queues, owners, teams
    pub choices: Vec<Choices>,
    pub fields: Vec<Field>,
    pub key: Option<FieldId>,
    pub signals: Vec<Signal>,
    pub groups: Vec<Group>,
    /// what conditions over signals and measures of properties look at
    pub event_columns: Vec<EventColumn>,
    pub event_conditions: Vec<EventCondition>,
    /// every value that a lead's history gives
    pub measures: Vec<Measure>,
    /// the sections that a flow row can forget
    pub forgets: Vec<Forget>,
    pub tables: Vec<Table>,
    pub lets: Vec<Let>,
    pub scores: Vec<Score>,
    pub decides: Vec<Decide>,
    pub stages: Vec<Stage>,
    /// the choices whose indexes are stage numbers
    pub stage_choices: Option<ChoicesId>,
    /// the rows of all flows, in order, by their text: what moved a lead
    pub row_choices: Option<ChoicesId>,
    pub start_stage: Option<usize>,
    pub flows: Vec<Flow>,
    pub teams: Vec<Team>,
    pub calendars: Vec<Calendar>,
    pub queues: Vec<Queue>,
    pub queue_choices: Option<ChoicesId>,
    /// everyone that a queue rotates among
    pub owner_choices: Option<ChoicesId>,
    pub routes: Vec<Route>,
    /// numbered in the order of the text
    pub slas: Vec<Sla>,
    /// the choices that clocks' states are, in the order of [`ClockState::ALL`]; none without clocks
    pub clock_state_choices: Option<ChoicesId>,
    pub promises: Vec<Promise>,
    /// lets, scores and decides, each after all that it needs
    pub order: Vec<Derived>,
    pub tests: Vec<Test>,
    /// no score depends on them
    pub claims: Vec<Claim>,
}

impl Policy {
    /// What is known of a column of a lead's values: a field, or behind the fields a measure.
    pub fn column(&self, id: ColumnId) -> Option<ColumnType<'_>> {
        if let Some(Field { name, ty, range, optional, .. }) = self.fields.get(id) {
            return Some(ColumnType { name, ty: *ty, range: *range, optional: *optional });
        }
        let Measure { text, ty, range, optional, .. } = self.measures.get(id - self.fields.len())?;
        Some(ColumnType { name: text, ty: *ty, range: *range, optional: *optional })
    }

    /// Whether it matters to some clock who has the lead: a member of its team works by a calendar of its own.
    pub fn clocks_ask_for_owners(&self) -> bool {
        let mut teams = self.slas.iter().filter_map(|clock| self.teams.get(clock.by?));
        teams.any(|team| team.members.iter().any(|member| member.calendar != team.calendar))
    }

    /// How many answers there are to whose a lead is: each route has one; without any route the lead has one all the same.
    pub fn holder_count(&self) -> usize {
        self.routes.len().max(1)
    }

    /// Whether rows of some table are still to come, so that nobody knows what they will say.
    pub fn awaits_rows(&self) -> bool {
        self.tables.iter().any(|table| table.from_input && table.row_count == 0)
    }

    pub fn measure_column(&self, measure: MeasureId) -> ColumnId {
        self.fields.len() + measure
    }
}

#[derive(Clone, Copy, Debug)]
pub struct ColumnType<'p> {
    /// a field's name, a measure's text
    pub name: &'p str,
    pub ty: Type,
    pub range: Option<Interval>,
    pub optional: bool,
}

/// A standard that the policy follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    pub name: String,
    pub requirement_count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217, e.g. `USD`
    pub code: [u8; 3],
    /// decimal places of the minor unit: USD 2, JPY 0
    pub places: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Derived {
    Let(LetId),
    Score(ScoreId),
    Decide(DecideId),
}

#[derive(Clone, Debug, Default)]
pub struct Choices {
    pub members: Vec<ChoiceMember>,
}

#[derive(Clone, Debug)]
pub struct ChoiceMember {
    pub name: String,
    pub display: Option<String>,
    /// every accepted spelling, folded with [`super::value::fold_choice`], the name included
    pub spellings: Vec<String>,
    pub span: Span,
}

impl Choices {
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }

    /// The choice that a cell of a file means, by any of its spellings.
    pub fn index_of_spelling(&self, cell: &str) -> Option<usize> {
        let folded = fold_choice(cell);
        self.members.iter().position(|member| member.spellings.contains(&folded))
    }
}

/// What it takes to change a field of a lead, or to bring about one signal more; no answer depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// 0 to [`Effort::COST_MAX`]; 1 where nothing is written
    Cost(u32),
    /// nobody can
    Fixed,
}

impl Effort {
    pub const COST_MAX: u32 = 1_000_000;
}

impl Default for Effort {
    fn default() -> Effort {
        Effort::Cost(1)
    }
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub ty: Type,
    /// bounds of the schema, in the type's units; a value outside makes a bad row
    pub range: Option<Interval>,
    pub optional: bool,
    pub effort: Effort,
    /// (system, column name there)
    pub sources: Vec<(String, String)>,
    pub span: Span,
}

/// A look-up table with its rows.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: String,
    pub columns: Vec<TableColumn>,
    pub row_count: usize,
    /// `from input`: its rows are given at run time, by [`Policy::give_rows`]; until then it has none
    pub from_input: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct TableColumn {
    pub name: String,
    pub ty: Type,
    pub key: bool,
    /// the longest key that the value starts with (text keys only; at most one such column)
    pub prefix: bool,
    pub optional: bool,
    /// bounds of the schema, in the type's units
    pub range: Option<Interval>,
    /// of a text column: distinct texts (folded with [`super::value::fold_text`]); cells are indexes into it
    pub dictionary: Vec<String>,
    /// of a text column: the texts as first written, parallel to `dictionary`
    pub spelled: Vec<String>,
    /// one per row, in the type's units
    pub cells: Vec<Option<i64>>,
    pub span: Span,
}

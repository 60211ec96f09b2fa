//! Rows of a table's file.
//!
//! Enters: CSV text, whose first line names its columns in any order, and what each declared column holds. Leaves: cells by column, and
//! a bounded number of mistakes, each on its line. Always holds: every column has one cell per row.

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use super::cells::{CellMistake, CellReader};
use super::csv_text::{CELL_BYTES_MAX, Cells, Next};
use super::fold::{PLACES_MAX, say_more};
use super::hidden::Space;
use super::lost::Undeclared;
use super::value::{fold_choice, fold_text};
use super::{Choices, Interval, TABLE_KEYS_MAX, Type};
use crate::diagnostic::{Applicability, Code, Diagnostic, Label, nearest};
use crate::source::{SourceId, Span};
use crate::syntax::tree;

/// The most rows of a table.
const ROWS_MAX: usize = 200_000;
/// The most mistakes that are shown of one table.
const SHOWN_MAX: usize = 20;

/// How a declared column is read.
pub(crate) struct Plan<'t> {
    pub tree: &'t tree::Column,
    /// none if the declared type is wrong: its cells are not looked at
    pub ty: Option<Type>,
    pub range: Option<Interval>,
    /// what a cell names: "queue"
    pub noun: &'static str,
    /// the names that a cell is one of, if the policy declares them one by one
    pub space: Option<Space>,
}

pub(crate) struct Rows {
    pub row_count: usize,
    /// parallel to the plans
    pub columns: Vec<ReadColumn>,
    /// columns that the file lacks, and what it has that was meant
    pub renamed: Vec<(tree::Name, String)>,
    pub diagnostics: Vec<Diagnostic>,
}

#[derive(Default)]
pub(crate) struct ReadColumn {
    /// distinct folded texts, and as first written
    pub dictionary: Vec<String>,
    pub spelled: Vec<String>,
    pub cells: Vec<Option<i64>>,
    codes: FxHashMap<String, i64>,
}

pub(crate) fn read_rows(
    text: &str,
    source: SourceId,
    name: &tree::Name,
    file: Span,
    plans: &[Plan],
    choices: &[Choices],
    zone: &TimeZone,
    undeclared: Undeclared,
) -> Rows {
    let readers = plans.iter().map(|plan| {
        let ty = plan.ty.unwrap_or(Type::Text);
        let members = match ty {
            Type::OneOf(id) | Type::SomeOf(id) => choices.get(id),
            Type::Text | Type::Number { .. } | Type::YesNo | Type::Date | Type::Time => None,
        };
        CellReader::new(ty, plan.range, members, plan.noun, zone.clone())
    });
    let mut reading = Reading {
        source,
        name,
        plans,
        readers: readers.collect(),
        columns: plans.iter().map(|_| ReadColumn::default()).collect(),
        keys: FxHashMap::default(),
        renamed: Vec::new(),
        undeclared,
        diagnostics: Vec::new(),
        told: FxHashMap::default(),
        unshown: 0,
    };
    let row_count = reading.read(text, file);
    reading.close(row_count, file)
}

struct Reading<'r> {
    source: SourceId,
    name: &'r tree::Name,
    plans: &'r [Plan<'r>],
    readers: Vec<CellReader<'r>>,
    columns: Vec<ReadColumn>,
    /// keys and the line of the row that has them
    keys: FxHashMap<[i64; TABLE_KEYS_MAX], Span>,
    /// columns that the file lacks, and what it has that was meant
    renamed: Vec<(tree::Name, String)>,
    undeclared: Undeclared<'r>,
    diagnostics: Vec<Diagnostic>,
    /// what is said of cells -> the diagnostic, and how many cells it is about: a choice that is misspelt where it is declared is unknown in many rows
    told: FxHashMap<String, (usize, usize)>,
    unshown: usize,
}

/// Where a record stands, while it is read.
struct Record {
    start: usize,
    end: usize,
    cell_count: usize,
    /// a key cell was missing or wrong, so that the row is not held against others
    key_broken: bool,
}

impl Reading<'_> {
    /// Reads every row; gives their number.
    fn read(&mut self, text: &str, file: Span) -> usize {
        let mut cells = Cells::new(text);
        let Some(header) = self.read_header(&mut cells, file) else { return 0 };
        // a first line that names none of the columns is none, and every row would be a mistake
        if header.columns.iter().all(Option::is_none) {
            return 0;
        }
        // nor does one with a mistake name the columns of longer or shorter rows
        if !self.diagnostics.is_empty() && cells.count_ahead().is_some_and(|count| count != header.columns.len()) {
            return 0;
        }
        let mut row_count = 0;
        let fresh = |start| Record { start, end: start, cell_count: 0, key_broken: false };
        let mut record = fresh(0);
        loop {
            match cells.next() {
                Next::Cell { value, start, end, record_end } => {
                    if record.cell_count == 0 {
                        if row_count == ROWS_MAX {
                            self.malformed(
                                Span::new(self.source, start, end),
                                format!("has more than {ROWS_MAX} rows"),
                                "the first row too many",
                            );
                            return row_count;
                        }
                        record.start = start;
                    }
                    record.end = end;
                    if let Some(Some(column)) = header.columns.get(record.cell_count) {
                        self.cell(*column, value, Span::new(self.source, start, end), &mut record);
                    }
                    record.cell_count += 1;
                    if record_end {
                        row_count += 1;
                        self.row(&record, header.columns.len(), row_count);
                        record = fresh(end);
                    }
                }
                Next::Unclosed { start } => {
                    let span = Span::new(self.source, start, start + 1);
                    self.malformed(span, "has a quote that is never closed".to_owned(), "opened here");
                    self.even(row_count);
                    return row_count;
                }
                Next::TooLong { start } => {
                    let span = Span::new(self.source, start, start);
                    self.malformed(span, format!("has a cell of more than {CELL_BYTES_MAX} bytes"), "starts here");
                    self.even(row_count);
                    return row_count;
                }
                Next::End => return row_count,
            }
        }
    }

    /// Which declared column each column of the file is.
    fn read_header(&mut self, cells: &mut Cells, file: Span) -> Option<Header> {
        let mut names: Vec<(String, Span)> = Vec::new();
        loop {
            match cells.next() {
                Next::Cell { value, start, end, record_end } => {
                    names.push((value.trim().to_owned(), Span::new(self.source, start, end)));
                    if record_end {
                        break;
                    }
                }
                Next::Unclosed { start } => {
                    let span = Span::new(self.source, start, start + 1);
                    self.malformed(span, "has a quote that is never closed".to_owned(), "opened here");
                    return None;
                }
                Next::TooLong { start } => {
                    self.malformed(Span::new(self.source, start, start), "has a first line without end".to_owned(), "starts here");
                    return None;
                }
                Next::End => {
                    self.malformed(file, "is empty".to_owned(), "no line names its columns");
                    return None;
                }
            }
        }
        let line = names.iter().map(|(_, span)| *span).reduce(Span::to).unwrap_or(file);
        let mut columns: Vec<Option<usize>> = vec![None; names.len()];
        let plans = self.plans;
        let mut places: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (at, (name, _)) in names.iter().enumerate() {
            places.entry(fold_choice(name)).or_default().push(at);
        }
        for (index, plan) in plans.iter().enumerate() {
            let name = &plan.tree.name.text;
            match places.get(&fold_choice(name)).map(Vec::as_slice) {
                Some([at]) => columns[*at] = Some(index),
                Some([first, second, ..]) => {
                    let message = format!("the file of table `{}` has two columns `{name}`", self.name.text);
                    let diagnostic = Diagnostic::new(Code::TableMalformed, message)
                        .at(names[*second].1, "second column")
                        .at(names[*first].1, "first column")
                        .help("case, blanks, `-` and `_` make no difference; rename or delete one of them");
                    self.show(diagnostic);
                }
                Some([]) | None => self.column_missing(plan, &names, line),
            }
        }
        Some(Header { columns })
    }

    fn column_missing(&mut self, plan: &Plan, names: &[(String, Span)], line: Span) {
        // what could not be read may be no column
        if self.is_full() || plan.tree.ty.kind.is_unread() {
            return;
        }
        let name = &plan.tree.name;
        let message = format!("the file of table `{}` has no column `{}`", self.name.text, name.text);
        let diagnostic = Diagnostic::new(Code::TableColumnMissing, message).at(name.span, "declared here").at(line, "the file's columns");
        let free = names.iter().map(|(name, _)| name.as_str());
        let diagnostic = match nearest(&name.text, free) {
            Some(near) => {
                let diagnostic = diagnostic.help(format!("did you mean the file's column `{near}`?"));
                // only what is a name of the language can stand in the declaration
                let is_name = near.starts_with(|letter: char| letter.is_ascii_lowercase())
                    && near.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
                if is_name {
                    self.renamed.push((name.clone(), near.to_owned()));
                    diagnostic.replace(format!("write `{near}`"), Applicability::Unsafe, name.span, near)
                } else {
                    diagnostic
                }
            }
            None => diagnostic,
        };
        self.show(diagnostic);
    }

    fn cell(&mut self, column: usize, value: &str, span: Span, record: &mut Record) {
        let plans = self.plans;
        let (plan, reader) = (&plans[column], &self.readers[column]);
        let is_key = plan.tree.key.is_some();
        let cell = value.trim();
        let read = match (plan.ty, cell) {
            (None, _) => Ok(None),
            (Some(_), "") if plan.tree.optional.is_some() => Ok(None),
            (Some(_), "") => {
                let help = if is_key { None } else { Some(format!("fill it, or declare `{}` as `optional`", plan.tree.name.text)) };
                Err(CellMistake { reason: "an empty cell".to_owned(), help, unknown: None })
            }
            (Some(Type::Text), text) => Ok(Some(self.columns[column].code(text))),
            (Some(Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time), _) => {
                reader.read(cell).map(Some)
            }
        };
        let value = match read {
            Ok(value) => value,
            Err(mistake) => {
                self.cell_mistake(column, mistake, span);
                None
            }
        };
        record.key_broken |= is_key && value.is_none();
        self.columns[column].cells.push(value);
    }

    fn cell_mistake(&mut self, column: usize, mistake: CellMistake, span: Span) {
        let plan = &self.plans[column];
        let choices = match plan.ty {
            Some(Type::OneOf(id) | Type::SomeOf(id)) => Some(id),
            Some(Type::Text | Type::Number { .. } | Type::YesNo | Type::Date | Type::Time) | None => None,
        };
        let message = format!("{} in column `{}` of table `{}`", mistake.reason, plan.tree.name.text, self.name.text);
        if let Some((at, count)) = self.told.get_mut(&message) {
            *count += 1;
            if *count <= PLACES_MAX {
                self.diagnostics[*at].labels.push(Label { span, text: "and here".to_owned() });
            }
            return;
        }
        let known = self.readers[column].choices;
        if self.is_full()
            || mistake.unknown.as_ref().is_some_and(|name| self.undeclared.may_be(plan.space, choices, known, name, Some(span)))
        {
            return;
        }
        let near = mistake.unknown.and_then(|name| self.readers[column].nearest(&name));
        let help = near.map(|near| format!("did you mean `{near}`?")).or(mistake.help);
        self.told.insert(message.clone(), (self.diagnostics.len(), 1));
        let mut diagnostic =
            Diagnostic::new(Code::TableCell, message).at(span, "this cell").at(plan.tree.name.span, "the column is declared here");
        diagnostic.help = help;
        self.show(diagnostic);
    }

    /// Closes a row: every column gets its cell, and the keys are held against those of earlier rows.
    fn row(&mut self, record: &Record, expected: usize, row_count: usize) {
        let line = Span::new(self.source, record.start, record.end);
        if record.cell_count != expected {
            let message = format!("a row of table `{}` has {} cells, but its first line {expected}", self.name.text, record.cell_count);
            self.show(
                Diagnostic::new(Code::TableMalformed, message).at(line, "this row").help("a cell with a comma in it stands in quotes"),
            );
        }
        self.even(row_count);
        if record.key_broken || record.cell_count < expected {
            return;
        }
        let mut key = [0; TABLE_KEYS_MAX];
        let key_columns = self.plans.iter().zip(&self.columns).filter(|(plan, _)| plan.tree.key.is_some());
        for (slot, (_, column)) in key.iter_mut().zip(key_columns) {
            match column.cells.last() {
                Some(Some(value)) => *slot = *value,
                // a key column that the file lacks
                _ => return,
            }
        }
        // a row that could not be read may be one more key
        let has_key = self.plans.iter().any(|plan| plan.tree.key.is_some());
        if !has_key || self.plans.iter().any(|plan| plan.tree.ty.kind.is_unread()) {
            return;
        }
        if let Some(first) = self.keys.get(&key) {
            let first = *first;
            let shown = self.key_as_written(&key);
            let diagnostic = Diagnostic::new(Code::TableKeyRepeats, format!("the key {shown} of table `{}` stands twice", self.name.text))
                .at(line, "second row")
                .at(first, "first row")
                .help("keys are compared trimmed and ignoring case; leave one of the rows out");
            self.show(diagnostic);
        } else {
            self.keys.insert(key, line);
        }
    }

    /// "`OH`, `West`" for texts and choices; other keys are told by the row.
    fn key_as_written(&self, key: &[i64; TABLE_KEYS_MAX]) -> String {
        let key_columns = self.plans.iter().enumerate().filter(|(_, plan)| plan.tree.key.is_some());
        let parts = key.iter().zip(key_columns).map(|(value, (index, plan))| {
            let at = usize::try_from(*value).unwrap_or(usize::MAX);
            let member = self.readers[index].choices.and_then(|choices| choices.members.get(at)).map(|member| member.name.clone());
            let text = self.columns[index].spelled.get(at).cloned();
            let number = match plan.ty {
                Some(Type::Number { scale, .. }) => Some(super::value::format_scaled(i128::from(*value), scale)),
                Some(Type::YesNo) => Some(if *value == 1 { "yes" } else { "no" }.to_owned()),
                Some(Type::Text | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time) | None => None,
            };
            member.or(text).or(number).unwrap_or_else(|| plan.tree.name.text.clone())
        });
        parts.map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", ")
    }

    /// A column that the row lacks has a missing cell there; a row that was begun and could not be finished has none.
    fn even(&mut self, row_count: usize) {
        for column in &mut self.columns {
            column.cells.resize(row_count, None);
        }
    }

    fn malformed(&mut self, span: Span, what: String, label: &str) {
        let message = format!("the file of table `{}` {what}", self.name.text);
        self.diagnostics.push(Diagnostic::new(Code::TableMalformed, message).at(span, label));
    }

    fn show(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether the next mistake is only counted; then it has been.
    fn is_full(&mut self) -> bool {
        let is_full = self.diagnostics.len() >= SHOWN_MAX;
        self.unshown += usize::from(is_full);
        is_full
    }

    fn close(mut self, row_count: usize, file: Span) -> Rows {
        self.even(row_count);
        for (at, count) in self.told.into_values() {
            say_more(&mut self.diagnostics[at], count);
        }
        if self.unshown > 0 {
            let message = format!("and {} more mistakes in the file of table `{}`", self.unshown, self.name.text);
            self.diagnostics.push(Diagnostic::new(Code::TableCell, message).at(file, "the first of them are shown"));
        }
        Rows { row_count, columns: self.columns, renamed: self.renamed, diagnostics: self.diagnostics }
    }
}

struct Header {
    /// per column of the file
    columns: Vec<Option<usize>>,
}

impl ReadColumn {
    /// The code of a text: its index in the dictionary.
    fn code(&mut self, text: &str) -> i64 {
        let folded = fold_text(text);
        if let Some(code) = self.codes.get(&folded) {
            return *code;
        }
        let code = self.dictionary.len() as i64;
        self.dictionary.push(folded.clone());
        self.spelled.push(text.to_owned());
        self.codes.insert(folded, code);
        code
    }
}

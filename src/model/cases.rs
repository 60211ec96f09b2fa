//! Files of cases: each row is a test.
//!
//! Enters: `cases … from "cases.csv" { … }` and the text of its file, whose first line says what each column is: a field of the lead, a part of a test, or
//! what is expected. Leaves: one test per row behind the tests of the policy. Always holds, when no error was reported: the same as of a test; an
//! empty cell says nothing, so that what stands in the braces counts, and behind `expect` nothing is expected.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use rustc_hash::FxHashMap;

use super::case_cells::{moment_of, signals_of};
use super::case_file::{CaseCell, CaseRow, read_case_file};
use super::cells::{CellReader, decimal};
use super::check::{Checker, Named};
use super::constants::scale_of;
use super::hidden::Space;
use super::resolve::quoted;
use super::tables::FileOf;
use super::value::fold_choice;
use super::{Choices, ChoicesId, Constant, Event, Expected, ExpectedValue, FieldId, Interval, TableId, TableRows, Target, Test, Type};
use crate::diagnostic::{Applicability, Code, Diagnostic, nearest};
use crate::source::{Files, Span};
use crate::syntax::tree;

/// What stands before the name of a part of a test that a field has too.
const OF_TEST: &str = "test_";

/// The most mistakes that are shown of the rows of one file.
const SHOWN_MAX: usize = 20;

/// What a column of the file is.
enum Column {
    Title,
    AsOf,
    Stage,
    StageSince,
    Owner,
    Queue,
    Signals,
    Field(FieldId),
    Expect {
        /// as the header has it, folded: `readiness.demographic`
        path: String,
        target: Target,
        ty: Type,
        range: Option<Interval>,
    },
    /// without a name, or with a reported mistake
    Ignored,
}

impl Column {
    /// What may stand twice only by mistake.
    fn key(&self) -> Option<String> {
        Some(match self {
            Column::Title => "title".to_owned(),
            Column::AsOf => "as_of".to_owned(),
            Column::Stage => "stage".to_owned(),
            Column::StageSince => "stage_since".to_owned(),
            Column::Owner => "owner".to_owned(),
            Column::Queue => "queue".to_owned(),
            Column::Signals => "signals".to_owned(),
            Column::Field(field) => format!("field {field}"),
            Column::Expect { path, .. } => format!("expect {path}"),
            Column::Ignored => return None,
        })
    }
}

/// What the braces say for every row.
struct Common<'t> {
    tree: &'t tree::Test,
    as_of: Option<i64>,
    lead: Vec<Option<Constant>>,
    /// per field, the braces say something of it
    given: Vec<bool>,
    stage: Option<usize>,
    owner: Option<usize>,
    queue: Option<usize>,
    tables: Vec<(TableId, TableRows)>,
    expect: Vec<Expected>,
}

impl Checker<'_> {
    pub(crate) fn check_cases(&mut self, files: &dyn Files, required: &[FieldId], titles: &mut FxHashMap<String, Span>) {
        for (_, cases) in self.items.cases.clone() {
            self.check_title("test", &cases.common.title, titles);
            let common = self.common(cases);
            let what = format!("the file `{}`", cases.file.value);
            let file_of = FileOf {
                what: format!("the cases \"{}\"", cases.common.title.value),
                absent: Code::CasesFile,
                malformed: Code::CasesFile,
                too_large: "split it",
            };
            let Some(source) = self.csv_source(files, &file_of, &cases.file) else { continue };
            let mut diagnostics = Vec::new();
            let read = read_case_file(&self.sources.get(source).text, source, &what, cases.file.span, &mut diagnostics);
            self.diagnostics.extend(diagnostics);
            let Some(file) = read else { continue };
            let Some(columns) = self.case_columns(&file.header) else { continue };
            if !self.covers_lead(required, &common, &columns, &file.header) {
                continue;
            }
            let before = self.diagnostics.len();
            for (index, row) in file.rows.iter().enumerate() {
                if self.diagnostics.len() - before >= SHOWN_MAX {
                    let left = file.rows.len() - index;
                    let message = format!("{what} has too many mistakes to go on: {left} rows were not read");
                    self.report(Diagnostic::new(Code::CasesCell, message).at(row.span, "the first row that was not read"));
                    break;
                }
                self.case(row, &columns, &common, index == 0, titles);
            }
        }
    }

    fn common<'c>(&mut self, cases: &'c tree::Cases) -> Common<'c> {
        let tree = &cases.common;
        let lead = self.check_given(tree, &[]);
        let named: Vec<&str> = tree.lead.iter().map(|given| given.name.text.as_str()).collect();
        let given = self.policy.fields.iter().map(|field| named.contains(&field.name.as_str())).collect();
        let as_of = tree.as_of.as_ref().and_then(|(literal, span)| self.as_of(literal, *span));
        let tables = self.check_given_rows(tree);
        let (owner, queue) = self.check_given_owner(tree);
        let expect = self.check_expected(&tree.expect);
        let stage = tree.stage.as_ref().and_then(|(name, _)| self.stage_named(name));
        Common { tree, as_of, lead, given, stage, owner, queue, tables, expect }
    }

    /// What each column is; none if so much is wrong that the rows would say it again.
    fn case_columns(&mut self, header: &[CaseCell]) -> Option<Vec<Column>> {
        let before = self.diagnostics.len();
        let mut seen: FxHashMap<String, Span> = FxHashMap::default();
        let mut columns = Vec::new();
        for cell in header {
            let column = self.case_column(cell);
            if let Some(first) = column.key().and_then(|key| seen.insert(key, cell.span)) {
                self.report(
                    Diagnostic::new(Code::CasesColumn, format!("two columns of the cases are `{}`", cell.text))
                        .at(cell.span, "again")
                        .at(first, "first")
                        .help("leave one of them out"),
                );
            }
            columns.push(column);
        }
        let is_expecting = |column: &Column| matches!(column, Column::Expect { .. });
        if columns.iter().all(|column| matches!(column, Column::Ignored)) && self.diagnostics.len() > before {
            return None;
        }
        // rows of which every one lacks something say nothing beyond that
        let broken = self.diagnostics.len() > before;
        (!broken || columns.iter().any(is_expecting)).then_some(columns)
    }

    fn case_column(&mut self, cell: &CaseCell) -> Column {
        if cell.text.is_empty() || cell.text.starts_with('#') {
            return Column::Ignored;
        }
        let folded = fold_choice(&cell.text);
        if let Some(field) = self.policy.fields.iter().position(|field| fold_choice(&field.name) == folded) {
            return Column::Field(field);
        }
        // what every file of cases may have comes before what a system calls a field
        if is_title(&folded) {
            return Column::Title;
        }
        if let Some(field) = self.field_called(&folded) {
            return Column::Field(field);
        }
        if let Some(path) = expected_path(&cell.text) {
            return self.expected_column(&path, cell);
        }
        // `test owner` is the part of a test where a field has the part's name
        let part = self.part_of_test(folded.strip_prefix(OF_TEST).unwrap_or(&folded));
        part.unwrap_or_else(|| {
            self.unknown_column(cell, &folded);
            Column::Ignored
        })
    }

    fn part_of_test(&self, folded: &str) -> Option<Column> {
        Some(match folded {
            "title" | "case" => Column::Title,
            "as_of" => Column::AsOf,
            "stage" if self.policy.stage_choices.is_some() => Column::Stage,
            "stage_since" if self.policy.stage_choices.is_some() => Column::StageSince,
            "owner" => Column::Owner,
            "queue" => Column::Queue,
            "signals" => Column::Signals,
            _ => return None,
        })
    }

    /// The only field that is shown so, or called so in some system.
    fn field_called(&self, folded: &str) -> Option<FieldId> {
        let mut called = self.policy.fields.iter().enumerate().filter(|(_, field)| {
            let systems = field.sources.iter().map(|(_, column)| column);
            field.display.iter().chain(systems).any(|name| fold_choice(name) == folded)
        });
        called.next().filter(|_| called.next().is_none()).map(|(id, _)| id)
    }

    fn expected_column(&mut self, path: &str, cell: &CaseCell) -> Column {
        let names: Vec<tree::Name> = path.split('.').map(|part| tree::Name { text: fold_choice(part), span: cell.span }).collect();
        let path = names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        match self.target(&names, cell.span) {
            Some((target, ty, range)) => Column::Expect { path, target, ty, range },
            None => Column::Ignored,
        }
    }

    fn unknown_column(&mut self, cell: &CaseCell, folded: &str) {
        if self.may_be_declared(Space::Field, folded, Some(cell.span)) {
            return;
        }
        let diagnostic = Diagnostic::new(Code::CasesColumn, format!("the column `{}` of the cases is no field of the lead", cell.text))
            .at(cell.span, "names nothing");
        let parts = ["title", "as_of", "stage", "stage_since", "owner", "queue", "signals"];
        let fields = self.policy.fields.iter().map(|field| field.name.as_str());
        let near = nearest(folded, fields.chain(parts)).map(str::to_owned);
        let is_output =
            matches!(self.names.get(folded.split('.').next().unwrap_or(folded)), Some((named, _)) if !matches!(named, Named::Field(_)));
        let diagnostic = match near {
            _ if is_output => diagnostic.help("write `expect` before what must come out").replace(
                format!("write `expect {}`", cell.text),
                Applicability::Safe,
                cell.span,
                format!("expect {}", cell.text),
            ),
            Some(near) => diagnostic.did_you_mean(cell.span, &near),
            None => {
                diagnostic.help("a column is a field, `title`, `as_of`, `stage`, `stage_since`, `owner`, `queue`, `signals`, or `expect …`")
            }
        };
        self.report(diagnostic);
    }

    /// Whether every field that is not optional has a column or stands in the braces.
    fn covers_lead(&mut self, required: &[FieldId], common: &Common, columns: &[Column], header: &[CaseCell]) -> bool {
        let is_given = |id: &FieldId| {
            let has_column = columns.iter().any(|column| matches!(column, Column::Field(field) if field == id));
            has_column || common.given.get(*id).copied().unwrap_or(false)
        };
        let absent: Vec<&str> = required.iter().filter(|id| !is_given(id)).map(|id| self.policy.fields[*id].name.as_str()).collect();
        if absent.is_empty() || self.policy.key.is_none() {
            return true;
        }
        let message =
            format!("the cases do not give {}, which {} not optional", quoted(&absent), if absent.len() == 1 { "is" } else { "are" });
        let Some(line) = header.iter().map(|cell| cell.span).reduce(Span::to) else { return false };
        let taken = header.iter().zip(columns).find_map(|(cell, column)| {
            let field = self.field_called(&fold_choice(&cell.text)).filter(|_| matches!(column, Column::Title))?;
            absent.contains(&self.policy.fields[field].name.as_str()).then(|| (cell.text.clone(), self.policy.fields[field].name.clone()))
        });
        let help = match taken {
            Some((column, field)) => format!("the column `{column}` is what each case is called: call the column of the field `{field}`"),
            None => "add a column, or write the value that all cases have in braces: `{ lead { … } }`".to_owned(),
        };
        self.report(
            Diagnostic::new(Code::TestIncomplete, message)
                .at(line, "the file's columns")
                .at(common.tree.title.span, "and these braces give no whole lead")
                .help(help),
        );
        false
    }

    /// One row; what is wrong with the braces in all of them is said in the first.
    fn case(&mut self, row: &CaseRow, columns: &[Column], common: &Common, is_first: bool, titles: &mut FxHashMap<String, Span>) {
        let filled = || row.cells.iter().zip(columns).filter(|(cell, _)| !cell.text.is_empty());
        let mut test = Test {
            title: self.case_title(row, columns, common, titles),
            as_of: common.as_of,
            stage: common.stage,
            stage_since: None,
            owner: common.owner,
            queue: common.queue,
            tables: common.tables.clone(),
            lead: common.lead.clone(),
            expect: common.expect.clone(),
            signals: Vec::new(),
            span: row.span,
        };
        // whatever is counted back is counted from here
        for (cell, column) in filled() {
            if matches!(column, Column::AsOf) {
                test.as_of = self.case_value(cell, Type::Time, None, "as_of");
                if test.as_of.is_none() {
                    self.memory.days_told.insert(row.span);
                }
            }
        }
        let before = self.diagnostics.len();
        // of a stage that the row names, the braces do not say since when
        let names_stage = filled().any(|(_, column)| matches!(column, Column::Stage));
        let since = common.tree.stage.as_ref().and_then(|(_, since)| since.as_ref()).filter(|_| !names_stage);
        test.stage_since = since.and_then(|since| self.moment_of_test(since, test.as_of, common.tree, "the time in a stage"));
        test.signals = self.check_given_signals(common.tree, test.as_of);
        if !is_first {
            self.diagnostics.truncate(before);
        }
        for (cell, column) in filled() {
            self.case_cell(cell, column, common, &mut test);
        }
        let fields = columns
            .iter()
            .zip(&row.cells)
            .filter_map(|(column, cell)| if let Column::Field(id) = column { Some((*id, cell)) } else { None });
        for (id, cell) in fields.filter(|(_, cell)| cell.text.is_empty()) {
            let (optional, is_key) =
                self.policy.fields.get(id).map_or((true, false), |field| (field.optional, self.policy.key == Some(id)));
            if !optional && !is_key && !common.given.get(id).copied().unwrap_or(false) {
                self.never_missing(id, cell, "an empty cell");
            }
        }
        if test.expect.is_empty() && self.diagnostics.len() == before {
            self.report(
                Diagnostic::new(Code::TestExpects, "the case expects nothing")
                    .at(row.span, "cannot fail")
                    .help("fill a column whose name begins with `expect`; write `missing` where nothing must come out"),
            );
        }
        self.policy.tests.push(test);
    }

    fn case_title(&mut self, row: &CaseRow, columns: &[Column], common: &Common, titles: &mut FxHashMap<String, Span>) -> String {
        let of_all = &common.tree.title.value;
        let own = row.cells.iter().zip(columns).find(|(cell, column)| matches!(column, Column::Title) && !cell.text.is_empty());
        let Some((cell, _)) = own else {
            let line = self.sources.position(row.span.source, row.span.start).line;
            return format!("{of_all}, line {line}");
        };
        let title = format!("{of_all}: {}", cell.text);
        self.check_title("case", &tree::Text { value: title.clone(), span: cell.span }, titles);
        title
    }

    fn case_cell(&mut self, cell: &CaseCell, column: &Column, common: &Common, test: &mut Test) {
        match column {
            Column::Title | Column::AsOf | Column::Ignored => {}
            Column::Field(id) => {
                let Some(field) = self.policy.fields.get(*id).cloned() else { return };
                test.lead[*id] = if is_missing(cell) {
                    if !field.optional && self.policy.key != Some(*id) {
                        self.never_missing(*id, cell, "`missing`");
                    }
                    None
                } else {
                    self.case_constant(cell, field.ty, field.range, &field.name)
                };
            }
            Column::Stage => test.stage = self.case_choice(cell, self.policy.stage_choices, "stage"),
            Column::StageSince => match moment_of(cell) {
                Ok(ago) => test.stage_since = self.moment_of_test(&ago, test.as_of, common.tree, "the time in a stage"),
                Err(reason) => self.unreadable(cell, "`stage_since`", &reason, "write `3 days ago`, or `2026-11-18T15:00`"),
            },
            Column::Owner => test.owner = self.case_choice(cell, self.policy.owner_choices, "owner"),
            Column::Queue => test.queue = self.case_choice(cell, self.policy.queue_choices, "queue"),
            Column::Signals => match signals_of(cell) {
                Ok(signals) => {
                    let given = tree::Test { signals, ..common.tree.clone() };
                    let events: Vec<Event> = self.check_given_signals(&given, test.as_of);
                    test.signals.extend(events);
                }
                Err(reason) => {
                    let help = "write signals as a test does: `page_view 2 days ago { path \"/products\" }`";
                    self.unreadable(cell, "`signals`", &reason, help);
                }
            },
            Column::Expect { path, target, ty, range } => {
                let before = self.diagnostics.len();
                let value = self.case_expected(cell, *target, *ty, *range, path);
                if self.diagnostics.len() == before {
                    test.expect.retain(|expected| expected.target != *target);
                    test.expect.push(Expected { path: path.clone(), target: *target, value, span: cell.span });
                }
            }
        }
    }

    fn case_expected(&mut self, cell: &CaseCell, target: Target, ty: Type, range: Option<Interval>, path: &str) -> ExpectedValue {
        if is_missing(cell) {
            return ExpectedValue::Missing;
        }
        let finer = decimal(&cell.text).filter(|number| number.reduced().places > scale_of(ty));
        match finer {
            Some(number) if self.places_follow_from_rows(target) => ExpectedValue::Finer(number),
            Some(_) | None => self.case_constant(cell, ty, range, path).into(),
        }
    }

    fn case_constant(&mut self, cell: &CaseCell, ty: Type, range: Option<Interval>, name: &str) -> Option<Constant> {
        match ty {
            Type::Text => Some(Constant::Text(cell.text.clone())),
            Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => {
                let value = self.case_value(cell, ty, range, name)?;
                let is_empty_set = matches!(ty, Type::SomeOf(_)) && value == 0;
                (!is_empty_set).then_some(Constant::Integer(value))
            }
        }
    }

    fn case_choice(&mut self, cell: &CaseCell, choices: Option<ChoicesId>, name: &str) -> Option<usize> {
        let Some(choices) = choices else {
            if if name == "owner" { self.hidden.may_have_owners() } else { self.hidden.may_have(name) } {
                return None;
            }
            let message = format!("the policy has no {name}");
            self.report(Diagnostic::new(Code::CasesCell, message).at(cell.span, format!("which {name}?")));
            return None;
        };
        self.case_value(cell, Type::OneOf(choices), None, name).and_then(|value| usize::try_from(value).ok())
    }

    /// A cell as files of leads have it: choices by any spelling, yes and no in any of theirs.
    fn case_value(&mut self, cell: &CaseCell, ty: Type, range: Option<Interval>, name: &str) -> Option<i64> {
        let zone = TimeZoneDatabase::bundled().get(&self.policy.timezone).unwrap_or(TimeZone::UTC);
        let choices = match ty {
            Type::OneOf(id) | Type::SomeOf(id) => self.policy.choices.get(id),
            Type::Text | Type::Number { .. } | Type::YesNo | Type::Date | Type::Time => None,
        };
        // one choice is found without a table of all of them
        if let (Type::OneOf(_), Some(found)) = (ty, choices.and_then(|choices: &Choices| choices.index_of_spelling(&cell.text))) {
            return i64::try_from(found).ok();
        }
        let reader = CellReader::new(ty, range, choices, "choice", zone);
        let mistake = match reader.read(&cell.text) {
            Ok(value) => return Some(value),
            Err(mistake) => mistake,
        };
        let near = mistake.unknown.as_ref().and_then(|unknown| reader.nearest(unknown)).map(str::to_owned);
        let listed = mistake.unknown.as_ref().and_then(|_| reader.listed());
        if let (Type::OneOf(id) | Type::SomeOf(id), Some(unknown)) = (ty, &mistake.unknown)
            && self.choice_may_be_declared(id, &fold_choice(unknown), Some(cell.span))
        {
            return None;
        }
        let mut diagnostic =
            Diagnostic::new(Code::CasesCell, format!("{} in the column `{name}` of the cases", mistake.reason)).at(cell.span, "this cell");
        diagnostic.help = near.map(|near| format!("did you mean `{near}`?")).or(mistake.help).or(listed);
        let is_field = self.policy.fields.iter().any(|field| field.name == name);
        if is_field && self.part_of_test(name).is_some() {
            let column = if is_title(name) {
                "what a case is called can stand in a column `case`".to_owned()
            } else {
                format!("the part of a test can stand in a column `test {name}`")
            };
            let clash = format!("`{name}` is a field here, so the column is its value; {column}");
            diagnostic.help = Some(diagnostic.help.map_or(clash.clone(), |help| format!("{help}; {clash}")));
        }
        self.report(diagnostic);
        None
    }

    fn never_missing(&mut self, id: FieldId, cell: &CaseCell, what: &str) {
        let Some(field) = self.policy.fields.get(id) else { return };
        let diagnostic =
            Diagnostic::new(Code::CasesCell, format!("{what} in the column `{}` of the cases, which is not optional", field.name))
                .at(cell.span, "must be known")
                .at(field.span, "declared without `optional`");
        self.report(diagnostic);
    }

    fn unreadable(&mut self, cell: &CaseCell, column: &str, reason: &str, help: &str) {
        let message = format!("a cell of the column {column} cannot be read: {reason}");
        self.report(Diagnostic::new(Code::CasesCell, message).at(cell.span, "this cell").help(help));
    }
}

/// Whether a column of that folded name says what cases are called, unless a field has that very name.
fn is_title(folded: &str) -> bool {
    matches!(folded, "title" | "case")
}

fn is_missing(cell: &CaseCell) -> bool {
    cell.text.eq_ignore_ascii_case("missing")
}

/// `expect readiness.demographic`, `Expected status`: what stands behind the word.
fn expected_path(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let rest = ["expected", "expects", "expect"].iter().find_map(|word| lower.strip_prefix(word))?;
    let path = rest.trim_start_matches([' ', '_', '-', ':', '.']);
    (path.len() < rest.len() && !path.is_empty()).then(|| path.to_owned())
}

//! Tables: their columns, and the rows of their files.
//!
//! Enters: the trees of tables and, through [`Files`], the text of their CSV files, which becomes a source too. Leaves: `policy.tables`, one
//! per table of the text and in its order. Always holds, when no error was reported: every column has one cell per row; keys are never
//! missing and differ once folded; a cell that names a queue, stage, team or choice names a declared one.

use std::collections::BTreeSet;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use rustc_hash::FxHashMap;

use super::check::Checker;
use super::declare::enter;
use super::hidden::Space;
use super::load::{Unread, read_text};
use super::lost::{Set, Undeclared};
use super::paths::below_root;
use super::resolve::no_column;
use super::table_rows::{Plan, Rows, read_rows};
use super::types::TypePlace;
use super::{TABLE_KEYS_MAX, Table, TableColumn, TableId, Type};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::{Files, SourceId, Span};
use crate::syntax::tree::{self, TypeKind};

/// The most bytes that the file of a table may have.
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What a CSV file is for, in messages.
pub(crate) struct FileOf {
    /// "table `areas`"
    pub what: String,
    pub absent: Code,
    pub malformed: Code,
    /// what to do instead
    pub too_large: &'static str,
}

/// A column that the file lacks, though it has one of nearly that name.
#[derive(Debug)]
pub(crate) struct RenamedColumn {
    pub table: TableId,
    /// as declared
    pub column: tree::Name,
    /// the name in the file
    pub meant: String,
    /// where the declared name is used
    pub uses: BTreeSet<Span>,
}

impl<'t> Checker<'t> {
    pub(crate) fn check_tables(&mut self, files: &dyn Files) {
        let trees: Vec<&'t tree::Table> = self.items.tables.iter().map(|(_, tree)| *tree).collect();
        let mut files_to_read = Vec::new();
        for (id, tree) in trees.into_iter().enumerate() {
            let (table, plans, is_broken) = self.check_columns(tree);
            if is_broken {
                self.broken_tables.insert(tree.name.text.clone());
            }
            self.policy.tables.push(table);
            if let Some(file) = &tree.file {
                files_to_read.push((id, tree, file, plans));
            }
        }
        self.check_table_rotations();
        // the rows of a rotation name owners, whom cells of other tables may name
        files_to_read.sort_by_key(|(id, ..)| !self.policy.is_rotated(*id));
        for (id, tree, file, plans) in files_to_read {
            self.read_table(files, id, tree, file, &plans);
            self.policy.seat_owners(id);
            self.check_owners_of(id, file);
        }
    }

    /// The table without rows, how its columns are to be read, and whether it cannot be looked up for a mistake in them.
    fn check_columns(&mut self, tree: &'t tree::Table) -> (Table, Vec<Plan<'t>>, bool) {
        let mut columns: Vec<TableColumn> = Vec::new();
        let mut plans: Vec<Plan> = Vec::new();
        let mut is_broken = false;
        let mut names = FxHashMap::default();
        for column in &tree.columns {
            if !enter(&mut names, &mut self.diagnostics, "column", &column.name) {
                is_broken = true;
                continue;
            }
            let resolved = self.resolve_type(&column.ty, TypePlace::Column);
            let is_whole = resolved.is_some();
            is_broken |= !is_whole;
            let (ty, range) = resolved.unwrap_or((Type::Text, None));
            self.check_key_column(column, is_whole.then_some(ty));
            columns.push(TableColumn {
                name: column.name.text.clone(),
                ty,
                key: column.key.is_some(),
                prefix: column.prefix,
                optional: column.optional.is_some(),
                range,
                dictionary: Vec::new(),
                spelled: Vec::new(),
                cells: Vec::new(),
                span: column.name.span,
            });
            let (noun, space) = names_of(&column.ty.kind);
            plans.push(Plan { tree: column, ty: is_whole.then_some(ty), range, noun, space });
        }
        is_broken |= !self.check_keys(tree);
        let table = Table { name: tree.name.text.clone(), columns, row_count: 0, from_input: tree.file.is_none(), span: tree.name.span };
        (table, plans, is_broken)
    }

    fn check_key_column(&mut self, column: &tree::Column, ty: Option<Type>) {
        let Some(key) = column.key else { return };
        if let Some(optional) = column.optional {
            self.report(
                Diagnostic::new(Code::WrongKeys, format!("the key column `{}` cannot be optional", column.name.text))
                    .at(optional, "a row without key could not be looked up")
                    .replace("leave `optional` out", Applicability::Safe, optional, ""),
            );
        }
        match ty {
            Some(Type::SomeOf(_)) => self.report(
                Diagnostic::new(Code::WrongKeys, format!("the key column `{}` has a type that cannot be a key", column.name.text))
                    .at(column.ty.span, "a set cannot be looked up")
                    .help("use `one of`, with one row for each choice"),
            ),
            Some(Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::Date | Type::Time) if column.prefix => self.report(
                Diagnostic::new(Code::WrongKeys, format!("the prefix key `{}` is not a text", column.name.text))
                    .at(column.ty.span, "only a text starts with another")
                    .at(key, "asks for the longest prefix")
                    .help("write `text prefix key`, or leave `prefix` out"),
            ),
            Some(Type::Text | Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::Date | Type::Time) | None => {}
        }
    }

    /// Whether the table can be looked up.
    fn check_keys(&mut self, tree: &tree::Table) -> bool {
        let keys: Vec<&tree::Column> = tree.columns.iter().filter(|column| column.key.is_some()).collect();
        let name = &tree.name;
        let Some(first) = keys.first() else {
            if tree.columns.iter().any(|column| column.ty.kind.is_unread()) {
                return false;
            }
            let mut diagnostic = Diagnostic::new(Code::WrongKeys, format!("the table `{}` has no key", name.text))
                .at(name.span, "by what is a row found?")
                .help("mark the column that rows are looked up by, as in `state text key`");
            if let Some(column) = tree.columns.first().filter(|column| column.optional.is_none()) {
                let title = format!("make `{}` the key", column.name.text);
                diagnostic = diagnostic.replace(title, Applicability::Unsafe, column.ty.span.after(), " key");
            }
            self.report(diagnostic);
            return false;
        };
        if let Some(beyond) = keys.get(TABLE_KEYS_MAX) {
            self.report(
                Diagnostic::new(Code::WrongKeys, format!("the table `{}` has {} key columns", name.text, keys.len()))
                    .at(beyond.name.span, format!("at most {TABLE_KEYS_MAX} are allowed"))
                    .at(first.name.span, "the first of them"),
            );
        }
        let mut prefixes = keys.iter().filter(|column| column.prefix);
        if let (Some(first), Some(second)) = (prefixes.next(), prefixes.next()) {
            self.report(
                Diagnostic::new(Code::WrongKeys, format!("the table `{}` has two prefix keys", name.text))
                    .at(second.name.span, "second prefix key")
                    .at(first.name.span, "first prefix key")
                    .help("a table has at most one `prefix key`; make the other a plain `key`"),
            );
        }
        true
    }

    fn read_table(&mut self, files: &dyn Files, id: TableId, tree: &tree::Table, file: &tree::Text, plans: &[Plan]) {
        let file_of = FileOf {
            what: format!("table `{}`", tree.name.text),
            absent: Code::TableNotFound,
            malformed: Code::TableMalformed,
            too_large: "give it at run time: `from input`",
        };
        let Some(source) = self.csv_source(files, &file_of, file) else { return };
        let zone = TimeZoneDatabase::bundled().get(&self.policy.timezone).unwrap_or(TimeZone::UTC);
        let text = &self.sources.get(source).text;
        let undeclared = Undeclared { hidden: &self.hidden, lost: &mut self.memory.lost };
        let Rows { row_count, columns, renamed, diagnostics } =
            read_rows(text, source, &tree.name, file.span, plans, &self.policy.choices, &zone, undeclared);
        self.diagnostics.extend(diagnostics);
        for (column, meant) in renamed {
            self.memory.lost.add_name(Set::Columns(id), &meant);
            self.memory.renamed.push(RenamedColumn { table: id, column, meant, uses: BTreeSet::new() });
        }
        let Some(table) = self.policy.tables.get_mut(id) else { return };
        table.row_count = row_count;
        for (column, read) in table.columns.iter_mut().zip(columns) {
            (column.dictionary, column.spelled, column.cells) = (read.dictionary, read.spelled, read.cells);
        }
    }

    /// The fix of a column that is declared with a slip writes its name wherever it is used.
    pub(crate) fn mend_renamed_columns(&mut self) {
        for RenamedColumn { table, column, meant, uses } in std::mem::take(&mut self.memory.renamed) {
            // whoever asked for the column before the file was read was told that there is none
            let absent = self.policy.tables.get(table).map(|table| no_column(&table.name, &meant));
            self.diagnostics.retain(|told| told.code != Code::UnknownColumn || Some(&told.message) != absent.as_ref());
            let is_at = |edits: &[Edit]| matches!(edits, [only] if only.span == column.span);
            let of_file = self.diagnostics.iter_mut().filter(|diagnostic| diagnostic.code == Code::TableColumnMissing);
            let fix = of_file.flat_map(|diagnostic| &mut diagnostic.fixes).find(|fix| is_at(&fix.edits));
            if let Some(fix) = fix {
                fix.edits.extend(uses.into_iter().map(|span| Edit { span, text: meant.clone() }));
            }
        }
    }

    /// A CSV file of the policy as a source.
    pub(crate) fn csv_source(&mut self, files: &dyn Files, of: &FileOf, file: &tree::Text) -> Option<SourceId> {
        let what = &of.what;
        let path = match below_root(&file.value) {
            Ok(path) => path,
            Err(reason) => {
                self.report(
                    Diagnostic::new(Code::UseOutsideRoot, format!("the file `{}` of {what} is not below the policy's root", file.value))
                        .at(file.span, reason)
                        .help("write the path from the policy's root, with `/`, such as \"tables/areas.csv\""),
                );
                return None;
            }
        };
        if let Some(source) = self.sources.find(&path) {
            return Some(source);
        }
        let unread = match read_text(files, &path, FILE_BYTES_MAX) {
            Ok(text) => return Some(self.sources.add(path, text)),
            Err(unread) => unread,
        };
        let said = format!("the file `{path}` of {what}");
        let diagnostic = match unread {
            Unread::NotFound => Diagnostic::new(of.absent, format!("{said} does not exist"))
                .at(file.span, "no such file")
                .help("paths start at the policy's root, the folder that holds its first file"),
            Unread::Outside => {
                Diagnostic::new(Code::UseOutsideRoot, format!("{said} is not below the policy's root")).at(file.span, "leads outside")
            }
            Unread::TooLarge { limit } => Diagnostic::new(of.malformed, format!("{said} is larger than {limit} bytes"))
                .at(file.span, "too large for a table of the policy")
                .help(of.too_large),
            Unread::NotUtf8 { text, offset } => {
                let source = self.sources.add(path, text);
                Diagnostic::new(Code::NotUtf8, format!("{said} is not UTF-8"))
                    .at(Span::new(source, offset, offset + '\u{fffd}'.len_utf8()), "not a character of UTF-8")
                    .at(file.span, "named here")
                    .help("save it as \"CSV UTF-8\"")
            }
            Unread::Other(reason) => Diagnostic::new(of.absent, format!("{said} cannot be read: {reason}")).at(file.span, "named here"),
        };
        self.report(diagnostic);
        None
    }
}

/// What a cell of this type names, for "`x` is no queue", and where such names are declared, if not with the type.
fn names_of(kind: &TypeKind) -> (&'static str, Option<Space>) {
    match kind {
        TypeKind::Queue => ("queue", Some(Space::Queue)),
        TypeKind::Team => ("team", Some(Space::Team)),
        TypeKind::Owner => ("owner", Some(Space::Owner)),
        TypeKind::Stage => ("stage", Some(Space::Stage)),
        TypeKind::Text
        | TypeKind::Whole
        | TypeKind::WholeRange(..)
        | TypeKind::Decimal { .. }
        | TypeKind::Money { .. }
        | TypeKind::YesNo
        | TypeKind::OneOf(_)
        | TypeKind::SomeOf(_)
        | TypeKind::Date
        | TypeKind::Time
        | TypeKind::Unread => ("choice of its column", None),
    }
}

//! Columns of a file to what the policy knows of a lead.
//!
//! Enters: the file's column names, the policy's fields with their sources, the system asked for, what to keep. Leaves: a [`Binding`], or
//! one sentence. Always holds: a field has at most one column; the key and every field that is not optional have one.
//!
//! A column belongs to a field if it bears the field's name, or the name that the field has in a system (`from SYSTEM "Field"`), case
//! and surrounding blanks ignored. With a system asked for, that system's names come first, then the fields' own; without,
//! own names come first, then those of all systems. A field that is still without a column takes one that differs from one of these names only in
//! `_`, `-` and blanks, which it may also lack or have more of. What is left may be `stage`, `stage_since` and `rest_until`, which say where a lead stands, and `ROUTE.owner` and `ROUTE`, or `owner`
//! and `queue` for all routes, which say whose it is already, for routes that keep owners.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Keep;
use super::bad::{Subject, shown};
use crate::diagnostic::nearest;
use crate::model::value::{fold_choice, fold_text};
use crate::model::{FieldId, Policy};

/// Which column gives what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// the columns as the file names them
    pub columns: Vec<String>,
    /// one for each field of the policy, in its order
    pub fields: Vec<Bound>,
    /// `stage`, `stage_since` and `rest_until`, if the policy has stages; owner and queue of each route that keeps owners, its owner if clocks ask for it
    pub standing: Vec<Bound>,
    /// column of the lead's key
    pub key: usize,
    /// columns that are carried through, in the order of the output; the key is among them
    pub kept: Vec<Kept>,
    /// columns that nothing reads
    pub unused: Vec<usize>,
}

/// What a field is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    pub subject: Subject,
    pub name: String,
    pub required: bool,
    /// the column and why it was taken; none: always missing
    pub column: Option<(usize, Matched)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matched {
    /// the field's own name
    Name,
    /// its name, or that in a system, but for `_`, `-` and blanks
    SimilarName,
    /// `owner` or `queue`, which stand for those of every route
    AnyRoute,
    /// its name in this system
    Source { system: String },
}

impl Matched {
    /// Whether another column of a name that fits better may take its place.
    fn is_exact(&self) -> bool {
        match self {
            Matched::Name | Matched::Source { .. } => true,
            Matched::SimilarName | Matched::AnyRoute => false,
        }
    }
}

/// A column of the input in the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub column: usize,
    /// its name, changed only if the output has a column of that name already
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    #[error("the policy names no system `{system}`{}", known_systems(.known))]
    UnknownSystem { system: String, known: Vec<String> },
    #[error("`{file}` has no column for {}{}; {}", required_fields(.fields), meant(.near), it_has(.columns))]
    MissingColumns { file: String, fields: Vec<String>, near: Vec<String>, columns: Vec<String> },
    #[error("`{file}` has no column for the key `{field}`{}; {}", meant(.near), it_has(.columns))]
    NoKeyColumn { file: String, field: String, near: Vec<String>, columns: Vec<String> },
    #[error("two columns of `{file}` stand for `{field}`: `{}` and `{}`; rename one or take it out", shown(.first), shown(.second))]
    TwoColumns { file: String, field: String, first: String, second: String },
    #[error("`{file}` has no column `{}` to keep{}; {}", shown(.column), meant(.near), it_has(.columns))]
    UnknownKept { file: String, column: String, near: Vec<String>, columns: Vec<String> },
    #[error(
        "`{file}` has no column `{column}` to keep: `all` keeps every column and `key` the key alone, and neither stands beside other names"
    )]
    KeptAlone { file: String, column: String },
    #[error("`{file}` has {} columns called `{}` (numbers {}); rename all but one to keep it", .numbers.len(), shown(.column), numbered(.numbers))]
    SeveralKept { file: String, column: String, numbers: Vec<usize> },
    #[error("the column `{}` of `{file}` holds {found}, which cannot give the field `{field}` ({wanted})", shown(.column))]
    WrongType { file: String, column: String, found: String, field: String, wanted: String },
}

/// Folded names, and the fields that have them.
type Known = FxHashMap<String, Vec<(FieldId, Matched)>>;

/// The names by which columns are known, for one policy and one system.
#[derive(Clone, Debug)]
pub struct Names {
    first: Known,
    second: Known,
    /// without `_`, `-` and blanks, each with the names that come first
    similar: FxHashMap<String, Vec<Similar>>,
    /// names that a field takes if it is still without a column
    aliases: Vec<(&'static str, FieldId)>,
    /// folded
    standing: Vec<(Subject, String)>,
    /// `owner` and `queue`, which stand for those of every route that keeps owners, or whose owners clocks ask for
    any_route: Vec<(Subject, &'static str)>,
}

/// A name of a field that columns may resemble.
#[derive(Clone, Debug)]
struct Similar {
    field: FieldId,
    /// folded as choices are: only how many `_`, `-` and blanks stand between two words makes no difference
    name: String,
}

impl Names {
    pub fn new(policy: &Policy, system: Option<&str>) -> Result<Names, BindError> {
        let asked = match system {
            Some(system) => Some(known_system(policy, system)?),
            None => None,
        };
        let mut standing = Vec::new();
        if !policy.stages.is_empty() {
            let columns = [(Subject::Stage, "stage"), (Subject::StageSince, "stage_since"), (Subject::RestUntil, "rest_until")];
            standing.extend(columns.map(|(subject, name)| (subject, name.to_owned())));
        }
        let mut any_route = Vec::new();
        let clocks_ask = policy.clocks_ask_for_owners();
        for (number, route) in policy.routes.iter().enumerate() {
            let name = fold_text(&route.name);
            if route.keeps_owners() || clocks_ask {
                standing.push((Subject::RouteOwner(number), format!("{name}.owner")));
                any_route.push((Subject::RouteOwner(number), "owner"));
            }
            if route.keeps_owners() {
                standing.push((Subject::RouteQueue(number), name));
                any_route.push((Subject::RouteQueue(number), "queue"));
            }
        }
        if policy.routes.is_empty() && clocks_ask {
            standing.push((Subject::RouteOwner(0), "owner".to_owned()));
        }
        Ok(Names { standing, any_route, ..Names::of_fields(policy, asked.as_deref()) })
    }

    /// Names of a record that stands nowhere; a field that is still without a column takes one of these names.
    pub fn of_record(policy: &Policy, system: Option<&str>, aliases: &[(&'static str, FieldId)]) -> Names {
        Names { aliases: aliases.to_vec(), ..Names::of_fields(policy, system) }
    }

    fn of_fields(policy: &Policy, system: Option<&str>) -> Names {
        let asked = system.map(fold_text);
        let mut own = Known::default();
        let mut sourced = Known::default();
        for (field, declared) in policy.fields.iter().enumerate() {
            own.entry(fold_text(&declared.name)).or_default().push((field, Matched::Name));
            for (system, column) in &declared.sources {
                if asked.as_ref().is_none_or(|asked| *asked == fold_text(system)) {
                    let entry = sourced.entry(fold_text(column)).or_default();
                    if entry.iter().all(|(known, _)| *known != field) {
                        entry.push((field, Matched::Source { system: system.clone() }));
                    }
                }
            }
        }
        let (first, second) = if asked.is_some() { (sourced, own) } else { (own, sourced) };
        let similar = similar_names(&first, &second);
        Names { first, second, similar, aliases: Vec::new(), standing: Vec::new(), any_route: Vec::new() }
    }

    /// What a column of this name is for, whatever other columns there are.
    pub fn of_column(&self, column: &str) -> Vec<(Subject, Matched)> {
        let folded = fold_text(column);
        let fields = self.first.get(&folded).or_else(|| self.second.get(&folded));
        if let Some(fields) = fields {
            return fields.iter().map(|(field, matched)| (Subject::Field(*field), matched.clone())).collect();
        }
        if let Some((subject, _)) = self.standing.iter().find(|(_, name)| *name == folded) {
            return vec![(*subject, Matched::Name)];
        }
        let similar = self.resembled(column);
        if !similar.is_empty() {
            return similar.into_iter().map(|field| (Subject::Field(field), Matched::SimilarName)).collect();
        }
        let any_route = self.any_route.iter().filter(|(_, name)| *name == folded);
        any_route.map(|(subject, _)| (*subject, Matched::AnyRoute)).collect()
    }

    /// The fields that have a name like this one. Of two names that only `_`, `-` and blanks tell apart, the one that has them at the same places counts.
    fn resembled(&self, column: &str) -> Vec<FieldId> {
        let name = fold_choice(column);
        let names = self.similar.get(&without_gaps(&name)).map_or(&[][..], Vec::as_slice);
        let same_gaps = names.iter().any(|similar| similar.name == name);
        let mut fields: Vec<FieldId> = Vec::new();
        for similar in names.iter().filter(|similar| !same_gaps || similar.name == name) {
            if !fields.contains(&similar.field) {
                fields.push(similar.field);
            }
        }
        if fields.is_empty() {
            fields.extend(self.aliases.iter().find(|(alias, _)| *alias == name).map(|(_, field)| *field));
        }
        fields
    }
}

/// The names that come first, and those of the second kind that are like none of them.
fn similar_names(first: &Known, second: &Known) -> FxHashMap<String, Vec<Similar>> {
    let by_letters = |names: &Known| {
        let mut similar = FxHashMap::<String, Vec<Similar>>::default();
        for (name, fields) in names {
            let name = fold_choice(name);
            let all = similar.entry(without_gaps(&name)).or_default();
            all.extend(fields.iter().map(|(field, _)| Similar { field: *field, name: name.clone() }));
        }
        similar
    };
    let mut similar = by_letters(second);
    similar.extend(by_letters(first));
    for names in similar.values_mut() {
        names.sort_by(|one, other| (one.field, &one.name).cmp(&(other.field, &other.name)));
    }
    similar
}

/// A folded name without the gaps between its words.
fn without_gaps(name: &str) -> String {
    name.replace('_', "")
}

/// What a file offers and what is wanted of it.
pub struct Wanted<'a> {
    pub file: &'a str,
    pub columns: &'a [String],
    pub keep: &'a Keep,
    /// names that the answers take in the output
    pub outputs: Vec<&'a str>,
    pub naming: Naming,
}

/// Where a file says the names of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// once, before its rows
    Header,
    /// NDJSON, in each row: two names for one field matter only within a row, and a name may first occur late
    EachRow,
    /// NDJSON without a row: nothing is missed
    NoRow,
}

impl Binding {
    /// What a name means that first occurred in a later row.
    pub fn learn(&mut self, names: &Names, column: &str) {
        let index = self.columns.len();
        self.columns.push(column.to_owned());
        let mut used = false;
        for (subject, matched) in names.of_column(column) {
            for bound in self.fields.iter_mut().chain(&mut self.standing).filter(|bound| bound.subject == subject) {
                bound.column.get_or_insert((index, matched.clone()));
                used = true;
            }
        }
        if !used {
            self.unused.push(index);
        }
    }
}

pub fn bind(policy: &Policy, key: FieldId, names: &Names, wanted: &Wanted) -> Result<Binding, BindError> {
    let mut fields: Vec<Bound> = policy
        .fields
        .iter()
        .enumerate()
        .map(|(field, declared)| Bound {
            subject: Subject::Field(field),
            name: declared.name.clone(),
            required: !declared.optional,
            column: None,
        })
        .collect();
    let mut standing: Vec<Bound> = names
        .standing
        .iter()
        .map(|(subject, name)| Bound { subject: *subject, name: name.clone(), required: false, column: None })
        .collect();

    let matches: Vec<Vec<(Subject, Matched)>> = wanted.columns.iter().map(|column| names.of_column(column)).collect();
    let mut used = vec![false; wanted.columns.len()];
    // Names that fit exactly come before similar ones.
    for exactly in [true, false] {
        let settled: FxHashSet<Subject> =
            fields.iter().chain(&standing).filter(|bound| !exactly && bound.column.is_some()).map(|bound| bound.subject).collect();
        for (column, matches) in matches.iter().enumerate() {
            for (subject, matched) in matches.iter().filter(|(_, matched)| matched.is_exact() == exactly) {
                let bound = match subject {
                    Subject::Field(field) => fields.get_mut(*field),
                    Subject::Stage
                    | Subject::StageSince
                    | Subject::RestUntil
                    | Subject::RouteOwner(_)
                    | Subject::RouteQueue(_)
                    | Subject::Measure(_)
                    | Subject::Row => standing.iter_mut().find(|bound| bound.subject == *subject),
                };
                let Some(bound) = bound else { continue };
                match &bound.column {
                    _ if settled.contains(subject) => {}
                    None => {
                        bound.column = Some((column, matched.clone()));
                        used[column] = true;
                    }
                    Some(_) if wanted.naming != Naming::Header => used[column] = true,
                    Some((first, _)) => {
                        return Err(BindError::TwoColumns {
                            file: wanted.file.to_owned(),
                            field: bound.name.clone(),
                            first: wanted.columns[*first].clone(),
                            second: wanted.columns[column].clone(),
                        });
                    }
                }
            }
        }
    }

    let key_column = key_column(policy, key, &fields, wanted)?;
    require_columns(policy, &fields, wanted)?;
    let kept = kept_columns(key_column, wanted)?;
    let unused = (0..wanted.columns.len()).filter(|column| !used[*column]).collect();
    Ok(Binding { columns: wanted.columns.to_vec(), fields, standing, key: key_column, kept, unused })
}

fn known_system(policy: &Policy, asked: &str) -> Result<String, BindError> {
    let properties = policy.signals.iter().flat_map(|signal| &signal.properties);
    let systems = policy.fields.iter().chain(properties).flat_map(|field| field.sources.iter().map(|(system, _)| system));
    let folded = fold_text(asked);
    if let Some(system) = systems.clone().find(|system| fold_text(system) == folded) {
        return Ok(system.clone());
    }
    let mut known: Vec<String> = systems.cloned().collect();
    known.sort();
    known.dedup();
    Err(BindError::UnknownSystem { system: shown(asked), known })
}

fn key_column(policy: &Policy, key: FieldId, fields: &[Bound], wanted: &Wanted) -> Result<usize, BindError> {
    match fields.get(key).and_then(|bound| bound.column.as_ref()) {
        Some((column, _)) => Ok(*column),
        None => Err(BindError::NoKeyColumn {
            file: wanted.file.to_owned(),
            field: policy.fields.get(key).map(|field| field.name.clone()).unwrap_or_default(),
            near: near_columns(policy, &[key], wanted.columns),
            columns: wanted.columns.to_vec(),
        }),
    }
}

fn require_columns(policy: &Policy, fields: &[Bound], wanted: &Wanted) -> Result<(), BindError> {
    let missing: Vec<FieldId> = (0..fields.len()).filter(|field| fields[*field].required && fields[*field].column.is_none()).collect();
    if missing.is_empty() || wanted.naming == Naming::NoRow {
        return Ok(());
    }
    Err(BindError::MissingColumns {
        file: wanted.file.to_owned(),
        fields: missing.iter().map(|field| fields[*field].name.clone()).collect(),
        near: near_columns(policy, &missing, wanted.columns),
        columns: wanted.columns.to_vec(),
    })
}

/// Columns that could have been meant for these fields.
fn near_columns(policy: &Policy, fields: &[FieldId], columns: &[String]) -> Vec<String> {
    let folded: Vec<String> = columns.iter().map(|column| fold_choice(column)).collect();
    let mut near = Vec::new();
    for field in fields.iter().filter_map(|field| policy.fields.get(*field)) {
        for name in std::iter::once(&field.name).chain(field.sources.iter().map(|(_, column)| column)) {
            let name = fold_choice(name);
            // A column may be one word of a longer name, or the other way round: `id` for `lead_id`.
            let found = nearest(&name, folded.iter().map(String::as_str))
                .and_then(|column| folded.iter().position(|candidate| candidate == column))
                .or_else(|| {
                    folded
                        .iter()
                        .position(|column| name.split('_').any(|word| word == column) || column.split('_').any(|word| word == name))
                });
            if let Some(index) = found
                && !near.contains(&columns[index])
            {
                near.push(columns[index].clone());
            }
        }
    }
    near
}

fn kept_columns(key: usize, wanted: &Wanted) -> Result<Vec<Kept>, BindError> {
    let columns: Vec<usize> = match wanted.keep {
        Keep::Key => vec![key],
        Keep::All => (0..wanted.columns.len()).collect(),
        Keep::Columns(names) => {
            let mut columns = vec![key];
            for name in names {
                let folded = fold_text(name);
                let found: Vec<usize> = (0..wanted.columns.len()).filter(|column| fold_text(&wanted.columns[*column]) == folded).collect();
                if found.len() > 1 {
                    let numbers = found.iter().map(|column| column + 1).collect();
                    return Err(BindError::SeveralKept { file: wanted.file.to_owned(), column: name.clone(), numbers });
                }
                let Some(&column) = found.first() else {
                    return Err(unknown_kept(wanted.file, name, wanted.columns));
                };
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
            columns
        }
    };
    // Readers of a scored file find columns by name, some of them whatever the case; answers keep theirs.
    let mut taken: FxHashSet<String> = wanted.outputs.iter().map(|name| fold_text(name)).collect();
    let mut kept = Vec::with_capacity(columns.len());
    for column in columns.into_iter().filter(|column| *column < wanted.columns.len()) {
        let written = &wanted.columns[column];
        let mut name = if written.trim().is_empty() { format!("column {}", column + 1) } else { written.clone() };
        let base = name.clone();
        let mut attempt = 1;
        while !taken.insert(fold_text(&name)) {
            attempt += 1;
            name = if attempt == 2 { format!("input.{base}") } else { format!("input.{base}.{}", attempt - 1) };
        }
        kept.push(Kept { column, name });
    }
    Ok(kept)
}

/// The file has no column of this name.
pub fn unknown_kept(file: &str, name: &str, columns: &[String]) -> BindError {
    if ["all", "key"].contains(&name) {
        return BindError::KeptAlone { file: file.to_owned(), column: name.to_owned() };
    }
    let columns: Vec<String> = columns.iter().filter(|column| *column != name).cloned().collect();
    let near = nearest(name, columns.iter().map(String::as_str)).map(str::to_owned).into_iter().collect();
    BindError::UnknownKept { file: file.to_owned(), column: name.to_owned(), near, columns }
}

fn known_systems(known: &[String]) -> String {
    match known {
        [] => "; it names no source of any field".to_owned(),
        known => format!("; it knows {}", listed(known, usize::MAX)),
    }
}

fn numbered(numbers: &[usize]) -> String {
    let mut texts: Vec<String> = numbers.iter().map(usize::to_string).collect();
    let last = texts.pop().unwrap_or_default();
    if texts.is_empty() { last } else { format!("{} and {last}", texts.join(", ")) }
}

fn required_fields(fields: &[String]) -> String {
    match fields {
        [one] => format!("the required field `{one}`"),
        several => format!("the required fields {}", listed(several, usize::MAX)),
    }
}

fn meant(near: &[String]) -> String {
    match near {
        [] => String::new(),
        near => format!(" (perhaps {})", listed(near, 3)),
    }
}

fn it_has(columns: &[String]) -> String {
    match columns {
        [] => "it has no columns".to_owned(),
        columns => format!("it has {}", listed(columns, 8)),
    }
}

fn listed(names: &[String], most: usize) -> String {
    let mut text = names.iter().take(most).map(|name| format!("`{}`", shown(name))).collect::<Vec<_>>().join(", ");
    if names.len() > most {
        text.push_str(&format!(" and {} more", names.len() - most));
    }
    text
}

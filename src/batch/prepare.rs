//! All that is decided before the first row is read.
//!
//! Enters: policy, program, options, an opened file. Leaves: the binding, the plan of reading, decoders and formatters for it. Always holds: whatever can be
//! said against a run by looking at names and types alone is said here.

use arrow_schema::{DataType, Schema};

use super::answers::{Answer, answers};
use super::arrow_text::{has_text, is_bytes};
use super::bind::{BindError, Binding, Names, Naming, Wanted, bind};
use super::encode::Encoder;
use super::error::BatchError;
use super::format::Format;
use super::plan::{ColumnUse, Extent, Plan, plan};
use super::read_columns::{ArrayDecoder, check_types, type_text};
use super::read_csv::CsvDecoder;
use super::read_ndjson::NdjsonDecoder;
use super::read_text::Records;
use super::signals::record::{self, Record};
use super::source::{Content, Opened};
use super::unpacked::is_beyond_parquet;
use super::worker::{Decoder, Formatter};
use super::write_arrays::{ArrayWriter, Dictionaries};
use super::write_csv::CsvWriter;
use super::write_ndjson::NdjsonWriter;
use super::{Keep, OnBadRow, Options};
use crate::calendar::Zone;
use crate::model::value::fold_text;
use crate::model::{FieldId, Policy, Type};
use crate::program::{Output, Program};

pub struct Prepared {
    pub binding: Binding,
    pub plan: Plan,
    pub zone: Zone,
    /// what a scored file answers
    pub outputs: Vec<Output>,
    pub answers: Vec<Answer>,
    pub names: Names,
    kind: Kind,
}

enum Kind {
    Csv(Records),
    Ndjson { beginning: Vec<String> },
    Arrays(Schema),
}

pub fn prepare(policy: &Policy, program: &Program, options: &Options, opened: &Opened, extent: Extent) -> Result<Prepared, BatchError> {
    let key = policy.key.ok_or(BatchError::NoKeyField)?;
    let zone = Zone::named(&policy.timezone)?;
    let names = Names::new(policy, options.system.as_deref())?;
    let outputs = crate::clock::answers(policy, program);
    let answers = answers(policy, &outputs, &zone);
    let names_taken = answers.iter().map(|answer| answer.name.as_str()).collect();
    let binding = bound(policy, key, &names, &options.keep, names_taken, opened)?;
    let plan = plan(policy, program, &binding, options.on_bad_row, extent, &zone);
    let kind = kind(&plan, opened)?;
    Ok(Prepared { binding, plan, zone, outputs, answers, names, kind })
}

/// A file of records that are no leads: every field is read, nothing is carried through. A bad cell of an optional field counts as missing, and
/// is listed: what that means to its row is for the caller to say.
pub fn prepare_record(record: &Record, program: &Program, system: Option<&str>, opened: &Opened) -> Result<Prepared, BatchError> {
    let policy = &record.policy;
    let zone = Zone::named(&policy.timezone)?;
    let names = Names::of_record(policy, system, &record.aliases);
    let mut binding = bound(policy, record::KEY, &names, &Keep::Key, Vec::new(), opened)?;
    binding.kept.clear();
    let mut plan = plan(policy, program, &binding, OnBadRow::Missing, Extent::Everything, &zone);
    // slots of fields come first
    if let Some(slot) = record.takes_days.and_then(|field| plan.slots.get_mut(field)) {
        slot.reader.take_days();
    }
    let kind = kind(&plan, opened)?;
    Ok(Prepared { binding, plan, zone, outputs: Vec::new(), answers: Vec::new(), names, kind })
}

fn bound(policy: &Policy, key: FieldId, names: &Names, keep: &Keep, outputs: Vec<&str>, opened: &Opened) -> Result<Binding, BatchError> {
    let naming = match &opened.content {
        Content::Ndjson { .. } if opened.columns.is_empty() => Naming::NoRow,
        Content::Ndjson { .. } => Naming::EachRow,
        Content::Csv { .. } | Content::Parquet { .. } | Content::Arrow { .. } => Naming::Header,
    };
    let columns = match naming {
        Naming::Header => opened.columns.clone(),
        Naming::EachRow | Naming::NoRow => columns_of_rows(policy, key, &opened.columns, keep),
    };
    let wanted = Wanted { file: &opened.name, columns: &columns, keep, outputs, naming };
    let binding = bind(policy, key, names, &wanted)?;
    if let Content::Ndjson { beginning, .. } = &opened.content {
        // Later rows answer for themselves; but a file whose first row is ambiguous is no accident.
        let first = Wanted { columns: &beginning.first, keep: &Keep::Key, naming: Naming::Header, outputs: Vec::new(), file: &opened.name };
        if let Err(error @ BindError::TwoColumns { .. }) = bind(policy, key, names, &first) {
            return Err(error.into());
        }
    }
    Ok(binding)
}

fn kind(plan: &Plan, opened: &Opened) -> Result<Kind, BatchError> {
    Ok(match (&opened.content, opened.schema()) {
        (Content::Csv { records, .. }, _) => Kind::Csv(*records),
        (Content::Ndjson { .. }, _) => Kind::Ndjson { beginning: opened.columns.clone() },
        (Content::Parquet { .. } | Content::Arrow { .. }, schema) => {
            let schema = schema.map(|schema| schema.as_ref().clone()).unwrap_or_else(Schema::empty);
            check_types(plan, &schema, &opened.name)?;
            Kind::Arrays(schema)
        }
    })
}

/// Columns of a file whose rows name them: those that are known, and those that are asked for, which may come later. A file without rows has the key.
fn columns_of_rows(policy: &Policy, key: FieldId, known: &[String], keep: &Keep) -> Vec<String> {
    let mut columns = known.to_vec();
    if columns.is_empty() {
        columns.extend(policy.fields.get(key).map(|field| field.name.clone()));
    }
    if let Keep::Columns(asked) = keep {
        for name in asked {
            if columns.iter().all(|column| fold_text(column) != fold_text(name)) {
                columns.push(name.clone());
            }
        }
    }
    columns
}

impl Prepared {
    /// Columns that are read at all, in the file's order.
    pub fn used_columns(&self) -> Vec<usize> {
        (0..self.plan.uses.len()).filter(|column| self.plan.uses[*column].is_used()).collect()
    }

    /// Those of them whose texts are read as choices and for nothing else.
    pub fn choice_columns(&self) -> Vec<usize> {
        let is_choice = |slot: &usize| matches!(self.plan.slots[*slot].ty, Type::OneOf(_) | Type::SomeOf(_) | Type::YesNo);
        let is_read = |using: &ColumnUse| !using.key && using.kept.is_none() && using.slots.iter().all(is_choice);
        let used = self.used_columns().into_iter();
        used.filter(|column| is_read(&self.plan.uses[*column])).collect()
    }

    pub fn decoder(&self) -> Decoder {
        let plan = self.plan.clone();
        match &self.kind {
            Kind::Csv(records) => Decoder::Csv(CsvDecoder::new(plan, self.binding.columns.clone(), *records)),
            Kind::Ndjson { beginning } => Decoder::Ndjson(Box::new(NdjsonDecoder::new(plan, self.names.clone(), &self.binding, beginning))),
            Kind::Arrays(_) => Decoder::Arrays(ArrayDecoder::new(plan, &self.binding.columns)),
        }
    }

    pub fn encoder(&self, policy: &Policy, program: &Program) -> Encoder {
        Encoder::new(policy, program, &self.plan, &self.zone)
    }

    /// How answers are written in this format.
    pub fn formatter(&self, format: Format, options: &Options) -> Result<Formatter, BatchError> {
        let kept_names = self.binding.kept.iter().map(|kept| kept.name.as_str());
        let answers = self.answers.clone();
        Ok(match format {
            Format::Csv => {
                self.check_text(format)?;
                Formatter::Csv(CsvWriter::new(answers, options.csv_formula_guard))
            }
            Format::Ndjson => {
                self.check_text(format)?;
                Formatter::Ndjson(NdjsonWriter::new(kept_names, answers))
            }
            Format::Parquet | Format::ArrowIpc => {
                if format == Format::Parquet {
                    self.check_kept(format, |_, ty| !is_beyond_parquet(ty))?;
                }
                let fields = self.binding.kept.iter().map(|kept| match &self.kind {
                    Kind::Arrays(schema) => schema.fields().get(kept.column).map(|field| field.as_ref()),
                    Kind::Csv(_) | Kind::Ndjson { .. } => None,
                });
                Formatter::Arrays(ArrayWriter::new(kept_names.zip(fields), answers, Dictionaries::of(format)))
            }
        })
    }

    fn check_text(&self, format: Format) -> Result<(), BatchError> {
        // bytes are text only in a key, which is checked to be text
        self.check_kept(format, |column, ty| column == self.binding.key && is_bytes(ty) || has_text(ty))
    }

    /// Refuses what is kept of arrays, by its column and its type, unless it can be written.
    fn check_kept(&self, format: Format, can_be_written: impl Fn(usize, &DataType) -> bool) -> Result<(), BatchError> {
        let Kind::Arrays(schema) = &self.kind else { return Ok(()) };
        for kept in &self.binding.kept {
            let Some(field) = schema.fields().get(kept.column) else { continue };
            if !can_be_written(kept.column, field.data_type()) {
                return Err(BatchError::CannotKeep {
                    column: super::bad::shown(field.name()),
                    ty: type_text(field.data_type()),
                    format: format.title(),
                });
            }
        }
        Ok(())
    }
}

//! A file of log rows, whatever its format.
//!
//! Enters: rows, each with texts, choices, times and numbers. Leaves: the file, when [`LogFile::commit`] is called. Always holds: columns that are texts
//! stand before the others; rows stand in the order given.

use crate::batch::answers::{Answer, AnswerKind};
use crate::batch::error::BatchError;
use crate::batch::format::Format;
use crate::batch::lead_block::{KeptValues, LeadBlock, Texts};
use crate::batch::output_file::{OutputFile, STANDARD_OUTPUT, display_name};
use crate::batch::sink::{Piece, Sink};
use crate::batch::worker::Formatter;
use crate::batch::write_arrays::{ArrayWriter, Dictionaries};
use crate::batch::write_csv::CsvWriter;
use crate::batch::write_ndjson::NdjsonWriter;
use crate::batch::{Options, Place};
use crate::column::{Block, Column, Width};

/// What a log has columns of.
#[derive(Clone, Debug)]
pub struct LogColumns {
    pub texts: Vec<&'static str>,
    pub answers: Vec<Answer>,
}

pub fn answer(name: impl Into<String>, kind: AnswerKind, optional: bool) -> Answer {
    Answer { name: name.into(), kind, optional }
}

/// Rows on their way into a file.
#[derive(Debug)]
pub struct LogRows {
    rows: LeadBlock,
    answers: Block,
}

impl LogRows {
    fn new(columns: &LogColumns) -> LogRows {
        let kept = columns.texts.iter().map(|_| KeptValues::Cells(Texts::default())).collect();
        let answers = columns.answers.iter().map(|_| Column::with_capacity(Width::I64, 0)).collect();
        LogRows { rows: LeadBlock { kept, ..LeadBlock::default() }, answers: Block { rows: 0, columns: answers } }
    }

    /// One value per column; an empty text is a missing one.
    pub fn push(&mut self, texts: &[&str], values: &[Option<i64>]) {
        for (kept, text) in self.rows.kept.iter_mut().zip(texts) {
            match kept {
                KeptValues::Cells(cells) | KeptValues::Json(cells) => cells.push(text),
                KeptValues::Array(_) => {}
            }
        }
        for (column, value) in self.answers.columns.iter_mut().zip(values) {
            column.push(*value);
        }
        self.rows.rejected.push(false);
        self.rows.rows += 1;
        self.answers.rows += 1;
    }
}

pub struct LogFile {
    sink: Sink,
    formatter: Formatter,
    columns: LogColumns,
}

impl LogFile {
    pub fn create(place: &Place, columns: LogColumns, options: &Options) -> Result<LogFile, BatchError> {
        let format = match place {
            Place::Standard => Format::Csv,
            Place::Path(path) => {
                Format::of_output(path).ok_or_else(|| BatchError::UnknownLogFormat { file: display_name(place, STANDARD_OUTPUT) })?
            }
        };
        let (texts, answers) = (columns.texts.clone(), columns.answers.clone());
        let mut header = Vec::new();
        let formatter = match format {
            Format::Csv => {
                let writer = CsvWriter::new(answers, options.csv_formula_guard);
                writer.header(texts.iter().copied(), &mut header);
                Formatter::Csv(writer)
            }
            Format::Ndjson => Formatter::Ndjson(NdjsonWriter::new(texts.iter().copied(), answers)),
            Format::Parquet | Format::ArrowIpc => {
                Formatter::Arrays(ArrayWriter::new(texts.iter().map(|name| (*name, None)), answers, Dictionaries::of(format)))
            }
        };
        let arrays = match &formatter {
            Formatter::Arrays(writer) => Some(writer),
            Formatter::Nothing | Formatter::Csv(_) | Formatter::Ndjson(_) => None,
        };
        let mut sink = Sink::create(OutputFile::create(place)?, format, arrays, None)?;
        if !header.is_empty() {
            sink.write(Piece::Text(header))?;
        }
        Ok(LogFile { sink, formatter, columns })
    }

    /// What makes pieces of rows.
    pub fn writer(&self) -> LogWriter {
        LogWriter { formatter: self.formatter.clone(), columns: self.columns.clone() }
    }

    pub fn write(&mut self, piece: Piece) -> Result<(), BatchError> {
        self.sink.write(piece)
    }

    pub fn commit(self) -> Result<(), BatchError> {
        self.sink.commit()
    }
}

/// Makes pieces of a log of rows.
#[derive(Clone)]
pub struct LogWriter {
    formatter: Formatter,
    columns: LogColumns,
}

impl LogWriter {
    pub fn rows(&self) -> LogRows {
        LogRows::new(&self.columns)
    }

    /// What is to be written for some rows.
    pub fn piece(&mut self, rows: &LogRows) -> Result<Piece, BatchError> {
        let mut text = Vec::new();
        Ok(match &mut self.formatter {
            Formatter::Nothing => Piece::Nothing,
            Formatter::Csv(writer) => {
                writer.rows(&rows.rows, &rows.answers, &mut text);
                Piece::Text(text)
            }
            Formatter::Ndjson(writer) => {
                writer.rows(&rows.rows, &rows.answers, &mut text);
                Piece::Text(text)
            }
            Formatter::Arrays(_) if rows.answers.rows == 0 => Piece::Batches(Vec::new()),
            Formatter::Arrays(writer) => {
                let batch = writer.batch(&rows.rows, &rows.answers);
                Piece::Batches(vec![batch.map_err(|error| BatchError::Write { file: "the log".into(), reason: error.to_string() })?])
            }
        })
    }
}

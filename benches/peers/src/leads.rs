//! What every engine starts from: the policy's names and texts, and leads.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;

use crate::Failure;
use crate::measure::Answer;

/// What a language of expressions has one each of, in the order in which they need each other.
pub const STEPS: [&str; 4] = ["sum", "total", "status", "handover"];

/// `policy.json`
#[derive(Deserialize)]
pub struct Policy {
    pub fields: Vec<Field>,
    pub statuses: Vec<String>,
    pub queues: Vec<String>,
    /// by language, and within it by what a text gives
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub choices: Vec<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Choice,
    YesNo,
    Number,
}

#[derive(Clone, Debug)]
pub enum Cell {
    Missing,
    /// shared by all leads
    Choice(Rc<str>),
    YesNo(bool),
    Number(i64),
}

pub struct Setup {
    pub policy: Policy,
    /// a cell for each field
    pub leads: Vec<Vec<Cell>>,
    /// how long to measure
    pub time: Duration,
}

impl Setup {
    pub fn read(folder: &Path, rows: usize, time: Duration) -> Result<Setup, Failure> {
        let policy: Policy = serde_json::from_slice(&fs::read(folder.join("policy.json"))?)?;
        let mut file = csv::Reader::from_path(folder.join("leads.csv"))?;
        let header = file.headers()?.clone();
        let column = |field: &Field| {
            header.iter().position(|column| column == field.name).ok_or_else(|| format!("there is no column `{}`", field.name))
        };
        let columns = policy.fields.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let choices: Vec<Vec<Rc<str>>> =
            policy.fields.iter().map(|field| field.choices.iter().map(|name| Rc::from(name.as_str())).collect()).collect();
        let mut leads = Vec::with_capacity(rows);
        for record in file.records().take(rows) {
            let record = record?;
            let fields = policy.fields.iter().zip(&columns).zip(&choices);
            let cells = fields.map(|((field, column), choices)| cell(field.kind, choices, &record[*column]));
            leads.push(cells.collect::<Result<Vec<_>, Failure>>()?);
        }
        Ok(Setup { policy, leads, time })
    }

    pub fn text(&self, language: &str, name: &str) -> Result<&str, Failure> {
        let text = self.policy.texts.get(language).and_then(|texts| texts.get(name));
        Ok(text.ok_or_else(|| format!("there is no text `{name}` in {language}"))?)
    }

    /// The leads in an engine's own form: `value` makes a cell, `lead` a lead of the names with their values.
    pub fn in_form<V, L>(&self, value: impl Fn(&Cell) -> V, lead: impl Fn(&mut dyn Iterator<Item = (&str, V)>) -> L) -> Vec<L> {
        let names = || self.policy.fields.iter().map(|field| field.name.as_str());
        self.leads.iter().map(|cells| lead(&mut names().zip(cells.iter().map(&value)))).collect()
    }

    /// An answer in names, of a score in thousandths of a point.
    pub fn answer(&self, score: i64, status: &str, queue: &str) -> Answer {
        let number =
            |names: &[String], name: &str| names.iter().position(|known| known == name).unwrap_or_else(|| panic!("an answer of `{name}`"));
        Answer { score, status: number(&self.policy.statuses, status), queue: number(&self.policy.queues, queue) }
    }
}

fn cell(kind: Kind, choices: &[Rc<str>], text: &str) -> Result<Cell, Failure> {
    if text.is_empty() {
        return Ok(Cell::Missing);
    }
    Ok(match kind {
        Kind::Choice => {
            Cell::Choice(choices.iter().find(|choice| ***choice == *text).ok_or_else(|| format!("there is no choice `{text}`"))?.clone())
        }
        Kind::YesNo => Cell::YesNo(text == "yes"),
        Kind::Number => Cell::Number(text.parse()?),
    })
}

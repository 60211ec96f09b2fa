//! Pages whose fenced blocks are tests.
//!
//! ```text
//! ```leadwright prelude     a policy whose header and lead the later parts borrow
//! ```leadwright             a policy, or a part of one
//! ```leadwright E0401       the same, with exactly this mistake
//! ```file areas.csv         a further file of the next policy
//! ```signals                `key, time, signal, property value, …` of the leads that follow
//! ```log                    `key, time, from, to, forget section`: the stages that they went through
//! ```leads 2026-11-01T01:30   the same at another instant than the usual one
//! ```table reps             the rows of a table at run time, as CSV, for the policy before it
//! ```leads                  `inputs => outputs`, a row a lead, for the policy before it
//! ```

use std::collections::BTreeMap;

#[derive(Clone, Debug, Default)]
pub struct Example {
    /// where it stands: `docs/language.md:120`
    pub place: String,
    pub files: BTreeMap<String, String>,
    /// the code that the policy is to have; none for a clean one
    pub code: Option<String>,
    /// tables that are given at run time: name and CSV
    pub tables: Vec<(String, String)>,
    /// signals and entries of stage logs, as cells
    pub signals: Vec<Vec<String>>,
    pub log: Vec<Vec<String>>,
    /// another instant than the usual one
    pub as_of: Option<String>,
    pub leads: Option<Leads>,
}

#[derive(Clone, Debug)]
pub struct Leads {
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// (line, inputs, outputs)
    pub rows: Vec<(String, Vec<String>, Vec<String>)>,
}

pub fn examples(path: &str, text: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut prelude: Option<(String, String)> = None;
    let mut files = BTreeMap::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        let place = format!("{path}:{}", number + 1);
        let body_text = body.iter().map(|line| format!("{line}\n")).collect::<String>();
        match kind.split_once(' ').unwrap_or((kind, "")) {
            ("file", name) => {
                files.insert(name.to_string(), body_text);
            }
            ("leadwright", "prelude") => {
                let lead = body_text.find("\nlead {").expect("a prelude has a lead");
                prelude = Some((body_text[..=lead].to_string(), body_text[lead..].to_string()));
                let files = BTreeMap::from([("policy.lead".to_string(), body_text)]);
                found.push(Example { place, files, ..Example::default() });
            }
            ("table", name) => found.last_mut().expect("a table stands behind a policy").tables.push((name.to_string(), body_text)),
            ("leadwright", code) => {
                let mut policy = body_text.clone();
                if let Some((header, lead)) = &prelude
                    && !body_text.starts_with("leadwright ")
                {
                    let has_lead = body_text.starts_with("lead {") || body_text.contains("\nlead {");
                    policy = format!("{header}\n{}{body_text}", if has_lead { "" } else { lead });
                }
                let mut files = std::mem::take(&mut files);
                files.insert("policy.lead".to_string(), policy);
                let code = Some(code.to_string()).filter(|code| !code.is_empty());
                found.push(Example { place, files, code, ..Example::default() });
            }
            ("signals", _) => found.last_mut().expect("signals stand behind a policy").signals = rows(&body),
            ("log", _) => found.last_mut().expect("a log stands behind a policy").log = rows(&body),
            ("leads", as_of) => {
                // the same policy may be asked about leads more than once
                if let Some(again) = found.last().filter(|example| example.leads.is_some()).cloned() {
                    found.push(again);
                }
                let example = found.last_mut().expect("leads stand behind a policy");
                example.as_of = Some(as_of.to_string()).filter(|as_of| !as_of.is_empty());
                example.leads = Some(leads(&place, &body));
            }
            _ => {}
        }
    }
    found
}

fn rows(body: &[&str]) -> Vec<Vec<String>> {
    body.iter().map(|line| line.split(',').map(|cell| cell.trim().to_string()).collect()).collect()
}

fn leads(place: &str, body: &[&str]) -> Leads {
    let cells = |line: &str| line.split(',').map(|cell| cell.trim().to_string()).collect::<Vec<_>>();
    let split = |line: &str| {
        let (left, right) = line.split_once("=>").unwrap_or_else(|| panic!("{place}: no `=>` in {line}"));
        (cells(left), cells(right))
    };
    let (inputs, outputs) = split(body[0]);
    let rows = body[1..]
        .iter()
        .map(|line| {
            let (left, right) = split(line);
            assert_eq!((left.len(), right.len()), (inputs.len(), outputs.len()), "{place}: {line}");
            (format!("{place}: {line}"), left, right)
        })
        .collect();
    Leads { inputs, outputs, rows }
}

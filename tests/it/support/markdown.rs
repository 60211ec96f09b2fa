//! Pages whose fenced blocks are tests.
//!
//! ```text
//! ```leadwright prelude     a policy whose header and lead the later parts borrow
//! ```leadwright             a policy, or a part of one
//! ```leadwright E0401       the same, with exactly this mistake
//! ```file areas.csv         a further file of the next policy
//! ```leads                  `inputs => outputs`, a row a lead, for the policy before it
//! ```

use std::collections::BTreeMap;

#[derive(Debug)]
pub struct Example {
    /// where it stands: `docs/language.md:120`
    pub place: String,
    pub files: BTreeMap<String, String>,
    /// the code that the policy is to have; none for a clean one
    pub code: Option<String>,
    pub leads: Option<Leads>,
}

#[derive(Debug)]
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
                found.push(Example { place, files: BTreeMap::from([("policy.lead".to_string(), body_text)]), code: None, leads: None });
            }
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
                found.push(Example { place, files, code, leads: None });
            }
            ("leads", _) => found.last_mut().expect("leads stand behind a policy").leads = Some(leads(&place, &body)),
            _ => {}
        }
    }
    found
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

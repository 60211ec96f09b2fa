//! Where a lead should get: `status=qualified`, `readiness>=65`, `stage=mql`.
//!
//! Enters: a goal as it is typed. Leaves: the value of the plain program that it speaks of, and the condition on it; or a sentence that says what is wrong with it.
//! Always holds: a goal is about an answer of the policy (a decision, a score, a section, a derived value, the stage after the transition, a queue), not about a field.

use crate::diagnostic::nearest;
use crate::model::cells::CellReader;
use crate::model::{DecideId, Policy, Type, Unit};
use crate::program::{Lowered, Value};
use crate::proof::Condition;
use crate::record;

/// A goal that the policy can answer.
#[derive(Clone, Debug)]
pub struct Goal {
    /// `status is qualified`
    pub text: String,
    pub of: Of,
    /// the values that it speaks of: several only for a queue that several routes may give
    pub values: Vec<Value>,
    pub ty: Type,
    /// of the comparison, in units of the type
    pub constant: i64,
    pub condition: Condition,
}

/// The part of the policy that answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    Decide(DecideId),
    Stage,
    /// routes that may send there
    Routes(Vec<usize>),
    /// a score, a section, a `let`
    Number,
}

const OPERATORS: [&str; 6] = [">=", "<=", ">", "<", "=", " is "];

pub fn goal(policy: &Policy, plain: &Lowered, text: &str) -> Result<Goal, String> {
    let found = OPERATORS.iter().filter_map(|operator| Some((text.find(operator)?, *operator)));
    let first = found.min_by_key(|(place, operator)| (*place, std::cmp::Reverse(operator.len())));
    let Some((place, operator)) = first else {
        return Err(format!(
            "`{text}` is no goal: write a name, `=` and a value, as in `status=qualified`, or a comparison as in `readiness>=65`"
        ));
    };
    let (name, constant) = (text[..place].trim(), text[place + operator.len()..].trim());
    let (of, values, ty) = answer(policy, plain, name)?;
    if !matches!(operator, "=" | " is ") && !matches!(ty, Type::Number { .. } | Type::Date | Type::Time) {
        return Err(format!("`{name}` is not a number: write `{name}={constant}`"));
    }
    let constant_value = read(policy, name, ty, constant)?;
    let known = |value: Value| Condition::Is(value, None).negated();
    let at_least = |value: Value, constant: Option<i64>| match constant {
        Some(constant) => Condition::AtLeast(value, constant),
        None => Condition::Any(Vec::new()),
    };
    let below = |value: Value, constant: Option<i64>| Condition::All(vec![known(value), at_least(value, constant).negated()]);
    let next = constant_value.checked_add(1);
    let condition = |value: Value| match operator {
        ">=" => Condition::AtLeast(value, constant_value),
        ">" => at_least(value, next),
        "<" => below(value, Some(constant_value)),
        "<=" => below(value, next),
        _ => Condition::Is(value, Some(constant_value)),
    };
    let condition = Condition::Any(values.iter().map(|value| condition(*value)).collect());
    let operator = if matches!(operator, "=" | " is ") { "is" } else { operator };
    Ok(Goal { text: format!("{name} {operator} {constant}"), of, values, ty, constant: constant_value, condition })
}

fn answer(policy: &Policy, plain: &Lowered, name: &str) -> Result<(Of, Vec<Value>, Type), String> {
    let trace = &plain.trace;
    let number = |scale: u8| Type::Number { scale, unit: Unit::Plain };
    for (index, (decide, traced)) in policy.decides.iter().zip(&trace.decides).enumerate() {
        if decide.name == name {
            return Ok((Of::Decide(index), vec![traced.value], Type::OneOf(decide.choices)));
        }
    }
    for (score, traced) in policy.scores.iter().zip(&trace.scores) {
        if let Some(value) = traced.value.filter(|_| score.name == name) {
            return Ok((Of::Number, vec![value], number(score.scale)));
        }
        for (section, value) in score.sections.iter().zip(&traced.sections) {
            if name.strip_prefix(&score.name).and_then(|rest| rest.strip_prefix('.')) == Some(&section.name) {
                return Ok((Of::Number, vec![*value], number(section.scale)));
            }
        }
    }
    for (of, value) in policy.lets.iter().zip(&trace.lets) {
        if let Some(value) = value.filter(|_| of.name == name && of.value.ty != Type::Text) {
            return Ok((Of::Number, vec![value], of.value.ty));
        }
    }
    if let (Some(choices), Some(value), "stage") = (policy.stage_choices, trace.stage_after, name) {
        return Ok((Of::Stage, vec![value], Type::OneOf(choices)));
    }
    let routes: Vec<usize> = (0..policy.routes.len()).filter(|route| name == "queue" || policy.routes[*route].name == name).collect();
    if let (Some(choices), false) = (policy.queue_choices, routes.is_empty()) {
        let values = routes.iter().filter_map(|route| trace.routes.get(*route)).map(|trace| trace.value).collect();
        return Ok((Of::Routes(routes), values, Type::OneOf(choices)));
    }
    Err(no_answer(policy, name))
}

fn no_answer(policy: &Policy, name: &str) -> String {
    if policy.fields.iter().any(|field| field.name == name) {
        return format!("`{name}` is a field; a goal is an answer of the policy: a decision, a score, a derived value, `stage` or `queue`");
    }
    let sections =
        policy.scores.iter().flat_map(|score| score.sections.iter().map(move |section| format!("{}.{}", score.name, section.name)));
    let mut names: Vec<String> = sections.collect();
    names.extend(policy.decides.iter().map(|decide| decide.name.clone()));
    names.extend(policy.scores.iter().map(|score| score.name.clone()));
    names.extend(policy.lets.iter().map(|of| of.name.clone()));
    names.extend(policy.routes.iter().map(|route| route.name.clone()));
    names.extend(policy.stage_choices.map(|_| "stage".to_owned()));
    names.extend(policy.queue_choices.map(|_| "queue".to_owned()));
    match nearest(name, names.iter().map(String::as_str)) {
        Some(nearest) => format!("the policy has no answer `{name}`; did you mean `{nearest}`?"),
        None => format!("the policy has no answer `{name}`"),
    }
}

fn read(policy: &Policy, name: &str, ty: Type, constant: &str) -> Result<i64, String> {
    if constant.is_empty() {
        return Err(format!("the goal for `{name}` lacks a value"));
    }
    let choices = match ty {
        Type::OneOf(choices) | Type::SomeOf(choices) => policy.choices.get(choices),
        Type::Text | Type::Number { .. } | Type::YesNo | Type::Date | Type::Time => None,
    };
    let zone = record::zone(policy).map_err(|error| error.to_string())?;
    let reader = CellReader::new(ty, None, choices, "value", zone);
    reader.read(constant).map_err(|mistake| {
        let nearest = mistake.unknown.as_deref().and_then(|unknown| reader.nearest(unknown));
        match nearest {
            Some(nearest) => format!("`{name}` is never `{constant}`; did you mean `{nearest}`?"),
            None if mistake.unknown.is_some() => format!("`{name}` is never `{constant}`"),
            None => format!("`{constant}` does not fit `{name}`: {}", mistake.reason),
        }
    })
}

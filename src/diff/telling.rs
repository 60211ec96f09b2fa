//! Changes of facts in words.
//!
//! Enters: a fact before and after. Leaves: what is said of it, a sentence's end each. Always holds: at least one for two values that differ; what is
//! said covers all that differs.

use super::part::{Joint, Member, Members, Telling, Value};
use super::words::{code, plain};

pub struct Told {
    pub text: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// More changes of one condition than these are told as a whole.
const MEMBERS_MAX: usize = 4;

/// What the name of a day of a calendar is.
pub const DAY: &str = "day";

pub fn name(what: &str, old: &str, new: &str) -> String {
    let (old, new) = (code(old), code(new));
    match what {
        "name" => format!("renamed, was {old}, is now {new}"),
        DAY => format!("moved from {old} to {new}"),
        _ => format!("{what} {old} → {new}"),
    }
}

pub fn fact(what: &str, telling: Telling, old: Option<&Value>, new: Option<&Value>) -> Vec<Told> {
    let (before, after) = (old.map(|value| value.shown.as_str()), new.map(|value| value.shown.as_str()));
    // what has no word of its own begins with its value
    let what = if what.is_empty() { String::new() } else { format!("{what} ") };
    let bare = what.trim_end();
    let text = match (telling, before, after) {
        (Telling::Flag, _, Some(_)) => format!("now {bare}"),
        (Telling::Flag, _, None) => format!("no longer {bare}"),
        (Telling::Points, Some(before), Some(after)) if is_number(before) && is_number(after) => format!("{before} → {after} points"),
        // `2 each` says itself what it is
        (Telling::Points, Some(before), Some(after)) => format!("{before} → {after}"),
        (Telling::Condition, Some(_), Some(_)) => return conditions(bare, old, new),
        (Telling::Text, Some(before), Some(after)) => format!("{what}changed: {} → {}", code(before), code(after)),
        (Telling::Plain | Telling::Wording, Some(before), Some(after)) => format!("{what}{} → {}", plain(before), plain(after)),
        (Telling::Condition | Telling::Text, None, Some(after)) => format!("now {what}{}", code(after)),
        (Telling::Condition | Telling::Text, Some(before), None) => format!("no longer {what}{}", code(before)),
        (Telling::Plain | Telling::Wording | Telling::Points, None, Some(after)) => format!("now with {what}{}", plain(after)),
        (Telling::Plain | Telling::Wording | Telling::Points, Some(before), None) => format!("no longer with {what}{}", plain(before)),
        (_, None, None) => return Vec::new(),
    };
    vec![Told { text, old: before.map(str::to_owned), new: after.map(str::to_owned) }]
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte))
}

fn conditions(what: &str, old: Option<&Value>, new: Option<&Value>) -> Vec<Told> {
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    if let (Some(before), Some(after)) = (&old.members, &new.members)
        && let Some(told) = member_by_member(before, after)
    {
        return told;
    }
    let text = format!("{what} {} → {}", code(&old.shown), code(&new.shown));
    vec![Told { text, old: Some(old.shown.clone()), new: Some(new.shown.clone()) }]
}

/// None if the conditions are too different for it.
fn member_by_member(old: &Members, new: &Members) -> Option<Vec<Told>> {
    let joint = match (old.joint, new.joint) {
        (Joint::Single, joint) | (joint, Joint::Single) => joint,
        (joint, other) if joint == other => joint,
        _ => return None,
    };
    let removed = without(&old.list, &new.list);
    let mut added = without(&new.list, &old.list);
    if removed.len() + added.len() > MEMBERS_MAX {
        return None;
    }
    let mut told = Vec::new();
    let mut gone = Vec::new();
    for member in removed {
        let frame = member.threshold.as_ref().map(|threshold| &threshold.frame);
        let twin = added.iter().position(|other| frame.is_some() && other.threshold.as_ref().map(|other| &other.frame) == frame);
        match (twin.map(|twin| added.remove(twin)), &member.threshold) {
            (Some(Member { threshold: Some(after), .. }), Some(before)) => told.push(Told {
                text: format!("threshold of {} {} → {}", before.of, before.number, after.number),
                old: Some(before.number.clone()),
                new: Some(after.number.clone()),
            }),
            (_, _) => gone.push(member),
        }
    }
    if let ([before], [after]) = (gone.as_slice(), added.as_slice()) {
        told.push(Told {
            text: format!("{} → {}", code(&before.shown), code(&after.shown)),
            old: Some(before.shown.clone()),
            new: Some(after.shown.clone()),
        });
        return Some(told);
    }
    if gone.is_empty() && added.is_empty() {
        // none: the same members in another number
        return if told.is_empty() { None } else { Some(told) };
    }
    // of conditions that have nothing in common the whole says more
    if joint == Joint::Single || (told.is_empty() && gone.len() == old.list.len() && !added.is_empty()) {
        return None;
    }
    let (now, no_longer) = if joint == Joint::Or { ("now also when", "no longer when") } else { ("now also needs", "no longer needs") };
    for member in gone {
        told.push(Told { text: format!("{no_longer} {}", code(&member.shown)), old: Some(member.shown.clone()), new: None });
    }
    for member in added {
        told.push(Told { text: format!("{now} {}", code(&member.shown)), old: None, new: Some(member.shown.clone()) });
    }
    Some(told)
}

/// The members of the one list that the other does not have; one that stands twice counts twice.
fn without<'m>(list: &'m [Member], other: &[Member]) -> Vec<&'m Member> {
    let mut rest: Vec<&str> = other.iter().map(|member| member.same.as_str()).collect();
    list.iter()
        .filter(|member| match rest.iter().position(|same| *same == member.same) {
            Some(found) => {
                rest.swap_remove(found);
                false
            }
            None => true,
        })
        .collect()
}

//! Two versions as parts to changes.
//!
//! Enters: the parts of two versions, a group for each kind of item. Leaves: [`ItemChanges`], each with sentences in the language's own terms. Always holds:
//! nothing is left out: where names, facts, parts or an order that means something differ, there is a change that says so; and there is none where they
//! are equal.

use rustc_hash::FxHashMap;

use super::matching::{Matched, matched};
use super::moves::{Move, moves};
use super::part::{Fact, Group, Order, Part, Telling};
use super::telling;
use super::words;
use super::{Change, ChangeKind, ItemChanges};

pub fn items(old: &[Group], new: &[Group]) -> Vec<ItemChanges> {
    let mut found = Vec::new();
    for index in 0..old.len().max(new.len()) {
        group_of_items(old.get(index), new.get(index), &mut found);
    }
    found
}

fn group_of_items(old: Option<&Group>, new: Option<&Group>, found: &mut Vec<ItemChanges>) {
    let order = new.or(old).map_or(Order::Free, |group| group.order);
    let (old, new) = (parts_of(old), parts_of(new));
    let Matched { pairs, removed, added } = matched(old, new);
    let moved = moved_rows(order, old, &pairs);
    for (from, to) in &pairs {
        let (before, after) = (&old[*from], &new[*to]);
        let mut changes = Vec::new();
        if let Some(found) = moved.get(from) {
            let place = found.above.map(|above| ("above", above)).or(found.below.map(|below| ("below", below)));
            let other = place.map(|(where_to, other)| format!("moved {where_to} {}", item_name(&old[other])));
            changes.push(Change {
                old: Some(place_text(found.old)),
                new: Some(place_text(found.new)),
                ..Change::of(ChangeKind::Moved, "", other.unwrap_or_default())
            });
        }
        inside(before, after, "", &mut changes);
        if !changes.is_empty() {
            found.push(ItemChanges { noun: after.noun, name: after.name.clone(), kind: ChangeKind::Changed, changes });
        }
    }
    for (list, parts, kind) in [(&added, new, ChangeKind::Added), (&removed, old, ChangeKind::Removed)] {
        for index in list {
            let part = &parts[*index];
            found.push(ItemChanges { noun: part.noun, name: part.name.clone(), kind, changes: vec![whole(part, "", kind)] });
        }
    }
}

/// By their places in the old list.
fn moved_rows(order: Order, old: &[Part], pairs: &[(usize, usize)]) -> FxHashMap<usize, Move> {
    match order {
        Order::Free => FxHashMap::default(),
        Order::Sequence => moves(old, pairs).into_iter().map(|found| (found.old, found)).collect(),
    }
}

fn parts_of(group: Option<&Group>) -> &[Part] {
    group.map_or(&[], |group| &group.parts)
}

fn item_name(part: &Part) -> String {
    if part.name.is_empty() { format!("the {}", part.noun) } else { format!("{} {}", part.noun, words::code(&part.name)) }
}

/// What differs between two parts that are one; `place` is how the part is called, empty for an item.
fn inside(old: &Part, new: &Part, place: &str, changes: &mut Vec<Change>) {
    let old_name = old.was.as_ref().unwrap_or(&old.name);
    if *old_name != new.name && !new.naming.is_empty() {
        let text = telling::name(new.naming, old_name, &new.name);
        let kind = if new.naming == telling::DAY { ChangeKind::Moved } else { ChangeKind::Renamed };
        let change = Change::of(kind, place, text).values(new.naming, Some(old_name), Some(&new.name));
        changes.push(change.wording(new.wording));
    }
    facts(old, new, place, changes);
    for index in 0..old.groups.len().max(new.groups.len()) {
        group(old.groups.get(index), new.groups.get(index), place, changes);
    }
}

fn facts(old: &Part, new: &Part, place: &str, changes: &mut Vec<Change>) {
    let find = |part: &'_ Part, what: &str| part.facts.iter().find(|fact| fact.what == what).cloned();
    let gone = old.facts.iter().filter(|fact| find(new, fact.what).is_none());
    for fact in new.facts.iter().chain(gone) {
        let (before, after) = (find(old, fact.what), find(new, fact.what));
        if before.as_ref().map(|fact| &fact.value.same) == after.as_ref().map(|fact| &fact.value.same) {
            continue;
        }
        let wording = new.wording || fact.telling == Telling::Wording;
        let (before, after) = (before.map(|fact: Fact| fact.value), after.map(|fact: Fact| fact.value));
        for told in telling::fact(fact.what, fact.telling, before.as_ref(), after.as_ref()) {
            let change = Change::of(ChangeKind::Changed, place, told.text);
            changes.push(change.values(fact.what, told.old.as_deref(), told.new.as_deref()).wording(wording));
        }
    }
}

fn group(old: Option<&Group>, new: Option<&Group>, holder: &str, changes: &mut Vec<Change>) {
    let order = new.or(old).map_or(Order::Free, |group| group.order);
    let (old, new) = (parts_of(old), parts_of(new));
    let Matched { pairs, removed, added } = matched(old, new);
    let moved = moved_rows(order, old, &pairs);
    for index in removed {
        changes.push(whole(&old[index], &called(&old[index], order, index, holder), ChangeKind::Removed));
    }
    let mut pairs = pairs.into_iter().peekable();
    let mut added = added.into_iter().peekable();
    loop {
        // in the order of the newer version
        let pair_is_next = match (pairs.peek(), added.peek()) {
            (None, None) => return,
            (Some((_, pair)), Some(add)) => pair < add,
            (Some(_), None) => true,
            (None, Some(_)) => false,
        };
        if pair_is_next {
            let Some((from, to)) = pairs.next() else { return };
            let place = called(&old[from], order, from, holder);
            if let Some(found) = moved.get(&from) {
                let target = found.above.map(|row| ("above", row)).or(found.below.map(|row| ("below", row)));
                let text = target.map_or_else(String::new, |(word, row)| format!("moved {word} {}", row_name(&old[row], row)));
                let change = Change::of(ChangeKind::Moved, &place, text);
                changes.push(change.values("place", Some(&place_text(found.old)), Some(&place_text(found.new))).wording(new[to].wording));
            }
            inside(&old[from], &new[to], &place, changes);
        } else {
            let Some(index) = added.next() else { return };
            changes.push(whole(&new[index], &called(&new[index], order, index, holder), ChangeKind::Added));
        }
    }
}

/// A part that is on one side only.
fn whole(part: &Part, place: &str, kind: ChangeKind) -> Change {
    let word = match kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Changed | ChangeKind::Moved | ChangeKind::Renamed => "changed",
    };
    let text = if part.text.is_empty() { word.to_owned() } else { format!("{word}: {}", words::code(&part.text)) };
    let shown = if part.text.is_empty() { part.name.clone() } else { part.text.clone() };
    let (old, new) = if kind == ChangeKind::Removed { (Some(shown), None) } else { (None, Some(shown)) };
    Change { old, new, ..Change::of(kind, place, text) }.wording(part.wording)
}

fn place_text(index: usize) -> String {
    (index + 1).to_string()
}

/// `row 2`; rows of flows and routes have no other name.
fn row_name(part: &Part, index: usize) -> String {
    format!("{} {}", part.noun, index + 1)
}

/// ``band `500 or more` of beds in section demographic``; a row of a sequence by its number.
fn called(part: &Part, order: Order, index: usize, holder: &str) -> String {
    let name = part.was.as_ref().unwrap_or(&part.name);
    let name = if part.quoted { words::code(name) } else { words::plain(name) };
    let own = match (order, part.noun.is_empty(), part.name.is_empty()) {
        (Order::Sequence, _, true) => row_name(part, index),
        (Order::Sequence, _, false) => format!("{} ({name})", row_name(part, index)),
        (Order::Free, true, _) => name,
        (Order::Free, false, true) => part.noun.to_owned(),
        (Order::Free, false, false) => format!("{} {name}", part.noun),
    };
    if holder.is_empty() { own } else { format!("{own} {} {holder}", part.tie) }
}

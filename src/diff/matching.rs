//! Which part of the one version is which part of the other.
//!
//! Enters: two lists of parts. Leaves: pairs, in the order of the newer list, and what stands on one side alone. Always holds: every part is in exactly one
//! of them; of several that look alike the first goes with the first; the work grows with the length of the lists, not with its square.

use rustc_hash::FxHashMap;

use super::part::Part;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// (old, new), ascending by new
    pub pairs: Vec<(usize, usize)>,
    pub removed: Vec<usize>,
    pub added: Vec<usize>,
}

pub fn matched(old: &[Part], new: &[Part]) -> Matched {
    let mut partner_of_new: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    // rows that are the same to the letter belong together before anything that is only alike, and where they stand in one place before where they do not: of
    // several equal ones the one that changed is then not taken for one that moved
    let same = |part: &Part| format!("{}\n{}\n{}", part.noun, part.name, part.fingerprint());
    let (before, after): (Vec<String>, Vec<String>) = (old.iter().map(same).collect(), new.iter().map(same).collect());
    let shorter = before.len().min(after.len());
    let head = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let tail = before.iter().rev().zip(after.iter().rev()).take(shorter - head).take_while(|(one, other)| one == other).count();
    for place in (0..head).map(|place| (place, place)).chain((1..=tail).map(|back| (before.len() - back, after.len() - back))) {
        taken[place.0] = true;
        partner_of_new[place.1] = Some(place.0);
    }
    pair(old, new, &mut taken, &mut partner_of_new, |part| Some(same(part)));
    let key_count = old.iter().chain(new).map(|part| part.keys.len()).max().unwrap_or(0);
    for number in 0..key_count {
        pair(old, new, &mut taken, &mut partner_of_new, |part| part.keys.get(number).cloned());
    }
    pair_renamed(old, new, &mut taken, &mut partner_of_new);
    let pairs = partner_of_new.iter().enumerate().filter_map(|(new, old)| Some(((*old)?, new))).collect();
    let removed = (0..old.len()).filter(|index| !taken[*index]).collect();
    let added = (0..new.len()).filter(|index| partner_of_new[*index].is_none()).collect();
    Matched { pairs, removed, added }
}

/// A part that lost nothing but its name; of several candidates nobody knows which it is.
fn pair_renamed(old: &[Part], new: &[Part], taken: &mut [bool], partner_of_new: &mut [Option<usize>]) {
    let mut candidates: FxHashMap<(&'static str, &str), (Vec<usize>, Vec<usize>)> = FxHashMap::default();
    for (index, part) in old.iter().enumerate().filter(|(index, _)| !taken[*index]) {
        if let Some(twin) = &part.twin {
            candidates.entry((part.noun, twin)).or_default().0.push(index);
        }
    }
    for (index, part) in new.iter().enumerate().filter(|(index, _)| partner_of_new[*index].is_none()) {
        if let Some((_, found)) = part.twin.as_ref().and_then(|twin| candidates.get_mut(&(part.noun, twin.as_str()))) {
            found.push(index);
        }
    }
    for found in candidates.into_values() {
        if let (&[before], &[after]) = (found.0.as_slice(), found.1.as_slice()) {
            partner_of_new[after] = Some(before);
            taken[before] = true;
        }
    }
}

fn pair(old: &[Part], new: &[Part], taken: &mut [bool], partner_of_new: &mut [Option<usize>], key: impl Fn(&Part) -> Option<String>) {
    let mut waiting: FxHashMap<(&'static str, String), Vec<usize>> = FxHashMap::default();
    // from the last, so that the first is taken first
    for (index, part) in old.iter().enumerate().rev().filter(|(index, _)| !taken[*index]) {
        if let Some(key) = key(part) {
            waiting.entry((part.noun, key)).or_default().push(index);
        }
    }
    if waiting.is_empty() {
        return;
    }
    for (index, part) in new.iter().enumerate() {
        if partner_of_new[index].is_some() {
            continue;
        }
        let Some(found) = key(part).and_then(|key| waiting.get_mut(&(part.noun, key))?.pop()) else { continue };
        partner_of_new[index] = Some(found);
        taken[found] = true;
    }
}

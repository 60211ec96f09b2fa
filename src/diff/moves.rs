//! Rows of a sequence that changed their place.
//!
//! Enters: the pairs of a sequence. Leaves: the fewest rows that have to move so that the one order becomes the other, and where they go. Always holds: of two
//! rows whose order is turned round at least one is among them, if their order means something; a row that nothing depends on is not.
//!
//! Of distinct rows a longest increasing run is what can stay, and it is found in n log n; a general edit script of a list that was turned round takes n².

use super::part::Part;

/// A row that moved; all numbers are places in the old and the new list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub old: usize,
    pub new: usize,
    /// the row, by its place in the old list, that it stands right above now; none: it is below `below`
    pub above: Option<usize>,
    pub below: Option<usize>,
}

/// `pairs` as [`super::matching::matched`] gives them.
pub fn moves(old: &[Part], pairs: &[(usize, usize)]) -> Vec<Move> {
    let stays = longest_increasing(pairs);
    let mut found = Vec::new();
    for (place, (from, to)) in pairs.iter().enumerate().filter(|(place, _)| !stays[*place]) {
        let turned = |other: usize| {
            let (other_from, _) = pairs[other];
            (other < place && other_from > *from) || (other > place && other_from < *from)
        };
        if !(0..pairs.len()).any(|other| turned(other) && depend(&old[*from], &old[pairs[other].0])) {
            continue;
        }
        let above = (place + 1..pairs.len()).find(|other| stays[*other]).map(|other| pairs[other].0);
        let below = (0..place).rev().find(|other| stays[*other]).map(|other| pairs[other].0);
        found.push(Move { old: *from, new: *to, above, below });
    }
    found
}

/// Whether the order of two rows means something.
fn depend(one: &Part, other: &Part) -> bool {
    one.realms.is_empty() || other.realms.is_empty() || one.realms.iter().any(|realm| other.realms.contains(realm))
}

/// Per pair: it is part of a longest run in which the old places ascend.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<bool> {
    // ends[n]: the pair with the least old place that ends a run of n + 1
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (place, (from, _)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].0 < *from);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut stays = vec![false; pairs.len()];
    let mut next = ends.last().copied();
    while let Some(place) = next {
        stays[place] = true;
        next = before[place];
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(order: &[usize], realms: &[&[&str]], expected: &[usize]) {
        let parts: Vec<Part> = (0..order.len())
            .map(|index| {
                let mut part = Part::named("row", index.to_string());
                part.realms = realms.get(index).unwrap_or(&[].as_slice()).iter().map(|realm| (*realm).to_owned()).collect();
                part
            })
            .collect();
        let pairs: Vec<(usize, usize)> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        assert_eq!(moves(&parts, &pairs).iter().map(|found| found.old).collect::<Vec<_>>(), expected, "{order:?}");
    }

    #[test]
    fn the_fewest_rows_move() {
        check(&[0, 1, 2], &[], &[]);
        check(&[1, 2, 3, 0], &[], &[0]);
        check(&[3, 0, 1, 2], &[], &[3]);
        assert_eq!(moves(&[Part::named("row", "a"), Part::named("row", "b")], &[(1, 0), (0, 1)]).len(), 1);
    }

    #[test]
    fn rows_of_different_realms_may_change_places() {
        check(&[1, 0], &[&["mql"], &["sal"]], &[]);
        check(&[1, 0], &[&["mql"], &["sal", "mql"]], &[1]);
        check(&[1, 0], &[&["mql"], &[]], &[1]);
    }

    #[test]
    fn a_long_list_turned_round_is_quick() {
        let order: Vec<usize> = (0..2_000).rev().collect();
        let pairs: Vec<(usize, usize)> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let parts = vec![Part::named("row", ""); order.len()];
        assert_eq!(moves(&parts, &pairs).len(), 1_999);
    }
}

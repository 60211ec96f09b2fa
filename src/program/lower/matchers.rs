//! Rows of attributes and edges of grids: which one takes a value.

use super::Lowering;
use super::texts::Codes;
use crate::model::{Expr, Interval, Matcher, SOME_OF_CHOICES_MAX, Type};
use crate::program::{Op, Value};

/// What was looked at, and the number of the block that takes it.
#[derive(Clone, Copy)]
pub(super) struct Matched {
    /// of a text: the same as `index`
    pub subject: Value,
    /// never missing, as blocks cover their subject's domain
    pub index: Value,
}

impl Lowering<'_> {
    /// The block that takes the subject's value. Over a `some of` several can; the first in `order` counts.
    pub fn matched(&mut self, subject: &Expr, blocks: &[&[Matcher]], order: &[usize]) -> Matched {
        let otherwise = block_with(blocks, &Matcher::Otherwise);
        let absent = block_with(blocks, &Matcher::Missing).or(otherwise);
        if subject.ty == Type::Text {
            let text = self.text(subject);
            let texts = each_matcher(blocks).filter_map(|(block, matcher)| match matcher {
                Matcher::Text(text) => Some((text.clone(), block)),
                Matcher::Choice(_) | Matcher::Range { .. } | Matcher::Missing | Matcher::Otherwise => None,
            });
            let block = self.text_code(&text, &Codes::exact(texts, otherwise));
            let index = self.or_block(block, absent);
            return Matched { subject: index, index };
        }
        let value = self.value(subject);
        let index = match subject.ty {
            Type::Text | Type::YesNo => self.choice_block(value, 2, blocks, otherwise),
            Type::OneOf(choices) => {
                let count = self.choice_count(choices);
                self.choice_block(value, count, blocks, otherwise)
            }
            Type::SomeOf(choices) => {
                let count = self.choice_count(choices);
                return Matched { subject: value, index: self.set_block(value, count, blocks, order, absent) };
            }
            Type::Number { .. } | Type::Date | Type::Time => self.range_block(value, blocks, otherwise),
        };
        Matched { subject: value, index: self.or_block(index, absent) }
    }

    fn or_block(&mut self, index: Value, absent: Option<i64>) -> Value {
        match absent {
            Some(absent) => {
                let absent = self.builder.constant(absent);
                self.builder.or_else(index, absent)
            }
            None => index,
        }
    }

    fn choice_block(&mut self, value: Value, count: i64, blocks: &[&[Matcher]], otherwise: Option<i64>) -> Value {
        let mut entries = vec![otherwise; usize::try_from(count).unwrap_or(0).max(1)];
        for (block, matcher) in each_matcher(blocks) {
            if let Matcher::Choice(choice) = matcher
                && let Some(entry) = entries.get_mut(*choice)
            {
                *entry = Some(block);
            }
        }
        self.block_of(value, entries)
    }

    fn range_block(&mut self, value: Value, blocks: &[&[Matcher]], otherwise: Option<i64>) -> Value {
        let segments = segments(blocks, otherwise, self.builder.shape(value).interval);
        let thresholds: Vec<i64> = segments.iter().skip(1).map(|(start, _)| *start).collect();
        let segment = self.builder.band(value, &thresholds);
        self.block_of(segment, segments.into_iter().map(|(_, block)| block).collect())
    }

    fn block_of(&mut self, index: Value, entries: Vec<Option<i64>>) -> Value {
        let itself = entries.iter().zip(0..).all(|(entry, index)| *entry == Some(index));
        if itself && self.builder.shape(index).interval.high < entries.len() as i64 {
            return index;
        }
        let array = self.builder.array(entries);
        self.builder.table(index, array)
    }

    /// `otherwise` stands for every choice that no other block names. A missing set has no bits and falls through.
    fn set_block(&mut self, value: Value, count: i64, blocks: &[&[Matcher]], order: &[usize], absent: Option<i64>) -> Value {
        let bit = |choice: usize| if choice < SOME_OF_CHOICES_MAX { 1i64 << choice } else { 0 };
        let named = each_matcher(blocks).fold(0, |mask, (_, matcher)| match matcher {
            Matcher::Choice(choice) => mask | bit(*choice),
            Matcher::Text(_) | Matcher::Range { .. } | Matcher::Missing | Matcher::Otherwise => mask,
        });
        let all = (0..usize::try_from(count).unwrap_or(0)).fold(0, |mask, choice| mask | bit(choice));
        let mut rows = Vec::with_capacity(order.len());
        let mut taken = 0;
        for block in order {
            let mask = blocks.get(*block).into_iter().flat_map(|block| block.iter()).fold(0, |mask, matcher| match matcher {
                Matcher::Choice(choice) => mask | bit(*choice),
                Matcher::Otherwise => mask | (all & !named),
                Matcher::Text(_) | Matcher::Range { .. } | Matcher::Missing => mask,
            });
            taken |= mask;
            if mask != 0 {
                let has = self.builder.op(Op::HasBits { value, mask });
                let block = self.builder.constant(*block as i64);
                rows.push((has, block));
            }
        }
        // A set that is known has a choice, so once all are asked for, the last need not be.
        let last = rows.last().filter(|_| taken == all && !self.builder.shape(value).optional).map(|(_, block)| *block);
        let fallback = match last {
            Some(block) => block,
            None => self.builder.constant_or_missing(absent),
        };
        self.builder.first_match(&rows, fallback)
    }
}

fn each_matcher<'m>(blocks: &[&'m [Matcher]]) -> impl Iterator<Item = (i64, &'m Matcher)> {
    (0..).zip(blocks.to_vec()).flat_map(|(index, block)| block.iter().map(move |matcher| (index, matcher)))
}

fn block_with(blocks: &[&[Matcher]], wanted: &Matcher) -> Option<i64> {
    blocks.iter().position(|block| block.contains(wanted)).map(|index| index as i64)
}

/// Where each run of values with one block starts, from the smallest value of the domain on. Ranges do not overlap; if they did, the lower
/// start would count.
fn segments(blocks: &[&[Matcher]], otherwise: Option<i64>, domain: Interval) -> Vec<(i64, Option<i64>)> {
    let mut ranges: Vec<(i64, i64, i64)> = each_matcher(blocks)
        .filter_map(|(block, matcher)| match matcher {
            Matcher::Range { low, high } => {
                Some((low.unwrap_or(i64::MIN).max(domain.low), high.unwrap_or(i64::MAX).min(domain.high), block))
            }
            Matcher::Choice(_) | Matcher::Text(_) | Matcher::Missing | Matcher::Otherwise => None,
        })
        .collect();
    ranges.sort_unstable();
    let mut segments: Vec<(i64, Option<i64>)> = Vec::with_capacity(2 * ranges.len() + 1);
    let mut next = Some(domain.low);
    for (low, high, block) in ranges {
        let Some(start) = next else { break };
        let low = low.max(start);
        if low > high {
            continue;
        }
        if low > start {
            segments.push((start, otherwise));
        }
        segments.push((low, Some(block)));
        next = high.checked_add(1).filter(|next| *next <= domain.high);
    }
    segments.extend(next.map(|start| (start, otherwise)));
    segments.dedup_by(|later, earlier| later.1 == earlier.1);
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cover_every_integer_once() {
        let range = |low, high| vec![Matcher::Range { low, high }];
        let blocks = [range(Some(500), None), range(Some(100), Some(499)), range(None, Some(99)), vec![Matcher::Missing]];
        let blocks: Vec<&[Matcher]> = blocks.iter().map(Vec::as_slice).collect();
        assert_eq!(segments(&blocks, None, Interval::FULL), [(i64::MIN, Some(2)), (100, Some(1)), (500, Some(0))]);
        assert_eq!(segments(&blocks, None, Interval { low: 100, high: 499 }), [(100, Some(1))]);
        assert_eq!(segments(&blocks, None, Interval { low: 99, high: 500 }), [(99, Some(2)), (100, Some(1)), (500, Some(0))]);
        let gaps = [range(Some(0), Some(0)), range(Some(7), Some(i64::MAX)), vec![Matcher::Otherwise]];
        let gaps: Vec<&[Matcher]> = gaps.iter().map(Vec::as_slice).collect();
        assert_eq!(segments(&gaps, Some(2), Interval::FULL), [(i64::MIN, Some(2)), (0, Some(0)), (1, Some(2)), (7, Some(1))]);
        assert_eq!(segments(&[], Some(0), Interval::FULL), [(i64::MIN, Some(0))]);
    }
}

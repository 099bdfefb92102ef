//! Which promotions have their turn when: by priority, and among equals what takes most off.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::book::Candidate;
use super::units::{Work, order};
use super::{Basket, Line, Moment, Passed, PassedWhy, Promotion, Promotions, deals};

/// Promotions of which every order is tried: 24 orders of four are tried in some microseconds,
/// 120 of five would be felt where several such groups meet.
const TRIED_MAX: usize = 4;

/// A candidate with what it takes off when it is alone.
struct Rival<'a> {
    promotion: &'a Promotion,
    candidate: Candidate,
    alone: i64,
}

/// Lets every promotion take what it may, and says which took nothing.
pub(super) fn promote(
    work: &mut Work,
    basket: &Basket<'_>,
    promotions: &Promotions,
    moment: Moment,
) -> Vec<Passed> {
    if promotions.is_empty() {
        return Vec::new();
    }
    let ordered = order(basket.lines);
    let lines: Vec<&Line<'_>> = ordered.into_iter().map(|at| &basket.lines[at]).collect();
    let mut levels: BTreeMap<Reverse<i16>, Vec<Rival<'_>>> = BTreeMap::new();
    let mut passed = Vec::new();
    for candidate in promotions.candidates(&lines, (basket.group, basket.coupons), moment) {
        let promotion = promotions
            .get(candidate.promotion)
            .expect("a candidate is one of the promotions");
        let alone = trial(work, promotion, &candidate);
        if alone == 0 {
            passed.push(Passed {
                promotion: candidate.promotion,
                why: PassedWhy::NotReached,
            });
            continue;
        }
        levels
            .entry(Reverse(promotion.priority))
            .or_default()
            .push(Rival {
                promotion,
                candidate,
                alone,
            });
    }
    for (_, rivals) in levels {
        for group in groups(rivals) {
            choose(work, &group);
            passed.extend(group.iter().filter_map(|rival| {
                let at = rival.candidate.promotion;
                let touched = rival.candidate.touches();
                let took = touched.iter().any(|place| work.lines[*place].has(at));
                (!took).then_some(Passed {
                    promotion: at,
                    why: PassedWhy::Outdone,
                })
            }));
        }
    }
    passed.sort_by_key(|it| it.promotion);
    passed
}

fn trial(work: &mut Work, promotion: &Promotion, candidate: &Candidate) -> i64 {
    let places = candidate.touches();
    let saved = work.saved(&places);
    let off = deals::apply(work, promotion, candidate);
    work.put_back(&places, saved);
    off
}

/// Splits rivals into groups that share no line: what one group does is nothing to the others.
fn groups(rivals: Vec<Rival<'_>>) -> Vec<Vec<Rival<'_>>> {
    let mut groups: Vec<(Vec<usize>, Vec<Rival<'_>>)> = Vec::new();
    for rival in rivals {
        let mut lines = rival.candidate.touches();
        let mut together = Vec::new();
        let (meeting, apart): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|(known, _)| lines.iter().any(|it| known.binary_search(it).is_ok()));
        groups = apart;
        for (known, others) in meeting {
            lines.extend(known);
            together.extend(others);
        }
        lines.sort_unstable();
        lines.dedup();
        together.push(rival);
        together.sort_by_key(|it| it.candidate.promotion);
        groups.push((lines, together));
    }
    groups.into_iter().map(|(_, rivals)| rivals).collect()
}

fn choose(work: &mut Work, group: &[Rival<'_>]) {
    match group {
        [only] => {
            deals::apply(work, only.promotion, &only.candidate);
        }
        few if few.len() <= TRIED_MAX => try_all(work, few),
        many => the_most_first(work, many),
    }
}

/// Tries every order and keeps the one that takes most off; of equals the first, by place.
fn try_all(work: &mut Work, group: &[Rival<'_>]) {
    let mut places: Vec<usize> = group
        .iter()
        .flat_map(|rival| rival.candidate.touches())
        .collect();
    places.sort_unstable();
    places.dedup();
    let mut best: Option<(i64, Vec<usize>)> = None;
    for order in orders(group.len()) {
        let saved = work.saved(&places);
        let off = in_order(work, group, &order);
        work.put_back(&places, saved);
        if best.as_ref().is_none_or(|(most, _)| off > *most) {
            best = Some((off, order));
        }
    }
    if let Some((_, order)) = best {
        in_order(work, group, &order);
    }
}

fn in_order(work: &mut Work, group: &[Rival<'_>], order: &[usize]) -> i64 {
    let rivals = order.iter().map(|at| &group[*at]);
    rivals
        .map(|rival| deals::apply(work, rival.promotion, &rival.candidate))
        .sum()
}

/// Returns every order of `count` places, ascending.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..count {
        all = all
            .into_iter()
            .flat_map(|begun: Vec<usize>| {
                let rest: Vec<usize> = (0..count).filter(|at| !begun.contains(at)).collect();
                rest.into_iter().map(move |next| {
                    let mut longer = begun.clone();
                    longer.push(next);
                    longer
                })
            })
            .collect();
    }
    all
}

/// Lets the one that takes most off come first, then the one that takes most of what is left. What
/// a promotion takes only shrinks while others take, so only the first is counted anew.
fn the_most_first(work: &mut Work, group: &[Rival<'_>]) {
    let mut turns: BinaryHeap<(i64, Reverse<usize>)> = group
        .iter()
        .enumerate()
        .map(|(at, rival)| (rival.alone, Reverse(at)))
        .collect();
    while let Some((_, Reverse(at))) = turns.pop() {
        let rival = &group[at];
        let now = trial(work, rival.promotion, &rival.candidate);
        let next = turns.peek().map_or(0, |(off, _)| *off);
        if now > 0 && now >= next {
            deals::apply(work, rival.promotion, &rival.candidate);
        } else if now > 0 {
            turns.push((now, Reverse(at)));
        }
    }
}

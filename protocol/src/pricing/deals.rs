//! What each kind of deal does to the units it takes.
//!
//! Deals with whole pieces go through them from the dearest down, group after group. Pieces that
//! cost the same are dealt with together, so that a line of 999 costs no more than a line of two.

use std::collections::VecDeque;

use super::book::Candidate;
use super::units::{Pieces, Used, Work};
use super::{Because, Cut, Deal, Off, Promotion, Tier};
use crate::money::Minor;
use crate::quantity::Milli;

/// Under which name a deal takes something off, and whether it stands alone.
type By = (Because, bool);

/// Lets a promotion take what it may, and returns how much it took off.
pub(super) fn apply(work: &mut Work, promotion: &Promotion, candidate: &Candidate) -> i64 {
    let by = (Because::Promotion(candidate.promotion), promotion.exclusive);
    let lines = &candidate.lines;
    match &promotion.deal {
        Deal::Each { cut } => each(work, lines, *cut, by),
        Deal::Get {
            buy,
            get,
            cut,
            of: None,
        } => {
            let pieces = work.take_pieces(lines, promotion.exclusive);
            same(work, pieces, (i64::from(*buy), i64::from(*get)), *cut, by)
        }
        Deal::Get {
            buy,
            get,
            cut,
            of: Some(_),
        } => {
            let bought = work.take_pieces(lines, promotion.exclusive);
            let rewards = work.take_pieces(&candidate.rewards, promotion.exclusive);
            let counts = (i64::from(*buy), i64::from(*get));
            others(work, (bought, rewards), counts, *cut, by)
        }
        Deal::Mix { count, price_minor } => {
            let pieces = work.take_pieces(lines, promotion.exclusive);
            mix(work, pieces, i64::from(*count), price_minor.0, by)
        }
        Deal::Tiers { tiers } => match tier(work, lines, tiers, promotion.exclusive) {
            Some(cut) => each(work, lines, cut, by),
            None => 0,
        },
        Deal::Threshold { from_minor, off } => threshold(work, lines, (*from_minor, *off), by),
    }
}

fn each(work: &mut Work, lines: &[usize], cut: Cut, (because, alone): By) -> i64 {
    let mut sum = 0;
    for place in lines {
        let line = &mut work.lines[*place];
        let mut of_line = 0;
        for slice in line.slices.iter_mut().filter(|it| it.used.lets(alone)) {
            let off = cut.of(Minor(slice.left), Milli(slice.milli)).0;
            if off > 0 {
                slice.left -= off;
                slice.used = Used::by(alone);
                of_line += off;
            }
        }
        line.note(because, of_line);
        sum += of_line;
    }
    sum
}

/// Returns what each unit is cheaper by, of so many as a promotion may take.
fn tier(work: &Work, lines: &[usize], tiers: &[Tier], alone: bool) -> Option<Cut> {
    let slices = lines.iter().flat_map(|place| &work.lines[*place].slices);
    let open = slices.filter(|slice| slice.used.lets(alone));
    let milli: i64 = open.map(|slice| slice.milli).sum();
    let reached = tiers.iter().rev().find(|tier| tier.from_milli.0 <= milli);
    reached.map(|tier| tier.cut)
}

fn threshold(
    work: &mut Work,
    lines: &[usize],
    (from, off): (Minor, Off),
    (because, alone): By,
) -> i64 {
    let bought: i64 = lines.iter().map(|place| work.lines[*place].left()).sum();
    if bought < from.0 {
        return 0;
    }
    let mut open = Vec::new();
    for place in lines {
        for (at, slice) in work.lines[*place].slices.iter().enumerate() {
            if slice.used.lets(alone) && slice.left > 0 {
                open.push((*place, at, slice.left));
            }
        }
    }
    let weights: Vec<i64> = open.iter().map(|(_, _, left)| *left).collect();
    let off = off.of(Minor(weights.iter().sum()));
    let Some(parts) = off.split(&weights) else {
        return 0;
    };
    for ((place, at, _), part) in open.into_iter().zip(parts) {
        let line = &mut work.lines[place];
        line.slices[at].left -= part.0;
        line.slices[at].used = Used::by(alone);
        line.note(because, part.0);
    }
    off.0
}

/// Of each group of the same goods the cheapest are cheaper.
fn same(work: &mut Work, pieces: Vec<Pieces>, (buy, get): (i64, i64), cut: Cut, by: By) -> i64 {
    let mut pool = Pool::of(pieces);
    let mut sum = 0;
    while let Some(groups) = pool.groups(buy + get) {
        let bought = pool.take(groups * buy);
        let rewards = pool.take(groups * get);
        let off: i64 = rewards.iter().map(|it| cut_of(cut, it)).sum();
        if off <= 0 {
            bought
                .into_iter()
                .chain(rewards)
                .for_each(|it| work.leave(it));
            break;
        }
        bought.into_iter().for_each(|it| work.use_up(it, 0, by));
        for reward in rewards {
            work.use_up(reward, cut_of(cut, &reward), by);
        }
        sum += off;
    }
    pool.leave(work);
    sum
}

/// For each group bought, the dearest of other goods are cheaper.
fn others(
    work: &mut Work,
    (bought, rewards): (Vec<Pieces>, Vec<Pieces>),
    (buy, get): (i64, i64),
    cut: Cut,
    by: By,
) -> i64 {
    let (mut bought, mut rewards) = (Pool::of(bought), Pool::of(rewards));
    let wanted = (bought.count / buy.max(1)).saturating_mul(get);
    let mut sum = 0;
    let mut cheaper = 0;
    for reward in rewards.take(wanted.min(rewards.count)) {
        match cut_of(cut, &reward) {
            0 => work.leave(reward),
            off => {
                work.use_up(reward, off, by);
                sum += off;
                cheaper += reward.count;
            }
        }
    }
    let groups = (cheaper + get - 1) / get.max(1);
    let used = (groups * buy).min(bought.count);
    let used = bought.take(used);
    used.into_iter().for_each(|it| work.use_up(it, 0, by));
    bought.leave(work);
    rewards.leave(work);
    sum
}

/// Each group costs its one price, where that is less.
fn mix(work: &mut Work, pieces: Vec<Pieces>, count: i64, price: i64, by: By) -> i64 {
    let mut pool = Pool::of(pieces);
    let mut sum = 0;
    while let Some(groups) = pool.groups(count) {
        let taken = pool.take(groups * count);
        let weights: Vec<i64> = taken.iter().map(|it| it.left).collect();
        let costs: i64 = weights.iter().sum();
        let off = groups
            .checked_mul(price)
            .map_or(0, |price| (costs - price).max(0));
        let parts = Minor(off).split(&weights).filter(|_| off > 0);
        let Some(parts) = parts else {
            taken.into_iter().for_each(|it| work.leave(it));
            break;
        };
        for (pieces, part) in taken.into_iter().zip(parts) {
            work.use_up(pieces, part.0, by);
        }
        sum += off;
    }
    pool.leave(work);
    sum
}

fn cut_of(cut: Cut, pieces: &Pieces) -> i64 {
    let quantity = Milli(pieces.count * Milli::ONE.0);
    cut.of(Minor(pieces.left), quantity).0
}

/// Pieces a deal goes through, the dearest first.
struct Pool {
    pieces: VecDeque<Pieces>,
    count: i64,
}

impl Pool {
    fn of(pieces: Vec<Pieces>) -> Self {
        Self {
            count: pieces.iter().map(|it| it.count).sum(),
            pieces: pieces.into(),
        }
    }

    /// Returns how many groups can be dealt with at once: all those of pieces that cost the same,
    /// else one; nothing when too few pieces are left for one.
    fn groups(&self, size: i64) -> Option<i64> {
        let first = self.pieces.front()?;
        let alike = first.count / size;
        if alike > 0 && first.are_even() {
            return Some(alike);
        }
        (self.count >= size).then_some(1)
    }

    /// Takes so many pieces; there are as many.
    fn take(&mut self, mut count: i64) -> Vec<Pieces> {
        let mut taken = Vec::new();
        while count > 0 {
            let Some(first) = self.pieces.front_mut() else {
                break;
            };
            let part = first.take(count.min(first.count));
            if first.count == 0 {
                self.pieces.pop_front();
            }
            count -= part.count;
            self.count -= part.count;
            taken.push(part);
        }
        taken
    }

    /// Puts what is left back.
    fn leave(self, work: &mut Work) {
        self.pieces.into_iter().for_each(|it| work.leave(it));
    }
}

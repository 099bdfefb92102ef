//! What must be true, in other code: plain sets and whole numbers over what was said, and nothing
//! of the product's folds.
//!
//! It is told of every fact somebody tried to state. One that was acknowledged must exist; one
//! whose answer was lost with the process may exist; no other may.

use std::collections::{BTreeMap, BTreeSet};

/// The 16 bytes of a fact's id.
pub type Id = [u8; 16];

/// A violated invariant, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(pub String);

/// What a fact said, as far as anything is counted of it. Stores are numbered from 1.
#[expect(
    missing_docs,
    reason = "each says of which store and SKU and how many units"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Units left with a customer, for money.
    Sold {
        store: u32,
        sku: usize,
        units: i64,
        total: i64,
    },
    /// Units came in.
    Received { store: u32, sku: usize, units: i64 },
    /// The store let the hub promise units.
    Granted { store: u32, sku: usize, units: i64 },
    /// The hub gave them back.
    Returned { store: u32, sku: usize, units: i64 },
    /// An order was placed.
    Placed,
    /// The hub gave a store custody of an order.
    Custody,
    /// Units were reserved for it.
    Reserved { store: u32, sku: usize, units: i64 },
    /// The hub took that back before any store knew.
    Withdrawn { store: u32, sku: usize, units: i64 },
    /// The customer has them.
    HandedOver { store: u32, sku: usize, units: i64 },
    /// The hub asked a store to cancel an order.
    CancelAsked,
    /// A store's day is over.
    Sealed,
    /// The hub holds it as it was sealed.
    Countersigned { store: u32 },
    /// A node began a life or generation of its own.
    Opened,
    /// The store put them back.
    Released { store: u32, sku: usize, units: i64 },
}

/// A fact somebody tried to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Who: 0 is the hub.
    pub by: u32,
    /// The order it is about, if it is about one.
    pub order: Option<u64>,
    /// What.
    pub said: Said,
    /// Whether it was acknowledged; else it may or may not exist.
    pub sure: bool,
}

/// The sums of rights, in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// On hand.
    pub on_hand: i64,
    /// Granted, returned, reserved, released, consumed.
    pub rights: [i64; 5],
}

/// Everything that was said.
#[derive(Debug, Default)]
pub struct Oracle {
    facts: BTreeMap<Id, Stated>,
    /// Which stores read an order; those whose sharing was not acknowledged may.
    readers: BTreeSet<(u64, u32)>,
}

impl Oracle {
    /// Notes a fact.
    ///
    /// # Errors
    ///
    /// [`Violation`] when its id was given to another before.
    pub fn stated(&mut self, id: Id, stated: Stated) -> Result<(), Violation> {
        match self.facts.insert(id, stated) {
            None => Ok(()),
            Some(before) => Err(Violation(format!(
                "one id was given to two facts: {before:?} and {stated:?}"
            ))),
        }
    }

    /// Notes that a store reads an order for sure.
    pub fn shared(&mut self, order: u64, store: u32) {
        self.readers.insert((order, store));
    }

    /// Takes note that nodes were put back to older images: what they, `put_back`, had said may be
    /// gone if nobody has its bytes any more, which `right` says of each node; `reads` says who
    /// reads which order as the hub knows it. Returns the orders the hub has forgotten some of.
    pub fn lose(
        &mut self,
        put_back: &BTreeSet<u32>,
        right: &[BTreeSet<Id>],
        (hub, stores): (&BTreeSet<Id>, &[BTreeSet<Id>]),
        reads: impl Fn(u64, u32) -> bool,
    ) -> BTreeSet<u64> {
        for (id, fact) in &mut self.facts {
            let is_kept = right.iter().any(|held| held.contains(id));
            fact.sure &= !put_back.contains(&fact.by) || is_kept;
        }
        let facts = &self.facts;
        let knows = |order: u64, store: u32| {
            let held = stores.get(store as usize - 1);
            held.is_some_and(|held| {
                held.iter()
                    .any(|id| facts.get(id).is_some_and(|fact| fact.order == Some(order)))
            })
        };
        self.readers
            .retain(|(order, store)| reads(*order, *store) || knows(*order, *store));
        let forgotten = facts
            .iter()
            .filter(|(id, fact)| fact.by == 0 && !hub.contains(*id));
        forgotten.filter_map(|(_, fact)| fact.order).collect()
    }

    /// Returns the facts by which a store may have ended orders, with the orders.
    #[must_use]
    pub fn ended_by(&self, store: u32) -> Vec<(Id, u64)> {
        let ended = self.facts.iter().filter(|(_, fact)| {
            let is_end = matches!(fact.said, Said::HandedOver { .. } | Said::Released { .. });
            is_end && fact.by == store
        });
        ended
            .filter_map(|(id, fact)| Some((*id, fact.order?)))
            .collect()
    }

    /// Returns how many facts were acknowledged.
    #[must_use]
    pub fn sure(&self) -> usize {
        self.facts.values().filter(|fact| fact.sure).count()
    }

    /// Checks that a node holds every fact it must, and none that nobody stated. `set_aside` is how
    /// many records it could not believe and says so.
    ///
    /// # Errors
    ///
    /// [`Violation`] with what is missing or extra.
    pub fn complete(
        &self,
        who: u32,
        held: &BTreeSet<Id>,
        set_aside: usize,
    ) -> Result<(), Violation> {
        if let Some(extra) = held.iter().find(|id| !self.facts.contains_key(*id)) {
            return Err(Violation(format!(
                "node {who} holds {extra:?}, which nobody stated"
            )));
        }
        let missing: Vec<&Stated> = self
            .facts
            .iter()
            .filter(|(id, fact)| fact.sure && self.concerns(who, fact) && !held.contains(*id))
            .map(|(_, fact)| fact)
            .collect();
        let own = missing.iter().find(|fact| fact.by == who);
        if let Some(own) = own {
            return Err(Violation(format!(
                "node {who} lost its own acknowledged {own:?}"
            )));
        }
        if missing.len() > set_aside {
            return Err(Violation(format!(
                "node {who} lacks {} facts and tells of {set_aside}, for example {:?}",
                missing.len(),
                missing[0]
            )));
        }
        Ok(())
    }

    /// Returns whether a node must learn of a fact.
    fn concerns(&self, who: u32, fact: &Stated) -> bool {
        if who == 0 || fact.by == who {
            return true;
        }
        match (fact.order, fact.said) {
            (Some(order), _) => self.readers.contains(&(order, who)),
            (None, Said::Returned { store, .. } | Said::Countersigned { store }) => store == who,
            (None, _) => false,
        }
    }

    /// Returns the sums of one SKU of one store over the facts in `held`.
    #[must_use]
    pub fn sums(&self, held: &BTreeSet<Id>, store: u32, sku: usize) -> Sums {
        let mut sums = Sums::default();
        for (id, fact) in &self.facts {
            if held.contains(id) {
                sums.count(fact.said, store, sku);
            }
        }
        sums
    }

    /// Returns what was paid over the facts in `held`.
    #[must_use]
    pub fn paid(&self, held: &BTreeSet<Id>) -> i64 {
        let sold = self.facts.iter().filter(|(id, _)| held.contains(*id));
        sold.map(|(_, fact)| match fact.said {
            Said::Sold { total, .. } => total,
            _ => 0,
        })
        .sum()
    }

    /// Checks over all facts that exist anywhere that no unit was promised or consumed twice.
    ///
    /// # Errors
    ///
    /// [`Violation`] naming the store or the order.
    pub fn promises(&self, held: &BTreeSet<Id>, stores: u32, skus: usize) -> Result<(), Violation> {
        for (store, sku) in (1..=stores).flat_map(|s| (0..skus).map(move |sku| (s, sku))) {
            let [granted, returned, reserved, released, _] = self.sums(held, store, sku).rights;
            if reserved - released > granted - returned {
                return Err(Violation(format!(
                    "store {store}, SKU {sku}: {} units are promised under rights to {}",
                    reserved - released,
                    granted - returned
                )));
            }
        }
        let mut ends: BTreeMap<u64, Vec<Said>> = BTreeMap::new();
        for (id, fact) in &self.facts {
            let over = matches!(
                fact.said,
                Said::Withdrawn { .. } | Said::HandedOver { .. } | Said::Released { .. }
            );
            if let (true, true, Some(order)) = (over, held.contains(id), fact.order) {
                ends.entry(order).or_default().push(fact.said);
            }
        }
        match ends.iter().find(|(_, ends)| ends.len() > 1) {
            Some((order, ends)) => Err(Violation(format!(
                "the units of order {order} were consumed more than once: {ends:?}"
            ))),
            None => Ok(()),
        }
    }
}

impl Sums {
    fn count(&mut self, said: Said, of: u32, what: usize) {
        let (store, sku, units, on_hand, term) = match said {
            Said::Placed
            | Said::Custody
            | Said::CancelAsked
            | Said::Opened
            | Said::Sealed
            | Said::Countersigned { .. } => return,
            Said::Sold {
                store, sku, units, ..
            } => (store, sku, units, -1, None),
            Said::Received { store, sku, units } => (store, sku, units, 1, None),
            Said::Granted { store, sku, units } => (store, sku, units, 0, Some(0)),
            Said::Returned { store, sku, units } => (store, sku, units, 0, Some(1)),
            Said::Reserved { store, sku, units } => (store, sku, units, 0, Some(2)),
            Said::Withdrawn { store, sku, units } | Said::Released { store, sku, units } => {
                (store, sku, units, 0, Some(3))
            }
            Said::HandedOver { store, sku, units } => (store, sku, units, -1, Some(4)),
        };
        if (store, sku) == (of, what) {
            self.on_hand += on_hand * units;
            if let Some(term) = term {
                self.rights[term] += units;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Oracle, Said, Stated};

    fn told(said: &[(u32, Option<u64>, Said)]) -> (Oracle, BTreeSet<[u8; 16]>) {
        let mut oracle = Oracle::default();
        let mut held = BTreeSet::new();
        for (number, (by, order, said)) in (0_u8..).zip(said) {
            let (by, order, said) = (*by, *order, *said);
            let stated = Stated {
                by,
                order,
                said,
                sure: true,
            };
            oracle.stated([number; 16], stated).unwrap();
            held.insert([number; 16]);
        }
        (oracle, held)
    }

    const UNITS: (u32, usize, i64) = (1, 0, 2);

    fn reserved() -> Said {
        let (store, sku, units) = UNITS;
        Said::Reserved { store, sku, units }
    }

    fn handed_over() -> Said {
        let (store, sku, units) = UNITS;
        Said::HandedOver { store, sku, units }
    }

    #[test]
    fn what_is_promised_without_rights_is_seen() {
        let (store, sku, units) = UNITS;
        let granted = Said::Granted { store, sku, units };
        let (oracle, held) = told(&[(1, None, granted), (0, Some(1), reserved())]);
        oracle.promises(&held, 1, 1).unwrap();
        let twice = [
            (1, None, granted),
            (0, Some(1), reserved()),
            (0, Some(2), reserved()),
        ];
        let (oracle, held) = told(&twice);
        oracle.promises(&held, 1, 1).unwrap_err();
    }

    #[test]
    fn units_consumed_twice_are_seen() {
        let (oracle, held) = told(&[(1, Some(1), handed_over()), (2, Some(1), handed_over())]);
        oracle.promises(&held, 2, 1).unwrap_err();
    }

    #[test]
    fn what_is_missing_or_made_up_is_seen() {
        let (oracle, mut held) = told(&[(1, Some(1), handed_over())]);
        oracle.complete(0, &held, 0).unwrap();
        held.insert([77; 16]);
        oracle.complete(0, &held, 0).unwrap_err();
        oracle.complete(0, &BTreeSet::new(), 0).unwrap_err();
        oracle.complete(0, &BTreeSet::new(), 1).unwrap();
        oracle.complete(1, &BTreeSet::new(), 1).unwrap_err();
        oracle.complete(2, &BTreeSet::new(), 0).unwrap();
    }
}

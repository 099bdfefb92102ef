//! Order documents kept in memory between transactions, and loaded for writing.
//!
//! A document is used only while its heads are those of the stored row: another process may have
//! written it. Any rollback empties the memory (see [`Tx::scratch`]).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use counterpart_protocol::documents::{OrderDocument, OrderDocumentFailed};
use counterpart_protocol::ids::{DocumentId, OrderId};

use super::super::Replica;
use super::super::identity::Identity;
use super::super::outbound::leave_incomplete;
use super::super::record::ReplicaFailed;
use super::facts::rows_of;
use super::rows::{DocumentRow, lacks_something};
use crate::db::{DbError, Tx};

/// How much memory a writing thread spends on order documents: about a thousand of them.
const HOT_BYTES_MAX: usize = 32 * 1024 * 1024;
/// What a document costs beside its changes (evidence/automerge.md: 17 to 54 KB in all).
const DOCUMENT_BYTES: usize = 16 * 1024;
/// How many bytes of memory a byte of a change takes.
const BYTES_PER_CHANGE_BYTE: usize = 4;

/// How many damaged documents wait to be marked.
const DAMAGE_NOTED_MAX: usize = 100;

/// The order documents a writing thread remembers.
#[derive(Default)]
struct HotOrders {
    documents: HashMap<OrderId, Hot>,
    bytes: usize,
    /// Counts uses, to know what was not used for longest.
    uses: u64,
}

/// A document in memory.
pub(super) struct Hot {
    pub(super) document: OrderDocument,
    bytes: usize,
    used: u64,
}

impl Hot {
    fn new(document: OrderDocument) -> Self {
        Self {
            document,
            bytes: DOCUMENT_BYTES,
            used: 0,
        }
    }

    /// Counts a change's bytes.
    pub(super) fn grew(&mut self, change: &[u8]) {
        self.bytes += change.len() * BYTES_PER_CHANGE_BYTE;
    }
}

impl HotOrders {
    /// Remembers a document, and forgets those that were not used for longest.
    fn keep(&mut self, mut hot: Hot, bytes_max: usize) {
        self.uses += 1;
        hot.used = self.uses;
        self.bytes += hot.bytes;
        if let Some(before) = self.documents.insert(hot.document.order(), hot) {
            self.bytes -= before.bytes;
        }
        while self.bytes > bytes_max {
            let oldest = self.documents.iter().min_by_key(|(_, hot)| hot.used);
            let Some(order) = oldest.map(|(order, _)| *order) else {
                return;
            };
            self.forget(order);
        }
    }

    fn forget(&mut self, order: OrderId) -> Option<Hot> {
        let hot = self.documents.remove(&order)?;
        self.bytes -= hot.bytes;
        Some(hot)
    }
}

/// Remembers a document until it is written again.
pub(super) fn keep(tx: &mut Tx, hot: Hot) {
    tx.scratch::<HotOrders>().keep(hot, HOT_BYTES_MAX);
}

/// Forgets every document: they were loaded for a writer this node is no longer.
pub(in super::super) fn forget_documents(tx: &mut Tx) {
    *tx.scratch::<HotOrders>() = HotOrders::default();
}

impl Replica {
    /// Takes an order document for writing, from memory or the tables. One that
    /// lacks something or is damaged is refused: a change that follows it would be lost on others.
    pub(super) fn take_document(
        &self,
        tx: &mut Tx,
        me: &Identity,
        order: OrderId,
        row: Option<&DocumentRow>,
    ) -> Result<Hot, ReplicaFailed> {
        let remembered = tx.scratch::<HotOrders>().forget(order);
        let Some(row) = row else {
            let fresh = OrderDocument::begin(order, me.writer, me.actor);
            return Ok(Hot::new(fresh));
        };
        if let Some(hot) = remembered.filter(|hot| hot.document.heads() == row.heads) {
            return Ok(hot);
        }
        if lacks_something(tx, order)? {
            return Err(ReplicaFailed::OrderIncomplete(order));
        }
        let rows = rows_of(tx, order)?;
        let bytes: usize = rows.iter().map(|row| row.bytes.len()).sum();
        let changes = rows.into_iter().map(|row| row.bytes);
        match OrderDocument::load(order, me.writer, me.actor, changes, &row.heads) {
            Ok(document) => {
                let mut hot = Hot::new(document);
                hot.bytes += bytes * BYTES_PER_CHANGE_BYTE;
                Ok(hot)
            }
            Err(damage) => Err(self.found_damage(order, damage)),
        }
    }

    /// Remembers that an order is damaged: what refuses to write is rolled back and cannot store
    /// it, so the next exchange does.
    fn found_damage(&self, order: OrderId, damage: OrderDocumentFailed) -> ReplicaFailed {
        tracing::error!(
            order.id = %order,
            error = %damage,
            "an order document is damaged: its facts count, and nothing is written to it"
        );
        self.inner.damage.note(order);
        damage.into()
    }
}

/// The order documents that were found damaged and are not marked yet.
#[derive(Default, Clone)]
pub(in super::super) struct Damage {
    orders: Arc<Mutex<BTreeSet<OrderId>>>,
}

impl Damage {
    fn note(&self, order: OrderId) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        // Each is found again at the next try, so a bound loses nothing.
        if orders.len() < DAMAGE_NOTED_MAX {
            orders.insert(order);
        }
    }

    fn noted(&self) -> BTreeSet<OrderId> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.clone()
    }

    fn stored(&self, order: OrderId) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.remove(&order);
    }
}

/// Marks the order documents that were found damaged since the last exchange.
pub(in super::super) fn keep_damage(replica: &Replica, tx: &mut Tx) -> Result<(), DbError> {
    for order in replica.inner.damage.noted() {
        leave_incomplete(tx, DocumentId::Order(order))?;
        let damage = replica.inner.damage.clone();
        tx.on_commit(Box::new(move || damage.stored(order)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::documents::{Actor, OrderDocument};
    use counterpart_protocol::ids::{EdgeNumber, Incarnation, OrderId, Writer};

    use super::{DOCUMENT_BYTES, Hot, HotOrders};

    fn order(number: u128) -> OrderId {
        OrderId::from_parts(1, number)
    }

    fn hot(number: u128) -> Hot {
        let writer = Writer {
            edge: EdgeNumber::HUB,
            incarnation: Incarnation(1),
        };
        Hot::new(OrderDocument::begin(order(number), writer, Actor([1; 16])))
    }

    #[test]
    fn what_was_not_used_for_longest_is_forgotten_first_and_every_byte_is_counted() {
        let mut orders = HotOrders::default();
        let three = 3 * DOCUMENT_BYTES;
        for number in 1..=3 {
            orders.keep(hot(number), three);
        }
        let used_again = orders.forget(order(1)).unwrap();
        orders.keep(used_again, three);
        orders.keep(hot(4), three);
        let mut kept: Vec<OrderId> = orders.documents.keys().copied().collect();
        kept.sort_unstable();
        assert_eq!(kept, [order(1), order(3), order(4)]);
        assert_eq!(orders.bytes, three);
        // The same order twice counts once; one that is too large alone is not kept at all.
        orders.keep(hot(4), three);
        assert_eq!(orders.bytes, three);
        let mut large = hot(5);
        large.grew(&vec![0; three]);
        orders.keep(large, three);
        assert_eq!((orders.documents.len(), orders.bytes), (0, 0));
    }
}

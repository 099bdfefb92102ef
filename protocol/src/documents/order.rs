//! Writing an order document, which the hub and the stores that have custody write side by side.
//!
//! It stores nothing. Whoever holds an [`OrderDocument`] drops it when the transaction that wrote
//! its last change is rolled back, and when the stored heads are no longer its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{Automerge, Change, ROOT, ReadDoc as _, ScalarValue};

use super::{Actor, ChangeHash, FACT_BYTES_MAX};
use crate::ids::{OrderId, OrderKey, Writer};

/// How many facts an order document takes. An order has about 100; at this many one more costs
/// 2 ms (evidence/automerge.md, table B), and a hostile writer could not make it cost more.
pub const ORDER_FACTS_MAX: u32 = 4_096;

/// How many changes one may follow: each writer of an order leaves at most one head, and a writer
/// names its own last change too, whether it is a head or not.
pub(super) const ORDER_DEPS_MAX: usize = 32;

/// Why an order document could not be loaded or written.
#[derive(Debug, thiserror::Error)]
pub enum OrderDocumentFailed {
    /// What is stored of it does not load again as what it was; nothing may be written to it.
    #[error("the document of order {order} is damaged ({what})")]
    Damaged {
        /// The order.
        order: OrderId,
        /// What was found.
        what: String,
    },
    /// The fact is larger than [`FACT_BYTES_MAX`].
    #[error("a fact of {bytes} bytes is too large for the document of order {order}")]
    TooLarge {
        /// The order.
        order: OrderId,
        /// The fact's size.
        bytes: usize,
    },
    /// The document holds [`ORDER_FACTS_MAX`] facts, or has more heads than a change may follow.
    #[error("the document of order {0} is full")]
    Full(OrderId),
    /// Automerge refused the change.
    #[error("the document of order {order} took no change")]
    Refused {
        /// The order.
        order: OrderId,
        /// What Automerge said.
        source: Box<automerge::AutomergeError>,
    },
}

/// An order document open for writing by one of its writers.
#[derive(Debug)]
pub struct OrderDocument {
    order: OrderId,
    writer: Writer,
    doc: Automerge,
    /// How many changes in it this writer made.
    own: u32,
    /// The highest operation number in it.
    depth: u32,
}

/// One change just appended: what to store, chain and send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAppended {
    /// The key it stands under.
    pub key: OrderKey,
    /// The uncompressed change.
    pub change: Vec<u8>,
    /// Our hash of it.
    pub hash: ChangeHash,
    /// Automerge's hash of it: the document's one head after it.
    pub head: [u8; 32],
    /// Its operation's number.
    pub depth: u32,
}

impl OrderDocument {
    /// Opens a new, empty document.
    #[must_use]
    pub fn begin(order: OrderId, writer: Writer, actor: Actor) -> Self {
        Self {
            order,
            writer,
            doc: Automerge::new().with_actor(actor.automerge()),
            own: 0,
            depth: 0,
        }
    }

    /// Opens a document from its stored changes, in any order, and checks that it survives saving
    /// and loading: some changes that Automerge takes make a document it cannot load any more
    /// (evidence/automerge.md, "Fuzz").
    ///
    /// # Errors
    /// [`OrderDocumentFailed::Damaged`] when the changes do not lead to `heads`, which are sorted.
    pub fn load(
        order: OrderId,
        writer: Writer,
        actor: Actor,
        changes: impl IntoIterator<Item = Vec<u8>>,
        heads: &[[u8; 32]],
    ) -> Result<Self, OrderDocumentFailed> {
        let damaged = |what: String| OrderDocumentFailed::Damaged { order, what };
        // Automerge panics on some damaged bytes.
        let read = AssertUnwindSafe(|| Self::read_back(order, writer, actor, changes, heads));
        catch_unwind(read)
            .unwrap_or_else(|_| Err("reading it failed in a way that must not happen".to_owned()))
            .map_err(damaged)
    }

    fn read_back(
        order: OrderId,
        writer: Writer,
        actor: Actor,
        changes: impl IntoIterator<Item = Vec<u8>>,
        heads: &[[u8; 32]],
    ) -> Result<Self, String> {
        let mut opened = Self::begin(order, writer, actor);
        let mut parsed = Vec::new();
        for bytes in changes {
            let change = Change::from_bytes(bytes).map_err(|error| error.to_string())?;
            let depth = u32::try_from(change.start_op().get()).map_err(|e| e.to_string())?;
            opened.depth = opened.depth.max(depth);
            opened.own += u32::from(change.actor_id().to_bytes() == actor.0);
            parsed.push(change);
        }
        let apply = opened.doc.apply_changes(parsed);
        apply.map_err(|error| error.to_string())?;
        let loaded = Automerge::load(&opened.doc.save()).map_err(|error| error.to_string())?;
        if opened.heads() == heads && loaded.get_heads() == opened.doc.get_heads() {
            Ok(opened)
        } else {
            Err("its heads are not those that were stored with it".to_owned())
        }
    }

    /// Returns the order.
    #[must_use]
    pub fn order(&self) -> OrderId {
        self.order
    }

    /// Returns its heads, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<[u8; 32]> {
        let mut heads: Vec<_> = self.doc.get_heads().iter().map(|head| head.0).collect();
        heads.sort_unstable();
        heads
    }

    /// Appends one fact under this writer's next key; it follows everything in the document.
    ///
    /// # Errors
    /// [`OrderDocumentFailed::TooLarge`] when nobody would take the fact,
    /// [`OrderDocumentFailed::Full`] when the document takes no more,
    /// [`OrderDocumentFailed::Damaged`] when the key is taken or Automerge counts otherwise,
    /// [`OrderDocumentFailed::Refused`] when Automerge does not take it.
    pub fn append(
        &mut self,
        epoch: u32,
        fact: &[u8],
    ) -> Result<OrderAppended, OrderDocumentFailed> {
        let order = self.order;
        if fact.len() > FACT_BYTES_MAX {
            let bytes = fact.len();
            return Err(OrderDocumentFailed::TooLarge { order, bytes });
        }
        if self.depth >= ORDER_FACTS_MAX || self.doc.get_heads().len() >= ORDER_DEPS_MAX {
            return Err(OrderDocumentFailed::Full(order));
        }
        let refused = |source: automerge::AutomergeError| OrderDocumentFailed::Refused {
            order,
            source: Box::new(source),
        };
        let damaged = |what: &str| OrderDocumentFailed::Damaged {
            order,
            what: what.to_owned(),
        };
        let key = OrderKey {
            writer: self.writer,
            seq: self.own + 1,
            epoch,
        };
        let name = key.to_string();
        if self.doc.get(ROOT, &name).map_err(refused)?.is_some() {
            return Err(damaged("our next key is taken"));
        }
        let mut tx = self.doc.transaction();
        tx.put(ROOT, name, ScalarValue::Bytes(fact.to_vec()))
            .map_err(refused)?;
        let (hash, _) = tx.commit_with(CommitOptions::default());
        let hash = hash.expect("putting a new key is always a change");
        let change = self
            .doc
            .get_change_by_hash(&hash)
            .expect("a change just committed is in its document");
        let depth = change.start_op().get();
        if change.seq() != u64::from(key.seq) || depth != u64::from(self.depth) + 1 {
            return Err(damaged("our changes in it are counted otherwise"));
        }
        (self.own, self.depth) = (key.seq, self.depth + 1);
        let change = change.raw_bytes().to_vec();
        Ok(OrderAppended {
            key,
            hash: ChangeHash::of(&change),
            change,
            head: hash.0,
            depth: self.depth,
        })
    }
}
